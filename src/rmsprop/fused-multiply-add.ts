import { fma32 } from "../float32/fma.js";

const fround = Math.fround;

/**
 * x·y + z with one rounding to float32, for loops: the same result as `fma32`, found faster.
 *
 * Rounding the binary64 sum again can only go wrong if that sum is the midpoint of two float32s (or the
 * overflow threshold). Then, and hardly ever otherwise, its mirror image about the rounded result is a
 * float32 too; only those few go the long way.
 */
export function fusedMultiplyAdd(x: number, y: number, z: number): number {
  const sum = x * y + z;
  const rounded = fround(sum);
  const mirror = sum + (sum - rounded);
  if (fround(mirror) !== mirror || mirror === rounded) return rounded;
  // The rounding changes no value. It tells the compiler that both results are numbers: otherwise it keeps them
  // in heap objects, which makes the loops half as fast.
  return fround(fma32(x, y, z));
}
