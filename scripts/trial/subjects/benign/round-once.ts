const DOUBLE = new Float64Array(1);
const WORD = new BigInt64Array(DOUBLE.buffer);

/**
 * The float32 nearest to the sum of a binary64 and a remainder of less than half of its last place. The binary64 is
 * rounded to odd, after which it is the midpoint of two float32s only if the sum is.
 */
export function roundOnce(near: number, remainder: number): number {
  DOUBLE[0] = near;
  const isOdd = (WORD[0] & 1n) === 1n;
  if (!Number.isFinite(near) || !Number.isFinite(remainder) || remainder === 0 || isOdd)
    return Math.fround(near);
  // The neighbour on the side of the remainder is odd.
  WORD[0] += remainder > 0 === near > 0 ? 1n : -1n;
  return Math.fround(DOUBLE[0]);
}
