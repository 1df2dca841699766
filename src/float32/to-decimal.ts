import { Decimal } from "decimal.js";

/**
 * The constructor of exact values: a clone of its own, so that no other code's `Decimal.set` reaches it. Its precision
 * holds every sum and product of two binary64 numbers (at most 1534 digits) without rounding.
 */
export const ExactDecimal: Decimal.Constructor = Decimal.clone({
  defaults: true,
  precision: 4000,
  rounding: Decimal.ROUND_HALF_EVEN,
});

const VIEW = new DataView(new ArrayBuffer(8));
const POWERS_OF_FIVE: bigint[] = [];

function powerOfFive(exponent: number): bigint {
  POWERS_OF_FIVE[exponent] ??= 5n ** BigInt(exponent);
  return POWERS_OF_FIVE[exponent];
}

function trailingZeros(high: number, low: number): number {
  const bits = low === 0 ? high : low;
  return (low === 0 ? 32 : 0) + 31 - Math.clz32(bits & -bits);
}

/**
 * The exact value of a binary64, and so of a float32: all its digits, up to 767 of them. ±0, ±∞ and NaN stay
 * what they are.
 *
 * `new Decimal(x)` is not this: it reads the shortest text that names x, which is another real number.
 */
export function exactDecimal(x: number): Decimal {
  // Integers up to 2^53 are printed in full, so their text is their value; zeros and non-numbers pass as well.
  if (Number.isSafeInteger(x) || x - x !== 0) return new ExactDecimal(x);
  VIEW.setFloat64(0, Math.abs(x));
  const head = VIEW.getUint32(0);
  const low = VIEW.getUint32(4);
  const biased = head >>> 20;
  const high = biased === 0 ? head : (head & 0xfffff) | 0x100000;
  const zeros = trailingZeros(high, low);
  const odd = BigInt((high * 2 ** 32 + low) / 2 ** zeros);
  const exponent = Math.max(biased, 1) - 1075 + zeros;
  const sign = x < 0 ? "-" : "";
  // m·2^−k = m·5^k·10^−k
  return exponent >= 0
    ? new ExactDecimal(`${sign}${odd << BigInt(exponent)}`)
    : new ExactDecimal(`${sign}${odd * powerOfFive(-exponent)}e${exponent}`);
}
