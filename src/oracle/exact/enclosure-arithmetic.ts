import { Decimal } from "decimal.js";
import { ExactDecimal } from "../../float32/to-decimal.js";
import {
  ENDS,
  type Enclosure,
  enclosure,
  holdsInfinity,
  holdsNegativeInfinity,
  holdsPositiveInfinity,
  holdsZero,
  isNaNOnly,
  isPoint,
  isZeroOnly,
  NAN,
  order,
  point,
} from "./enclosure.js";

/** The squares that prove a root must fit the exact constructor. */
const MAX_DIGITS = ExactDecimal.precision / 2;
const ONE = point(1);
const UNBOUNDED = { lo: ENDS.negativeInfinity, hi: ENDS.positiveInfinity } as const;

/**
 * Interval arithmetic with outward rounding: lower ends are rounded down and upper ends up, at the same number
 * of digits. Each operation encloses every result that members of its operands can have, by the rules of IEEE
 * 754 for signed zeros, infinities and NaN. A result that needs no more digits than there are stays a point.
 *
 * The constructors are own clones, and the two directed ones make every end.
 */
export class EnclosureArithmetic {
  private readonly down: Decimal.Constructor;
  private readonly up: Decimal.Constructor;
  private readonly nearest: Decimal.Constructor;

  /**
   * @param digits Significant decimal digits of the ends, 1 to 2000.
   * @throws {RangeError} when `digits` is no integer in that range.
   */
  constructor(readonly digits: number) {
    if (!Number.isInteger(digits) || digits < 1 || digits > MAX_DIGITS) {
      throw new RangeError(`digits must be an integer from 1 to ${MAX_DIGITS}; got ${digits}`);
    }
    this.down = Decimal.clone({ defaults: true, precision: digits, rounding: Decimal.ROUND_FLOOR });
    this.up = Decimal.clone({ defaults: true, precision: digits, rounding: Decimal.ROUND_CEIL });
    this.nearest = Decimal.clone({ defaults: true, precision: digits, rounding: Decimal.ROUND_HALF_EVEN });
  }

  negate(x: Enclosure): Enclosure {
    const lo = x.hi.negated();
    return { lo, hi: x.lo === x.hi ? lo : x.lo.negated(), nan: x.nan };
  }

  add(x: Enclosure, y: Enclosure): Enclosure {
    if (isNaNOnly(x) || isNaNOnly(y)) return NAN;
    const opposed =
      (holdsPositiveInfinity(x) && holdsNegativeInfinity(y)) ||
      (holdsNegativeInfinity(x) && holdsPositiveInfinity(y));
    if (opposed && x.lo === x.hi && y.lo === y.hi) return NAN;
    const lo = orElse(sum(this.down, x.lo, y.lo), ENDS.negativeInfinity);
    const hi = orElse(sum(this.up, x.hi, y.hi), ENDS.positiveInfinity);
    return enclosure(lo, hi, opposed || x.nan || y.nan);
  }

  subtract(x: Enclosure, y: Enclosure): Enclosure {
    return this.add(x, this.negate(y));
  }

  multiply(x: Enclosure, y: Enclosure): Enclosure {
    if (isNaNOnly(x) || isNaNOnly(y)) return NAN;
    if (x.hi.s < 0) return this.negate(this.multiply(this.negate(x), y));
    if (y.hi.s < 0) return this.negate(this.multiply(x, this.negate(y)));
    const invalid = (holdsZero(x) && holdsInfinity(y)) || (holdsInfinity(x) && holdsZero(y));
    if (invalid && zeroOrInfinityOnly(x) && zeroOrInfinityOnly(y)) return NAN;
    const nan = invalid || x.nan || y.nan;
    const { down, up } = this;
    // From here on both reach up to +0 at least.
    if (x.lo.s > 0) {
      return enclosure(product(down, y.lo.s > 0 ? x.lo : x.hi, y.lo), product(up, x.hi, y.hi), nan);
    }
    if (y.lo.s > 0) return enclosure(product(down, x.lo, y.hi), product(up, x.hi, y.hi), nan);
    return enclosure(
      lesser(product(down, x.lo, y.hi), product(down, x.hi, y.lo)),
      greater(product(up, x.lo, y.lo), product(up, x.hi, y.hi)),
      nan,
    );
  }

  /** x·x, which is never below zero; multiplying x by itself would forget that the factors are one value. */
  square(x: Enclosure): Enclosure {
    if (isNaNOnly(x)) return NAN;
    const { down, up } = this;
    if (x.lo.s > 0) return enclosure(product(down, x.lo, x.lo), product(up, x.hi, x.hi), x.nan);
    if (x.hi.s < 0) return enclosure(product(down, x.hi, x.hi), product(up, x.lo, x.lo), x.nan);
    return enclosure(ENDS.positiveZero, greater(product(up, x.lo, x.lo), product(up, x.hi, x.hi)), x.nan);
  }

  /** x / d. A divisor that holds zero among other numbers gives an unbounded quotient. */
  divide(x: Enclosure, d: Enclosure): Enclosure {
    if (isNaNOnly(x) || isNaNOnly(d)) return NAN;
    if (d.hi.s < 0) return this.divide(this.negate(x), this.negate(d));
    if (isZeroOnly(x) && isZeroOnly(d)) return NAN;
    const invalid = (holdsZero(x) && holdsZero(d)) || (holdsInfinity(x) && holdsInfinity(d));
    const nan = invalid || x.nan || d.nan;
    if (d.lo.s < 0) {
      return isZeroOnly(x) ? { lo: ENDS.negativeZero, hi: ENDS.positiveZero, nan } : { ...UNBOUNDED, nan };
    }
    if (invalid && isPoint(x) && isPoint(d)) return NAN;
    // The quotient moves away from zero as d shrinks, so each end of x has its own end of d.
    const lo = quotient(this.down, x.lo, x.lo.s > 0 ? d.hi : d.lo);
    const hi = quotient(this.up, x.hi, x.hi.s > 0 ? d.lo : d.hi);
    return enclosure(lo, hi, nan);
  }

