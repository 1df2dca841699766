import { describe, expect, it } from "vitest";
import { fromBits, MAX_FLOAT32, MIN_SUBNORMAL } from "../../float32/bits.js";
import { nextUp } from "../../float32/neighbours.js";
import { RandomSource } from "../../search/element-steps.js";
import { product, type Rational, rationalOf, reciprocal, sum } from "./rational.js";
import { float32FromRational } from "./to-float32.js";

const TINY: Rational = { numerator: 1n, denominator: 3n, exponent: -4000 };
const random = new RandomSource(5);

describe("float32FromRational", () => {
  it("gives floats back, and what Math.fround gives for binary64 numbers", () => {
    for (let k = 0; k < 4000; k++) {
      const float = fromBits(random.integer(0, 0xff7fffff));
      if (!Number.isFinite(float) || float === 0) continue;
      expect(float32FromRational(rationalOf(float))).toBe(float);
      const double = float * (1 + (random.uniform() - 0.5) * 2 ** -22);
      expect(float32FromRational(rationalOf(double))).toBe(Math.fround(double));
    }
  });

  it("rounds midpoints to even, and everything else, however near to one, to its own side", () => {
    for (let k = 0; k < 2000; k++) {
      const lower = fromBits(random.integer(0, 0x7f7ffffe));
      const upper = nextUp(lower);
      const midpoint = rationalOf(lower / 2 + upper / 2);
      if (upper === MIN_SUBNORMAL) continue; // the midpoint is in the next test
      expect(float32FromRational(midpoint)).toBe(Math.fround(lower / 2 + upper / 2));
      expect(float32FromRational(sum(midpoint, TINY))).toBe(upper);
      expect(float32FromRational(sum(midpoint, { ...TINY, numerator: -1n }))).toBe(lower);
    }
  });

  it("underflows to a zero of the same sign and overflows at 2^128 − 2^103", () => {
    const half = rationalOf(2 ** -150);
    expect(float32FromRational(half)).toBe(0);
    expect(float32FromRational({ ...half, numerator: -1n })).toBe(-0);
    expect(float32FromRational(sum(half, TINY))).toBe(MIN_SUBNORMAL);
    expect(float32FromRational({ ...TINY, numerator: -1n })).toBe(-0);
    const threshold = rationalOf(2 ** 128 - 2 ** 103);
    expect(float32FromRational(threshold)).toBe(Number.POSITIVE_INFINITY);
    expect(float32FromRational({ ...threshold, numerator: -threshold.numerator })).toBe(
      Number.NEGATIVE_INFINITY,
    );
    expect(float32FromRational(sum(threshold, { ...TINY, numerator: -1n }))).toBe(MAX_FLOAT32);
    expect(float32FromRational(rationalOf(1e300))).toBe(Number.POSITIVE_INFINITY);
    expect(float32FromRational({ ...TINY, exponent: 9000 })).toBe(Number.POSITIVE_INFINITY);
    expect(float32FromRational({ numerator: 0n, denominator: 3n, exponent: 9000 })).toBe(0);
  });

  it("rounds quotients that no binary64 number is", () => {
    expect(float32FromRational(reciprocal(rationalOf(3)))).toBe(Math.fround(1 / 3));
    expect(float32FromRational(product(rationalOf(-2), reciprocal(rationalOf(3))))).toBe(Math.fround(-2 / 3));
  });
});
