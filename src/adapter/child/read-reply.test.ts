import { describe, expect, it } from "vitest";
import { ReplyError, readHello, readReplies } from "./read-reply.js";

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ReplyError);
    return (error as ReplyError).message;
  }
  throw new Error("the answer was read");
}

describe("an answer that breaks the protocol", () => {
  it("is said in a bounded line, whatever the shape of a tensor is", () => {
    const shape = new Array(50_000).fill(65_536);
    const parameters = [{ parameter: { shape, data: "" } }];
    const results = [{ case: "2.0", status: "ok", observations: [{ parameters }] }];
    const message = refusal(() => readReplies(JSON.stringify({ id: 2, results }), 2, ["2.0"]));
    expect(message).toMatch(
      /^in an answer, results\[0\]\.observations\[0\]\.parameters\[0\]\.parameter: shape /,
    );
    expect(message.length).toBeLessThan(2048);
  });

  it.each([
    ["long", "k".repeat(50_000)],
    ["of characters that are not seen", "\u2028\u0085\u009b\ufeff\u202e"],
  ])("is said in a bounded line of ASCII where a field is %s", (_, key) => {
    const hello = {
      id: 1,
      protocol: 1,
      implementation: { name: "n", version: "", language: "" },
      dialects: ["pytorch"],
      capabilities: [],
      float32: { choices: { [key]: ["none"] } },
    };
    const message = refusal(() => readHello(JSON.stringify(hello), 1));
    expect(message).toMatch(/^in an answer, float32\.choices: unknown field [ -~…]+$/);
    expect(message.length).toBeLessThan(2048);
  });
});
