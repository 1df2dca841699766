import { MIN_NORMAL } from "../../float32/bits.js";

/** Flags of an element: what its set may contain. Infinities and NaN are kept apart from the finite interval. */
export const FINITE = 1;
export const PLUS_INFINITY = 2;
export const MINUS_INFINITY = 4;
export const NOT_A_NUMBER = 8;

/** The factors of a product. */
export interface Product {
  readonly x: IntervalBlock;
  readonly y: IntervalBlock;
  /** Whether both come from one element, so that one of them is infinite only where the other is too. */
  readonly dependent: boolean;
}

/**
 * A set of values for each of n elements: a closed interval of finite reals, and flags for +∞, −∞ and NaN.
 *
 * The sign of a zero end counts: [−0, …] contains −0, [+0, …] does not; [… , −0] does not contain +0. Where the
 * finite part is empty, `lower` is +∞ and `upper` −∞, so that hulls need no case for it.
 */
export class IntervalBlock {
  readonly length: number;
  /** Lower ends, binary64. */
  readonly lower: Float64Array;
  /** Upper ends, binary64. */
  readonly upper: Float64Array;
  /** Union of FINITE, PLUS_INFINITY, MINUS_INFINITY and NOT_A_NUMBER. */
  readonly flags: Uint8Array;
  /** If the last operation was a product: its factors, for fusing it with a sum. */
  product: Product | undefined = undefined;
  /** If the last operation was a square root: what stood under it. */
  radicand: IntervalBlock | undefined = undefined;
  /** Whether operations wider than float32 made it, or may have. */
  wide = false;
  /** Whether it is a scalar that is kept in binary64. */
  double = false;
  /** Whether some of its values are float32s that were read again, and others were kept wider. */
  mixed = false;

  constructor(length: number) {
    this.length = length;
    this.lower = new Float64Array(length);
    this.upper = new Float64Array(length);
    this.flags = new Uint8Array(length);
    this.clear();
  }

  /** A block of points. */
  static of(values: ArrayLike<number>): IntervalBlock {
    const block = new IntervalBlock(values.length);
    for (let i = 0; i < values.length; i++) block.include(i, values[i]);
    return block;
  }

  /** Make every set empty and forget the last operation. */
  clear(): void {
    this.lower.fill(Number.POSITIVE_INFINITY);
    this.upper.fill(Number.NEGATIVE_INFINITY);
    this.flags.fill(0);
    this.product = undefined;
    this.radicand = undefined;
    this.wide = false;
    this.double = false;
    this.mixed = false;
  }

  /** Take over the sets of another block, not its memory of operations. */
  copyFrom(block: IntervalBlock): void {
    this.lower.set(block.lower);
    this.upper.set(block.upper);
    this.flags.set(block.flags);
    this.product = undefined;
    this.radicand = undefined;
    this.wide = false;
    this.double = false;
    this.mixed = false;
  }

  /** Widen element i by one value: finite, infinite or NaN. */
  include(i: number, x: number): void {
    if (x - x === 0) this.includeInterval(i, x, x);
    else if (x === Number.POSITIVE_INFINITY) this.flags[i] |= PLUS_INFINITY;
    else if (x === Number.NEGATIVE_INFINITY) this.flags[i] |= MINUS_INFINITY;
    else this.flags[i] |= NOT_A_NUMBER;
  }

  /** Widen element i to the hull with the finite interval [lower, upper]. */
  includeInterval(i: number, lower: number, upper: number): void {
    this.lower[i] = Math.min(this.lower[i], lower);
    this.upper[i] = Math.max(this.upper[i], upper);
    this.flags[i] |= FINITE;
  }

  /** Widen element i to the hull with the same element of another block. */
  includeElement(i: number, block: IntervalBlock): void {
    if (block.flags[i] & FINITE) this.includeInterval(i, block.lower[i], block.upper[i]);
    this.flags[i] |= block.flags[i];
  }

  /** Widen element i by ±0 if it contains a number with 0 < |x| < 2^-126. */
  includeFlushed(i: number): void {
    const lower = this.lower[i];
    const upper = this.upper[i];
    if (lower < MIN_NORMAL && upper > -MIN_NORMAL && (lower !== 0 || upper !== 0)) {
      this.includeInterval(i, -0, 0);
    }
  }
}

/**
 * Whether a value is in element i. NaN is one class, whatever its bits; both zeros are in every interval that
 * contains 0.
 */
export function accepts(block: IntervalBlock, i: number, x: number): boolean {
  const flags = block.flags[i];
  if (x - x === 0) return (flags & FINITE) !== 0 && x >= block.lower[i] && x <= block.upper[i];
  if (x === Number.POSITIVE_INFINITY) return (flags & PLUS_INFINITY) !== 0;
  if (x === Number.NEGATIVE_INFINITY) return (flags & MINUS_INFINITY) !== 0;
  return (flags & NOT_A_NUMBER) !== 0;
}

/** Blocks of one length that are used again from step to step. */
export class BlockArena {
  readonly length: number;
  private readonly blocks: IntervalBlock[] = [];
  private used = 0;

  constructor(length: number) {
    this.length = length;
  }

  /** A block of empty sets. It belongs to the caller until `reset`. */
  take(): IntervalBlock {
    if (this.used === this.blocks.length) this.blocks.push(new IntervalBlock(this.length));
    const block = this.blocks[this.used++];
    block.clear();
    return block;
  }

  /** Take all blocks back. Results that are to outlive this must have been copied. */
  reset(): void {
    this.used = 0;
  }
}
