import { describe, expect, it } from "vitest";
import { MIN_NORMAL } from "../../float32/bits.js";
import { nextDown64 } from "./binary64.js";
import {
  accepts,
  BlockArena,
  FINITE,
  IntervalBlock,
  MINUS_INFINITY,
  NOT_A_NUMBER,
  PLUS_INFINITY,
} from "./block.js";

type Ends = readonly [lower: number, upper: number];
const EMPTY: Ends = [Infinity, -Infinity];

function ends({ lower, upper }: IntervalBlock, i = 0): Ends {
  return [lower[i], upper[i]];
}

function ofEnds([lower, upper]: Ends): IntervalBlock {
  const block = new IntervalBlock(1);
  block.includeInterval(0, lower, upper);
  return block;
}

describe("a block", () => {
  it("of values is a point for what is finite, a flag for what is not", () => {
    const values = [1.5, -0, Infinity, -Infinity, Number.NaN];
    const block = IntervalBlock.of(values);
    expect(block.length).toBe(5);
    expect(values.map((_, i) => ends(block, i))).toEqual([[1.5, 1.5], [-0, -0], EMPTY, EMPTY, EMPTY]);
    expect([...block.flags]).toEqual([FINITE, FINITE, PLUS_INFINITY, MINUS_INFINITY, NOT_A_NUMBER]);
  });

  it("widened by another's element has the hull of the finite parts and both sets of flags", () => {
    const other = IntervalBlock.of([2, Infinity, Number.NaN, 5]);
    other.includeInterval(3, -7, 6);
    other.flags[3] |= MINUS_INFINITY;
    const block = IntervalBlock.of([1, 1, 1, Number.NaN]);
    const empty = new IntervalBlock(4);
    for (let i = 0; i < 4; i++) {
      block.includeElement(i, other);
      empty.includeElement(i, other);
    }
    expect([0, 1, 2, 3].map((i) => ends(block, i))).toEqual([
      [1, 2],
      [1, 1],
      [1, 1],
      [-7, 6],
    ]);
    expect([...block.flags]).toEqual([
      FINITE,
      FINITE | PLUS_INFINITY,
      FINITE | NOT_A_NUMBER,
      FINITE | MINUS_INFINITY | NOT_A_NUMBER,
    ]);
    // What has no finite part adds none.
    expect([0, 1, 2, 3].map((i) => ends(empty, i))).toEqual([[2, 2], EMPTY, EMPTY, [-7, 6]]);
    expect([...empty.flags]).toEqual([FINITE, PLUS_INFINITY, NOT_A_NUMBER, FINITE | MINUS_INFINITY]);
  });

  it("is widened by ±0 where it contains a number with 0 < |x| < 2^-126, and nowhere else", () => {
    const tiny = 2 ** -149;
    const below = nextDown64(MIN_NORMAL);
    const table: readonly (readonly [before: Ends, after: Ends])[] = [
      [
        [tiny, tiny],
        [-0, tiny],
      ],
      [
        [-tiny, -tiny],
        [-tiny, 0],
      ],
      [
        [below, 3],
        [-0, 3],
      ],
      [
        [-3, -below],
        [-3, 0],
      ],
      [
        [0, tiny],
        [-0, tiny],
      ],
      [
        [0, 3],
        [-0, 3],
      ],
      [
        [-tiny, -0],
        [-tiny, 0],
      ],
      [
        [-3, -0],
        [-3, 0],
      ],
      [
        [-3, 2],
        [-3, 2],
      ],
      // What is normal stays, and so do zeros, with their signs.
      [
        [MIN_NORMAL, MIN_NORMAL],
        [MIN_NORMAL, MIN_NORMAL],
      ],
      [
        [-MIN_NORMAL, -MIN_NORMAL],
        [-MIN_NORMAL, -MIN_NORMAL],
      ],
      [
        [MIN_NORMAL, 3],
        [MIN_NORMAL, 3],
      ],
      [
        [-3, -MIN_NORMAL],
        [-3, -MIN_NORMAL],
      ],
      [
        [0, 0],
        [0, 0],
      ],
      [
        [-0, -0],
        [-0, -0],
      ],
    ];
    for (const [before, after] of table) {
      const block = ofEnds(before);
      block.includeFlushed(0);
      expect(ends(block), `[${before}]`).toEqual(after);
      expect(block.flags[0]).toBe(FINITE);
    }
    const block = IntervalBlock.of([Number.NaN, Infinity]);
    block.includeFlushed(0);
    block.includeFlushed(1);
    expect([ends(block, 0), ends(block, 1)]).toEqual([EMPTY, EMPTY]);
    expect([...block.flags]).toEqual([NOT_A_NUMBER, PLUS_INFINITY]);
  });

  it("accepts the numbers between its ends, ends included, and what its flags say", () => {
    const block = ofEnds([-0, 2]);
    const candidates = [-Number.MIN_VALUE, -0, 0, 1, 2, 2 + 2 ** -51, Infinity, -Infinity, Number.NaN];
    const accepted = () => candidates.filter((x) => accepts(block, 0, x));
    expect(accepted()).toEqual([-0, 0, 1, 2]);
    block.flags[0] |= PLUS_INFINITY;
    expect(accepted()).toEqual([-0, 0, 1, 2, Infinity]);
    block.flags[0] |= MINUS_INFINITY | NOT_A_NUMBER;
    expect(accepted()).toEqual([-0, 0, 1, 2, Infinity, -Infinity, Number.NaN]);
    const infinite = IntervalBlock.of([Infinity]);
    expect(candidates.filter((x) => accepts(infinite, 0, x))).toEqual([Infinity]);
  });
});

describe("an arena", () => {
  it("lends each block once until it is reset, and then lends the same blocks again, empty", () => {
    const arena = new BlockArena(2);
    const first = arena.take();
    const second = arena.take();
    expect(second).not.toBe(first);
    first.include(0, 1);
    first.product = { x: second, y: second, dependent: true };
    first.radicand = second;
    second.include(1, Number.NaN);
    arena.reset();
    expect(arena.take()).toBe(first);
    expect(arena.take()).toBe(second);
    for (const block of [first, second]) {
      expect([ends(block, 0), ends(block, 1)]).toEqual([EMPTY, EMPTY]);
      expect([...block.flags]).toEqual([0, 0]);
      expect([block.product, block.radicand]).toEqual([undefined, undefined]);
    }
    const third = arena.take();
    expect([first, second].includes(third)).toBe(false);
    expect(third.length).toBe(2);
  });
});
