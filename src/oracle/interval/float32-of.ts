import { MAX_FLOAT32, OVERFLOW_THRESHOLD } from "../../float32/bits.js";

/**
 * Whether the sign of the exact remainder can change what (h, r) rounds to. It can only where h lies on the
 * border between two float32s: at a midpoint, or at ±(2^128 − 2^103).
 *
 * @param h Nearest binary64 of the exact value.
 * @param f `Math.fround(h)`.
 */
export function isBorder(h: number, f: number): boolean {
  if (f === h) return false;
  if (f - f !== 0) return h === OVERFLOW_THRESHOLD || h === -OVERFLOW_THRESHOLD;
  // What mirrors f about h is a float32 only if h is a midpoint.
  const mirror = 2 * h - f;
  return Math.fround(mirror) === mirror;
}

/** The float32 nearest to an exact value on a border, which lies on the side `r` of h; ties to even for r = 0. */
export function float32AtBorder(h: number, f: number, r: number): number {
  if (r === 0) return f;
  if (f - f !== 0) return h > 0 === r < 0 ? Math.sign(h) * MAX_FLOAT32 : f;
  const mirror = 2 * h - f;
  // Math.max and Math.min keep the sign of a zero that h has rounded to.
  const nearer = r > 0 ? Math.max(f, mirror) : Math.min(f, mirror);
  return nearer === 0 ? Math.sign(h) * 0 : nearer;
}

/** The float32 nearest to the exact value (h, r): h its nearest binary64, r the sign of the remainder. */
export function float32Of(h: number, r: number): number {
  const f = Math.fround(h);
  return r !== 0 && isBorder(h, f) ? float32AtBorder(h, f, r) : f;
}
