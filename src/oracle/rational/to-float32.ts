import { floorLog2, magnitude, type Rational } from "./rational.js";

/** Bits of a float32's significand, and the exponents of its first subnormal and of what is beyond it. */
const SIGNIFICAND = 24;
const LOWEST = -149;
const BEYOND = 128;

/**
 * The float32 nearest to a rational number, ties to even, in integers alone: the number is divided by the spacing
 * of float32 at its place, and the remainder decides. ±∞ from ±(2^128 − 2^103) on. A number that underflows
 * keeps its sign; zero is +0.
 */
export function float32FromRational(x: Rational): number {
  if (x.numerator === 0n) return 0;
  const spacing = Math.max(floorLog2(x) - SIGNIFICAND + 1, LOWEST);
  const { numerator, denominator, exponent } = magnitude(x);
  const shift = exponent - spacing;
  const n = shift >= 0 ? numerator << BigInt(shift) : numerator;
  const d = shift >= 0 ? denominator : denominator << BigInt(-shift);
  const quotient = n / d;
  const twice = 2n * (n - quotient * d);
  const isUp = twice > d || (twice === d && quotient % 2n === 1n);
  const nearest = Number(isUp ? quotient + 1n : quotient) * 2 ** spacing;
  const bounded = nearest >= 2 ** BEYOND ? Number.POSITIVE_INFINITY : nearest;
  return x.numerator < 0n ? -bounded : bounded;
}
