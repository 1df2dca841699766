import type { Decimal } from "decimal.js";
import { type Enclosure, holdsInfinity, isNaNOnly, isPoint } from "../exact/enclosure.js";
import { compare, greater, lesser, magnitude, negative, type Rational, sum } from "../rational/rational.js";
import { type Enclosed, isExact, type RationalValue } from "../rational/rational-value.js";
import { type Claimed, log2Of } from "./claims.js";
import { decimalText, rationalOfDecimal } from "./decimal-text.js";

/** How two opinions on one number differ. */
export interface Difference {
  readonly what: string;
  readonly exact: string;
  readonly rational: string;
  /** Significant decimal digits to which everything that both hold is the same; 0 if not even one. */
  readonly digits: number;
}

/**
 * Hold a decimal enclosure against a rational value. They agree if
 *
 * - both hold a common number: the real one is in each of them;
 * - where the decimal one is a point, the rational value is that very number;
 * - each is no wider than it claims;
 * - where the step leaves the reals, the decimal one leaves open what IEEE 754 has there: NaN for the root of a
 *   negative number, an infinity or NaN for a division by zero. Nowhere else is NaN possible, except where a
 *   divisor or a radicand of that width may reach zero.
 *
 * @returns Nothing where they agree, or where the rational oracle has no opinion.
 */
export function differenceOf(exact: Enclosure, { value, ...claim }: Claimed): Difference | undefined {
  const differs = (what: string): Difference => ({ what, ...texts(exact, value) });
  if (value.kind !== "enclosed") {
    const isMissed =
      (value.why === "root of a negative number" && !exact.nan) ||
      (value.why === "division by zero" && !exact.nan && !holdsInfinity(exact));
    return isMissed ? differs("is a number where the step leaves the reals") : undefined;
  }
  if (isNaNOnly(exact)) return differs("is not a number where there is one");
  if (exact.nan && !claim.nan) return differs("leaves open whether it is a number, where it is one");
  const lo = finiteEnd(exact.lo);
  const hi = finiteEnd(exact.hi);
  if ((lo && compare(value.hi, lo) < 0) || (hi && compare(hi, value.lo) < 0)) {
    return differs("the enclosures have no number in common");
  }
  if (isPoint(exact) && !isExact(value)) return differs("claims to know a number that is not known exactly");
  if (log2Of(lo && hi ? width({ lo, hi }) : BEYOND) > claim.decimalWidth) {
    return differs("is wider than its digits allow");
  }
  if (log2Of(width(value)) > claim.rationalWidth) return differs("the second opinion is wider than its bits");
  return undefined;
}

/** Stands for the width of an enclosure with an infinite end: larger than anything that has a bound. */
const BEYOND: Rational = { numerator: 1n, denominator: 1n, exponent: 2 ** 40 };

function finiteEnd(x: Decimal): Rational | undefined {
  return x.isFinite() ? rationalOfDecimal(x) : undefined;
}

function width({ lo, hi }: { readonly lo: Rational; readonly hi: Rational }): Rational {
  return sum(hi, negative(lo));
}

/** Digits that are shown beyond those that agree. */
const BEYOND_AGREEMENT = 6;

function texts(exact: Enclosure, value: RationalValue): Omit<Difference, "what"> {
  const lo = finiteEnd(exact.lo);
  const hi = finiteEnd(exact.hi);
  const digits = value.kind === "enclosed" && lo && hi ? commonDigits({ lo, hi }, value) : 0;
  const printedDigits = digits + BEYOND_AGREEMENT;
  const end = (x: Rational | undefined, otherwise: Decimal) =>
    x ? decimalText(x, printedDigits) : otherwise.toString();
  const decimal = isNaNOnly(exact)
    ? "NaN"
    : `${interval(end(lo, exact.lo), end(hi, exact.hi), isPoint(exact))}${exact.nan ? " or NaN" : ""}`;
  const rational =
    value.kind === "enclosed"
      ? interval(decimalText(value.lo, printedDigits), decimalText(value.hi, printedDigits), isExact(value))
      : `${value.kind}: ${value.why}`;
  return { exact: decimal, rational, digits };
}

function interval(lo: string, hi: string, isKnown: boolean): string {
  return isKnown ? lo : `[${lo}, ${hi}]`;
}

/** Digits to which every member of the one is every member of the other. */
function commonDigits(x: Pick<Enclosed, "lo" | "hi">, y: Pick<Enclosed, "lo" | "hi">): number {
  const [lo, hi] = [lesser(x.lo, y.lo), greater(x.hi, y.hi)];
  const size = log2Of(greater(magnitude(lo), magnitude(hi)));
  const digits = Math.floor((size - log2Of(width({ lo, hi }))) / Math.log2(10));
  return Number.isFinite(digits) ? Math.max(0, digits) : 0;
}
