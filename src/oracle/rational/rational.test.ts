import { describe, expect, it } from "vitest";
import { ALL_STEP_REGIMES, elementSteps, RandomSource } from "../../search/element-steps.js";
import { roundedDown, roundedUp } from "./outward.js";
import {
  bitLength,
  compare,
  floorLog2,
  greater,
  lesser,
  negative,
  ONE,
  product,
  type Rational,
  rationalOf,
  reciprocal,
  reduced,
  sum,
  ZERO,
} from "./rational.js";
import { exactRoot, integerRoot, rootBetween } from "./root.js";

const THIRD: Rational = { numerator: 1n, denominator: 3n, exponent: 0 };

/** Numbers of every kind: floats of all regimes, their quotients and products. */
function samples(): Rational[] {
  const random = new RandomSource(11);
  return ALL_STEP_REGIMES.flatMap((regime) => {
    const { parameter, gradient } = elementSteps(regime, 12, random);
    const finite = [...parameter, ...gradient].filter((x) => Number.isFinite(x)).map(rationalOf);
    const quotients = finite.flatMap((x, i) => {
      const other = finite[(i + 1) % finite.length];
      return other.numerator === 0n ? [] : [product(x, reciprocal(other))];
    });
    return [...finite, ...quotients];
  });
}

describe("rationalOf", () => {
  it("is the number of the 64 bits, not of the shortest text", () => {
    expect(rationalOf(0.75)).toEqual({ numerator: 3n, denominator: 1n, exponent: -2 });
    expect(rationalOf(-6)).toEqual({ numerator: -3n, denominator: 1n, exponent: 1 });
    expect(rationalOf(0.1)).toEqual({ numerator: 3602879701896397n, denominator: 1n, exponent: -55 });
    expect(rationalOf(-0)).toEqual(ZERO);
    expect(rationalOf(Number.MIN_VALUE)).toEqual({ numerator: 1n, denominator: 1n, exponent: -1074 });
    expect(rationalOf(2.0 ** -1022 + 2 ** -1074)).toMatchObject({
      numerator: (1n << 52n) + 1n,
      exponent: -1074,
    });
    expect(rationalOf(Number.MAX_VALUE)).toMatchObject({ numerator: (1n << 53n) - 1n, exponent: 971 });
  });

  it("refuses what is no rational number", () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => rationalOf(x)).toThrow(new RangeError(`${x} is no rational number`));
    }
  });
});

describe("the four operations and the order", () => {
  it("hold the laws of the rationals", () => {
    const all = samples();
    for (const [i, x] of all.entries()) {
      const y = all[(i * 7 + 3) % all.length];
      expect(compare(sum(sum(x, y), negative(y)), x)).toBe(0);
      expect(compare(product(sum(x, y), x), sum(product(x, x), product(x, y)))).toBe(0);
      if (x.numerator !== 0n) expect(compare(product(x, reciprocal(x)), ONE)).toBe(0);
      expect(compare(reduced(x), x)).toBe(0);
      expect(Math.sign(compare(x, y)) + Math.sign(compare(y, x))).toBe(0);
    }
  });

  it("let no denominator grow for nothing", () => {
    for (const x of [THIRD, rationalOf(2 ** 60)]) {
      expect(sum(ZERO, x)).toBe(x);
      expect(sum(x, ZERO)).toBe(x);
    }
    expect(sum(THIRD, THIRD)).toEqual({ numerator: 2n, denominator: 3n, exponent: 0 });
  });

  it("know the lesser and the greater, of equal ones the first", () => {
    const [one, other] = [rationalOf(-2), THIRD];
    for (const [x, y] of [
      [one, other],
      [other, one],
    ]) {
      expect(lesser(x, y)).toBe(one);
      expect(greater(x, y)).toBe(other);
    }
    const same: Rational = { numerator: 2n, denominator: 6n, exponent: 0 };
    expect([lesser(THIRD, same), greater(THIRD, same)]).toEqual([THIRD, THIRD]);
  });

  it("reduce to lowest terms with odd integers", () => {
    expect(reduced({ numerator: 3n, denominator: 4n, exponent: 1 })).toEqual({
      numerator: 3n,
      denominator: 1n,
      exponent: -1,
    });
    expect(reduced({ numerator: -12n, denominator: 90n, exponent: 1 })).toEqual({
      numerator: -1n,
      denominator: 15n,
      exponent: 2,
    });
    expect(reduced({ numerator: 0n, denominator: 9n, exponent: 3 })).toEqual(ZERO);
  });

  it("know binary logarithms", () => {
    expect([0n, 1n, 2n, 255n, 256n, -(1n << 100n)].map(bitLength)).toEqual([0, 1, 2, 8, 9, 101]);
    expect([ONE, THIRD, rationalOf(-8), rationalOf(7.5)].map(floorLog2)).toEqual([0, -2, 3, 2]);
    const quarters = [1n, 2n, 4n, 8n].map((numerator) => ({ numerator, denominator: 4n, exponent: 0 }));
    expect(quarters.map(floorLog2)).toEqual([-2, -1, 0, 1]);
    for (const x of samples().filter(({ numerator }) => numerator !== 0n)) {
      const power = { numerator: 1n, denominator: 1n, exponent: floorLog2(x) };
      const size = x.numerator < 0n ? negative(x) : x;
      expect(compare(power, size) <= 0 && compare(size, sum(power, power)) < 0).toBe(true);
    }
  });
});

