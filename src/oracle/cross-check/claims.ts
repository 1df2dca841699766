import type { ElementArithmetic } from "../rational/element-arithmetic.js";
import type { Rational } from "../rational/rational.js";
import { RationalArithmetic } from "../rational/rational-arithmetic.js";
import { type Enclosed, isExact, type RationalValue } from "../rational/rational-value.js";

/** Widths are upper bounds, kept as logarithms to base 2: −∞ is a point, +∞ is no bound. */
export interface Claimed {
  readonly value: RationalValue;
  /** log2 of the largest magnitude that the value may have. */
  readonly size: number;
  /** What a decimal enclosure of this quantity may be wide. */
  readonly decimalWidth: number;
  /** What the rational enclosure itself may be wide. */
  readonly rationalWidth: number;
  /** Whether a decimal enclosure may leave NaN open although there is a real number. */
  readonly nan: boolean;
}

const POINT = Number.NEGATIVE_INFINITY;
const INFINITE = Number.POSITIVE_INFINITY;

/** More than the errors of binary64 in a logarithm, of which magnitudes stay below 2^16. */
const SLACK = 2 ** -30;

/**
 * Rational values, and how wide enclosures of them may be.
 *
 * The bounds follow an update rule from operation to operation. Let x be the real number and X the enclosure of
 * it that an oracle has, |X| ≤ W_x its width; so no member of X is larger than r_x = |x| + W_x. Over the members,
 * before any rounding,
 *
 * - X ± Y is at most W_x + W_y wide;
 * - X·Y at most r_x·W_y + r_y·W_x, for |ab − a′b′| ≤ |a||b − b′| + |b′||a − a′|;
 * - X/D at most W_x/δ + r_x·W_d/δ² with δ = |d| − W_d, the least that a member of D can be. Where δ ≤ 0 there is
 *   no bound, and 0/0 is possible;
 * - √X at most min(W_x/√x, √W_x), for √b − √a = (b − a)/(√b + √a) with √b ≥ √x, and √b − √a ≤ √(b − a). Where
 *   W_x > x, X may reach below zero, of which there is no root: NaN is possible;
 * - max and min at most the larger of both widths.
 *
 * Then each of the two ends z moves outward by less than one unit in its last place: 10^(1 − digits)·|z| in
 * decimal digits, 2^(1 − bits)·|z| on the binary grid. A root is found by its square, one unit beyond at most. So
 * each operation adds 2·unit·r to the width, r being what no member of the result exceeds. Inputs are points.
 *
 * Where nothing cancels this is the number of operations times two units; where something does, it is what the
 * cancellation makes of it. No constant in it was chosen.
 */
export class ClaimArithmetic implements ElementArithmetic<Claimed> {
  private readonly values: RationalArithmetic;
  private readonly decimalUnit: number;
  private readonly rationalUnit: number;

  /**
   * @param digits significant decimal digits that the enclosures are claimed to have
   * @param bits significant bits of the rational ends
   */
  constructor(digits: number, bits: number) {
    this.values = new RationalArithmetic(bits);
    this.decimalUnit = (1 - digits) * Math.log2(10) + SLACK;
    this.rationalUnit = 1 - bits;
  }

  number(x: number): Claimed {
    const value = this.values.number(x);
    if (value.kind !== "enclosed") return noClaim(value);
    return { value, size: sizeOf(value), decimalWidth: POINT, rationalWidth: POINT, nan: false };
  }

  negate(x: Claimed): Claimed {
    return { ...x, value: this.values.negate(x.value) };
  }

  add(x: Claimed, y: Claimed): Claimed {
    return this.rounded(this.values.add(x.value, y.value), x.nan || y.nan, (width) =>
      plus(width(x), width(y)),
    );
  }

  multiply(x: Claimed, y: Claimed): Claimed {
    // 0·∞
    const nan = x.nan || y.nan || x.decimalWidth === INFINITE || y.decimalWidth === INFINITE;
    return this.rounded(this.values.multiply(x.value, y.value), nan, (width) => productWidth(x, y, width));
  }

  square(x: Claimed): Claimed {
    return this.rounded(this.values.square(x.value), x.nan, (width) => productWidth(x, x, width));
  }

  divide(x: Claimed, d: Claimed): Claimed {
    const value = this.values.divide(x.value, d.value);
    if (value.kind !== "enclosed" || d.value.kind !== "enclosed") return noClaim(value);
    const least = leastSize(d.value);
    const nan = x.nan || d.nan || minus(least, d.decimalWidth) === POINT || x.decimalWidth === INFINITE;
    return this.rounded(value, nan, (width) => {
      const delta = minus(least, width(d));
      if (delta === POINT) return INFINITE;
      return plus(times(width(x), -delta), times(times(reach(x, width), width(d)), -2 * delta));
    });
  }

