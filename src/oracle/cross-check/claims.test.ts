import { describe, expect, it } from "vitest";
import { rationalOf } from "../rational/rational.js";
import { exactly, type RationalValue, undefinedBecause } from "../rational/rational-value.js";
import { ClaimArithmetic, type Claimed, log2Of } from "./claims.js";

const DIGITS = 20;
const BITS = 64;
/** One unit in the last place, relative to the number. */
const UNIT = { decimalWidth: 10 ** (1 - DIGITS), rationalWidth: 2 ** (1 - BITS) };
const WIDTHS = ["decimalWidth", "rationalWidth"] as const;
/** Each step of a claim adds 2^-30 to a logarithm; none has sixteen steps. */
const ROOM = 2 ** -26;
const INFINITE = Number.POSITIVE_INFINITY;
const POINT = Number.NEGATIVE_INFINITY;

const ar = new ClaimArithmetic(DIGITS, BITS);
const ends = (lo: number, hi: number): RationalValue => ({
  kind: "enclosed",
  lo: rationalOf(lo),
  hi: rationalOf(hi),
});

/** A number of which the enclosures may be so wide; the rational one a sixteenth of that. */
function claim(value: RationalValue, magnitude: number, width: number, nan = false): Claimed {
  const decimalWidth = Math.log2(width);
  return { value, size: Math.log2(magnitude), decimalWidth, rationalWidth: decimalWidth - 4, nan };
}

const about = (x: number, width: number) => claim(exactly(rationalOf(x)), Math.abs(x), width);
const widthsOf = (x: Claimed, name: (typeof WIDTHS)[number]) => 2 ** x[name];

/** Whether a logarithm is that of a bound, or a little more. */
function expectBound(log: number, bound: number): void {
  expect(log).toBeGreaterThanOrEqual(Math.log2(bound) - 2 ** -40);
  expect(log).toBeLessThanOrEqual(Math.log2(bound) + ROOM);
}

/** Both widths of a result: what the operands make of it, and two units of what no member exceeds. */
function expectWidths(
  result: Claimed,
  magnitude: number,
  before: (width: (x: Claimed) => number) => number,
): void {
  expectBound(result.size, magnitude);
  for (const name of WIDTHS) {
    const width = before((x) => widthsOf(x, name));
    expectBound(result[name], width + 2 * UNIT[name] * (magnitude + width));
  }
}

describe("claimed widths", () => {
  // From points, where the rounding is all there is, to widths that hide it.
  const cases = [0, 2 ** -50, 2 ** -8].map((w) => [about(-5, w), about(3, w / 2)] as const);

  it.each(cases)("of a sum are the sum of both: %#", (x, y) => {
    expectWidths(ar.add(x, y), 2, (w) => w(x) + w(y));
  });

  it.each(cases)("of a product are those of the factors, each times the other one: %#", (x, y) => {
    expectWidths(ar.multiply(x, y), 15, (w) => (5 + w(x)) * w(y) + (3 + w(y)) * w(x));
    expectWidths(ar.square(x), 25, (w) => 2 * (5 + w(x)) * w(x));
  });

  it.each(cases)("of a quotient grow as the divisor may shrink: %#", (x, d) => {
    expectWidths(ar.divide(x, d), 5 / 3, (w) => {
      const least = 3 - w(d);
      return w(x) / least + ((5 + w(x)) * w(d)) / least ** 2;
    });
  });

  it("of a root are halved in the logarithm, or divided by the root", () => {
    for (const [x, width] of [
      [9, 0],
      [9, 2 ** -20],
      [2 ** -20, 2 ** -21],
      [2 ** -20, 2 ** -10],
    ]) {
      const root = Math.sqrt(x);
      expectWidths(ar.squareRoot(about(x, width)), root, (w) =>
        Math.min(w(about(x, width)) / root, Math.sqrt(w(about(x, width)))),
      );
    }
    const ofZero = ar.squareRoot(about(0, 2 ** -10));
    expectBound(ofZero.decimalWidth, 2 ** -5 * (1 + 2 * UNIT.decimalWidth));
  });

  it("of the larger or the lesser are the wider ones, without a rounding", () => {
    const [x, y] = [about(-5, 2 ** -8), about(3, 2 ** -9)];
    for (const [a, b] of [
      [x, y],
      [y, x],
    ]) {
      const largest = ar.maximum(a, b);
      expect(largest).toMatchObject({ value: y.value, decimalWidth: -8, rationalWidth: -12, nan: false });
      expectBound(largest.size, 3);
      const least = ar.minimum(a, b);
      expect(least).toMatchObject({ value: x.value, decimalWidth: -8, rationalWidth: -12, nan: false });
      expectBound(least.size, 5);
    }
  });

  it("of a number are none, and of its negative the same", () => {
    const five = ar.number(-5);
    expect(five).toMatchObject({ decimalWidth: POINT, rationalWidth: POINT, nan: false });
    expectBound(five.size, 5);
    const x = about(5, 2 ** -8);
    expect(ar.negate(x)).toEqual({ ...x, value: exactly(rationalOf(-5)) });
  });

  it("are taken from the end that is further away, and for a divisor or a radicand from the nearer one", () => {
    const wide = claim(ends(-8, 4), 8, 0);
    expectBound(ar.maximum(wide, wide).size, 8);
    expectBound(ar.maximum(claim(ends(2, 16), 16, 0), wide).size, 16);
    for (const [lo, hi] of [
      [2, 4],
      [-4, -2],
    ]) {
      const d = claim(ends(lo, hi), 4, 2 ** -8);
      const quotient = ar.divide(about(1, 0), d);
      expectBound(quotient.size, 1 / 2);
      const width = 2 ** -8 / (2 - 2 ** -8) ** 2;
      expectBound(quotient.decimalWidth, width + 2 * UNIT.decimalWidth * (1 / 2 + width));
    }
    const root = ar.squareRoot(claim(ends(4, 16), 16, 2 ** -8));
    expectBound(root.decimalWidth, 2 ** -9 + 2 * UNIT.decimalWidth * (4 + 2 ** -9));
  });
});

