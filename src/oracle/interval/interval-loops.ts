import { isFloat32, MIN_NORMAL } from "../../float32/bits.js";
import type { Reach } from "../accuracy.js";
import {
  FINITE,
  type IntervalBlock,
  MINUS_INFINITY,
  NOT_A_NUMBER,
  PLUS_INFINITY,
  type Product,
} from "./block.js";
import { type EndRounding, LOWER, UPPER } from "./end-rounding.js";
import { negatedFlags, productSpecials, sumSpecials } from "./special.js";

/**
 * The loops of the interval interpreter: one operation over blocks of intervals, rounded in one way. Each widens what
 * is in `out` already, so that several ways give their hull.
 */

/** Widen element i to a rounded result, of which infinite ends become flags. */
export function include(
  out: IntervalBlock,
  i: number,
  lower: number,
  upper: number,
  rounding: EndRounding,
): void {
  const { largest } = rounding;
  if (lower >= -largest && upper <= largest) {
    out.includeInterval(i, lower, upper);
    return;
  }
  if (lower < -largest) out.flags[i] |= MINUS_INFINITY;
  if (upper > largest) out.flags[i] |= PLUS_INFINITY;
  if (lower <= largest && upper >= -largest) {
    out.includeInterval(i, Math.max(lower, -largest), Math.min(upper, largest));
  }
}

/** Widen element i to what one pass gives for the exact result whose ends are [lower, upper]. */
function contribute(
  out: IntervalBlock,
  i: number,
  lower: number,
  upper: number,
  rounding: EndRounding,
  flush: boolean,
): void {
  if (!flush) include(out, i, lower, upper, rounding);
  else if (lower < MIN_NORMAL && upper > -MIN_NORMAL && (lower !== 0 || upper !== 0)) {
    out.includeInterval(i, -0, 0);
  }
}

export function sumPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  y: IntervalBlock,
  sign: 1 | -1,
  out: IntervalBlock,
): void {
  for (let i = 0; i < out.length; i++) sumElement(rounding, flush, x, y, sign, out, i);
}

function sumElement(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  y: IntervalBlock,
  sign: 1 | -1,
  out: IntervalBlock,
  i: number,
): void {
  const f = x.flags[i];
  const g = y.flags[i];
  if ((f | g) !== FINITE) {
    out.flags[i] |= sumSpecials(f, sign > 0 ? g : negatedFlags(g));
    if (!(f & g & FINITE)) return;
  }
  const a = x.lower[i];
  const b = x.upper[i];
  const c = sign > 0 ? y.lower[i] : -y.upper[i];
  const d = sign > 0 ? y.upper[i] : -y.lower[i];
  const lower = rounding.sum(a, c, LOWER);
  const point = !rounding.sided && a === b && c === d && lower !== 0;
  const upper = point ? lower : rounding.sum(b, d, UPPER);
  contribute(out, i, lower, upper, rounding, flush);
}

export function productPass(
  rounding: EndRounding,
  flush: boolean,
  product: Product,
  out: IntervalBlock,
): void {
  const { x, y } = product;
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const g = y.flags[i];
    if ((f | g) !== FINITE) {
      out.flags[i] |= productSpecials(product, i);
      if (!(f & g & FINITE)) continue;
    }
    const a = x.lower[i];
    const b = x.upper[i];
    const c = y.lower[i];
    const d = y.upper[i];
    let lower: number;
    let upper: number;
    if (a === b && c === d && a !== 0 && c !== 0) {
      lower = rounding.product(a, c, LOWER);
      upper = rounding.sided ? rounding.product(a, c, UPPER) : lower;
    } else if (a > 0 && c > 0) {
      lower = rounding.product(a, c, LOWER);
      upper = rounding.product(b, d, UPPER);
    } else {
      lower = Math.min(
        rounding.product(a, c, LOWER),
        rounding.product(a, d, LOWER),
        rounding.product(b, c, LOWER),
        rounding.product(b, d, LOWER),
      );
      upper = Math.max(
        rounding.product(a, c, UPPER),
        rounding.product(a, d, UPPER),
        rounding.product(b, c, UPPER),
        rounding.product(b, d, UPPER),
      );
    }
    contribute(out, i, lower, upper, rounding, flush);
  }
}

