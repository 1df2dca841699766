import { describe, expect, it } from "vitest";
import { ExactDecimal } from "../../float32/to-decimal.js";
import { compare, negative, product, type Rational, rationalOf, reciprocal } from "../rational/rational.js";
import { decimalText, rationalOfDecimal } from "./decimal-text.js";

const ratio = (numerator: number, denominator: number): Rational =>
  product(rationalOf(numerator), reciprocal(rationalOf(denominator)));

describe("rationalOfDecimal", () => {
  it.each<[text: string, numerator: number, denominator: number]>([
    ["0", 0, 1],
    ["7", 7, 1],
    ["-7", -7, 1],
    ["12.5", 25, 2],
    ["-0.001", -1, 1000],
    ["1e+30", 2 ** 30 * 5 ** 13, 5 ** -17],
    ["2.5e+20", 25 * 2 ** 19 * 5 ** 8, 5 ** -11],
    ["1.5e-10", 3, 2e10],
    ["100", 100, 1],
  ])("is all the digits of %s", (text, numerator, denominator) => {
    const requested =
      denominator < 1
        ? product(rationalOf(numerator), rationalOf(Math.round(1 / denominator)))
        : ratio(numerator, denominator);
    expect(compare(rationalOfDecimal(new ExactDecimal(text)), requested)).toBe(0);
  });

  it("has no denominator where the number is whole, or zero", () => {
    for (const text of ["7", "1e+30", "0", "-0"]) {
      expect(rationalOfDecimal(new ExactDecimal(text)).denominator).toBe(1n);
    }
  });

  it("refuses what is no number", () => {
    for (const text of ["NaN", "Infinity", "-Infinity"]) {
      expect(() => rationalOfDecimal(new ExactDecimal(text))).toThrow(
        new RangeError(`${text} is no rational number`),
      );
    }
  });
});

describe("decimalText", () => {
  it.each<[x: Rational, digits: number, text: string]>([
    [rationalOf(0), 5, "0"],
    [{ numerator: 0n, denominator: 3n, exponent: 9 }, 5, "0"],
    [rationalOf(5), 3, "5"],
    [rationalOf(-12.5), 6, "-1.25e1"],
    [ratio(1, 3), 5, "3.3333e-1"],
    [ratio(-2, 3), 1, "-6e-1"],
    [ratio(22, 7), 10, "3.142857142"],
    [rationalOf(1000), 3, "1e3"],
    [rationalOf(999), 2, "9.9e2"],
    [rationalOf(2 ** 100), 12, "1.26765060022e30"],
    [rationalOf(2 ** -100), 12, "7.88860905221e-31"],
    [rationalOf(1.000_244_140_625), 4, "1"],
  ])("is scientific, cut off after some digits: %#", (x, digits, text) => {
    expect(decimalText(x, digits)).toBe(text);
    if (x.numerator > 0n) expect(decimalText(negative(x), digits)).toBe(`-${text}`);
  });
});
