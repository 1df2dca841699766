import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bitsOf, fromBits } from "../float32/bits.js";
import { type Tensor, tensorCodec, vector } from "./tensor.js";

describe("tensors", () => {
  it("are base64 of little-endian binary32", () => {
    expect(z.encode(tensorCodec, vector([1, -0]))).toEqual({ shape: [2], data: "AACAPwAAAIA=" });
    const decoded = z.decode(tensorCodec, { shape: [2, 1], data: "AACAPwAAAIA=" });
    expect(decoded.shape).toEqual([2, 1]);
    expect([...decoded.values]).toEqual([1, -0]);
  });

  it("have one element in shape [] and none where an extent is 0", () => {
    expect(z.decode(tensorCodec, { shape: [], data: "AACAPw==" }).values).toEqual(Float32Array.of(1));
    expect(z.decode(tensorCodec, { shape: [3, 0], data: "" }).values).toHaveLength(0);
    expect(z.encode(tensorCodec, vector([]))).toEqual({ shape: [0], data: "" });
  });

  it("come back with every bit, NaN as a class", () => {
    const bits = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 9 });
    fc.assert(
      fc.property(bits, (patterns) => {
        const tensor: Tensor = vector(patterns.map(fromBits));
        const back = z.decode(tensorCodec, JSON.parse(JSON.stringify(z.encode(tensorCodec, tensor))));
        expect(back.shape).toEqual([patterns.length]);
        back.values.forEach((value, i) => {
          const was = fromBits(patterns[i]);
          if (Number.isNaN(was)) expect(value).toBeNaN();
          else expect(bitsOf(value)).toBe(patterns[i]);
        });
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("do not share memory with their wire form", () => {
    const tensor = vector([1, 2]);
    const wire = z.encode(tensorCodec, tensor);
    tensor.values[0] = 9;
    (wire.shape as number[])[0] = 9;
    expect(tensor.shape).toEqual([2]);
    expect(z.decode(tensorCodec, { ...wire, shape: [2] }).values[0]).toBe(1);
  });

  it.each([
    [{ shape: [2], data: "AACAPw==" }, "shape [2] needs 8 bytes, but the data has 4 bytes"],
    [{ shape: [], data: "" }, "shape [] needs 4 bytes, but the data has 0 bytes"],
    [{ shape: [1], data: "AACAPwAA" }, "shape [1] needs 4 bytes, but the data has 6 bytes"],
    [{ shape: [0], data: "AACAPw==" }, "shape [0] needs 0 bytes, but the data has 4 bytes"],
    [{ shape: [1], data: "AACAPw=" }, "not base64"],
    [{ shape: [1], data: "AACAPw" }, "not base64"],
    [{ shape: [1], data: "AACA Pw==" }, "not base64"],
    [{ shape: [1], data: "AACA-w==" }, "not base64"],
    [{ shape: [2 ** 53 - 1, 2 ** 53 - 1], data: "AACAPw==" }, /bytes, but the data has 4 bytes/],
  ])("refuse %j", (wire, said) => {
    const result = z.safeDecode(tensorCodec, wire);
    expect(result.success).toBe(false);
    expect(result.error?.issues).toHaveLength(1);
    expect(result.error?.issues[0].message).toMatch(said);
  });

  it.each([
    [{ shape: [-1], data: "" }],
    [{ shape: [1.5], data: "AACAPw==" }],
    [{ shape: "1", data: "AACAPw==" }],
    [{ shape: [1], data: [1] }],
    [{ shape: [1] }],
    [{ shape: [1], data: "AACAPw==", dtype: "float32" }],
    [[1]],
  ])("refuse the form %j", (wire) => {
    expect(z.safeDecode(tensorCodec, wire as never).success).toBe(false);
  });

  it("are not written where shape and values disagree", () => {
    expect(z.safeEncode(tensorCodec, { shape: [3], values: Float32Array.of(1, 2) }).success).toBe(false);
    expect(z.safeEncode(tensorCodec, { shape: [1], values: [1] } as never).success).toBe(false);
  });
});
