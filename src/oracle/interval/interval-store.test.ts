import { describe, expect, it } from "vitest";
import { type Evaluation, evaluationOf } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { MIN_NORMAL, MIN_SUBNORMAL } from "../../float32/bits.js";
import { nextDown, nextUp } from "../../float32/neighbours.js";
import { parts, set, kept as wide } from "./__test-helpers__/one-set.js";
import { nextDown64 } from "./binary64.js";
import {
  BlockArena,
  FINITE,
  type IntervalBlock,
  MINUS_INFINITY,
  NOT_A_NUMBER,
  PLUS_INFINITY,
} from "./block.js";
import { IntervalArithmetic } from "./interval-arithmetic.js";

const KEPT = evaluationOf(PINNED_EVALUATIONS["operation-by-operation"]);
const FLUSHED: Evaluation = { ...KEPT, subnormals: ["kept", "flushed"] };
const BINARY64: Evaluation = { ...KEPT, intermediates: ["binary64"] };
const WIDER: Evaluation = { ...KEPT, intermediates: ["wider"] };
const EITHER: Evaluation = { ...KEPT, intermediates: ["float32", "binary64"] };
const ALL_MODES = [KEPT, BINARY64, WIDER, EITHER];

const TINY = 2 ** -130;

function arithmetic(evaluation: Evaluation, observed?: number): IntervalArithmetic {
  return new IntervalArithmetic(evaluation, {
    arena: new BlockArena(1),
    ...(observed !== undefined && { observed: () => [observed] }),
  });
}

const is = (lower: number, upper: number, flags = 0) => [lower, upper, FINITE | flags];

/** What reading tiny numbers as zero, or not, makes of a set: of a loaded, a scalar, a stored or an observed one. */
const FLUSHING: readonly (readonly [from: readonly number[], to: readonly number[]])[] = [
  [[TINY], [-0, TINY]],
  [[-TINY], [-TINY, 0]],
  [[MIN_SUBNORMAL], [-0, MIN_SUBNORMAL]],
  [[nextDown(MIN_NORMAL)], [-0, nextDown(MIN_NORMAL)]],
  [[-nextDown(MIN_NORMAL)], [-nextDown(MIN_NORMAL), 0]],
  // The least normal number is not flushed.
  [[MIN_NORMAL], [MIN_NORMAL, MIN_NORMAL]],
  [[-MIN_NORMAL], [-MIN_NORMAL, -MIN_NORMAL]],
  [
    [1, 2],
    [1, 2],
  ],
  [
    [-2, -1],
    [-2, -1],
  ],
  // Nor is a zero: it keeps its sign.
  [[0], [0, 0]],
  [[-0], [-0, -0]],
  // A zero end of a set of tiny numbers becomes either zero.
  [
    [0, TINY],
    [-0, TINY],
  ],
  [
    [-TINY, -0],
    [-TINY, 0],
  ],
  [
    [nextDown(MIN_NORMAL), 1],
    [-0, 1],
  ],
  [
    [-1, -nextDown(MIN_NORMAL)],
    [-1, 0],
  ],
  [
    [-1, 1],
    [-1, 1],
  ],
];

describe("flushing", () => {
  it("of what is loaded: adds either zero to every number below 2^-126, and nothing to others", () => {
    for (const [from, to] of FLUSHING) {
      expect(parts(arithmetic(FLUSHED).load(set(...from))), from.join()).toEqual(is(to[0], to[1]));
      const block = set(...from);
      expect(arithmetic(KEPT).load(block)).toBe(block);
    }
    expect(parts(arithmetic(FLUSHED).load(set(Number.NaN)))).toEqual([Infinity, -Infinity, NOT_A_NUMBER]);
  });

  it("of scalars", () => {
    for (const [from, to] of FLUSHING) {
      if (from.length > 1) continue;
      expect(parts(arithmetic(FLUSHED).scalar(from[0])), String(from[0])).toEqual(is(to[0], to[1]));
      expect(parts(arithmetic(KEPT).scalar(from[0])), String(from[0])).toEqual(is(from[0], from[0]));
    }
    expect(parts(arithmetic(FLUSHED).scalar(Infinity))).toEqual([Infinity, -Infinity, PLUS_INFINITY]);
  });

  it("of what is stored", () => {
    for (const [from, to] of FLUSHING) {
      for (const mode of ALL_MODES) {
        const flushed = arithmetic({ ...mode, subnormals: FLUSHED.subnormals });
        expect(parts(flushed.store("parameter", set(...from))), from.join()).toEqual(is(to[0], to[1]));
        expect(parts(flushed.stored.get("parameter") as IntervalBlock)).toEqual(is(to[0], to[1]));
        const kept = arithmetic(mode);
        const same = set(...from);
        expect(parts(kept.store("parameter", same)), from.join()).toEqual(parts(same));
        expect(parts(kept.stored.get("parameter") as IntervalBlock)).toEqual(parts(same));
      }
    }
  });

  it("of what is stored looks at the number before it is rounded to 2^-126", () => {
    const just = nextDown64(MIN_NORMAL);
    const ar = arithmetic({ ...BINARY64, subnormals: ["flushed-early"] });
    ar.store("parameter", set(just));
    expect(parts(ar.stored.get("parameter") as IntervalBlock)).toEqual(is(-0, MIN_NORMAL));
    ar.store("parameter", set(-just));
    expect(parts(ar.stored.get("parameter") as IntervalBlock)).toEqual(is(-MIN_NORMAL, 0));
  });

  it("of what was observed: an implementation that stores a tiny number may read zero", () => {
    for (const [from, to] of FLUSHING) {
      if (from.length > 1) continue;
      // The set itself is far away, so that the read is the observed value and what becomes of it.
      const flushed = arithmetic(FLUSHED, from[0]).store("parameter", set(8));
      expect(parts(flushed), String(from[0])).toEqual(is(to[0], to[1]));
      const kept = arithmetic(KEPT, from[0]).store("parameter", set(8));
      expect(parts(kept), String(from[0])).toEqual(is(from[0], from[0]));
    }
  });
});

