import { Decimal } from "decimal.js";
import { isFloat32, MIN_NORMAL } from "../../float32/bits.js";
import { float32FromDecimal } from "../../float32/from-decimal.js";
import { ExactDecimal, exactDecimal } from "../../float32/to-decimal.js";

/**
 * The number decimal · 2^exponent. A power of two that is kept apart keeps the decimal short: 2^-100 alone has 70
 * digits. Zeros, infinities and NaN have the exponent 0.
 */
export interface Scaled {
  /** Of the exact constructor, so that its methods round nothing. */
  readonly decimal: Decimal;
  readonly exponent: number;
}

/**
 * Digits of quotients and roots of float32 numbers, and of numbers of up to 53 bits. What is exact in them is exact;
 * the rest is truncated and followed by a digit that is not zero, so that it rounds as the true number does.
 *
 * They are enough. Operands have integers of 24 (or 53) bits as their decimals, so that a quotient is in (½, 2) and a
 * midpoint of two neighbouring floats in that range has at most 26 (or 55) digits. A quotient or a root that is none
 * differs from all of them by more than its share of 2^-76 (or 2^-164): x − m·d, x − m² and 1 − m²·x are integers in
 * units of the last places of x, d and m.
 */
const Short = Decimal.clone({ defaults: true, precision: 30, rounding: Decimal.ROUND_DOWN });
const Long = Decimal.clone({ defaults: true, precision: 60, rounding: Decimal.ROUND_DOWN });

const ONE = new ExactDecimal(1);
const TINY = exactDecimal(MIN_NORMAL);

/** A binary64 number, exactly. */
export function scaledOf(x: number): Scaled {
  return normalized(x, isFloat32(x) ? 23 : 52);
}

/** x + y, exactly. */
export function exactSum(x: Scaled, y: Scaled): Scaled {
  const exponent = isOrdinary(x)
    ? isOrdinary(y)
      ? Math.min(x.exponent, y.exponent)
      : x.exponent
    : y.exponent;
  return { decimal: withExponent(x, exponent).plus(withExponent(y, exponent)), exponent };
}

/** x · y, exactly. */
export function exactProduct(x: Scaled, y: Scaled): Scaled {
  return { decimal: x.decimal.times(y.decimal), exponent: x.exponent + y.exponent };
}

/** x / d, as exactly as a rounding needs it. */
export function quotientOf(x: number, d: number): Scaled {
  const short = isFloat32(x) && isFloat32(d);
  const bits = short ? 23 : 52;
  const a = normalized(x, bits);
  const b = normalized(d, bits);
  return {
    decimal: divided(short ? Short : Long, a.decimal, b.decimal),
    exponent: a.exponent - b.exponent,
  };
}

/** √x, as exactly as a rounding needs it. */
export function rootOf(x: number): Scaled {
  const { decimal, exponent } = evenlyScaled(x);
  return { decimal: rooted(isFloat32(x) ? Short : Long, decimal), exponent: exponent / 2 };
}

/** 1/√x, as exactly as a rounding needs it: the error of the root that is divided by is that of its last place. */
export function reciprocalRootOf(x: number): Scaled {
  const { decimal, exponent } = evenlyScaled(x);
  const Truncated = isFloat32(x) ? Short : Long;
  return { decimal: divided(Truncated, ONE, rooted(Truncated, decimal)), exponent: -exponent / 2 };
}

/** Whether a number is not zero and below the smallest normal float32. */
export function isTiny(x: Scaled): boolean {
  if (!isOrdinary(x) || lowestBinade(x) > -126) return false;
  return withExponent(x, 0).abs().lessThan(TINY);
}

/** Round to float32: to nearest, ties to even, with one rounding. */
export function roundToFloat32(x: Scaled): number {
  // Rounding commutes with powers of two where the result is normal and none of the numbers overflows.
  const lowest = lowestBinade(x);
  const isNormal = lowest > -126 && lowest < 120 && Math.abs(lowest - x.exponent) < 100;
  if (isOrdinary(x) && !isNormal) return float32FromDecimal(withExponent(x, 0));
  return float32FromDecimal(x.decimal) * 2 ** x.exponent;
}

