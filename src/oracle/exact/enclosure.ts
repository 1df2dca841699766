import type { Decimal } from "decimal.js";
import { exactDecimal } from "../../float32/to-decimal.js";

/**
 * A set of extended reals that is known to hold an exact result: every x with lo ≤ x ≤ hi, and NaN too if
 * `nan` says so. The order is that of the reals with −∞ and +∞ at its ends and −0 before +0, so that the ends
 * also say which zeros are possible.
 *
 * A value that is known exactly is a point: `lo` and `hi` are then the same object. NaN and nothing else has
 * NaN at both ends.
 */
export interface Enclosure {
  readonly lo: Decimal;
  readonly hi: Decimal;
  /** NaN is possible in addition to lo … hi. */
  readonly nan: boolean;
}

/** NaN and nothing else. */
export const NAN: Enclosure = point(Number.NaN);

/** The point at a number, which is taken as exactly what its 64 bits say. */
export function point(x: number): Enclosure {
  const value = exactDecimal(x);
  return { lo: value, hi: value, nan: Number.isNaN(x) };
}

/** The enclosure with these ends; equal ends make a point. */
export function enclosure(lo: Decimal, hi: Decimal, nan: boolean): Enclosure {
  return { lo, hi: identical(lo, hi) ? lo : hi, nan };
}

/** Whether the value is known exactly, NaN included. */
export function isPoint(x: Enclosure): boolean {
  return x.lo === x.hi && (!x.nan || isNaNOnly(x));
}

export function isNaNOnly(x: Enclosure): boolean {
  return Number.isNaN(x.lo.s);
}

/** Whether the enclosure holds a zero of either sign. */
export function holdsZero(x: Enclosure): boolean {
  return x.lo.isZero() || x.hi.isZero() || x.lo.s !== x.hi.s;
}

/** Whether it holds zeros and no other number. */
export function isZeroOnly(x: Enclosure): boolean {
  return x.lo.isZero() && x.hi.isZero();
}

export function holdsPositiveInfinity(x: Enclosure): boolean {
  return isInfinite(x.hi) && x.hi.s > 0;
}

export function holdsNegativeInfinity(x: Enclosure): boolean {
  return isInfinite(x.lo) && x.lo.s < 0;
}

export function holdsInfinity(x: Enclosure): boolean {
  return isInfinite(x.lo) || isInfinite(x.hi);
}

/** Whether neither NaN nor an infinity is possible. */
export function isReal(x: Enclosure): boolean {
  return !x.nan && !holdsInfinity(x);
}

/** Whether x is +∞ or −∞. */
export function isInfinite(x: Decimal): boolean {
  return !x.isFinite() && !x.isNaN();
}

/** Negative, zero or positive as x stands before, at or after y; −0 stands before +0. Not for NaN. */
export function order(x: Decimal, y: Decimal): number {
  return x.comparedTo(y) || (x.isZero() ? x.s - y.s : 0);
}

/** Whether every member of `inner` is a member of `outer`. */
export function isWithin(inner: Enclosure, outer: Enclosure): boolean {
  if (inner.nan && !outer.nan) return false;
  if (isNaNOnly(inner)) return true;
  return !isNaNOnly(outer) && order(outer.lo, inner.lo) <= 0 && order(inner.hi, outer.hi) <= 0;
}

/** The same value and the same sign of zero. Decimals are kept without trailing zeros, so digits can be compared. */
function identical(x: Decimal, y: Decimal): boolean {
  if (x === y) return true;
  if (x.s !== y.s || x.d?.length !== y.d?.length) return false;
  if (!x.d || !y.d) return true;
  if (x.e !== y.e) return false;
  for (let i = 0; i < x.d.length; i++) if (x.d[i] !== y.d[i]) return false;
  return true;
}

/** Ends that are set rather than computed. */
export const ENDS = {
  negativeZero: exactDecimal(-0),
  positiveZero: exactDecimal(0),
  negativeInfinity: exactDecimal(Number.NEGATIVE_INFINITY),
  positiveInfinity: exactDecimal(Number.POSITIVE_INFINITY),
} as const satisfies Record<string, Decimal>;