  squareRoot(x: Claimed): Claimed {
    const value = this.values.squareRoot(x.value);
    if (value.kind !== "enclosed" || x.value.kind !== "enclosed") return noClaim(value);
    const least = leastSize(x.value);
    const nan = x.nan || (x.decimalWidth > POINT && x.decimalWidth >= least - SLACK);
    return this.rounded(value, nan, (width) => {
      const w = width(x);
      return w === POINT ? POINT : Math.min(w / 2, least === POINT ? INFINITE : w - least / 2) + SLACK;
    });
  }

  maximum(x: Claimed, y: Claimed): Claimed {
    return this.chosen(this.values.maximum(x.value, y.value), x, y);
  }

  minimum(x: Claimed, y: Claimed): Claimed {
    return this.chosen(this.values.minimum(x.value, y.value), x, y);
  }

  /** One of two values, without a rounding. */
  private chosen(value: RationalValue, x: Claimed, y: Claimed): Claimed {
    if (value.kind !== "enclosed") return noClaim(value);
    return {
      value,
      size: sizeOf(value),
      decimalWidth: Math.max(x.decimalWidth, y.decimalWidth),
      rationalWidth: Math.max(x.rationalWidth, y.rationalWidth),
      nan: x.nan || y.nan,
    };
  }

  /** The claims of a result whose width before rounding is given, as a formula in the widths of its operands. */
  private rounded(value: RationalValue, nan: boolean, width: (of: WidthOf) => number): Claimed {
    if (value.kind !== "enclosed") return noClaim(value);
    const size = sizeOf(value);
    const withRounding = (before: number, unit: number) => plus(before, times(1 + unit, plus(size, before)));
    return {
      value,
      size,
      decimalWidth: withRounding(width(decimalWidthOf), this.decimalUnit),
      rationalWidth: withRounding(width(rationalWidthOf), this.rationalUnit),
      nan,
    };
  }
}

type WidthOf = (x: Claimed) => number;
const decimalWidthOf: WidthOf = ({ decimalWidth }) => decimalWidth;
const rationalWidthOf: WidthOf = ({ rationalWidth }) => rationalWidth;

function noClaim(value: RationalValue): Claimed {
  return { value, size: INFINITE, decimalWidth: INFINITE, rationalWidth: INFINITE, nan: true };
}

function productWidth(x: Claimed, y: Claimed, width: WidthOf): number {
  return plus(times(reach(x, width), width(y)), times(reach(y, width), width(x)));
}

/** The largest magnitude that a member of an enclosure can have. */
function reach(x: Claimed, width: WidthOf): number {
  return plus(x.size, width(x));
}

/** log2 of a sum of two magnitudes, from above. */
function plus(x: number, y: number): number {
  const larger = Math.max(x, y);
  if (!Number.isFinite(larger)) return larger;
  return larger + Math.log2(1 + 2 ** (Math.min(x, y) - larger)) + SLACK;
}

/** log2 of a difference of two magnitudes, from below; −∞ where it may be nothing. */
function minus(x: number, y: number): number {
  if (y === POINT) return x;
  return y >= x - SLACK ? POINT : x + Math.log2(1 - 2 ** (y - x)) - SLACK;
}

/** log2 of a product; nothing times anything is nothing. */
function times(x: number, y: number): number {
  return x === POINT || y === POINT ? POINT : x + y;
}

/** log2 of the largest magnitude of an enclosed value, from above. */
function sizeOf(x: Enclosed): number {
  const low = log2Of(x.lo);
  return (isExact(x) ? low : Math.max(low, log2Of(x.hi))) + SLACK;
}

/** log2 of the smallest magnitude of a value that does not change its sign, from below. */
function leastSize(x: Enclosed): number {
  const low = log2Of(x.lo);
  return (isExact(x) ? low : Math.min(low, log2Of(x.hi))) - SLACK;
}

/** log2 |x|, −∞ for zero, with the errors of binary64. */
export function log2Of({ numerator, denominator, exponent }: Rational): number {
  if (numerator === 0n) return POINT;
  return log2OfInteger(numerator) - (denominator === 1n ? 0 : log2OfInteger(denominator)) + exponent;
}

function log2OfInteger(n: bigint): number {
  const hex = (n < 0n ? -n : n).toString(16);
  const leading = hex.slice(0, 13);
  return Math.log2(Number.parseInt(leading, 16)) + 4 * (hex.length - leading.length);
}
