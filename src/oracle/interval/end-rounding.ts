import { MAX_FLOAT32, MIN_SUBNORMAL, OVERFLOW_THRESHOLD } from "../../float32/bits.js";
import { nextDown64, nextUp64 } from "./binary64.js";
import { dyadicOf, minusDyadic, plusDyadic, signOfDyadic, timesDyadic } from "./dyadic.js";
import { float32AtBorder, float32Of, isBorder } from "./float32-of.js";
import {
  fusedEnd,
  productRemainder,
  quotientRemainder,
  reciprocalRootRemainder,
  rootRemainder,
  sumRemainder,
} from "./remainder.js";

/** Which end of an interval is computed. */
export type Side = -1 | 1;
export const LOWER: Side = -1;
export const UPPER: Side = 1;

/**
 * How the end of an interval becomes a binary64. Arguments are finite binary64 numbers taken exactly; each
 * method rounds the exact result once. Results may be infinite.
 */
export interface EndRounding {
  /** Whether lower and upper ends of a point differ. */
  readonly sided: boolean;
  /** Whether results are float32s. */
  readonly toFloat32: boolean;
  /** Largest finite result. */
  readonly largest: number;
  /** Smallest positive number that an operand can be. */
  readonly smallest: number;
  value(x: number, side: Side): number;
  sum(x: number, y: number, side: Side): number;
  product(x: number, y: number, side: Side): number;
  /** x / y, y ≠ 0. */
  quotient(x: number, y: number, side: Side): number;
  /** √x, x ≥ 0 (−0 stays). */
  root(x: number, side: Side): number;
  /** 1/√x, x > 0. */
  reciprocalRoot(x: number, side: Side): number;
  /** x·y + z. */
  fusedSum(x: number, y: number, z: number, side: Side): number;
}

const END = new Float64Array(2);

/** fl(1/√x): the quotient of two rounded operations unless that could be on the wrong side of a border. */
function reciprocalRootFloat32(x: number): number {
  const h = 1 / Math.sqrt(x);
  // Both roundings together lose less than 2^-51 of the value.
  const low = Math.fround(h * (1 - 2 ** -51));
  const high = Math.fround(h * (1 + 2 ** -51));
  if (low === high) return low;
  const border = high === Number.POSITIVE_INFINITY ? OVERFLOW_THRESHOLD : (low + high) / 2;
  const r = reciprocalRootRemainder(x, border);
  return r > 0 ? high : r < 0 ? low : Math.fround(border);
}

function reciprocalRootNearest(x: number): number {
  let h = 1 / Math.sqrt(x);
  // Step to the binary64 just below or at the exact value, then decide at the midpoint above it.
  while (reciprocalRootRemainder(x, h) < 0) h = nextDown64(h);
  while (reciprocalRootRemainder(x, nextUp64(h)) >= 0) h = nextUp64(h);
  const half = { significand: 1n, exponent: -1 };
  const midpoint = timesDyadic(half, plusDyadic(dyadicOf(h), dyadicOf(nextUp64(h))));
  const square = timesDyadic(timesDyadic(midpoint, midpoint), dyadicOf(x));
  return signOfDyadic(minusDyadic({ significand: 1n, exponent: 0 }, square)) > 0 ? nextUp64(h) : h;
}

/** Every end rounded to float32, to nearest: exactly fl(end). */
export class Float32Rounding implements EndRounding {
  readonly sided = false;
  readonly toFloat32 = true;
  readonly largest = MAX_FLOAT32;
  readonly smallest: number = MIN_SUBNORMAL;

  value(x: number): number {
    return Math.fround(x);
  }

  sum(x: number, y: number): number {
    const h = x + y;
    const f = Math.fround(h);
    return isBorder(h, f) ? float32AtBorder(h, f, sumRemainder(x, y, h)) : f;
  }

  product(x: number, y: number): number {
    const h = x * y;
    const f = Math.fround(h);
    return isBorder(h, f) ? float32AtBorder(h, f, productRemainder(x, y, h)) : f;
  }

  quotient(x: number, y: number): number {
    const h = x / y;
    const f = Math.fround(h);
    return isBorder(h, f) ? float32AtBorder(h, f, quotientRemainder(x, y, h)) : f;
  }

  root(x: number): number {
    const h = Math.sqrt(x);
    const f = Math.fround(h);
    return isBorder(h, f) ? float32AtBorder(h, f, rootRemainder(x, h)) : f;
  }

  reciprocalRoot(x: number): number {
    return reciprocalRootFloat32(x);
  }

  fusedSum(x: number, y: number, z: number): number {
    // The product of two float32s is exact, so that one sum is all there is to round.
    if (Math.fround(x) === x && Math.fround(y) === y) return this.sum(x * y, z);
    fusedEnd(x, y, z, END);
    return float32Of(END[0], END[1]);
  }
}

