import { describe, expect, it } from "vitest";
import { z } from "zod";
import { runRequestCodec } from "../messages.js";
import { valueProgram } from "./__test-helpers__/faulty-adapter.js";
import { encodeProgram, RunRequest } from "./run-request.js";

const LIMIT = 2 ** 21;
const named = { ...valueProgram(1), dialect: "größe-𝛽" };

function requestOf(count: number, limit = LIMIT): RunRequest {
  const request = new RunRequest(12, "base64", limit);
  for (let k = 0; k < count; k++) request.add(encodeProgram(named, "base64"));
  return request;
}

describe("RunRequest", () => {
  it("is a request of the protocol", () => {
    const request = requestOf(11);
    expect(z.decode(runRequestCodec, JSON.parse(request.line))).toEqual({
      message: "run",
      id: 12,
      encoding: "base64",
      cases: request.names.map((name) => ({ case: name, program: named })),
    });
    expect(request.names.at(-1)).toBe("12.10");
  });

  it("knows its length to the byte, and takes no case beyond the limit", () => {
    const encoded = encodeProgram(named, "base64");
    for (const count of [1, 2, 10, 11]) {
      const bytes = Buffer.byteLength(`${requestOf(count).line}\n`);
      expect(requestOf(count - 1).bytesWith(encoded)).toBe(bytes);
      expect(requestOf(count - 1, bytes).add(encoded)).toBe(true);
      const full = requestOf(count, bytes - 1);
      expect(full.names).toHaveLength(count - 1);
      expect(full.line).toBe(requestOf(count - 1).line);
    }
  });
});

describe("encodeProgram", () => {
  it("gives tensors as hex where that is wanted", () => {
    const { operations } = JSON.parse(encodeProgram(valueProgram(-2), "hex").json);
    expect(operations[0].groups[0].parameters).toEqual([{ shape: [1], hex: "c0000000" }]);
    expect(operations[1].gradients).toEqual([{ shape: [1], hex: "00000000" }]);
    expect(operations[0].groups[0].hyperparameters).toEqual({ lr: "3f847ae147ae147b" });
  });
});
