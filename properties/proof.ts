import type { Decimal } from "decimal.js";
import { ExactDecimal } from "../src/float32/to-decimal.js";
import type { Enclosure } from "../src/oracle/exact/enclosure.js";
import { PropertyFailure } from "./property-failure.js";
import { enclosureText, exactText } from "./value-text.js";

/** Digits to try, in order, before an inequality stays undecided. */
export const PROOF_DIGITS: readonly number[] = [50, 100, 200, 400, 800, 1600];

/** Digits in which two formulas are compared, and how far apart, relatively, the ends may be. */
export const EQUALITY_DIGITS = 60;
export const EQUALITY_WIDTH = new ExactDecimal("1e-40");

/** One inequality between two exact numbers, both enclosed at some number of digits. */
export interface Inequality {
  readonly what: string;
  readonly left: Enclosure;
  readonly right: Enclosure;
  /** Prove left < right. */
  readonly strict?: boolean;
}

/**
 * Prove left ≤ right for every inequality: at some number of digits the upper end of the left side is not above
 * the lower end of the right one.
 *
 * @param inequalities all of them, at a number of digits
 * @throws {PropertyFailure} when one is disproved, or undecided at the last number of digits
 */
export function proveAll(inequalities: (digits: number) => readonly Inequality[]): void {
  for (const digits of PROOF_DIGITS) {
    const open = inequalities(digits).filter((inequality) => !isProved(inequality));
    if (open.length === 0) return;
    const broken = open.find(isDisproved);
    const stuck = digits === PROOF_DIGITS.at(-1) ? open[0] : undefined;
    const found = broken ?? stuck;
    if (!found) continue;
    const { what, left, right } = found;
    const how = broken ? "does not hold" : `is undecided at ${digits} digits`;
    const relation = found.strict ? "<" : "≤";
    const sides = `${enclosureText(left)} ${relation} ${enclosureText(right)}`;
    throw new PropertyFailure(`${what} ${how}: ${sides}`, "differs");
  }
}

function isProved({ left, right, strict }: Inequality): boolean {
  if (left.nan || right.nan) return false;
  return strict ? left.hi.lt(right.lo) : left.hi.lte(right.lo);
}

function isDisproved({ left, right, strict }: Inequality): boolean {
  if (left.nan || right.nan) return false;
  return strict ? left.lo.gte(right.hi) : left.lo.gt(right.hi);
}

/**
 * Prove that two formulas are one function, as far as digits can: their enclosures meet and are narrow.
 *
 * @param scale what widths are measured against; by default the left side itself
 * @throws {PropertyFailure} when they do not meet, or are too wide to show anything
 */
export function proveEqual(what: string, left: Enclosure, right: Enclosure, scale: Decimal = left.hi): void {
  const values = `${enclosureText(left)} and ${enclosureText(right)}`;
  if (left.nan || right.nan || left.hi.lt(right.lo) || right.hi.lt(left.lo)) {
    throw new PropertyFailure(`${what}: the two sides differ: ${values}`, "differs");
  }
  const allowed = ExactDecimal.mul(scale.abs(), EQUALITY_WIDTH);
  for (const { lo, hi } of [left, right]) {
    if (ExactDecimal.sub(hi, lo).lte(allowed)) continue;
    throw new PropertyFailure(
      `${what}: wider than ${exactText(allowed)}, shows nothing: ${values}`,
      "differs",
    );
  }
}