describe("outward rounding", () => {
  it("goes to the other side of the number by less than a unit, and leaves short numbers alone", () => {
    for (const bits of [2, 24, 53, 200]) {
      const unit: Rational = { numerator: 1n, denominator: 1n, exponent: 1 - bits };
      for (const x of samples()) {
        const [lo, hi] = [roundedDown(x, bits), roundedUp(x, bits)];
        expect(compare(lo, x) <= 0 && compare(x, hi) <= 0).toBe(true);
        const reach = product(unit, x.numerator < 0n ? negative(x) : x);
        for (const end of [lo, hi]) {
          expect(end.denominator).toBe(1n);
          expect(bitLength(end.numerator)).toBeLessThanOrEqual(bits + 2);
          const moved = sum(end, negative(x));
          expect(moved.numerator === 0n || compare(product(moved, moved), product(reach, reach)) < 0).toBe(
            true,
          );
        }
        if (x.denominator === 1n && bitLength(x.numerator) <= bits) expect([lo, hi]).toEqual([x, x]);
      }
    }
    expect(compare(roundedDown(THIRD, 8), roundedUp(THIRD, 8))).toBeLessThan(0);
    expect(roundedDown(negative(THIRD), 4)).toEqual(negative(roundedUp(THIRD, 4)));
  });

  it("leaves a short number what it is, in whatever form", () => {
    for (const numerator of [-6n, 6n]) {
      const two: Rational = { numerator, denominator: 3n, exponent: 0 };
      expect([roundedDown(two, 8), roundedUp(two, 8)].map((end) => compare(end, two))).toEqual([0, 0]);
    }
  });
});

describe("roots", () => {
  it("of integers are the floor", () => {
    const requested = [0n, 1n, 1n, 1n, 2n, 2n, 2n, 2n, 2n, 3n];
    expect(requested.map((_, n) => integerRoot(BigInt(n)))).toEqual(requested);
    for (let k = 1; k < 700; k += 3) {
      const root = (1n << BigInt(k)) - BigInt(k);
      const square = root * root;
      expect([integerRoot(square - 1n), integerRoot(square), integerRoot(square + 2n * root)]).toEqual([
        root - 1n,
        root,
        root,
      ]);
    }
  });

  it("are exact where they are rational, and only there", () => {
    for (const x of samples()) {
      const root = exactRoot(product(x, x));
      expect(root && compare(product(root, root), product(x, x))).toBe(0);
    }
    expect(exactRoot({ numerator: 8n, denominator: 18n, exponent: 0 })).toBeDefined();
    for (const n of [2, 3, 0.5, 0.1, 17]) expect(exactRoot(rationalOf(n))).toBeUndefined();
    expect(exactRoot({ numerator: 0n, denominator: 3n, exponent: 5 })).toBe(ZERO);
    // A remainder that squares have is not enough.
    expect(exactRoot(rationalOf(65))).toBeUndefined();
  });

  it("lie between neighbours on a grid of so many bits", () => {
    const sixteenths = (numerator: bigint) => ({ numerator, denominator: 1n, exponent: -4 });
    expect(rootBetween(rationalOf(2), 4)).toEqual([sixteenths(22n), sixteenths(23n)]);
    for (const bits of [2, 53, 256]) {
      for (const x of samples().filter(({ numerator }) => numerator > 0n)) {
        const [lower, upper] = rootBetween(x, bits);
        expect(compare(product(lower, lower), x) <= 0 && compare(x, product(upper, upper)) < 0).toBe(true);
        expect(upper.numerator - lower.numerator).toBe(1n);
        expect(upper.exponent).toBe(lower.exponent);
        expect(bitLength(lower.numerator)).toBeGreaterThanOrEqual(bits);
      }
    }
  });
});