describe("what is read after a store", () => {
  const between = 1 + 2 ** -30;

  it("is what was stored where results are rounded to float32, and joined with what was kept elsewhere", () => {
    for (const mode of ALL_MODES) {
      const ar = arithmetic(mode);
      const read = ar.store("parameter", mode === KEPT ? set(between) : wide(between));
      expect(parts(read)).toEqual(is(1, mode === KEPT ? 1 : between));
      expect(parts(ar.stored.get("parameter") as IntervalBlock)).toEqual(is(1, 1));
    }
  });

  it("keeps infinities and NaN in addition to the numbers", () => {
    for (const mode of ALL_MODES) {
      const all = PLUS_INFINITY | MINUS_INFINITY | NOT_A_NUMBER;
      const ar = arithmetic(mode);
      const read = ar.store("parameter", set(1, 2, Infinity, -Infinity, Number.NaN));
      expect(parts(read)).toEqual(is(1, 2, all));
      expect(parts(ar.stored.get("parameter") as IntervalBlock)).toEqual(is(1, 2, all));
    }
  });

  it("is the observed number alone where results are rounded to float32", () => {
    expect(parts(arithmetic(KEPT, 1).store("parameter", set(1, 2)))).toEqual(is(1, 1));
    expect(parts(arithmetic(KEPT, 1).store("parameter", set(between)))).toEqual(is(1, 1));
  });

  it("is the observed number and what was kept of its rounding cell elsewhere, a single number too", () => {
    for (const mode of [BINARY64, WIDER, EITHER]) {
      expect(parts(arithmetic(mode, 1).store("parameter", wide(between)))).toEqual(is(1, between));
      // The cell of 1 ends halfway to its neighbours, which are nearer below.
      const all = parts(arithmetic(mode, 1).store("parameter", wide(0, 2)));
      expect(all).toEqual(is(1 - 2 ** -25, 1 + 2 ** -24));
      // A set that touches the cell in its end only.
      const touching = parts(arithmetic(mode, 1).store("parameter", wide(1 + 2 ** -24, 2)));
      expect(touching).toEqual(is(1, 1 + 2 ** -24));
      const outside = parts(arithmetic(mode, 1).store("parameter", wide(nextUp(1), 2)));
      expect(outside).toEqual(is(1, 1));
      expect(parts(arithmetic(mode, Number.NaN).store("parameter", wide(1)))).toEqual([
        Infinity,
        -Infinity,
        NOT_A_NUMBER,
      ]);
    }
  });

  it("is, where tiny numbers may be flushed, any of them if zero was observed", () => {
    const kept = arithmetic(EITHER, 0).store("parameter", wide(-1, 1));
    expect(parts(kept)).toEqual(is(-(2 ** -150), 2 ** -150));
    const flushed = arithmetic({ ...EITHER, subnormals: ["flushed"] }, 0).store("parameter", wide(-1, 1));
    expect(parts(flushed)).toEqual(is(-MIN_NORMAL, MIN_NORMAL));
  });
});

describe("the larger and the smaller of two", () => {
  it("are not rounded where results are float32s: a scalar kept in binary64 stays one", () => {
    const ar = arithmetic({ ...KEPT, scalars: ["binary64"] });
    expect(parts(ar.maximum(set(0.1), set(0.05)))).toEqual(is(0.1, 0.1));
    expect(parts(ar.minimum(set(0.1), set(0.3)))).toEqual(is(0.1, 0.1));
  });

  it("are not flushed where they are kept: they have been loaded", () => {
    for (const mode of [BINARY64, WIDER]) {
      const ar = arithmetic({ ...mode, subnormals: FLUSHED.subnormals });
      expect(parts(ar.maximum(set(TINY), set(-1)))).toEqual(is(TINY, TINY));
    }
    expect(parts(arithmetic(FLUSHED).maximum(set(TINY), set(-1)))).toEqual(is(-0, TINY));
  });

  it("are kept or rounded where either may be", () => {
    const ar = arithmetic(EITHER);
    const [above, below] = [1 + 2 ** -30, 1 - 2 ** -30];
    expect(parts(ar.maximum(set(above), set(0)))).toEqual(is(1, above));
    expect(parts(ar.minimum(set(below), set(2)))).toEqual(is(below, 1));
  });
});

describe("the negative of a set", () => {
  it("has its ends and infinities changed about, and keeps NaN", () => {
    const ar = arithmetic(KEPT);
    expect(parts(ar.negate(set(-0, 2)))).toEqual(is(-2, 0));
    expect(parts(ar.negate(set(1, Infinity, Number.NaN)))).toEqual(is(-1, -1, MINUS_INFINITY | NOT_A_NUMBER));
    expect(parts(ar.negate(set(-Infinity)))).toEqual([Infinity, -Infinity, PLUS_INFINITY]);
  });

  it("that is a product is the product of a negated factor, and can be fused", () => {
    // (1 + 2^-12)² = 1 + 2^-11 + 2^-24 loses its last bit unless it is fused.
    const x = 1 + 2 ** -12;
    for (const [choice, rest] of [
      ["left", -(2 ** -24)],
      ["none", 0],
    ] as const) {
      const ar = arithmetic({ ...KEPT, "contraction.momentum": [choice] });
      const sum = ar.add("momentum", ar.negate(ar.multiply(set(x), set(x))), set(1 + 2 ** -11));
      expect(parts(sum)).toEqual(is(rest, rest));
    }
  });
});
