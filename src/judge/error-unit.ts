import type { Slot } from "../../spec/arithmetic.js";
import type { Enclosure } from "../oracle/exact/index.js";

/**
 * The number in whose ulps an error of a slot is measured.
 *
 * A mean square is a sum without signs, so its unit is the exact result itself: correctly rounded is at most ½ ulp.
 * The other slots are sums whose terms may cancel. The difference of two large terms has no more correct digits
 * than they had, in any order of operations, so the unit is the larger of the exact result and the value
 * before. A parameter that begins at zero shows its update, in the update's own ulps; one that swallows its update
 * shows its own rounding, which is at most ½ ulp.
 *
 * @param before the value that the sum began with, or the largest one of several
 */
export function unitOf(slot: Slot, exact: Enclosure, before: Enclosure): Enclosure {
  return slot === "square_avg" ? exact : largerOf(exact, before);
}

/** The one with the larger magnitude; the first one where there is none, or one is NaN. */
export function largerOf(x: Enclosure, y: Enclosure): Enclosure {
  return y.lo.abs().gt(x.lo.abs()) ? y : x;
}
