import { bitsOf, fromBits, MAX_FLOAT32, MIN_NORMAL } from "../../float32/bits.js";
import { nextDown64, nextUp64 } from "./binary64.js";

/**
 * How far one rounded operation can be from its exact result, where every result of that operation lies within
 * ±magnitude. Monotone in `magnitude`.
 */
export type RoundingError = (magnitude: number) => number;

/** Half an ulp of float32. `magnitude` is at least |fl(exact)|, and fl never leaves the exact value's binade downwards. */
export function float32Error(magnitude: number): number {
  const bits = bitsOf(magnitude) & 0x7f800000;
  return bits === 0 ? 2 ** -150 : Math.max(fromBits(bits) * 2 ** -24, 2 ** -150);
}

/** Half an ulp of binary64, or a little more. */
export function binary64Error(magnitude: number): number {
  return magnitude * 2 ** -53 + Number.MIN_VALUE;
}

/** Rounded to binary64 and then to float32: both errors at once. */
export function twiceRoundedError(magnitude: number): number {
  return float32Error(magnitude) * (1 + 2 ** -27);
}

/** An operation that may also have given zero for an exact result below 2^-126. */
export function flushedError(error: RoundingError): RoundingError {
  return (magnitude) => Math.max(error(magnitude), MIN_NORMAL);
}

/**
 * The exact sums that the last operation of a lerp can be given, without the blow-up of naive intervals.
 *
 * A lerp from x towards y with weight c in [0, 1] is r = fl(x + m), m = ⌊c·d⌉, d = ⌊y − x⌉, where ⌊·⌉ is one
 * rounding (or none, for a product that is fused into the last sum). With d = y − x + e₁ and m = c·d + e₂,
 *
 *     x + m = x + c·(y − x) + c·e₁ + e₂ = (1 − c)·x + c·y + c·e₁ + e₂.
 *
 * The first two terms rise in x and in y and hold each of them once, so that over x in [x₋, x₊], y in [y₋, y₊]
 * their sum lies between its values at (x₋, y₋) and (x₊, y₊); for fixed x and y it is linear in c, so that an
 * interval of c is settled at its ends. The remaining terms are at most c·E₁ + E₂ in magnitude, where E is the
 * largest rounding error over all results of that operation: |d| and |m| are bounded by naive intervals, which
 * may be wide but hold every result. Naive intervals take x twice and grow by a factor of 1 + 2c at each step
 * of a trace; this grows by 1 − c, plus the errors.
 *
 * The mirrored form q ⊖ (q ⊖ a)⊗c, c = 1 ⊖ w, is the same with x = q and y = a: q − c·(q − a) = q + c·(a − q),
 * and rounding is symmetric about 0.
 *
 * If x is itself a product and fused into the last sum, the sum takes x − e₃, unrounded, where d takes x; that
 * adds at most E₃.
 *
 * @param bounds Receives the lower and the upper bound, moved outward.
 * @param difference Largest magnitude of a rounded y − x.
 * @param product Largest magnitude of a rounded c·d; −1 if that product is always fused.
 * @param unrounded Largest magnitude of x if the last sum may take it unrounded, else −1.
 * @returns Whether the bounds hold: not for c outside [0, 1] or magnitudes beyond float32.
 */
export function lerpEnclosure(
  bounds: Float64Array,
  xLower: number,
  xUpper: number,
  yLower: number,
  yUpper: number,
  cLower: number,
  cUpper: number,
  difference: number,
  product: number,
  unrounded: number,
  error: RoundingError,
): boolean {
  if (
    !(
      cLower >= 0 &&
      cUpper <= 1 &&
      difference <= MAX_FLOAT32 &&
      product <= MAX_FLOAT32 &&
      unrounded <= MAX_FLOAT32
    )
  )
    return false;
  const outer = (product >= 0 ? error(product) : 0) + (unrounded >= 0 ? error(unrounded) : 0);
  const slack = nextUp64(nextUp64(cUpper * error(difference)) + nextUp64(outer));
  let lower = affineBelow(xLower, yLower, cLower);
  let upper = -affineBelow(-xUpper, -yUpper, cLower);
  if (cUpper !== cLower) {
    lower = Math.min(lower, affineBelow(xLower, yLower, cUpper));
    upper = Math.max(upper, -affineBelow(-xUpper, -yUpper, cUpper));
  }
  bounds[0] = nextDown64(lower - slack);
  bounds[1] = nextUp64(upper + slack);
  return true;
}

/** A lower bound of (1 − c)·x + c·y for 0 ≤ c ≤ 1. */
function affineBelow(x: number, y: number, c: number): number {
  const rest = 1 - c;
  // 1 − c is exact for c ≥ ½ (Sterbenz) and may be rounded either way below.
  const towards = c >= 0.5 ? rest : x > 0 ? nextDown64(rest) : nextUp64(rest);
  return nextDown64(nextDown64(towards * x) + nextDown64(c * y));
}
