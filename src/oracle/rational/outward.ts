import { bitLength, type Rational } from "./rational.js";

/** ⌊n/d⌋ for d > 0. */
function floorDivide(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  return n < 0n && quotient * d !== n ? quotient - 1n : quotient;
}

/**
 * A number that is not above x, with a numerator of at least `bits` bits and no denominator: less than
 * 2^(1 − bits)·|x| away from it. What fits in `bits` bits stays what it is.
 */
export function roundedDown(x: Rational, bits: number): Rational {
  return rounded(x, bits, floorDivide);
}

/** The same, not below x. */
export function roundedUp(x: Rational, bits: number): Rational {
  return rounded(x, bits, (n, d) => -floorDivide(-n, d));
}

function rounded(x: Rational, bits: number, divide: (n: bigint, d: bigint) => bigint): Rational {
  const { numerator, denominator, exponent } = x;
  const length = bitLength(numerator);
  if (denominator === 1n && length <= bits) return x;
  // The quotient of the shifted integers is larger than 2^(bits − 1).
  const shift = bits - (length - bitLength(denominator));
  const [n, d] =
    shift >= 0 ? [numerator << BigInt(shift), denominator] : [numerator, denominator << BigInt(-shift)];
  return { numerator: divide(n, d), denominator: 1n, exponent: exponent - shift };
}