describe("where there is no bound", () => {
  const x = about(5, 2 ** -8);
  const nan = { ...x, nan: true };
  const unbounded = { ...x, decimalWidth: INFINITE };

  it("the divisor may reach zero", () => {
    for (const width of [1, 2]) {
      expect(ar.divide(x, about(1, width))).toMatchObject({ decimalWidth: INFINITE, nan: true });
    }
    expect(ar.divide(x, about(1, 0.5))).toMatchObject({ nan: false });
    // A width that is less by no more than a logarithm may be wrong.
    const almost = { ...about(1, 1), decimalWidth: -(2 ** -31) };
    expect(ar.divide(x, almost)).toMatchObject({ decimalWidth: INFINITE, nan: true });
    // The rational enclosure is a sixteenth as wide, and has a bound.
    expect(ar.divide(x, about(1, 1)).rationalWidth).toBeLessThan(INFINITE);
  });

  it("a radicand may be less than zero", () => {
    expect([0, 0.5, 1, 2].map((width) => ar.squareRoot(about(1, width)).nan)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    // A width that is less by no more than a logarithm may be wrong.
    expect(ar.squareRoot({ ...about(1, 1), decimalWidth: -(2 ** -31) }).nan).toBe(true);
    expect(ar.squareRoot(about(0, 0)).nan).toBe(false);
    expect(ar.squareRoot(about(0, 2 ** -50)).nan).toBe(true);
  });

  it("an infinity may meet a zero, or another infinity", () => {
    expect(ar.multiply(x, unbounded)).toMatchObject({ nan: true, decimalWidth: INFINITE });
    expect(ar.multiply(unbounded, x)).toMatchObject({ nan: true, decimalWidth: INFINITE });
    expect(ar.divide(unbounded, x)).toMatchObject({ nan: true, decimalWidth: INFINITE });
    expect(ar.multiply(x, x).nan).toBe(false);
  });

  it("but nothing times anything is nothing", () => {
    for (const result of [ar.multiply(ar.number(0), unbounded), ar.multiply(unbounded, ar.number(0))]) {
      expect(result).toMatchObject({ decimalWidth: POINT, rationalWidth: POINT, size: POINT, nan: true });
    }
  });

  it("NaN stays possible in what follows", () => {
    for (const operation of ["add", "multiply", "divide", "maximum", "minimum"] as const) {
      expect([ar[operation](x, nan), ar[operation](nan, x), ar[operation](x, x)].map((y) => y.nan)).toEqual([
        true,
        true,
        false,
      ]);
    }
    expect([ar.square(nan), ar.squareRoot(nan), ar.negate(nan)].map((y) => y.nan)).toEqual([
      true,
      true,
      true,
    ]);
    expect([ar.square(x), ar.squareRoot(x), ar.negate(x)].map((y) => y.nan)).toEqual([false, false, false]);
  });

  it("nothing is claimed of what is no real number", () => {
    const value = undefinedBecause("root of a negative number");
    const nothing = { value, size: INFINITE, decimalWidth: INFINITE, rationalWidth: INFINITE, nan: true };
    const root = ar.squareRoot(about(-1, 0));
    expect(root).toEqual(nothing);
    for (const operation of ["add", "multiply", "divide", "maximum", "minimum"] as const) {
      expect([ar[operation](root, x), ar[operation](x, root)]).toEqual([nothing, nothing]);
    }
    expect([ar.square(root), ar.squareRoot(root)]).toEqual([nothing, nothing]);
    expect(ar.number(INFINITE)).toEqual({ ...nothing, value: undefinedBecause("input that is not finite") });
  });
});

describe("log2Of", () => {
  it("is the logarithm of the magnitude, however long the number", () => {
    expect(log2Of(rationalOf(0))).toBe(POINT);
    expect(log2Of(rationalOf(-8))).toBe(3);
    expect(log2Of({ numerator: 1n, denominator: 4n, exponent: 10 })).toBe(8);
    expect(log2Of({ numerator: -(1n << 5000n), denominator: 1n << 3000n, exponent: -1 })).toBe(1999);
    const power = log2Of({ numerator: 3n ** 1000n, denominator: 1n, exponent: 0 });
    expect(Math.abs(power - 1000 * Math.log2(3))).toBeLessThan(ROOM);
  });
});
