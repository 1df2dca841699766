import { describe, expect, it, test } from "vitest";
import { exactDecimal } from "../../float32/to-decimal.js";
import { type Enclosure, enclosure, isPoint, isReal, isWithin, NAN, point } from "./enclosure.js";

const inf = Number.POSITIVE_INFINITY;
const from = (lo: number, hi: number, nan = false): Enclosure =>
  enclosure(exactDecimal(lo), exactDecimal(hi), nan);

describe("enclosure", () => {
  it.each([
    [1, 1, true],
    [0.1, 0.1, true],
    [2 ** -100, 2 ** -100, true],
    [inf, inf, true],
    [0, 0, true],
    [-0, 0, false],
    [1, 2, false],
    [-1, 1, false],
    [-inf, inf, false],
    [1, 10, false],
    [1e30, 1e30 + 2 ** 50, false],
    [-inf, -1, false],
  ])("of equal ends is a point: %d and %d", (lo, hi, expected) => {
    expect(isPoint(from(lo, hi))).toBe(expected);
  });
});

test("a value that may also be NaN is not known exactly", () => {
  expect(isPoint(from(1, 1, true))).toBe(false);
  expect(isPoint(NAN)).toBe(true);
});

describe("isReal", () => {
  it.each<[string, Enclosure, boolean]>([
    ["a number", point(1), true],
    ["numbers", from(-1, 2), true],
    ["NaN", NAN, false],
    ["a number or NaN", from(1, 1, true), false],
    ["numbers or NaN", from(1, 2, true), false],
    ["an infinity", point(inf), false],
    ["up to infinity", from(1, inf), false],
    ["down to infinity", from(-inf, 1), false],
    ["anything", from(-inf, inf, true), false],
  ])("of %s", (_, x, expected) => {
    expect(isReal(x)).toBe(expected);
  });
});

describe("isWithin", () => {
  const outer = from(-1, 2);
  it.each<[string, Enclosure, Enclosure, boolean]>([
    ["itself", outer, outer, true],
    ["a part", from(0, 1), outer, true],
    ["a part and more above", from(0, 3), outer, false],
    ["a part and more below", from(-2, 1), outer, false],
    ["more on both sides", from(-2, 3), outer, false],
    ["what lies above", from(3, 4), outer, false],
    ["what lies below", from(-4, -3), outer, false],
    ["-0 in what begins at +0", point(-0), from(0, 1), false],
    ["+0 in what ends at -0", point(0), from(-1, -0), false],
    ["NaN in numbers", NAN, outer, false],
    ["a number or NaN in numbers", from(0, 0, true), outer, false],
    ["NaN in numbers or NaN", NAN, from(-1, 2, true), true],
    ["numbers in numbers or NaN", from(0, 1), from(-1, 2, true), true],
    ["other numbers in numbers or NaN", from(0, 3), from(-1, 2, true), false],
    ["NaN in NaN", NAN, NAN, true],
    ["a number in NaN", point(1), NAN, false],
    ["a number or NaN in NaN", from(1, 1, true), NAN, false],
  ])("%s", (_, inner, whole, expected) => {
    expect(isWithin(inner, whole)).toBe(expected);
  });
});
