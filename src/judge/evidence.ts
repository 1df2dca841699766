import { roundingCell } from "../float32/neighbours.js";

/**
 * How much an accepted observation proves. If an update is below half an ulp of the parameter, the parameter
 * does not change under any formula, and equality proves nothing.
 */
export type Evidence = "full" | "weak" | "indeterminate";

/** An observation is weak if its acceptance set is wider than this share of the change. */
export const WEAK_SHARE = 1 / 1024;

/**
 * Judge the evidence by the preimage of the accepted floats: from the lower edge of the lowest one's rounding
 * cell to the upper edge of the highest one's.
 *
 * @param lowest,highest ends of the accepted finite floats
 * @param old the value before the step
 */
export function evidenceOf(lowest: number, highest: number, old: number): Evidence {
  const change = Math.max(Math.abs(lowest - old), Math.abs(highest - old));
  // Twice the ulp bounds the rounding cell from above, so most observations are settled here.
  const width = highest - lowest + 2 ** -22 * Math.max(Math.abs(lowest), Math.abs(highest)) + 2 ** -149;
  if (width <= change * WEAK_SHARE && change < 2 ** 126) return "full";
  if (lowest === Number.NEGATIVE_INFINITY || highest === Number.POSITIVE_INFINITY) {
    return lowest === highest ? "full" : "weak";
  }
  const { lower } = roundingCell(lowest);
  const { upper } = roundingCell(highest);
  // A set that contained the mirror image of one of its ends would contain the old value too.
  if (lower <= old && old <= upper) return "indeterminate";
  return upper - lower > change * WEAK_SHARE ? "weak" : "full";
}
