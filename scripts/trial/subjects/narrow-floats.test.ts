import { describe, expect, it } from "vitest";
import { bitsOf, fromBits, MAX_FLOAT32, MIN_SUBNORMAL } from "../../../src/float32/bits.js";
import { bfloat16, float16 } from "./narrow-floats.js";

describe("bfloat16", () => {
  it("rounds the upper half of the bits to even", () => {
    for (let k = 0; k < 2000; k++) {
      const bits = (k * 0x9e3779b1) >>> 0;
      const x = fromBits(bits);
      if (!Number.isFinite(x)) continue;
      const upper = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
      expect(bitsOf(bfloat16(x))).toBe((upper << 16) >>> 0);
    }
  });

  it("overflows, underflows and keeps what is no number", () => {
    expect(bfloat16(MAX_FLOAT32)).toBe(Number.POSITIVE_INFINITY);
    expect(bfloat16(-MIN_SUBNORMAL)).toBe(-0);
    expect(bfloat16(Number.NaN)).toBeNaN();
    expect(bfloat16(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("float16", () => {
  it.each([
    [1e-8, 0],
    [2 ** -24, 2 ** -24],
    [2 ** -25, 0],
    [3 * 2 ** -25, 2 ** -23],
    [-0, -0],
    [2049, 2048],
    [2051, 2052],
    [65519, 65504],
    [65520, Number.POSITIVE_INFINITY],
    [-1e20, Number.NEGATIVE_INFINITY],
    [Math.fround(0.1), 0.0999755859375],
  ])("%d becomes %d", (x, expected) => {
    expect(float16(x)).toBe(expected);
  });
});
