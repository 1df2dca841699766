import { Decimal } from "decimal.js";
import type { EvaluationChoice } from "../../../spec/evaluation.js";
import { MAX_FLOAT32, MIN_NORMAL, OVERFLOW_THRESHOLD } from "../../float32/bits.js";
import { exactDecimal } from "../../float32/to-decimal.js";
import { ENDS, type Enclosure, enclosure, isNaNOnly } from "../exact/enclosure.js";

/**
 * How far a computed result may lie from the exact one: by a share of it, and by a distance that matters where results
 * are subnormal.
 */
interface RoundingError {
  readonly distance: Decimal;
  /** One minus the share, and one plus it. */
  readonly less: Decimal;
  readonly more: Decimal;
}

/** From this decimal exponent on, the distance is less than what the shares have to spare. */
const CALM = -20;

/**
 * Rounding to nearest: half the spacing of float32, which is at most 2^-23 of the smaller neighbour and 2^-149 where
 * numbers are subnormal. It covers a rounding to binary64 before it as well: 2^-24 is rounded up to 2^-24 + 2^-50.
 */
const NEAREST: RoundingError = errorOf(2 ** -24 + 2 ** -50, 2 ** -149);
/** Three such roundings of factors and divisors, after which their shares have added up. */
const THREE_ROUNDINGS: RoundingError = errorOf(3 * 2 ** -24 + 2 ** -45, 2 ** -147);
/**
 * A float below or above the rounded result, or two ulps: at most four floats below a power of two and two floats above,
 * which is less than 2^-21 of the result and its rounding together, or eight times the smallest float32.
 */
const TWO_ULPS: RoundingError = errorOf(2 ** -21, 2 ** -146);
/** Three operations of which each may be as far off. */
const THREE_TWO_ULPS: RoundingError = errorOf(3 * 2 ** -21 + 2 ** -38, 2 ** -144);
/** One operation of host code in binary64, its power included, which is off by one ulp. */
const BINARY64: RoundingError = errorOf(2 ** -52, 2 ** -1074);

function errorOf(share: number, distance: number): RoundingError {
  return {
    distance: exactDecimal(distance),
    less: exactDecimal(1 - share),
    more: exactDecimal(1 + share),
  };
}

const THRESHOLD = exactDecimal(OVERFLOW_THRESHOLD);
const SMALLEST = exactDecimal(MIN_NORMAL);
/** Below what two ulps under an overflowed quotient can be. */
const NEARLY_MAX = exactDecimal(MAX_FLOAT32 * (1 - 2 ** -20));

/** How accurate an operation is declared to be. */
export type Accuracy = readonly EvaluationChoice<"root" | "division">[];

/** Widens enclosures of exact results to those of computed ones. A rounded result never has the opposite sign. */
export class RoundingErrors {
  private readonly down: Decimal.Constructor;
  private readonly flushes: boolean;

  constructor(digits: number, subnormals: readonly EvaluationChoice<"subnormals">[]) {
    this.down = Decimal.clone({ defaults: true, precision: digits, rounding: Decimal.ROUND_FLOOR });
    this.flushes = subnormals.some((choice) => choice !== "kept");
  }

  /** What an input is read as: itself, or zero where subnormals are flushed. */
  input(x: Enclosure): Enclosure {
    return this.flushes ? flushed(x) : x;
  }

  /** Results that are rounded to float32, or kept in a higher precision. */
  nearest(exact: Enclosure): Enclosure {
    return this.computed(exact, NEAREST);
  }

  /** Roots and quotients. */
  approximate(exact: Enclosure, accuracy: Accuracy): Enclosure {
    if (accuracy.every((choice) => choice === "correct")) return this.nearest(exact);
    const result = this.computed(exact, TWO_ULPS);
    if (isNaNOnly(result)) return result;
    // A quotient that overflowed may be moved back to the largest floats.
    const lo = result.lo.greaterThan(NEARLY_MAX) && result.lo.isFinite() ? NEARLY_MAX : result.lo;
    const hi =
      result.hi.lessThan(NEARLY_MAX.negated()) && result.hi.isFinite() ? NEARLY_MAX.negated() : result.hi;
    return enclosure(lo, hi, result.nan);
  }

  /** Products and quotients of up to three operations in any order, if no order leaves the normal numbers. */
  threeOperations(exact: Enclosure, accuracy: Accuracy): Enclosure {
    const isCorrect = accuracy.every((choice) => choice === "correct");
    return this.widened(exact, isCorrect ? THREE_ROUNDINGS : THREE_TWO_ULPS);
  }

  /** Results of host code in binary64. */
  binary64(exact: Enclosure): Enclosure {
    return this.widened(exact, BINARY64);
  }

  private computed(exact: Enclosure, error: RoundingError): Enclosure {
    const wide = this.widened(exact, error);
    if (isNaNOnly(wide)) return wide;
    const lo = wide.lo.lessThanOrEqualTo(THRESHOLD.negated()) ? ENDS.negativeInfinity : wide.lo;
    const hi = wide.hi.greaterThanOrEqualTo(THRESHOLD) ? ENDS.positiveInfinity : wide.hi;
    const result = enclosure(lo, hi, wide.nan);
    return this.flushes ? flushed(result) : result;
  }

  private widened(exact: Enclosure, error: RoundingError): Enclosure {
    if (isNaNOnly(exact)) return exact;
    return enclosure(this.below(exact.lo, error), this.above(exact.hi, error), exact.nan);
  }

  private below(x: Decimal, { less, more, distance }: RoundingError): Decimal {
    if (x.isZero() || !x.isFinite()) return x;
    const scaled = this.down.mul(x, x.isPositive() ? less : more);
    if (x.e >= CALM) return scaled;
    const lower = this.down.sub(scaled, distance);
    return x.isPositive() && !(lower.isPositive() && !lower.isZero()) ? ENDS.positiveZero : lower;
  }

  private above(x: Decimal, error: RoundingError): Decimal {
    return this.below(x.negated(), error).negated();
  }
}

/** Whether products and quotients of three such numbers are normal float32 numbers, in any order. */
export function isCalm({ lo, hi, nan }: Enclosure): boolean {
  return !nan && lo.s === hi.s && isCalmEnd(lo) && isCalmEnd(hi);
}

/** 10^±12 is far enough from the ends of float32, 10^-38 and 10^38, for three factors. */
function isCalmEnd(x: Decimal): boolean {
  return x.e >= -12 && x.e < 12 && !x.isZero();
}

/** The enclosure, with a zero of the same sign if it holds a number below the smallest normal float32. */
function flushed(x: Enclosure): Enclosure {
  if (isNaNOnly(x)) return x;
  const lo = x.lo.isPositive() && x.lo.lessThan(SMALLEST) ? ENDS.positiveZero : x.lo;
  const hi = x.hi.isNegative() && x.hi.greaterThan(SMALLEST.negated()) ? ENDS.negativeZero : x.hi;
  return enclosure(lo, hi, x.nan);
}
