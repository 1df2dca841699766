import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bitsOf,
  fromBits,
  hexOf,
  isFloat32,
  MAX_FLOAT32,
  MIN_NORMAL,
  MIN_SUBNORMAL,
  OVERFLOW_THRESHOLD,
  sameFloat,
} from "./bits.js";

describe("bits", () => {
  it("are those of IEEE 754", () => {
    const known: [number, number][] = [
      [0, 0],
      [-0, 0x80000000],
      [1, 0x3f800000],
      [-2, 0xc0000000],
      [MIN_SUBNORMAL, 1],
      [MIN_NORMAL, 0x00800000],
      [MAX_FLOAT32, 0x7f7fffff],
      [Number.POSITIVE_INFINITY, 0x7f800000],
      [Number.NEGATIVE_INFINITY, 0xff800000],
    ];
    for (const [value, bits] of known) {
      expect(bitsOf(value)).toBe(bits);
      expect(fromBits(bits)).toBe(value);
    }
    expect(fromBits(0x7fc00001)).toBeNaN();
    expect(fromBits(0xff800001)).toBeNaN();
  });

  it("come back from every value but NaN", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (bits) => {
        const x = fromBits(bits);
        if (Number.isNaN(x)) return;
        expect(bitsOf(x)).toBe(bits);
        expect(isFloat32(x)).toBe(true);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("are printed as eight hex digits", () => {
    expect(hexOf(1)).toBe("0x3f800000");
    expect(hexOf(MIN_SUBNORMAL)).toBe("0x00000001");
    expect(hexOf(-0)).toBe("0x80000000");
  });
});

describe("isFloat32", () => {
  it("asks whether rounding changes the number", () => {
    for (const x of [0, -0, 0.5, Number.NaN, Number.NEGATIVE_INFINITY, MAX_FLOAT32, MIN_SUBNORMAL]) {
      expect(isFloat32(x)).toBe(true);
    }
    for (const x of [0.1, 1 + 2 ** -24, 2 ** -150, OVERFLOW_THRESHOLD, 2 ** 128, 16777217]) {
      expect(isFloat32(x)).toBe(false);
    }
  });
});

describe("the overflow threshold", () => {
  it("is the first number that rounds to infinity", () => {
    expect(Math.fround(OVERFLOW_THRESHOLD)).toBe(Number.POSITIVE_INFINITY);
    expect(Math.fround(OVERFLOW_THRESHOLD - 2 ** 75)).toBe(MAX_FLOAT32);
  });
});

describe("sameFloat", () => {
  it("takes all NaNs as one and tells the zeros apart", () => {
    expect(sameFloat(fromBits(0x7fc00000), fromBits(0xffc12345))).toBe(true);
    expect(sameFloat(0, -0)).toBe(false);
    expect(sameFloat(-0, -0)).toBe(true);
  });
});
