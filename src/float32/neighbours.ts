import { bitsOf, fromBits, OVERFLOW_THRESHOLD } from "./bits.js";

const SIGN = 0x80000000;

/**
 * The place of a float32 in the order of all float32s: neighbours differ by one, −0 and +0 share 0.
 * Infinities are one beyond the largest finite value. NaN has no place.
 * @throws {RangeError} for NaN.
 */
export function ordinalOf(x: number): number {
  if (Number.isNaN(x)) throw new RangeError("NaN has no place in the order of float32 values");
  const bits = bitsOf(x);
  return bits >= SIGN ? SIGN - bits : bits;
}

/** The float32 at a place; 0 gives +0. */
export function fromOrdinal(ordinal: number): number {
  return fromBits(ordinal < 0 ? -ordinal + SIGN : ordinal);
}

/** The next float32 above; +∞ stays. */
export function nextUp(x: number): number {
  return x === Number.POSITIVE_INFINITY ? x : fromOrdinal(ordinalOf(x) + 1);
}

/** The next float32 below; −∞ stays. */
export function nextDown(x: number): number {
  return x === Number.NEGATIVE_INFINITY ? x : fromOrdinal(ordinalOf(x) - 1);
}

/** How many floats lie between x and y, in steps: 0 when equal. */
export function floatsBetween(x: number, y: number): number {
  return Math.abs(ordinalOf(x) - ordinalOf(y));
}

/** The distance from |x| to the next larger float32 magnitude: 2^-149 for subnormals, 2^104 for the largest. */
export function ulp(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude >= 2 ** 127) return 2 ** 104;
  return nextUp(Math.fround(magnitude)) - Math.fround(magnitude);
}

/**
 * The reals that round to a float32: from the lower to the upper end, both exact binary64 numbers. Whether the
 * ends belong to the cell depends on the parity of x and is not said. Infinities begin at 2^128 − 2^103.
 */
export function roundingCell(x: number): { lower: number; upper: number } {
  if (x === Number.POSITIVE_INFINITY) return { lower: OVERFLOW_THRESHOLD, upper: x };
  if (x === Number.NEGATIVE_INFINITY) return { lower: x, upper: -OVERFLOW_THRESHOLD };
  const above = nextUp(x);
  const below = nextDown(x);
  return {
    lower: below === Number.NEGATIVE_INFINITY ? -OVERFLOW_THRESHOLD : (x + below) / 2,
    upper: above === Number.POSITIVE_INFINITY ? OVERFLOW_THRESHOLD : (x + above) / 2,
  };
}