  /** √x. Below zero it is NaN, so of an enclosure that reaches there only the rest has roots; √−0 is −0. */
  squareRoot(x: Enclosure): Enclosure {
    if (isNaNOnly(x)) return NAN;
    if (x.hi.s < 0 && !x.hi.isZero()) return NAN;
    const reachesBelow = x.lo.s < 0 && !x.lo.isZero();
    const nan = reachesBelow || x.nan;
    if (reachesBelow) return enclosure(ENDS.negativeZero, this.rootAbove(x.hi), nan);
    const lo = this.rootBelow(x.lo);
    return enclosure(lo, this.rootAboveNear(lo, x.hi) ?? this.rootAbove(x.hi), nan);
  }

  /** x^n for an integer n ≥ 0 and x ≥ 0, by repeated squaring; x^0 is 1. */
  power(x: Enclosure, n: number): Enclosure {
    let result = ONE;
    let base = x;
    for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = result === ONE ? base : this.multiply(result, base);
      if (rest > 1) base = this.square(base);
    }
    return result;
  }

  /** The larger of two; NaN if either is NaN. */
  maximum(x: Enclosure, y: Enclosure): Enclosure {
    if (isNaNOnly(x) || isNaNOnly(y)) return NAN;
    return enclosure(greater(x.lo, y.lo), greater(x.hi, y.hi), x.nan || y.nan);
  }

  /** The smaller of two; NaN if either is NaN. */
  minimum(x: Enclosure, y: Enclosure): Enclosure {
    if (isNaNOnly(x) || isNaNOnly(y)) return NAN;
    return enclosure(lesser(x.lo, y.lo), lesser(x.hi, y.hi), x.nan || y.nan);
  }

  // A root to nearest is only where the search begins: its square, not rounded, says on which side it is. So
  // nothing is asked of the library's root, whose stopping rule is not proved for every long radicand.

  private rootBelow(radicand: Decimal): Decimal {
    let root = this.nearest.sqrt(radicand);
    if (compareSquare(root, radicand) > 0) root = this.predecessor(root);
    if (compareSquare(root, radicand) > 0) throw unprovedRoot(radicand);
    return root;
  }

  private rootAbove(radicand: Decimal): Decimal {
    let root = this.nearest.sqrt(radicand);
    if (compareSquare(root, radicand) < 0) root = this.successor(root);
    if (compareSquare(root, radicand) < 0) throw unprovedRoot(radicand);
    return root;
  }

  /** The upper end of a narrow radicand is a few last places above the lower one: trying is cheaper than a root. */
  private rootAboveNear(lower: Decimal, radicand: Decimal): Decimal | undefined {
    if (lower.isZero() || !radicand.isFinite()) return undefined;
    let root = lower;
    for (let places = 0; places <= 4; places++) {
      if (compareSquare(root, radicand) >= 0) return root;
      root = this.successor(root);
    }
    return undefined;
  }

  /** The next number of this many digits below a positive one. */
  private predecessor(x: Decimal): Decimal {
    return this.down.sub(x, this.beyondLastPlace(x));
  }

  /** The next number of this many digits above a positive one. */
  private successor(x: Decimal): Decimal {
    return this.up.add(x, this.beyondLastPlace(x));
  }

  private beyondLastPlace(x: Decimal): Decimal {
    return new ExactDecimal(`1e${x.e - this.digits - 1}`);
  }
}

function unprovedRoot(radicand: Decimal): Error {
  return new Error(`the root of ${radicand} is more than one last place off: decimal.js is not what it was`);
}

/** Sign of root² − radicand. */
function compareSquare(root: Decimal, radicand: Decimal): number {
  return ExactDecimal.mul(root, root).comparedTo(radicand);
}

/** An end of a sum. A zero is negative only if both terms are negative zeros, whatever the rounding. */
function sum(Rounded: Decimal.Constructor, x: Decimal, y: Decimal): Decimal {
  const z = Rounded.add(x, y);
  if (!z.isZero()) return z;
  return x.isZero() && x.s < 0 && y.isZero() && y.s < 0 ? ENDS.negativeZero : ENDS.positiveZero;
}

/** An end of a product. At 0·∞ the other members give zeros, or results between other ends. */
function product(Rounded: Decimal.Constructor, x: Decimal, y: Decimal): Decimal {
  return orElse(Rounded.mul(x, y), x.s === y.s ? ENDS.positiveZero : ENDS.negativeZero);
}

/** An end of a quotient by d ≥ +0. At 0/0 and ∞/∞ the other members give zeros, or results between other ends. */
function quotient(Rounded: Decimal.Constructor, x: Decimal, d: Decimal): Decimal {
  return orElse(Rounded.div(x, d), x.s > 0 ? ENDS.positiveZero : ENDS.negativeZero);
}

/** Whether the enclosure has only zeros, or is one infinity. */
function zeroOrInfinityOnly(x: Enclosure): boolean {
  return isZeroOnly(x) || (x.lo === x.hi && !x.lo.isFinite());
}

function orElse(x: Decimal, replacement: Decimal): Decimal {
  return x.isNaN() ? replacement : x;
}

function lesser(x: Decimal, y: Decimal): Decimal {
  return order(x, y) <= 0 ? x : y;
}

function greater(x: Decimal, y: Decimal): Decimal {
  return order(x, y) >= 0 ? x : y;
}
