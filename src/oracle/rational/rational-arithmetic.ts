import type { ElementArithmetic } from "./element-arithmetic.js";
import { roundedDown, roundedUp } from "./outward.js";
import {
  greater,
  lesser,
  negative,
  product,
  type Rational,
  reciprocal,
  reduced,
  signOf,
  sum,
  ZERO,
} from "./rational.js";
import {
  type Enclosed,
  exactly,
  isExact,
  numberValue,
  type RationalValue,
  undefinedBecause,
  undefinedOf,
} from "./rational-value.js";
import { exactRoot, rootBetween } from "./root.js";

/**
 * Integers beyond this are not kept: the value becomes two ends. A decimal number of 2000 significant digits, the
 * most that the decimal oracle has, needs fewer.
 */
const LARGEST_EXACT = 1n << 8192n;

/**
 * Real numbers by integers alone. What is rational stays exact; an irrational root becomes two neighbours of a
 * grid, and from there on each operation is carried out exactly on the ends, and these are moved outward to a
 * number of bits. So every result holds the real number that the operation has.
 *
 * There are no signed zeros, infinities or NaN: where a step leaves the reals, the result says why.
 */
export class RationalArithmetic implements ElementArithmetic<RationalValue> {
  /**
   * @param bits Significant bits that an end has at least when it is moved.
   * @throws {RangeError} when `bits` is no integer from 2 to 8192.
   */
  constructor(readonly bits: number) {
    if (!Number.isInteger(bits) || bits < 2 || bits > 8192) {
      throw new RangeError(`bits must be an integer from 2 to 8192; got ${bits}`);
    }
  }

  number(x: number): RationalValue {
    return numberValue(x);
  }

  negate(x: RationalValue): RationalValue {
    if (x.kind !== "enclosed") return x;
    const lo = negative(x.hi);
    return { kind: "enclosed", lo, hi: isExact(x) ? lo : negative(x.lo) };
  }

  add(x: RationalValue, y: RationalValue): RationalValue {
    if (x.kind !== "enclosed" || y.kind !== "enclosed") return undefinedOf(x, y);
    const lo = sum(x.lo, y.lo);
    return isExact(x) && isExact(y) ? this.kept(lo) : this.between(lo, sum(x.hi, y.hi));
  }

  multiply(x: RationalValue, y: RationalValue): RationalValue {
    if (x.kind !== "enclosed" || y.kind !== "enclosed") return undefinedOf(x, y);
    if (isExact(x)) return this.scaled(y, x.lo);
    if (isExact(y)) return this.scaled(x, y.lo);
    const corners = [product(x.lo, y.lo), product(x.lo, y.hi), product(x.hi, y.lo), product(x.hi, y.hi)];
    return this.between(corners.reduce(lesser), corners.reduce(greater));
  }

  square(x: RationalValue): RationalValue {
    if (x.kind !== "enclosed") return x;
    if (isExact(x)) return this.kept(product(x.lo, x.lo));
    const ends = [product(x.lo, x.lo), product(x.hi, x.hi)];
    const holdsZero = signOf(x.lo) !== signOf(x.hi);
    return this.between(holdsZero ? ZERO : ends.reduce(lesser), ends.reduce(greater));
  }

  divide(x: RationalValue, d: RationalValue): RationalValue {
    if (d.kind !== "enclosed") {
      const isZeroBelow = d.why === "division by zero";
      return undefinedOf(x, isZeroBelow ? undefinedBecause("division by what is undefined") : d);
    }
    if (signOf(d.lo) !== signOf(d.hi)) return undefinedOf(x, undefinedBecause("undecided"));
    if (signOf(d.lo) === 0) return undefinedOf(x, undefinedBecause("division by zero"));
    const lo = reciprocal(d.hi);
    return this.multiply(x, { kind: "enclosed", lo, hi: isExact(d) ? lo : reciprocal(d.lo) });
  }

  squareRoot(x: RationalValue): RationalValue {
    if (x.kind !== "enclosed") return x;
    if (signOf(x.hi) < 0) return undefinedBecause("root of a negative number");
    if (signOf(x.lo) < 0) return undefinedBecause("undecided");
    if (isExact(x)) {
      const root = exactRoot(x.lo);
      if (root) return this.kept(root);
    }
    const lo = signOf(x.lo) === 0 ? ZERO : rootBetween(x.lo, this.bits)[0];
    return this.between(lo, rootBetween(x.hi, this.bits)[1]);
  }

  maximum(x: RationalValue, y: RationalValue): RationalValue {
    if (x.kind !== "enclosed" || y.kind !== "enclosed") return undefinedOf(x, y);
    return { kind: "enclosed", lo: greater(x.lo, y.lo), hi: greater(x.hi, y.hi) };
  }

  minimum(x: RationalValue, y: RationalValue): RationalValue {
    if (x.kind !== "enclosed" || y.kind !== "enclosed") return undefinedOf(x, y);
    return { kind: "enclosed", lo: lesser(x.lo, y.lo), hi: lesser(x.hi, y.hi) };
  }

  private scaled(x: Enclosed, factor: Rational): Enclosed {
    const sign = signOf(factor);
    if (sign === 0) return exactly(ZERO);
    const lo = product(factor, sign > 0 ? x.lo : x.hi);
    return isExact(x) ? this.kept(lo) : this.between(lo, product(factor, sign > 0 ? x.hi : x.lo));
  }

  /** An exact result, as long as it is of a size to work with. */
  private kept(x: Rational): Enclosed {
    if (isSmall(x)) return exactly(x);
    const lowest = reduced(x);
    return isSmall(lowest) ? exactly(lowest) : this.between(lowest, lowest);
  }

  private between(lo: Rational, hi: Rational): Enclosed {
    return { kind: "enclosed", lo: roundedDown(lo, this.bits), hi: roundedUp(hi, this.bits) };
  }
}

function isSmall({ numerator, denominator }: Rational): boolean {
  return numerator < LARGEST_EXACT && numerator > -LARGEST_EXACT && denominator < LARGEST_EXACT;
}
