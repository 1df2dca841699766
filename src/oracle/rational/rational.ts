/**
 * The real number numerator/denominator · 2^exponent. The denominator is positive; nothing is in lowest terms.
 * Powers of two stay out of the integers, so a binary64 number has at most 53 bits in its numerator and 1 as its
 * denominator, and sums and products of such numbers have no denominator either.
 */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly exponent: number;
}

export const ZERO: Rational = { numerator: 0n, denominator: 1n, exponent: 0 };
export const ONE: Rational = { numerator: 1n, denominator: 1n, exponent: 0 };

const VIEW = new DataView(new ArrayBuffer(8));

/**
 * The number that the 64 bits of x say.
 * @param x Finite; of the two zeros nothing is left but zero.
 * @throws {RangeError} for NaN and infinities.
 */
export function rationalOf(x: number): Rational {
  if (!Number.isFinite(x)) throw new RangeError(`${x} is no rational number`);
  if (x === 0) return ZERO;
  VIEW.setFloat64(0, x);
  const bits = VIEW.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  // Subnormals have the exponent of the smallest normal numbers and no hidden bit.
  let significand = Number(bits & 0xfffffffffffffn) + (biased === 0 ? 0 : 2 ** 52);
  let exponent = Math.max(biased, 1) - 1075;
  while (significand % 2 === 0) {
    significand /= 2;
    exponent++;
  }
  return { numerator: BigInt(x < 0 ? -significand : significand), denominator: 1n, exponent };
}

export function negative(x: Rational): Rational {
  return { ...x, numerator: -x.numerator };
}

export function sum(x: Rational, y: Rational): Rational {
  if (x.numerator === 0n) return y;
  if (y.numerator === 0n) return x;
  const exponent = Math.min(x.exponent, y.exponent);
  const left = x.numerator << BigInt(x.exponent - exponent);
  const right = y.numerator << BigInt(y.exponent - exponent);
  if (x.denominator === y.denominator) {
    return { numerator: left + right, denominator: x.denominator, exponent };
  }
  return {
    numerator: left * y.denominator + right * x.denominator,
    denominator: x.denominator * y.denominator,
    exponent,
  };
}

export function product(x: Rational, y: Rational): Rational {
  return {
    numerator: x.numerator * y.numerator,
    denominator: x.denominator * y.denominator,
    exponent: x.exponent + y.exponent,
  };
}

/** 1/x for an x that is not zero. */
export function reciprocal({ numerator, denominator, exponent }: Rational): Rational {
  return numerator < 0n
    ? { numerator: -denominator, denominator: -numerator, exponent: -exponent }
    : { numerator: denominator, denominator: numerator, exponent: -exponent };
}

/** −1, 0 or 1. */
export function signOf(x: Rational): number {
  return x.numerator > 0n ? 1 : x.numerator < 0n ? -1 : 0;
}

/** Negative, zero or positive as x is less than, equal to or greater than y. */
export function compare(x: Rational, y: Rational): number {
  const signs = signOf(x) - signOf(y);
  return signs !== 0 ? signs : signOf(sum(x, negative(y)));
}

export function lesser(x: Rational, y: Rational): Rational {
  return compare(x, y) <= 0 ? x : y;
}

export function greater(x: Rational, y: Rational): Rational {
  return compare(x, y) >= 0 ? x : y;
}

export function magnitude(x: Rational): Rational {
  return x.numerator < 0n ? negative(x) : x;
}

/** The same number in lowest terms, with an odd numerator and denominator. */
export function reduced({ numerator, denominator, exponent }: Rational): Rational {
  if (numerator === 0n) return ZERO;
  const common = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator);
  const top = trailingZeros(numerator / common);
  const bottom = trailingZeros(denominator / common);
  return {
    numerator: (numerator / common) >> BigInt(top),
    denominator: (denominator / common) >> BigInt(bottom),
    exponent: exponent + top - bottom,
  };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** How often 2 divides an integer that is not zero. */
function trailingZeros(n: bigint): number {
  return bitLength(n & -n) - 1;
}

/** Bits of the magnitude of an integer; 0 has none. */
export function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = (n < 0n ? -n : n).toString(16);
  return 4 * (hex.length - 1) + 32 - Math.clz32(Number.parseInt(hex[0], 16));
}

/** ⌊log2 |x|⌋ of a number that is not zero. */
export function floorLog2(x: Rational): number {
  const { numerator, denominator, exponent } = magnitude(x);
  // |x| lies between 2^guess and 2^(guess + 2), without the former.
  const guess = bitLength(numerator) - bitLength(denominator) - 1;
  const power = guess + 1;
  const reaches =
    power >= 0 ? numerator >= denominator << BigInt(power) : numerator << BigInt(-power) >= denominator;
  return exponent + (reaches ? power : guess);
}
