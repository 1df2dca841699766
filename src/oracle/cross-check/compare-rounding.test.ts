import { describe, expect, it } from "vitest";
import { ExactDecimal } from "../../float32/to-decimal.js";
import type { Enclosure } from "../exact/enclosure.js";
import { type Rational, rationalOf } from "../rational/rational.js";
import { type Enclosed, exactly } from "../rational/rational-value.js";
import { roundedDifference, roundingDifference } from "./compare-rounding.js";

function exact(lo: string, hi?: string, nan = false): Enclosure {
  const low = new ExactDecimal(lo);
  return { lo: low, hi: hi === undefined ? low : new ExactDecimal(hi), nan };
}

const known = (x: number) => exactly(rationalOf(x));
const ends = (lo: number, hi: number): Enclosed => ({
  kind: "enclosed",
  lo: rationalOf(lo),
  hi: rationalOf(hi),
});
const TINY: Rational = { numerator: 1n, denominator: 1n, exponent: -4000 };
const BELOW_ZERO: Enclosed = exactly({ ...TINY, numerator: -1n });

describe("roundedDifference", () => {
  it.each<[name: string, exact: Enclosure, value: Enclosed]>([
    ["the same number", exact("0.1"), known(0.1)],
    ["ends of one float32", exact("0.1", "0.1000000001"), known(0.1)],
    ["ends on both sides of the number", exact("0.1", "0.2"), known(0.15)],
    ["a float32 that is that of one end", exact("0.1", "0.2"), known(0.2)],
    ["ends that begin where the others end", exact("0.2", "0.3"), ends(0.1, 0.2)],
    ["ends that end where the others begin", exact("0.1", "0.2"), ends(0.2, 0.3)],
    ["two ends that overlap two others", exact("0.1", "0.2"), ends(0.15, 0.3)],
    ["a certain float32 that is one of several", exact("0.1"), ends(0.05, 0.3)],
    ["zeros of either sign", exact("-0"), known(0)],
    ["an underflow with its sign", exact("-1e-1000"), BELOW_ZERO],
    ["NaN that is possible", exact("0.1", "0.2", true), known(0.15)],
    ["no bound", exact("0.1", "Infinity"), known(7)],
  ])("finds none in %s", (_, enclosure, value) => {
    expect(roundedDifference(enclosure, value, 50)).toBeUndefined();
  });

  it.each<[name: string, exact: Enclosure, value: Enclosed, what: string, shown: readonly [string, string]]>([
    [
      "another number",
      exact("1"),
      known(2),
      "certain of another float32",
      ["1 (0x3f800000)", "2 (0x40000000)"],
    ],
    [
      "a number where there is zero",
      exact("1"),
      known(0),
      "certain of another float32",
      ["1 (0x3f800000)", "0 (0x00000000)"],
    ],
    [
      "an underflow with the other sign",
      exact("1e-1000"),
      BELOW_ZERO,
      "certain of another float32",
      ["0 (0x00000000)", "-0 (0x80000000)"],
    ],
    [
      "ends that are all below",
      exact("1", "2"),
      known(4),
      "rounds to other float32s",
      ["1 (0x3f800000) to 2 (0x40000000)", "4 (0x40800000)"],
    ],
    [
      "ends that are all above",
      exact("1", "2"),
      ends(0.25, 0.5),
      "rounds to other float32s",
      ["1 (0x3f800000) to 2 (0x40000000)", "0.25 (0x3e800000) to 0.5 (0x3f000000)"],
    ],
    [
      "a number where several are possible",
      exact("1"),
      ends(2, 4),
      "certain of another float32",
      ["1 (0x3f800000)", "2 (0x40000000) to 4 (0x40800000)"],
    ],
  ])("tells of %s", (_, enclosure, value, what, [decimal, rational]) => {
    expect(roundedDifference(enclosure, value, 50)).toEqual({ what, exact: decimal, rational });
  });
});

describe("the ends of an enclosure", () => {
  /** A Decimal that rounds as one number and prints as another: a rounding that is wrong for it. */
  const misread = (text: string, displayed: string) =>
    Object.assign(new ExactDecimal(text), { toString: () => displayed });
  const difference = { what: "1.5 in float32", exact: "1 (0x3f800000)", rational: "1.5 (0x3fc00000)" };

  it("are rounded by integers too, each of them", () => {
    const [wrong, right] = [misread("1", "1.5"), new ExactDecimal("1")];
    for (const [lo, hi] of [
      [wrong, wrong],
      [wrong, right],
      [right, wrong],
    ]) {
      expect(roundedDifference({ lo, hi, nan: false }, known(1), 50)).toEqual(difference);
    }
  });
});

describe("roundingDifference", () => {
  it("tells what was rounded, and both results", () => {
    expect(roundingDifference(new ExactDecimal("1.5"), () => 1)).toEqual({
      what: "1.5 in float32",
      exact: "1 (0x3f800000)",
      rational: "1.5 (0x3fc00000)",
    });
  });

  it("knows the sign of a zero", () => {
    expect(roundingDifference(new ExactDecimal("-0"), () => 0)).toMatchObject({
      rational: "-0 (0x80000000)",
    });
    expect(roundingDifference(new ExactDecimal("0"), () => -0)).toMatchObject({ rational: "0 (0x00000000)" });
  });
});
