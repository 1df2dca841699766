import { describe, expect, it } from "vitest";
import { power, subtract } from "./element-arithmetic.js";
import { bitLength, compare, product, type Rational, rationalOf, reciprocal } from "./rational.js";
import { RationalArithmetic } from "./rational-arithmetic.js";
import {
  type Enclosed,
  isExact,
  type RationalValue,
  undefinedBecause,
  undefinedOf,
} from "./rational-value.js";

const BITS = 64;
const ar = new RationalArithmetic(BITS);

/** A number that is known, or two ends that are whole numbers. */
const known = (x: number) => ar.number(x);
const between = (lo: number, hi: number): RationalValue => ({
  kind: "enclosed",
  lo: rationalOf(lo),
  hi: rationalOf(hi),
});

/** The ends as numbers: one where the value is known exactly, two where it is not, or why it is undefined. */
function reported(x: RationalValue): number | readonly number[] | string {
  if (x.kind !== "enclosed") return x.why;
  const [lo, hi] = [x.lo, x.hi].map(numberOf);
  return isExact(x) ? lo : [lo, hi];
}

/** Of ends that are short, as all are here. */
function numberOf({ numerator, denominator, exponent }: Rational): number {
  const x = (Number(numerator) / Number(denominator)) * 2 ** exponent;
  return x === 0 ? 0 : x;
}

const negativeRoot = () => ar.squareRoot(known(-1));
const byZero = () => ar.divide(known(1), known(0));

