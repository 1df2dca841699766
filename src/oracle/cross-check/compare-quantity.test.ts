import { describe, expect, it } from "vitest";
import { ExactDecimal } from "../../float32/to-decimal.js";
import type { Enclosure } from "../exact/enclosure.js";
import { rationalOf } from "../rational/rational.js";
import {
  exactly,
  type RationalValue,
  type UndefinedReason,
  undefinedBecause,
} from "../rational/rational-value.js";
import type { Claimed } from "./claims.js";
import { differenceOf } from "./compare-quantity.js";

const decimal = (text: string) => new ExactDecimal(text);

/** A point of one text, or two ends. */
function exact(lo: string, hi?: string, nan = false): Enclosure {
  const low = decimal(lo);
  return { lo: low, hi: hi === undefined ? low : decimal(hi), nan };
}

const NOT_A_NUMBER: Enclosure = exact("NaN", undefined, true);

const ends = (lo: number, hi: number): RationalValue => ({
  kind: "enclosed",
  lo: rationalOf(lo),
  hi: rationalOf(hi),
});

/** Claims that are no wider than 1/8 on either side, unless others are given. */
function claimed(value: RationalValue, claims: Partial<Claimed> = {}): Claimed {
  return { value, size: 0, decimalWidth: -3, rationalWidth: -3, nan: false, ...claims };
}

const known = (x: number, claims?: Partial<Claimed>) => claimed(exactly(rationalOf(x)), claims);
const undefinedFor = (why: UndefinedReason) => claimed(undefinedBecause(why));
const ANY = Number.POSITIVE_INFINITY;

describe("two opinions agree", () => {
  it.each<[name: string, exact: Enclosure, claim: Claimed]>([
    ["on a number that both know", exact("2.5"), known(2.5)],
    ["on a number between the ends", exact("2.4375", "2.5625"), known(2.5)],
    ["on a number at either end", exact("2.5", "2.5625"), known(2.5)],
    ["on ends that touch below", exact("2.5", "2.625"), claimed(ends(2.375, 2.5))],
    ["on ends that touch above", exact("2.375", "2.5"), claimed(ends(2.5, 2.625))],
    ["on widths that are just as claimed", exact("2.5", "2.625"), claimed(ends(2.5, 2.625))],
    ["on NaN that is left open where it may be", exact("2.5", "2.5625", true), known(2.5, { nan: true })],
    ["on no bound at all", exact("1", "Infinity"), known(2.5, { decimalWidth: ANY })],
    ["on no bound below", exact("-Infinity", "3"), known(2.5, { decimalWidth: ANY })],
    ["on NaN of a negative root", NOT_A_NUMBER, undefinedFor("root of a negative number")],
    ["on NaN that is possible", exact("0", "1", true), undefinedFor("root of a negative number")],
    ["on an infinity by a division by zero", exact("Infinity"), undefinedFor("division by zero")],
    ["on NaN by a division by zero", NOT_A_NUMBER, undefinedFor("division by zero")],
    ["on anything that is not decided", exact("1"), undefinedFor("undecided")],
    ["on anything of what is not finite", exact("1"), undefinedFor("input that is not finite")],
  ])("%s", (_, enclosure, claim) => {
    expect(differenceOf(enclosure, claim)).toBeUndefined();
  });
});

describe("two opinions differ", () => {
  it.each<[what: string, exact: Enclosure, claim: Claimed, shown: object]>([
    [
      "is a number where the step leaves the reals",
      exact("1"),
      undefinedFor("root of a negative number"),
      { exact: "1", rational: "undefined over the reals: root of a negative number", digits: 0 },
    ],
    [
      "is a number where the step leaves the reals",
      exact("Infinity"),
      undefinedFor("root of a negative number"),
      { exact: "Infinity" },
    ],
    [
      "is a number where the step leaves the reals",
      exact("1", "2"),
      undefinedFor("division by zero"),
      { exact: "[1, 2]", rational: "undefined over the reals: division by zero", digits: 0 },
    ],
    [
      "is not a number where there is one",
      NOT_A_NUMBER,
      known(2.5),
      { exact: "NaN", rational: "2.5", digits: 0 },
    ],
    [
      "leaves open whether it is a number, where it is one",
      exact("2.5", "2.5625", true),
      known(2.5),
      { exact: "[2.5, 2.5625] or NaN", rational: "2.5", digits: 1 },
    ],
    ["the enclosures have no number in common", exact("2.25", "2.375"), known(2.5), { digits: 1 }],
    ["the enclosures have no number in common", exact("2.625", "2.75"), known(2.5), { digits: 1 }],
    [
      "the enclosures have no number in common",
      exact("-Infinity", "2.25"),
      known(2.5),
      { exact: "[-Infinity, 2.25]" },
    ],
    [
      "the enclosures have no number in common",
      exact("2.75", "Infinity"),
      known(2.5),
      { exact: "[2.75, Infinity]" },
    ],
    [
      "claims to know a number that is not known exactly",
      exact("2.5"),
      claimed(ends(2.4375, 2.5625)),
      { exact: "2.5", rational: "[2.4375, 2.5625]", digits: 1 },
    ],
    ["is wider than its digits allow", exact("2.5", "2.6875"), known(2.5), { digits: 1 }],
    [
      "is wider than its digits allow",
      exact("2.5", "Infinity"),
      known(2.5),
      { exact: "[2.5, Infinity]", digits: 0 },
    ],
    ["is wider than its digits allow", exact("-Infinity", "2.5"), known(2.5), { digits: 0 }],
    [
      "the second opinion is wider than its bits",
      exact("2.5", "2.5625"),
      claimed(ends(2.4375, 2.625)),
      { rational: "[2.4375, 2.625]", digits: 1 },
    ],
  ])("%s: %#", (what, enclosure, claim, displayed) => {
    expect(differenceOf(enclosure, claim)).toMatchObject({ what, ...displayed });
  });

  it("counting the digits that all members share, and showing a few more", () => {
    const near = differenceOf(exact("-1.00000000000000000001"), known(-1));
    expect(near).toEqual({
      what: "the enclosures have no number in common",
      exact: "-1.00000000000000000001",
      rational: "-1",
      digits: 20,
    });
    expect(differenceOf(exact("1.234567890123456789"), known(1))).toMatchObject({
      exact: "1.23456",
      digits: 0,
    });
    // Of other signs, and of nothing but zero, no digit is the same.
    expect(differenceOf(exact("-1"), known(1))).toMatchObject({ digits: 0 });
    expect(differenceOf(exact("0", "0", true), known(0))).toMatchObject({
      exact: "[0, 0] or NaN",
      digits: 0,
    });
  });
});
