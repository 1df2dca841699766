import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { validWire } from "../program/__test-helpers__/malformed-programs.js";
import { decodeWire } from "../program/decode.js";
import { decodeProgram } from "../program/program-codec.js";
import type { Adapter, Outcome } from "./adapter.js";
import { bundledAdapter } from "./bundled.js";
import type { Hello } from "./hello.js";
import { helloReplySchema, runReplyCodec } from "./messages.js";
import { serveStdio } from "./stdio-server.js";
import { tensorInHex } from "./tensor-in-hex.js";

/** Everything that is answered to these lines, after which the input ends. */
async function repliesTo(adapter: Adapter, ...lines: readonly (string | object)[]): Promise<unknown[]> {
  const input = new PassThrough();
  const served = answering(adapter, input);
  for (const line of lines) input.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
  input.end();
  return served;
}

async function answering(adapter: Adapter, input: PassThrough): Promise<unknown[]> {
  const chunks: Buffer[] = [];
  // Slower than it is written to: what has to wait for it waits.
  const output = new Writable({
    write(chunk, _, done) {
      chunks.push(chunk);
      setImmediate(done);
    },
  });
  await serveStdio(adapter, { input, output });
  await new Promise((resolve) => output.end(resolve));
  const text = Buffer.concat(chunks).toString("utf8");
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const run = (id: number, ...programs: unknown[]) => ({
  message: "run",
  id,
  encoding: "base64",
  cases: programs.map((program, k) => ({ case: `c${k}`, program })),
});

/** An adapter that gives these outcomes to whatever it is asked. */
class Scripted implements Adapter {
  stopped = 0;

  constructor(private readonly outcomes: () => readonly unknown[]) {}

  async hello(): Promise<Hello> {
    return {
      implementation: { name: "scripted", version: "", language: "" },
      dialects: ["pytorch"],
      capabilities: [],
    };
  }

  async run() {
    return this.outcomes() as readonly Outcome[];
  }

  async stop() {
    this.stopped++;
  }
}

let expectedMessage: string[];
beforeEach(() => {
  expectedMessage = [];
  vi.spyOn(console, "error").mockImplementation((line) => expectedMessage.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("serveStdio", () => {
  const bundled = bundledAdapter("fused");

  it("introduces the adapter", async () => {
    const request = { message: "hello", id: 9, protocol: 1, suite: "a later one", unheard: { of: 1 } };
    const [reply] = await repliesTo(bundled, request);
    expect(decodeWire(helloReplySchema, reply, "reply")).toEqual({
      ...(await bundled.hello()),
      id: 9,
      protocol: 1,
      encodings: ["base64", "hex"],
    });
  });

  it("gives what the adapter itself gives, in the encoding of the request", async () => {
    const expected = await bundled.run([decodeProgram(validWire(), "program")]);
    expect(expected[0].status).toBe("ok");
    const inBase64 = run(1, validWire());
    const inHex = JSON.stringify({ ...run(2, validWire()), encoding: "hex" }, tensorInHex);
    const replies = await repliesTo(bundled, inBase64, inHex);
    for (const [k, reply] of replies.entries()) {
      const { id, results } = decodeWire(runReplyCodec, reply, "reply");
      expect(id).toBe(k + 1);
      expect(results).toEqual([{ case: "c0", ...expected[0] }]);
    }
    expect(JSON.stringify(replies[0])).not.toContain('"hex"');
    expect(JSON.stringify(replies[1])).not.toContain('"data"');
  });

  it("answers each case for itself, in order", async () => {
    const unknownOperation = { ...validWire(), operations: [{ op: "rewind" }] };
    const negative = validWire();
    negative.operations[0].groups[0].hyperparameters.lr = "bff0000000000000";
    const programs = [
      validWire(),
      { ...validWire(), dialect: "?" },
      unknownOperation,
      {},
      negative,
      validWire(),
    ];
    const [reply] = await repliesTo(bundled, run(1, ...programs));
    const { results } = reply as z.input<typeof runReplyCodec>;
    expect(results.map((one) => one.case)).toEqual(["c0", "c1", "c2", "c3", "c4", "c5"]);
    expect(results).toMatchObject([
      { status: "ok" },
      { status: "unsupported", capability: "dialect" },
      { status: "unsupported", capability: "rewind" },
      { status: "error", phase: "init", class: "invalid-argument" },
      { status: "error", phase: "init", class: "invalid-hyperparameter" },
      { status: "ok" },
    ]);
    expect({ ...results[5], case: "c0" }).toEqual(results[0]);
  });

  it("answers a malformed request by its id, and goes on", async () => {
    const requests: [object, RegExp][] = [
      [{ id: 1 }, /^request: message: missing or unknown message; known: hello, run, stop/],
      [{ id: 2, message: "dance" }, /^request: message: .*unknown message/],
      [{ id: 3, message: "hello", protocol: 2, suite: "" }, /^request: protocol: .*1/],
      [{ id: 4, message: "run", encoding: "base64" }, /^request: cases: .*array/],
      [{ ...run(5), encoding: "decimal" }, /^request: encoding: .*hex/],
      [{ ...run(6), cases: [{ program: {} }] }, /^request: cases\[0\]\.case: .*string/],
    ];
    const replies = await repliesTo(bundled, ...requests.map(([request]) => request), run(7));
    expect(replies).toEqual([
      ...requests.map(([, error], k) => ({ id: k + 1, error: expect.stringMatching(error) })),
      { id: 7, results: [] },
    ]);
    expect(expectedMessage).toEqual([]);
  });

  it("says on stderr what has no id, and goes on", async () => {
    const lines = ["", "{", "null", "[]", '{"id":-1,"message":"run"}', '{"id":"1","message":"stop"}', run(7)];
    expect(await repliesTo(bundled, ...lines)).toEqual([{ id: 7, results: [] }]);
    expect(expectedMessage).toHaveLength(lines.length - 1);
    for (const line of expectedMessage) expect(line).toMatch(/^request: [^\n]+$/);
    expect(expectedMessage[1]).toMatch(/^request: not JSON: /);
  });

  it("ends at stop, though the input goes on", async () => {
    const adapter = new Scripted(() => []);
    const input = new PassThrough();
    const served = answering(adapter, input);
    for (const message of [run(1), { message: "stop", id: 2 }, run(3)]) {
      input.write(`${JSON.stringify(message)}\n`);
    }
    expect(await served).toEqual([{ id: 1, results: [] }]);
    expect(adapter.stopped).toBe(1);
  });

  it("ends at the end of the input", async () => {
    const adapter = new Scripted(() => []);
    expect(await repliesTo(adapter)).toEqual([]);
    expect(adapter.stopped).toBe(1);
  });

  it.each([
    ["a line that is cut off", Buffer.from('{"message":"run","id":2,"enc'), "truncated"],
    ["a line that is not UTF-8", Buffer.of(0x22, 0xff, 0x22, 0x0a), "not-utf8"],
  ])("ends at %s, and says so on stderr", async (_, bytes, kind) => {
    const input = new PassThrough();
    const served = answering(bundled, input);
    input.write(`${JSON.stringify(run(1))}\n`);
    input.end(bytes);
    expect(await served).toEqual([{ id: 1, results: [] }]);
    expect(expectedMessage).toEqual([`request: ${kind} line, after which nothing is read`]);
  });

  it("reads lines from an input that gives text", async () => {
    const input = new PassThrough({ encoding: "utf8" });
    const served = answering(bundled, input);
    input.end(Buffer.from(`${JSON.stringify({ ...run(1), note: "é\u2028" })}\n`));
    expect(await served).toEqual([{ id: 1, results: [] }]);
  });

  it("reads and writes lines of many MiB", async () => {
    const shape = [2 ** 21];
    const data = Buffer.alloc(4 * shape[0], 1).toString("base64");
    const operations = [
      { op: "init", groups: [{ hyperparameters: {}, parameters: [{ shape, data }] }] },
      { op: "observe", slots: ["parameter"] },
    ];
    const program = { format: "rmsprop-program/1", dialect: "pytorch", operations };
    const [reply] = await repliesTo(bundled, run(1, program));
    const observations = [{ parameters: [{ parameter: { shape, data } }] }];
    expect(reply).toEqual({ id: 1, results: [{ case: "c0", status: "ok", observations }] });
  });

  const tensor = { shape: [1], values: [1] };
  const FAILURES: [what: string, outcomes: () => readonly unknown[], phase: string, message: RegExp][] = [
    [
      "a fault",
      () => [{ status: "fault", verdict: "crash", message: "it fell over" }],
      "init",
      /^crash: it fell over$/,
    ],
    ["a program that was not sent", () => [{ status: "not-sent", reason: "too long" }], "init", /^too long$/],
    [
      "an adapter that throws",
      () => {
        throw new Error("no device");
      },
      "init",
      /^no device$/,
    ],
    ["outcomes that are too few", () => [], "init", /^the adapter gave 0 outcomes for 1 programs$/],
    [
      "an observation that is none",
      () => [{ status: "ok", observations: [{ parameters: [{ parameter: tensor }] }] }],
      "observe",
      /^[^\n]*expected a tensor[^\n]*parameter/,
    ],
  ];

  it.each(FAILURES)("answers %s as an internal error", async (_, outcomes, phase, printed) => {
    const [reply] = await repliesTo(new Scripted(outcomes), run(1, validWire()));
    const message = expect.stringMatching(printed);
    expect(reply).toEqual({
      id: 1,
      results: [{ case: "c0", status: "error", phase, class: "internal", message }],
    });
  });
});