/**
 * out ∪= productSign·(x·y) + zSign·z with one rounding, where x and y are the factors of `rounded`. Float32
 * operations fuse float32s only: with `doubleFactors`, the product with a scalar kept in binary64 is rounded
 * before it is added.
 */
export function fusedPass(
  rounding: EndRounding,
  flush: boolean,
  rounded: IntervalBlock,
  productSign: 1 | -1,
  z: IntervalBlock,
  zSign: 1 | -1,
  doubleFactors: boolean,
  out: IntervalBlock,
): void {
  const product = rounded.product!;
  const { x, y } = product;
  const xLower = productSign > 0 ? x.lower : x.upper;
  const xUpper = productSign > 0 ? x.upper : x.lower;
  const zLower = zSign > 0 ? z.lower : z.upper;
  const zUpper = zSign > 0 ? z.upper : z.lower;
  for (let i = 0; i < out.length; i++) {
    if (doubleFactors && !(endsAreFloat32(x, i) && endsAreFloat32(y, i))) {
      // One of productSign and zSign is 1.
      if (productSign > 0) sumElement(rounding, flush, rounded, z, zSign, out, i);
      else sumElement(rounding, flush, z, rounded, productSign, out, i);
      if (isDouble(x, i) || isDouble(y, i)) continue;
    }
    const f = x.flags[i];
    const g = y.flags[i];
    const h = z.flags[i];
    if ((f | g | h) !== FINITE) {
      const flags = productSpecials(product, i) | (f & g & FINITE);
      out.flags[i] |= sumSpecials(
        productSign > 0 ? flags : negatedFlags(flags),
        zSign > 0 ? h : negatedFlags(h),
      );
      if (!(f & g & h & FINITE)) continue;
    }
    const a = productSign * xLower[i];
    const b = productSign * xUpper[i];
    const c = y.lower[i];
    const d = y.upper[i];
    const below = zSign * zLower[i];
    const above = zSign * zUpper[i];
    let lower: number;
    let upper: number;
    if (a === b && c === d && a !== 0 && c !== 0) {
      lower = rounding.fusedSum(a, c, below, LOWER);
      const point = !rounding.sided && below === above && below !== 0;
      upper = point ? lower : rounding.fusedSum(a, c, above, UPPER);
    } else if (a > 0 && c > 0) {
      lower = rounding.fusedSum(a, c, below, LOWER);
      upper = rounding.fusedSum(b, d, above, UPPER);
    } else {
      lower = Math.min(
        rounding.fusedSum(a, c, below, LOWER),
        rounding.fusedSum(a, d, below, LOWER),
        rounding.fusedSum(b, c, below, LOWER),
        rounding.fusedSum(b, d, below, LOWER),
      );
      upper = Math.max(
        rounding.fusedSum(a, c, above, UPPER),
        rounding.fusedSum(a, d, above, UPPER),
        rounding.fusedSum(b, c, above, UPPER),
        rounding.fusedSum(b, d, above, UPPER),
      );
    }
    contribute(out, i, lower, upper, rounding, flush);
  }
}

function endsAreFloat32({ lower, upper }: IntervalBlock, i: number): boolean {
  return isFloat32(lower[i]) && isFloat32(upper[i]);
}

/** Whether an element is one number, and that no float32. */
function isDouble({ lower, upper }: IntervalBlock, i: number): boolean {
  return lower[i] === upper[i] && !isFloat32(lower[i]);
}

