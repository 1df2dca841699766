import { Decimal } from "decimal.js";
import { float32FromDecimal } from "../../float32/from-decimal.js";
import { nextDown, nextUp, ulp } from "../../float32/neighbours.js";
import { exactDecimal } from "../../float32/to-decimal.js";
import { type Enclosure, isNaNOnly } from "./enclosure.js";

/** What an observed infinity stands for. */
const BEYOND = exactDecimal(2 ** 128);
/** Far more digits than the number that is returned has; rounding up keeps a distance from becoming zero. */
const Measure = Decimal.clone({ defaults: true, precision: 60, rounding: Decimal.ROUND_UP });

/**
 * The error of an observed float32 against an exact result, in ulps: a distance for people, not a verdict.
 * At most 0.5 for a correctly rounded value.
 *
 * The unit is the spacing of float32 in the binade of the exact result: 2^-149 for subnormals and zero, 2^104
 * beyond the largest float32. An infinity stands for ±2^128 when the exact result is finite.
 *
 * @param observed A float32.
 * @param exact Of a wide enclosure the member that is farthest away counts.
 * @param unit In whose ulps. Given the exact update with an observed and exact parameter, the answer is the
 *   error of the update: the old parameter is the same in both and drops out. @default exact
 * @returns At least 0. Infinity when only one of the two is NaN or the exact result is another infinity; NaN
 *   when the enclosure leaves open whether the exact result is NaN.
 */
export function errorInUlps(observed: number, exact: Enclosure, unit: Enclosure = exact): number {
  if (isNaNOnly(exact)) return Number.isNaN(observed) ? 0 : Number.POSITIVE_INFINITY;
  if (exact.nan) return Number.NaN;
  if (Number.isNaN(observed)) return Number.POSITIVE_INFINITY;
  const spacing = spacingOf(unit);
  return Math.max(distance(observed, exact.lo, spacing), distance(observed, exact.hi, spacing));
}

function distance(observed: number, exact: Decimal, spacing: number): number {
  const finite = Number.isFinite(observed) ? observed : Math.sign(observed) * 2 ** 128;
  // An observed infinity is right for everything beyond it, the exact infinity included.
  if (finite !== observed && exact.abs().gte(BEYOND) && exact.s === Math.sign(observed)) return 0;
  return Measure.div(Measure.sub(exactDecimal(finite), exact).abs(), exactDecimal(spacing)).toNumber();
}

/** The spacing at the member that is nearest to zero. */
function spacingOf(x: Enclosure): number {
  // Zero lies between the ends; or the unit is NaN, whose sign equals nothing.
  if (x.lo.s !== x.hi.s) return ulp(0);
  const end = x.lo.abs().lt(x.hi.abs()) ? x.lo : x.hi;
  const rounded = float32FromDecimal(end);
  // Rounding away from zero can reach the next binade.
  const isAway = end.abs().lt(exactDecimal(Math.abs(rounded)));
  return ulp(isAway ? (rounded > 0 ? nextDown(rounded) : nextUp(rounded)) : rounded);
}
