import type { Decimal } from "decimal.js";
import { sameFloat } from "../../float32/bits.js";
import { float32FromDecimal } from "../../float32/from-decimal.js";
import { floatText } from "../../float32/text.js";
import { roundEnclosure } from "../exact/certain-float32.js";
import type { Enclosure } from "../exact/enclosure.js";
import { type Enclosed, isExact } from "../rational/rational-value.js";
import { float32FromRational } from "../rational/to-float32.js";
import { rationalOfDecimal } from "./decimal-text.js";

/** A float32 that is not the one that integers give. */
export interface RoundingDifference {
  readonly what: string;
  readonly exact: string;
  readonly rational: string;
}

/**
 * Round a Decimal to float32 both ways.
 * @param round The rounding on trial.
 * @returns Nothing where the results are the same; they must be, for every finite number.
 */
export function roundingDifference(
  x: Decimal,
  round: (x: Decimal) => number = float32FromDecimal,
): RoundingDifference | undefined {
  const exact = round(x);
  const rational = x.isZero() ? (x.isNegative() ? -0 : 0) : float32FromRational(rationalOfDecimal(x));
  if (sameFloat(exact, rational)) return undefined;
  return { what: `${x.toString()} in float32`, exact: floatText(exact), rational: floatText(rational) };
}

/**
 * Hold what an enclosure says of the float32 of its number against the rational value: a float32 of which it is
 * certain must be that of the value; where it is not, the value's float32 lies between those of the ends. Both
 * ends must round as integers do.
 */
export function roundedDifference(
  exact: Enclosure,
  value: Enclosed,
  digits: number,
): RoundingDifference | undefined {
  for (const end of exact.lo === exact.hi ? [exact.lo] : [exact.lo, exact.hi]) {
    const difference = end.isFinite() ? roundingDifference(end) : undefined;
    if (difference) return difference;
  }
  const rounded = roundEnclosure(exact, digits);
  const [lower, upper] = rounded.certain ? [rounded.value, rounded.value] : [rounded.lower, rounded.upper];
  const low = float32FromRational(value.lo);
  const high = isExact(value) ? low : float32FromRational(value.hi);
  const isOne = rounded.certain && sameFloat(low, high);
  // Of an exact zero the reals do not know the sign; what underflows to zero has one.
  const same = value.lo.numerator === 0n ? (x: number, y: number) => x === y : sameFloat;
  const agrees = isOne ? same(lower, low) : lower <= high && low <= upper;
  if (agrees) return undefined;
  return {
    what: rounded.certain ? "certain of another float32" : "rounds to other float32s",
    exact: lower === upper ? floatText(lower) : `${floatText(lower)} to ${floatText(upper)}`,
    rational: low === high ? floatText(low) : `${floatText(low)} to ${floatText(high)}`,
  };
}