export function extremumPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  y: IntervalBlock,
  sign: 1 | -1,
  out: IntervalBlock,
): void {
  const dominant = sign > 0 ? PLUS_INFINITY : MINUS_INFINITY;
  const recessive = sign > 0 ? MINUS_INFINITY : PLUS_INFINITY;
  const better = sign > 0 ? Math.max : Math.min;
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const g = y.flags[i];
    out.flags[i] |= (f | g) & NOT_A_NUMBER;
    const others = FINITE | PLUS_INFINITY | MINUS_INFINITY;
    if ((f & dominant && g & others) || (g & dominant && f & others)) out.flags[i] |= dominant;
    if (f & recessive && g & recessive) out.flags[i] |= recessive;
    if (f & g & FINITE) {
      const lower = rounding.value(better(x.lower[i], y.lower[i]), LOWER);
      const upper = rounding.value(better(x.upper[i], y.upper[i]), UPPER);
      contribute(out, i, lower, upper, rounding, flush);
    }
    // Against the infinity that always loses, every number of the other operand can win.
    if (g & recessive && f & FINITE) {
      const lower = rounding.value(x.lower[i], LOWER);
      contribute(out, i, lower, rounding.value(x.upper[i], UPPER), rounding, flush);
    }
    if (f & recessive && g & FINITE) {
      const lower = rounding.value(y.lower[i], LOWER);
      contribute(out, i, lower, rounding.value(y.upper[i], UPPER), rounding, flush);
    }
  }
}

/**
 * Widen element i to what an approximate operation makes of correctly rounded magnitudes in [lower, upper].
 * @param lowerIsExact,upperIsExact whether that end is an exact zero, which stays
 */
function contributeMagnitudes(
  out: IntervalBlock,
  i: number,
  lower: number,
  upper: number,
  lowerIsExact: boolean,
  upperIsExact: boolean,
  reach: Reach,
  rounding: EndRounding,
  flush: boolean,
  negative: boolean,
): void {
  let least = lowerIsExact ? lower : reach.smallest(lower, upper);
  let most = upperIsExact ? upper : reach.largest(upper);
  // Tininess may be looked for in the exact result, or in the approximate one.
  if (flush) {
    least = Math.min(least, lower);
    most = Math.max(most, upper);
  }
  if (negative) contribute(out, i, -most, -least, rounding, flush);
  else contribute(out, i, least, most, rounding, flush);
}

export function rootPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  reach: Reach,
  out: IntervalBlock,
): void {
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const a = x.lower[i];
    const b = x.upper[i];
    if (f & (NOT_A_NUMBER | MINUS_INFINITY) || a < 0) out.flags[i] |= NOT_A_NUMBER;
    if (f & PLUS_INFINITY) out.flags[i] |= PLUS_INFINITY;
    if (!(f & FINITE) || b < 0) continue;
    // What lies below 0 is NaN; the rest begins at −0, whose root is −0.
    const lower = a < 0 ? -0 : rounding.root(a, LOWER);
    const upper = rounding.root(b, UPPER);
    if (reach.isNone) contribute(out, i, lower, upper, rounding, flush);
    else contributeMagnitudes(out, i, lower, upper, a <= 0, b === 0, reach, rounding, flush, false);
  }
}

export function reciprocalRootPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  reach: Reach,
  out: IntervalBlock,
): void {
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const a = x.lower[i];
    const b = x.upper[i];
    if (f & (NOT_A_NUMBER | MINUS_INFINITY) || a < 0) out.flags[i] |= NOT_A_NUMBER;
    if (f & PLUS_INFINITY && !flush) out.includeInterval(i, 0, 0);
    if (!(f & FINITE) || b < 0) continue;
    if (containsMinusZero(a, b)) out.flags[i] |= MINUS_INFINITY;
    if (containsPlusZero(a, b)) out.flags[i] |= PLUS_INFINITY;
    if (b === 0) continue;
    const nearest = a > 0 ? a : Math.min(rounding.smallest, b);
    const lower = rounding.reciprocalRoot(b, LOWER);
    const upper = rounding.reciprocalRoot(nearest, UPPER);
    if (reach.isNone) contribute(out, i, lower, upper, rounding, flush);
    else contributeMagnitudes(out, i, lower, upper, false, false, reach, rounding, flush, false);
  }
}

function containsPlusZero(lower: number, upper: number): boolean {
  return lower <= 0 && (upper > 0 || Object.is(upper, 0));
}

function containsMinusZero(lower: number, upper: number): boolean {
  return upper >= 0 && (lower < 0 || Object.is(lower, -0));
}