describe("a rational operation", () => {
  it("is exact on numbers that are known", () => {
    expect(reported(ar.negate(known(3)))).toBe(-3);
    expect(reported(ar.add(known(3), known(-0.5)))).toBe(2.5);
    expect(reported(ar.multiply(known(3), known(-0.5)))).toBe(-1.5);
    expect(reported(ar.multiply(known(0), known(-0.5)))).toBe(0);
    expect(reported(ar.square(known(-3)))).toBe(9);
    expect(reported(ar.divide(known(3), known(-4)))).toBe(-0.75);
    expect(reported(ar.squareRoot(known(2.25)))).toBe(1.5);
    expect(reported(ar.squareRoot(known(0)))).toBe(0);
    expect(reported(ar.maximum(known(-3), known(2)))).toBe(2);
    expect(reported(ar.minimum(known(-3), known(2)))).toBe(-3);
    expect(reported(subtract(ar, known(3), known(5)))).toBe(-2);
    const third = ar.divide(known(1), known(3)) as Enclosed;
    expect(isExact(third) && compare(product(third.lo, rationalOf(3)), rationalOf(1))).toBe(0);
  });

  it.each<[name: string, result: () => RationalValue, ends: readonly [number, number]]>([
    ["−[1, 2]", () => ar.negate(between(1, 2)), [-2, -1]],
    ["[1, 2] + [10, 20]", () => ar.add(between(1, 2), between(10, 20)), [11, 22]],
    ["[1, 2] + 10", () => ar.add(between(1, 2), known(10)), [11, 12]],
    ["10 + [1, 2]", () => ar.add(known(10), between(1, 2)), [11, 12]],
    ["[2, 3] · [5, 7]", () => ar.multiply(between(2, 3), between(5, 7)), [10, 21]],
    ["[−2, 3] · [5, 7]", () => ar.multiply(between(-2, 3), between(5, 7)), [-14, 21]],
    ["[−2, 3] · [−5, 7]", () => ar.multiply(between(-2, 3), between(-5, 7)), [-15, 21]],
    ["[−4, 3] · [−5, 7]", () => ar.multiply(between(-4, 3), between(-5, 7)), [-28, 21]],
    ["[−4, 3] · [−9, 7]", () => ar.multiply(between(-4, 3), between(-9, 7)), [-28, 36]],
    ["[−3, −2] · [−7, −5]", () => ar.multiply(between(-3, -2), between(-7, -5)), [10, 21]],
    ["2 · [−1, 3]", () => ar.multiply(known(2), between(-1, 3)), [-2, 6]],
    ["[−1, 3] · −2", () => ar.multiply(between(-1, 3), known(-2)), [-6, 2]],
    ["[2, 3]²", () => ar.square(between(2, 3)), [4, 9]],
    ["[−3, −2]²", () => ar.square(between(-3, -2)), [4, 9]],
    ["[−3, 2]²", () => ar.square(between(-3, 2)), [0, 9]],
    ["[−2, 3]²", () => ar.square(between(-2, 3)), [0, 9]],
    ["[6, 12] / [2, 4]", () => ar.divide(between(6, 12), between(2, 4)), [1.5, 6]],
    ["[6, 12] / [−4, −2]", () => ar.divide(between(6, 12), between(-4, -2)), [-6, -1.5]],
    ["[6, 12] / −4", () => ar.divide(between(6, 12), known(-4)), [-3, -1.5]],
    ["8 / [2, 4]", () => ar.divide(known(8), between(2, 4)), [2, 4]],
    ["max([1, 5], [2, 3])", () => ar.maximum(between(1, 5), between(2, 3)), [2, 5]],
    ["max([1, 3], [2, 5])", () => ar.maximum(between(1, 3), between(2, 5)), [2, 5]],
    ["min([1, 5], [2, 3])", () => ar.minimum(between(1, 5), between(2, 3)), [1, 3]],
    ["min([2, 3], [1, 5])", () => ar.minimum(between(2, 3), between(1, 5)), [1, 3]],
  ])("has the ends of every product, sum and quotient: %s", (_, result, ends) => {
    expect(reported(result())).toEqual(ends);
  });

  it("is exact where a known zero is a factor, whatever the other one is", () => {
    expect(reported(ar.multiply(known(0), between(-1, 3)))).toBe(0);
    expect(reported(ar.multiply(between(-1, 3), known(0)))).toBe(0);
    expect(reported(ar.divide(known(0), between(2, 4)))).toBe(0);
  });

  it("moves ends outward by less than a unit of so many bits", () => {
    const unit: Rational = { numerator: 1n, denominator: 1n, exponent: 1 - BITS };
    const third = ar.divide(between(1, 2), known(3)) as Enclosed;
    const ends = [rationalOf(1), rationalOf(2)].map((x) => product(x, reciprocal(rationalOf(3))));
    expect(compare(third.lo, ends[0])).toBeLessThan(0);
    expect(compare(third.hi, ends[1])).toBeGreaterThan(0);
    expect(bitLength(third.lo.numerator)).toBeLessThanOrEqual(BITS + 1);
    const root = ar.squareRoot(between(4, 9)) as Enclosed;
    for (const [end, right] of [
      [root.lo, 2],
      [root.hi, 3],
    ] as const) {
      const error = ar.add({ kind: "enclosed", lo: end, hi: end }, known(-right)) as Enclosed;
      const reach = product(rationalOf(right), unit);
      expect(compare(product(error.lo, error.lo), product(reach, reach))).toBeLessThanOrEqual(0);
    }
    expect(compare(root.lo, rationalOf(2)) <= 0 && compare(root.hi, rationalOf(3)) >= 0).toBe(true);
    const fromZero = ar.squareRoot(between(0, 9)) as Enclosed;
    expect(fromZero.lo.numerator).toBe(0n);
    expect(compare(fromZero.hi, rationalOf(3))).toBeGreaterThanOrEqual(0);
  });

  it("keeps long numbers exactly as long as they are of a size to work with", () => {
    const threes = power(ar, known(3), 5000);
    const fives = power(ar, known(5), 3000);
    for (const sign of [1, -1]) {
      const signed = ar.multiply(known(sign), threes);
      expect(isExact(signed as Enclosed)).toBe(true);
      // 3^5000·5^3000 is too long, and two ends of 64 bits.
      const long = ar.multiply(signed, fives) as Enclosed;
      expect(isExact(long)).toBe(false);
      expect(compare(long.lo, long.hi)).toBeLessThan(0);
      expect(bitLength(long.lo.numerator)).toBeLessThanOrEqual(BITS + 1);
      const inverse = ar.divide(ar.divide(known(1), signed), fives) as Enclosed;
      expect(isExact(inverse)).toBe(false);
      // What cancels leaves a number that is short again.
      const cancelled = ar.multiply(ar.divide(signed, fives), ar.divide(fives, known(7))) as Enclosed;
      const requested = ar.divide(signed, known(7)) as Enclosed;
      expect(isExact(cancelled)).toBe(true);
      expect(compare(cancelled.lo, requested.lo)).toBe(0);
    }
  });
});

