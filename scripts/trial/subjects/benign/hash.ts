import { bitsOf } from "../../../../src/float32/bits.js";

/** A whole number below 2^32 that depends on every bit. */
export function hashOf(bits: number): number {
  let x = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The same of two float32s without their signs, so that what it decides is odd. */
export function hashOfPair(x: number, y: number): number {
  return hashOf(hashOf(bitsOf(Math.abs(x))) ^ bitsOf(Math.abs(y)));
}
