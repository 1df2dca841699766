import { dyadicOf } from "../dyadic.js";

/** An exact rational, d > 0. */
export type Rational = readonly [n: bigint, d: bigint];

export function rational(x: number): Rational {
  const { significand, exponent } = dyadicOf(x);
  return exponent >= 0 ? [significand << BigInt(exponent), 1n] : [significand, 1n << BigInt(-exponent)];
}
export const plus = ([a, b]: Rational, [c, d]: Rational): Rational => [a * d + c * b, b * d];
export const times = ([a, b]: Rational, [c, d]: Rational): Rational => [a * c, b * d];
export const over = ([a, b]: Rational, [c, d]: Rational): Rational =>
  c < 0n ? [-a * d, -b * c] : [a * d, b * c];
/** −1, 0 or 1. */
export const compare = ([a, b]: Rational, [c, d]: Rational): number =>
  a * d > c * b ? 1 : a * d < c * b ? -1 : 0;