export function quotientPass(
  rounding: EndRounding,
  flush: boolean,
  x: IntervalBlock,
  y: IntervalBlock,
  reach: Reach,
  out: IntervalBlock,
): void {
  for (let i = 0; i < out.length; i++) {
    const f = x.flags[i];
    const g = y.flags[i];
    const a = x.lower[i];
    const b = x.upper[i];
    const c = y.lower[i];
    const d = y.upper[i];
    if ((f | g) === FINITE && (c > 0 || d < 0)) {
      if (!rounding.sided && reach.isNone && a === b && c === d && a !== 0) {
        const point = rounding.quotient(a, c, LOWER);
        contribute(out, i, point, point, rounding, flush);
      } else if (c > 0) quotientByPositive(rounding, flush, a, b, c, d, reach, out, i);
      else quotientByPositive(rounding, flush, -b, -a, -d, -c, reach, out, i);
      continue;
    }
    const finite = f & g & FINITE;
    const plusZero = (g & FINITE) !== 0 && containsPlusZero(c, d);
    const minusZero = (g & FINITE) !== 0 && containsMinusZero(c, d);
    const infinities = PLUS_INFINITY | MINUS_INFINITY;
    out.flags[i] |= (f | g) & NOT_A_NUMBER;
    if (f & infinities && g & infinities) out.flags[i] |= NOT_A_NUMBER;
    if (finite && a <= 0 && b >= 0 && (plusZero || minusZero)) out.flags[i] |= NOT_A_NUMBER;
    const overZeroPlus = f & PLUS_INFINITY || (f & FINITE && b > 0);
    const overZeroMinus = f & MINUS_INFINITY || (f & FINITE && a < 0);
    const byPlus = plusZero || (g & FINITE && d > 0);
    const byMinus = minusZero || (g & FINITE && c < 0);
    if ((overZeroPlus && plusZero) || (overZeroMinus && minusZero)) out.flags[i] |= PLUS_INFINITY;
    if ((overZeroMinus && plusZero) || (overZeroPlus && minusZero)) out.flags[i] |= MINUS_INFINITY;
    if ((f & PLUS_INFINITY && byPlus) || (f & MINUS_INFINITY && byMinus)) out.flags[i] |= PLUS_INFINITY;
    if ((f & MINUS_INFINITY && byPlus) || (f & PLUS_INFINITY && byMinus)) out.flags[i] |= MINUS_INFINITY;
    if (f & FINITE && g & infinities && !flush) {
      const least = a < 0 || Object.is(a, -0) ? -0 : 0;
      const most = b > 0 || Object.is(b, 0) ? 0 : -0;
      if (g & PLUS_INFINITY) out.includeInterval(i, least, most);
      if (g & MINUS_INFINITY) out.includeInterval(i, -most, -least);
    }
    if (!finite) continue;
    const { smallest } = rounding;
    if (d > 0)
      quotientByPositive(rounding, flush, a, b, Math.max(c, Math.min(smallest, d)), d, reach, out, i);
    if (c < 0)
      quotientByPositive(rounding, flush, -b, -a, Math.max(-d, Math.min(smallest, -c)), -c, reach, out, i);
  }
}

/** out ∪= [a, b] / [c, d] with c > 0. */
function quotientByPositive(
  rounding: EndRounding,
  flush: boolean,
  a: number,
  b: number,
  c: number,
  d: number,
  reach: Reach,
  out: IntervalBlock,
  i: number,
): void {
  const lower = rounding.quotient(a, a >= 0 ? d : c, LOWER);
  const upper = rounding.quotient(b, b >= 0 ? c : d, UPPER);
  if (reach.isNone) contribute(out, i, lower, upper, rounding, flush);
  // An approximate quotient keeps its sign.
  else if (a >= 0)
    contributeMagnitudes(out, i, lower, upper, a === 0, b === 0, reach, rounding, flush, false);
  else if (b <= 0) contributeMagnitudes(out, i, -upper, -lower, b === 0, false, reach, rounding, flush, true);
  else contribute(out, i, -reach.largest(-lower), reach.largest(upper), rounding, flush);
}
