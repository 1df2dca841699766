import { Decimal } from "decimal.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBits, MAX_FLOAT32, MIN_SUBNORMAL, OVERFLOW_THRESHOLD } from "./bits.js";
import { float32FromDecimal } from "./from-decimal.js";
import { nextUp } from "./neighbours.js";
import { ExactDecimal, exactDecimal } from "./to-decimal.js";

const TINY = new ExactDecimal("1e-400");

/** Rounds digits·10^exponent to float32 with integers alone: an independent reference. */
function reference(digits: bigint, exponent: number): number {
  const sign = digits < 0n ? -1 : 1;
  const magnitude = digits < 0n ? -digits : digits;
  // In units of 2^-149, numerator / denominator.
  const numerator = (magnitude * 10n ** BigInt(Math.max(exponent, 0))) << 149n;
  const denominator = 10n ** BigInt(Math.max(-exponent, 0));
  const whole = numerator / denominator;
  const shift = BigInt(Math.max(whole.toString(2).length - 24, 0));
  const unit = denominator << shift;
  let significand = numerator / unit;
  const twice = 2n * (numerator % unit);
  if (twice > unit || (twice === unit && significand % 2n === 1n)) significand++;
  // Both are exact: the significand is at most 2^24, and a result beyond the range is rounded to infinity.
  const value = Number(significand) * 2 ** (Number(shift) - 149);
  return sign * (value > MAX_FLOAT32 ? Number.POSITIVE_INFINITY : value);
}

describe("float32FromDecimal", () => {
  it("agrees with Math.fround on every kind of binary64, where one rounding is all there is", () => {
    const view = new DataView(new ArrayBuffer(8));
    const anyBits = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((bits) => {
      view.setBigUint64(0, bits);
      return view.getFloat64(0);
    });
    const inRange = fc
      .tuple(fc.integer({ min: -160, max: 130 }), fc.double({ min: -2, max: 2, noNaN: true }))
      .map(([e, m]) => m * 2 ** e);
    fc.assert(
      fc.property(fc.oneof(anyBits, inRange), (x) => {
        expect(float32FromDecimal(exactDecimal(x))).toBe(Math.fround(x));
      }),
      { seed: 11, numRuns: 3000 },
    );
  });

  it("agrees with integer arithmetic on random decimals", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }),
        fc.integer({ min: -100, max: 0 }),
        (digits, exponent) => {
          if (digits === 0n) return;
          expect(float32FromDecimal(new ExactDecimal(`${digits}e${exponent}`))).toBe(
            reference(digits, exponent),
          );
        },
      ),
      { seed: 12, numRuns: 2000 },
    );
  });

  it("decides at a midpoint by the Decimal itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7f7ffffe }), fc.boolean(), (bits, negative) => {
        const sign = negative ? -1 : 1;
        const below = fromBits(bits);
        const above = nextUp(below);
        const even = bits % 2 === 0 ? below : above;
        const midpoint = exactDecimal(sign * ((below + above) / 2));
        const outward = TINY.times(sign);
        expect(float32FromDecimal(midpoint)).toBe(sign * even);
        expect(float32FromDecimal(midpoint.plus(outward))).toBe(sign * above);
        expect(float32FromDecimal(midpoint.minus(outward))).toBe(sign * below);
      }),
      {
        seed: 13,
        numRuns: 1500,
        examples: [
          [0, true],
          [0, false],
          [0x7fffff, false],
          [0x7f7ffffe, true],
        ],
      },
    );
  });

  it("overflows from 2^128 − 2^103 on", () => {
    const threshold = exactDecimal(OVERFLOW_THRESHOLD);
    for (const sign of [1, -1]) {
      const at = threshold.times(sign);
      expect(float32FromDecimal(at)).toBe(sign * Number.POSITIVE_INFINITY);
      expect(float32FromDecimal(at.plus(TINY.times(sign)))).toBe(sign * Number.POSITIVE_INFINITY);
      expect(float32FromDecimal(at.minus(TINY.times(sign)))).toBe(sign * MAX_FLOAT32);
      expect(float32FromDecimal(new Decimal(`${sign}e5000`))).toBe(sign * Number.POSITIVE_INFINITY);
      expect(float32FromDecimal(new Decimal(`${sign}e39`))).toBe(sign * Number.POSITIVE_INFINITY);
    }
  });

  it("underflows at 2^-150 to a zero that keeps its sign", () => {
    const half = exactDecimal(2 ** -150);
    for (const sign of [1, -1]) {
      const at = half.times(sign);
      expect(float32FromDecimal(at)).toBe(sign * 0);
      expect(float32FromDecimal(at.minus(TINY.times(sign)))).toBe(sign * 0);
      expect(float32FromDecimal(at.plus(TINY.times(sign)))).toBe(sign * MIN_SUBNORMAL);
      expect(float32FromDecimal(new Decimal(`${sign}e-5000`))).toBe(sign * 0);
      expect(float32FromDecimal(new Decimal(`${sign}e-60`))).toBe(sign * 0);
    }
  });

  it("keeps signed zeros, infinities and NaN", () => {
    for (const x of [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
      expect(float32FromDecimal(new Decimal(x))).toBe(x);
    }
  });
});