/**
 * Every end rounded to binary64 and then to float32: what becomes of a float32 operation that a scalar kept in
 * binary64 has made a double one. Only there does it differ from one rounding, and often: b·0.9 is next to a
 * float32 midpoint for about one b in ten. Fused sums and reciprocal roots, which take float32s only, are rounded
 * once.
 */
export class CastRounding extends Float32Rounding {
  override readonly smallest: number = Number.MIN_VALUE;

  override sum(x: number, y: number): number {
    return Math.fround(x + y);
  }

  override product(x: number, y: number): number {
    return Math.fround(x * y);
  }

  override quotient(x: number, y: number): number {
    return Math.fround(x / y);
  }

  override root(x: number): number {
    return Math.fround(Math.sqrt(x));
  }

  override fusedSum(x: number, y: number, z: number): number {
    return super.sum(x * y, z);
  }
}

/** Pinned double arithmetic: every end rounded to binary64, to nearest; nothing is moved outward. */
export class Binary64Rounding implements EndRounding {
  readonly sided = false;
  readonly toFloat32 = false;
  readonly largest = Number.MAX_VALUE;
  readonly smallest = Number.MIN_VALUE;

  value(x: number): number {
    return x;
  }

  sum(x: number, y: number): number {
    return x + y;
  }

  product(x: number, y: number): number {
    return x * y;
  }

  quotient(x: number, y: number): number {
    return x / y;
  }

  root(x: number): number {
    return Math.sqrt(x);
  }

  reciprocalRoot(x: number): number {
    return reciprocalRootNearest(x);
  }

  fusedSum(x: number, y: number, z: number): number {
    fusedEnd(x, y, z, END);
    return END[0];
  }
}

function outward(h: number, r: number, side: Side): number {
  if (side < 0) return r < 0 ? nextDown64(h) : h;
  return r > 0 ? nextUp64(h) : h;
}

/** Ends that are kept: the exact value where it is a binary64, else the binary64 next to it on the outside. */
export class OutwardRounding implements EndRounding {
  readonly sided = true;
  readonly toFloat32 = false;
  readonly largest = Number.MAX_VALUE;
  readonly smallest = Number.MIN_VALUE;

  value(x: number): number {
    return x;
  }

  sum(x: number, y: number, side: Side): number {
    const h = x + y;
    return h - h !== 0 ? h : outward(h, sumRemainder(x, y, h), side);
  }

  product(x: number, y: number, side: Side): number {
    const h = x * y;
    return h - h !== 0 ? h : outward(h, productRemainder(x, y, h), side);
  }

  quotient(x: number, y: number, side: Side): number {
    const h = x / y;
    return h - h !== 0 ? h : outward(h, quotientRemainder(x, y, h), side);
  }

  root(x: number, side: Side): number {
    const h = Math.sqrt(x);
    return outward(h, rootRemainder(x, h), side);
  }

  reciprocalRoot(x: number, side: Side): number {
    return (1 / Math.sqrt(x)) * (1 + side * 2 ** -51);
  }

  fusedSum(x: number, y: number, z: number, side: Side): number {
    fusedEnd(x, y, z, END);
    return END[0] - END[0] !== 0 ? END[0] : outward(END[0], END[1], side);
  }
}

/**
 * Rounded to float32 from the exact value, or from its nearest binary64, which is what a cast of a kept double
 * does: the two differ where that double is a border.
 */
export class OnceOrTwiceRounding implements EndRounding {
  readonly sided = true;
  readonly toFloat32 = true;
  readonly largest = MAX_FLOAT32;
  readonly smallest = Number.MIN_VALUE;

  value(x: number): number {
    return Math.fround(x);
  }

  sum(x: number, y: number, side: Side): number {
    const h = x + y;
    const f = Math.fround(h);
    return isBorder(h, f) ? outer(f, float32AtBorder(h, f, sumRemainder(x, y, h)), side) : f;
  }

  product(x: number, y: number, side: Side): number {
    const h = x * y;
    const f = Math.fround(h);
    return isBorder(h, f) ? outer(f, float32AtBorder(h, f, productRemainder(x, y, h)), side) : f;
  }

  quotient(x: number, y: number, side: Side): number {
    const h = x / y;
    const f = Math.fround(h);
    return isBorder(h, f) ? outer(f, float32AtBorder(h, f, quotientRemainder(x, y, h)), side) : f;
  }

  root(x: number, side: Side): number {
    const h = Math.sqrt(x);
    const f = Math.fround(h);
    return isBorder(h, f) ? outer(f, float32AtBorder(h, f, rootRemainder(x, h)), side) : f;
  }

  reciprocalRoot(x: number, side: Side): number {
    return Math.fround((1 / Math.sqrt(x)) * (1 + side * 2 ** -51));
  }

  fusedSum(x: number, y: number, z: number, side: Side): number {
    fusedEnd(x, y, z, END);
    return outer(Math.fround(END[0]), float32Of(END[0], END[1]), side);
  }
}

function outer(x: number, y: number, side: Side): number {
  return side < 0 ? Math.min(x, y) : Math.max(x, y);
}