/** Round to binary64: to nearest, ties to even, with one rounding. */
export function roundToBinary64(x: Scaled): number {
  const near = withExponent(x, 0).toNumber();
  if (near === 0 || !Number.isFinite(near)) return near;
  // How well the engine parses long numerals is not relied on: the neighbours are tried, exactly.
  let best = near;
  let least = distance(x, near);
  for (const candidate of [nextNumber(near, -1n), nextNumber(near, 1n)]) {
    if (!Number.isFinite(candidate)) continue;
    const away = distance(x, candidate);
    const order = away.comparedTo(least);
    if (order > 0 || (order === 0 && !isEven(candidate))) continue;
    best = candidate;
    least = away;
  }
  return best;
}

/** |x − y| in units of 2^exponent of x. */
function distance(x: Scaled, y: number): Decimal {
  return x.decimal.minus(withExponent(scaledOf(y), x.exponent)).abs();
}

function divided(Truncated: Decimal.Constructor, x: Decimal, d: Decimal): Decimal {
  const quotient = new ExactDecimal(Truncated.div(x, d));
  return isExact(quotient) || quotient.times(d).equals(x) ? quotient : marked(quotient, Truncated.precision);
}

function rooted(Truncated: Decimal.Constructor, x: Decimal): Decimal {
  const root = new ExactDecimal(Truncated.sqrt(x));
  return isExact(root) || root.times(root).equals(x) ? root : marked(root, Truncated.precision);
}

/** Zeros, infinities and NaN have no digits to lose. */
function isExact(x: Decimal): boolean {
  return x.isZero() || !x.isFinite();
}

/** A truncated number, moved away from zero by less than its last place. */
function marked(x: Decimal, digits: number): Decimal {
  return x.plus(new ExactDecimal(`${x.isNegative() ? "-" : ""}1e${x.e - digits - 1}`));
}

/** The decimal of the same number with another exponent. */
function withExponent(x: Scaled, exponent: number): Decimal {
  if (x.exponent === exponent || !isOrdinary(x)) return x.decimal;
  return x.decimal.times(powerOfTwo(x.exponent - exponent));
}

function isOrdinary({ decimal }: Scaled): boolean {
  return decimal.isFinite() && !decimal.isZero();
}

/** Less than log2 |x|, by 4 at most. */
function lowestBinade({ decimal, exponent }: Scaled): number {
  return Math.floor(decimal.e * Math.log2(10)) + exponent;
}

const POWERS_OF_TWO = new Map<number, Decimal>();

function powerOfTwo(exponent: number): Decimal {
  let power = POWERS_OF_TWO.get(exponent);
  if (!power) {
    power = ExactDecimal.pow(2, exponent);
    POWERS_OF_TWO.set(exponent, power);
  }
  return power;
}

/** A number whose decimal is an integer of bits + 1 bits. */
function normalized(x: number, bits: 23 | 24 | 52 | 53): Scaled {
  if (x === 0 || !Number.isFinite(x)) return { decimal: new ExactDecimal(x), exponent: 0 };
  const exponent = binaryExponent(x) - bits;
  // In two steps, since the power of two of a subnormal number is beyond binary64.
  const half = Math.trunc(exponent / 2);
  return { decimal: new ExactDecimal(x * 2 ** -half * 2 ** -(exponent - half)), exponent };
}

/** The same with an even exponent. */
function evenlyScaled(x: number): Scaled {
  const [bits, more] = isFloat32(x) ? ([23, 24] as const) : ([52, 53] as const);
  const scaled = normalized(x, bits);
  return scaled.exponent % 2 === 0 ? scaled : normalized(x, more);
}

const FLOAT64 = new Float64Array(1);
const BITS64 = new BigInt64Array(FLOAT64.buffer);

function binaryExponent(x: number): number {
  FLOAT64[0] = x;
  const biased = Number((BITS64[0] >> 52n) & 0x7ffn);
  return biased === 0 ? binaryExponent(x * 2 ** 64) - 64 : biased - 1023;
}

function nextNumber(x: number, step: bigint): number {
  FLOAT64[0] = x;
  BITS64[0] += step;
  return FLOAT64[0];
}

function isEven(x: number): boolean {
  FLOAT64[0] = x;
  return (BITS64[0] & 1n) === 0n;
}
