import type { Evaluation } from "../spec/evaluation.js";
import { isFloat32 } from "../src/float32/bits.js";
import { fma32 } from "../src/float32/fma.js";
import { nextDown, nextUp } from "../src/float32/neighbours.js";
import { mayFuse, type Rounding, roundingsOf } from "./intermediate-precision.js";
import { type MeanSquareScalars, meanSquareScalars } from "./mean-square-form.js";

/**
 * R(m): the largest mean square that the declared evaluations can give from s ≤ m and g² ≤ m.
 *
 * Rounding to nearest never turns two values around, and β̂, t̂, s and |g| are not negative. So in two terms
 * every intermediate, rounded or fused, is largest where s = m and |g| is the largest float32 r with r² ≤ m;
 * and where g² is rounded first, it is at most m because m is a float32. R evaluates each declared order and
 * contraction there: nothing is added, and where m = r² one evaluation reaches it. Flushing only lowers. Wider
 * intermediates are bounded by the binary64 above.
 *
 * Lerp: w ≤ 1, so a product with w does not grow. If s ≤ q = fl(g²), then s ⊕ w⊗(q ⊖ s) ≤ fl(s + (q ⊖ s)), and
 * q ⊖ s misses q − s by at most half an ulp of q (and not at all if q ≤ 2s), so the sum is at most the float
 * above q. If s > q the result is at most s. The mirrored form is the same with s and q exchanged; fusing g² adds
 * at most half an ulp of q, which is a quarter of one of s where the difference is rounded.
 *
 * @param m a float32, not negative; from ∞ or NaN there is no bound
 */
export function meanSquareBound(evaluation: Evaluation, alpha: number, m: number): number {
  if (!Number.isFinite(m)) return Number.POSITIVE_INFINITY;
  const root = rootBelow(m);
  let bound = 0;
  for (const order of evaluation["order.mean-square"]) {
    if (order === "lerp" || order === "lerp-mirrored") {
      bound = Math.max(bound, nextUp(m));
      continue;
    }
    for (const scalars of meanSquareScalars(evaluation, alpha)) {
      for (const rounding of roundingsOf(evaluation)) {
        for (const contraction of evaluation["contraction.mean-square"]) {
          bound = Math.max(bound, twoTerms(order, contraction, rounding, scalars, m, root));
        }
      }
    }
  }
  return bound;
}

/** The smallest float32 that is not below g². */
export function squareAbove(gradient: number): number {
  const square = gradient * gradient;
  const nearest = Math.fround(square);
  return nearest < square ? nextUp(nearest) : nearest;
}

/** The largest float32 whose square is not above m. */
function rootBelow(m: number): number {
  const nearest = Math.fround(Math.sqrt(m));
  return nearest * nearest > m ? nextDown(nearest) : nearest;
}

function twoTerms(
  order: "weight-first" | "square-first",
  contraction: "none" | "left" | "right",
  rounding: Rounding,
  { alpha, complement }: MeanSquareScalars,
  m: number,
  root: number,
): number {
  const single = mayFuse(rounding);
  const round = rounding.above;
  const kept = round(alpha * m);
  const [x, y] = order === "weight-first" ? [round(complement * root), root] : [complement, m];
  const gained = round(x * y);
  // Only float32 factors are fused.
  if (single && contraction === "left" && isFloat32(alpha)) return fma32(alpha, m, gained);
  if (single && contraction === "right" && isFloat32(x)) return fma32(x, y, kept);
  return Math.fround(round(kept + gained));
}
