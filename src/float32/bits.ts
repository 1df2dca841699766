/**
 * Binary32 values inside JavaScript numbers. Every binary32 is exactly a binary64, so a float32 travels as a
 * number and is told apart by these functions.
 */

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Largest finite float32. */
export const MAX_FLOAT32 = 2 ** 128 - 2 ** 104;
/** Smallest positive float32. */
export const MIN_SUBNORMAL = 2 ** -149;
/** Smallest positive normal float32. */
export const MIN_NORMAL = 2 ** -126;
/** From here on, rounding to nearest gives infinity. */
export const OVERFLOW_THRESHOLD = 2 ** 128 - 2 ** 103;

/** The 32 bits of a float32. NaN gives the bits that the engine chose; compare NaNs as a class. */
export function bitsOf(x: number): number {
  FLOAT[0] = x;
  return BITS[0];
}

/** The float32 that has these 32 bits. */
export function fromBits(bits: number): number {
  BITS[0] = bits;
  return FLOAT[0];
}

/** Eight hex digits. */
export function hexOf(x: number): string {
  return `0x${bitsOf(x).toString(16).padStart(8, "0")}`;
}

/** Whether a number is exactly a float32 (NaN counts). */
export function isFloat32(x: number): boolean {
  return Object.is(Math.fround(x), x);
}

/** Same bits, with all NaNs taken as one: −0 and +0 differ. */
export const sameFloat = Object.is as (x: number, y: number) => boolean;
