import { MAX_FLOAT32, OVERFLOW_THRESHOLD } from "./bits.js";

/**
 * x·y + z with one rounding to float32. x, y and z are float32 values.
 *
 * The product of two float32s is exact in binary64, so only the sum needs care: it is rounded to binary64 and
 * then to float32, which is wrong exactly when the binary64 sum is a float32 midpoint and was itself rounded.
 * There the sign of the lost remainder decides.
 */
export function fma32(x: number, y: number, z: number): number {
  const product = x * y;
  const sum = product + z;
  const rounded = Math.fround(sum);
  // The float32 that mirrors `rounded` about the sum exists only if the sum is a midpoint, or overflows.
  const mirror = 2 * sum - rounded;
  if (rounded === sum || Math.fround(mirror) !== mirror) return rounded;
  return settle(product, z, sum, rounded, mirror);
}

function settle(product: number, z: number, sum: number, rounded: number, mirror: number): number {
  const zPart = sum - product;
  const remainder = product - (sum - zPart) + (z - zPart);
  if (remainder === 0) return rounded;
  if (rounded - rounded !== 0) {
    // Rounded to infinity: wrong only at the threshold itself, when the exact sum lies inside it.
    const atThreshold = Math.abs(sum) === OVERFLOW_THRESHOLD;
    const inside = sum > 0 ? remainder < 0 : remainder > 0;
    return atThreshold && inside ? Math.sign(sum) * MAX_FLOAT32 : rounded;
  }
  return remainder > 0 ? Math.max(rounded, mirror) : Math.min(rounded, mirror);
}