describe("where the reals end", () => {
  it.each<[name: string, result: () => RationalValue, why: string]>([
    ["√−1", negativeRoot, "root of a negative number"],
    ["√[−4, −1]", () => ar.squareRoot(between(-4, -1)), "root of a negative number"],
    ["√[−1, 4]", () => ar.squareRoot(between(-1, 4)), "undecided"],
    ["√[−1, 0]", () => ar.squareRoot(between(-1, 0)), "undecided"],
    ["1/0", byZero, "division by zero"],
    ["1/[0, 1]", () => ar.divide(known(1), between(0, 1)), "undecided"],
    ["1/[−1, 1]", () => ar.divide(known(1), between(-1, 1)), "undecided"],
    ["1/(1/0)", () => ar.divide(known(1), byZero()), "division by what is undefined"],
    ["1/√−1", () => ar.divide(known(1), negativeRoot()), "root of a negative number"],
    ["∞", () => ar.number(Number.POSITIVE_INFINITY), "input that is not finite"],
  ])("%s is undefined, and it is said why", (_, result, why) => {
    expect(reported(result())).toBe(why);
  });

  it("every operation gives what is undefined on, on either side", () => {
    const two = known(2);
    for (const x of [negativeRoot(), byZero()]) {
      const why = reported(x);
      expect([ar.negate(x), ar.square(x), ar.squareRoot(x)].map(reported)).toEqual([why, why, why]);
      for (const operation of ["add", "multiply", "maximum", "minimum"] as const) {
        expect(reported(ar[operation](x, two))).toBe(why);
        expect(reported(ar[operation](two, x))).toBe(why);
        // A factor of zero is no help.
        expect(reported(ar[operation](x, known(0)))).toBe(why);
      }
      expect(reported(ar.divide(x, two))).toBe(why);
    }
    expect(reported(ar.divide(negativeRoot(), known(0)))).toBe("root of a negative number");
    expect(reported(ar.divide(byZero(), between(-1, 1)))).toBe("undecided");
  });

  it("the value says what it is, and why", () => {
    expect(byZero()).toEqual({ kind: "undefined over the reals", why: "division by zero" });
  });

  it("the strongest reason is given, whichever operand has it", () => {
    const strongestFirst = [
      "root of a negative number",
      "input that is not finite",
      "undecided",
      "division by what is undefined",
      "division by zero",
    ] as const;
    for (const [i, stronger] of strongestFirst.entries()) {
      for (const weaker of strongestFirst.slice(i)) {
        const [a, b] = [undefinedBecause(stronger), undefinedBecause(weaker)];
        expect([undefinedOf(a, b), undefinedOf(b, a), undefinedOf(b, known(1), a)].map(reported)).toEqual([
          stronger,
          stronger,
          stronger,
        ]);
      }
    }
  });
});

describe("a power", () => {
  it("is the product of so many factors", () => {
    for (let n = 0; n <= 20; n++) expect(reported(power(ar, known(-3), n))).toBe((-3) ** n);
    // An even power of an interval does not go below zero.
    expect(reported(power(ar, between(-1, 2), 2))).toEqual([0, 4]);
  });
});

describe("the number of bits", () => {
  it.each([1, 0, 8193, 2.5, Number.NaN])("cannot be %d", (bits) => {
    expect(() => new RationalArithmetic(bits)).toThrow(`bits must be an integer from 2 to 8192; got ${bits}`);
  });

  it.each([2, 8192])("can be %d", (bits) => {
    expect(new RationalArithmetic(bits).bits).toBe(bits);
  });
});
