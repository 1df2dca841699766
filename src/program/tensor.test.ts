import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { bitsOf, fromBits } from "../float32/bits.js";
import { replyTensorCodec, type Tensor, tensorCodec, vector } from "./tensor.js";

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
    [{ shape: [2, 3], data: "AACAPw==" }, "shape [2, 3] needs 24 bytes, but the data has 4 bytes"],
    [{ shape: [], data: "" }, "shape [] needs 4 bytes, but the data has 0 bytes"],
    [{ shape: [1], data: "AACAPwAA" }, "shape [1] needs 4 bytes, but the data has 6 bytes"],
    [{ shape: [0], data: "AACAPw==" }, "shape [0] needs 0 bytes, but the data has 4 bytes"],
    [{ shape: [1], data: "AACAPw=" }, "not base64"],
    [{ shape: [1], data: "AACAPw" }, "not base64"],
    [{ shape: [1], data: "AACA Pw==" }, "not base64"],
    [{ shape: [1], data: "AACA-w==" }, "not base64"],
    [{ shape: [2 ** 53 - 1, 2 ** 53 - 1], data: "AACAPw==" }, /bytes, but the data has 4 bytes/],
  ])("refuse %j", (wire, expectedMessage) => {
    const result = z.safeDecode(tensorCodec, wire);
    expect(result.success).toBe(false);
    expect(result.error?.issues).toHaveLength(1);
    expect(result.error?.issues[0].message).toMatch(expectedMessage);
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
    const wrong: unknown[] = [
      { shape: [3], values: Float32Array.of(1, 2) },
      { shape: [1], values: [1] },
      { values: Float32Array.of(1) },
      null,
      undefined,
    ];
    for (const tensor of wrong) {
      const { error } = z.safeEncode(tensorCodec, tensor as Tensor);
      expect(error?.issues.map(({ message }) => message)).toEqual([
        "expected a tensor: { shape, values: Float32Array } with as many values as the shape says",
      ]);
    }
  });

  it("have their bytes turned on a big-endian machine", async () => {
    vi.resetModules();
    vi.doMock("node:os", () => ({ endianness: () => "BE" }));
    try {
      const big = await import("./tensor.js");
      const wire = { shape: [2], data: "AACAPwAAAIA=" };
      const tensor = z.decode(big.tensorCodec, wire);
      // The bytes as such a machine holds 1 and −0.
      expect([...new Uint8Array(tensor.values.buffer)]).toEqual([0x3f, 0x80, 0, 0, 0x80, 0, 0, 0]);
      expect(z.encode(big.tensorCodec, tensor)).toEqual(wire);
    } finally {
      vi.doUnmock("node:os");
    }
  });
});

describe("tensors in replies", () => {
  it("are read from base64 and from hex, and written in base64", () => {
    const tensor = vector([1, -0]);
    const wire = { shape: [2], data: "AACAPwAAAIA=" };
    expect(z.decode(replyTensorCodec, wire)).toEqual(tensor);
    expect(z.decode(replyTensorCodec, { shape: [2], hex: "3f80000080000000" })).toEqual(tensor);
    expect(z.encode(replyTensorCodec, tensor)).toEqual(wire);
  });

  const neither = 'expected either "data" (base64) or "hex"';
  it.each([
    [{ shape: [1] }, neither, undefined],
    [{ shape: [1], data: "AACAPw==", hex: "3f800000" }, neither, "AACAPw=="],
    [{ shape: [1], data: "?" }, "not base64", "?"],
    [{ shape: [1], hex: "3f8" }, "not hex: expected eight lower-case digits an element", "3f8"],
  ])("are refused with what is there: %j", (wire, message, input) => {
    const { error } = z.safeDecode(replyTensorCodec, wire, { reportInput: true });
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]).toMatchObject({ code: "custom", message, path: [] });
    expect(error?.issues[0].input).toBe(input);
  });
});
