import { describe, expect, it } from "vitest";
import { type Evaluation, evaluationOf } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { MAX_FLOAT32, MIN_NORMAL, MIN_SUBNORMAL } from "../../float32/bits.js";
import { fma32 } from "../../float32/fma.js";
import { fromOrdinal, nextDown, ordinalOf } from "../../float32/neighbours.js";
import { parts, set } from "./__test-helpers__/one-set.js";
import { nextDown64 } from "./binary64.js";
import {
  BlockArena,
  FINITE,
  type IntervalBlock,
  MINUS_INFINITY,
  NOT_A_NUMBER,
  PLUS_INFINITY,
} from "./block.js";
import { LOWER, OutwardRounding, UPPER } from "./end-rounding.js";
import { IntervalArithmetic } from "./interval-arithmetic.js";
import {
  binary64Error,
  float32Error,
  lerpEnclosure,
  type RoundingError,
  twiceRoundedError,
} from "./lerp-enclosure.js";

const FLOAT32: Evaluation = {
  ...evaluationOf(PINNED_EVALUATIONS["operation-by-operation"]),
  "order.mean-square": ["lerp"],
  "order.mean-gradient": ["lerp"],
};
const BINARY64: Evaluation = { ...FLOAT32, intermediates: ["binary64"] };
const WIDER: Evaluation = { ...FLOAT32, intermediates: ["wider"] };
const EITHER: Evaluation = { ...FLOAT32, intermediates: ["float32", "binary64"] };
/** Modes by name, with the error of one operation in each. */
const MODES: Record<string, readonly [evaluation: Evaluation, error: RoundingError]> = {
  float32: [FLOAT32, float32Error],
  binary64: [BINARY64, binary64Error],
  wider: [WIDER, binary64Error],
  "float32 or kept": [EITHER, twiceRoundedError],
};
const MIRRORED: Partial<Evaluation> = {
  "order.mean-square": ["lerp-mirrored"],
  "order.mean-gradient": ["lerp-mirrored"],
};

function arithmetic(evaluation: Evaluation): IntervalArithmetic {
  return new IntervalArithmetic(evaluation, { arena: new BlockArena(1) });
}

const largest = (block: IntervalBlock) => Math.max(Math.abs(block.lower[0]), Math.abs(block.upper[0]));
const point = (x: number) => [x, x, FINITE];

const weightOf = (ar: IntervalArithmetic, w: number | IntervalBlock) =>
  typeof w === "number" ? ar.scalar(w) : w;

/** The lerp of a mean gradient from x towards y. */
function lerp(
  evaluation: Evaluation,
  x: IntervalBlock,
  y: IntervalBlock,
  w: number | IntervalBlock,
): number[] {
  const ar = arithmetic(evaluation);
  return parts(ar.weightedMean("mean-gradient", set(Number.NaN), weightOf(ar, w), x, [y]));
}

/** The same by naive intervals, which take x twice: one operation after the other. */
function naive(
  evaluation: Evaluation,
  x: IntervalBlock,
  y: IntervalBlock,
  w: number | IntervalBlock,
): number[] {
  const ar = arithmetic(evaluation);
  return parts(ar.add("mean-gradient", x, ar.multiply(weightOf(ar, w), ar.subtract(null, y, x))));
}

/**
 * What naive intervals leave of a lerp after it has been intersected with its enclosure.
 * @param fused whether the product is never rounded
 * @param unrounded magnitude of x where that is a product and may be fused into the sum, else −1
 */
function narrowed(
  evaluation: Evaluation,
  form: "lerp" | "mirrored",
  x: IntervalBlock,
  y: IntervalBlock,
  c: number,
  error: RoundingError,
  fused: boolean,
  unrounded = -1,
): { ends: number[]; tight: boolean } {
  const ar = arithmetic(evaluation);
  const site = "mean-gradient";
  const d = form === "lerp" ? ar.subtract(null, y, x) : ar.subtract(null, x, y);
  const m = ar.multiply(d, ar.scalar(c));
  const plain = form === "lerp" ? ar.add(site, x, m) : ar.subtract(site, x, m);
  const bounds = new Float64Array(2);
  const [e, f, g, h] = [x.lower[0], x.upper[0], y.lower[0], y.upper[0]];
  const product = fused ? -1 : largest(m);
  expect(lerpEnclosure(bounds, e, f, g, h, c, c, largest(d), product, unrounded, error)).toBe(true);
  let [lower, upper] = bounds;
  const choices: readonly string[] = evaluation.intermediates;
  if (choices.includes("float32")) {
    const kept = choices.length > 1;
    lower = kept ? Math.min(lower, Math.fround(lower)) : Math.fround(lower);
    upper = kept ? Math.max(upper, Math.fround(upper)) : Math.fround(upper);
  }
  const tight = lower > plain.lower[0] && upper < plain.upper[0];
  return { ends: [Math.max(lower, plain.lower[0]), Math.min(upper, plain.upper[0]), FINITE], tight };
}

const SETS: readonly (readonly [number, number])[] = [
  [1, 1.5],
  [1, 3],
  [-3, -1],
  [-1, 3],
  [-3, 1],
  [0.5, 4],
  [5, 5.5],
  [0.1, 0.7],
];
const TARGETS = [0, 3 * 2 ** -24, 5, -0.3];

describe("a lerp from a set is the intersection of naive intervals with the enclosure", () => {
  for (const [name, [evaluation, error]] of Object.entries(MODES)) {
    it(`in ${name}, plain and mirrored`, () => {
      let tight = 0;
      for (const ends of SETS) {
        for (const target of TARGETS) {
          const x = set(...ends.map(Math.fround));
          const y = set(Math.fround(target));
          for (const c of [0.25, 0.5, Math.fround(0.9)]) {
            const expected = narrowed(evaluation, "lerp", x, y, c, error, false);
            if (expected.tight) tight++;
            expect(lerp(evaluation, x, y, c), `${ends} ${target} ${c}`).toEqual(expected.ends);
          }
          // Mirrored where the weight is at least one half: the roles are changed, and the weight is 1 − w.
          const mirrored = { ...evaluation, ...MIRRORED };
          for (const w of [0.5, 0.75, Math.fround(0.9)]) {
            const expected = narrowed(evaluation, "mirrored", x, y, 1 - w, error, false);
            if (expected.tight) tight++;
            expect(lerp(mirrored, y, x, w), `${ends} ${target} ${w}`).toEqual(expected.ends);
          }
          const below = Math.fround(0.4);
          expect(lerp(mirrored, x, y, below)).toEqual(lerp(evaluation, x, y, below));
        }
      }
      expect(tight).toBeGreaterThan(100);
    });
  }

  it("by hand: from [1, 1.5] towards 0 with weight ¼", () => {
    const x = set(1, 1.5);
    // Naive: 1 − 1.5/4. Enclosed: ¾ less half an ulp of the difference, weighted, and one of the product, which
    // ends at the midpoint below ¾, moved outward.
    expect(naive(FLOAT32, x, set(0), 0.25)[0]).toBe(0.625);
    expect(lerp(FLOAT32, x, set(0), 0.25)[0]).toBe(0.75 - 2 ** -24);
    expect(lerp(EITHER, x, set(0), 0.25)[0]).toBe(0.75 - 2 ** -24);
    // In binary64 the errors are 0.375·2^-53 each. The affine part is moved by three times 2^-53, and the errors
    // together round to a fourth; the end is moved once more.
    const kept = lerp(BINARY64, x, set(0), 0.25);
    expect(kept[0]).toBe(0.75 - 5 * 2 ** -53);
    expect(lerp(WIDER, x, set(0), 0.25)).toEqual(kept);
    // Towards 20·2^-53 the bound is 5·2^-53 above the midpoint, of which four are given to outward moves.
    const lifted = 20 * 2 ** -53;
    expect(lerp(FLOAT32, x, set(lifted), 0.25)[0]).toBe(0.75);
    // Where results may also be rounded twice the error is greater by 2·2^-53: the bound is below the midpoint.
    expect(lerp(EITHER, x, set(lifted), 0.25)[0]).toBe(0.75 - 2 ** -24);
  });

  it("keeps unrounded results in addition to float32s where either is possible", () => {
    // ¾ − 2^-25 + 2^-47 would round up, and 1.125 + 2^-25 + 2^-47 down: the ends that were kept hold them.
    const [lower, upper] = lerp(EITHER, set(1, 1.5), set(2 ** -45), 0.25);
    expect([Math.fround(lower), Math.fround(upper)]).toEqual([0.75, 1.125]);
    expect(lower).toBeLessThan(0.75 - 2 ** -25 + 2 ** -47);
    expect(lower).toBeGreaterThan(0.75 - 2 ** -25);
    expect(upper).toBeGreaterThan(1.125 + 2 ** -25 + 2 ** -47);
    expect(upper).toBeLessThan(1.125 + 2 ** -24);
  });
});

describe("which roundings the enclosure counts", () => {
  const x = set(1, 1.5);
  type Axes = Partial<Pick<Evaluation, "contraction.mean-gradient" | "scalars" | "intermediates">>;
  /** A weight of which the lower end shows whether the product's error counts. */
  const DOUBLE = 0.3 + 0.3 * 2 ** -24;
  const cases: readonly (readonly [axes: Axes, weight: number, fused: boolean])[] = [
    [{}, 0.25, false],
    [{ "contraction.mean-gradient": ["right"] }, 0.25, true],
    [{ "contraction.mean-gradient": ["none", "right"] }, 0.25, false],
    [{ "contraction.mean-gradient": ["left"] }, 0.25, false],
    // A left choice that finds no product leaves the sum as it is.
    [{ "contraction.mean-gradient": ["left", "right"] }, 0.25, false],
    [{ "contraction.mean-gradient": ["right"], scalars: ["binary64"] }, 0.25, true],
    // A weight that is no float32 makes the product a double one, which is rounded and not fused.
    [{ "contraction.mean-gradient": ["right"], scalars: ["binary64"] }, DOUBLE, false],
    // Without double scalars every factor is taken exactly.
    [{ "contraction.mean-gradient": ["right"] }, DOUBLE, true],
    [{ "contraction.mean-gradient": ["right"], intermediates: ["binary64"] }, 0.25, false],
    [{ "contraction.mean-gradient": ["right"], intermediates: ["wider"] }, 0.25, false],
    [{ "contraction.mean-gradient": ["right"], intermediates: ["float32", "binary64"] }, 0.25, false],
  ];
  for (const [axes, weight, fused] of cases) {
    it(`the product's ${fused ? "not" : "too"}, with ${JSON.stringify(axes)} and ${weight}`, () => {
      const evaluation: Evaluation = { ...FLOAT32, ...axes };
      const choices = evaluation.intermediates;
      const error =
        choices.length > 1 ? twiceRoundedError : choices[0] === "float32" ? float32Error : binary64Error;
      const expected = narrowed(evaluation, "lerp", x, set(0), weight, error, fused);
      const other = narrowed(evaluation, "lerp", x, set(0), weight, error, !fused);
      expect(expected.tight).toBe(true);
      expect(other.ends).not.toEqual(expected.ends);
      expect(lerp(evaluation, x, set(0), weight)).toEqual(expected.ends);
    });
  }

  it("that of x, if x is a product that the last sum takes unrounded", () => {
    for (const ends of [
      [1, 1.5],
      [-1.5, -1],
    ]) {
      for (const choices of [["none"], ["left"], ["none", "left"], ["right"]] as const) {
        const evaluation: Evaluation = {
          ...FLOAT32,
          "order.mean-square": ["lerp-mirrored"],
          "contraction.mean-square": choices,
          "contraction.mean-gradient": choices,
        };
        const ar = arithmetic(evaluation);
        const factors = [set(...ends), set(1)] as const;
        const mean = ar.weightedMean("mean-square", set(Number.NaN), ar.scalar(0.75), set(0), factors);
        const target = ar.multiply(...factors);
        const taken = choices.some((choice) => choice === "left") ? 1.5 : -1;
        const fused = choices.some((choice) => choice === "right");
        const expected = narrowed(evaluation, "mirrored", target, set(0), 0.25, float32Error, fused, taken);
        expect(parts(mean), `${ends} ${choices}`).toEqual(expected.ends);
        const other = narrowed(
          evaluation,
          "mirrored",
          target,
          set(0),
          0.25,
          float32Error,
          fused,
          0.5 - taken,
        );
        expect(other.ends).not.toEqual(expected.ends);
      }
    }
  });
});

describe("where a lerp is left as naive intervals give it", () => {
  const everyMode = (check: (evaluation: Evaluation) => void) => {
    for (const [evaluation] of Object.values(MODES)) check(evaluation);
  };

  it("from a point, which may be used twice", () => {
    everyMode((evaluation) => {
      for (const [x, y] of [
        [1.5, 0],
        [1.7, -0.3],
        [0.9, 0.05],
      ]) {
        const [from, to] = [set(Math.fround(x)), set(Math.fround(y))];
        const c = Math.fround(0.9);
        expect(lerp(evaluation, from, to, c)).toEqual(naive(evaluation, from, to, c));
      }
    });
    // Ends that are moved outward by whole ulps can be wider than the enclosure, which counts halves: where x and the
    // product cancel, and the differences lie just below an end.
    const r = new OutwardRounding();
    const [x, y] = [1.25, -(2 ** -80)];
    for (let k = 1; k <= 8; k++) {
      const c = 1 - (k * 2 ** -24) / 3;
      const ends = [LOWER, UPPER].map((side) => r.sum(x, r.product(c, r.sum(y, -x, side), side), side));
      expect(lerp({ ...WIDER, scalars: ["binary64"] }, set(x), set(y), c)).toEqual([...ends, FINITE]);
    }
  });

  it("for a weight outside [0, 1], also after a lerp that was narrowed", () => {
    everyMode((evaluation) => {
      const ar = arithmetic(evaluation);
      const mean = (w: number) =>
        parts(ar.weightedMean("mean-gradient", set(0), ar.scalar(w), set(1, 2), [set(0)]));
      expect(mean(0.25)[0]).toBeGreaterThan(0.5);
      expect(mean(2)).toEqual([1 - 2 * 2, 2 - 2 * 1, FINITE]);
      expect(mean(-1)).toEqual([1 + 1, 2 + 2, FINITE]);
    });
  });

  it("with infinities and NaN in the set", () => {
    const adjacent = [
      // Naive intervals take x twice, and may take it as infinite once.
      [Number.POSITIVE_INFINITY, PLUS_INFINITY | MINUS_INFINITY | NOT_A_NUMBER],
      [Number.NEGATIVE_INFINITY, PLUS_INFINITY | MINUS_INFINITY | NOT_A_NUMBER],
      [Number.NaN, NOT_A_NUMBER],
    ] as const;
    everyMode((evaluation) => {
      for (const [special, flags] of adjacent) {
        const got = lerp(evaluation, set(1, 2, special), set(0), 0.25);
        expect(got).toEqual([0.5, 1.75, FINITE | flags]);
      }
      // Infinities of the target give infinities: the finite results are the same.
      const got = lerp(evaluation, set(1, 2), set(0, Infinity), 0.25);
      expect(got).toEqual([0.5, 1.75, FINITE | PLUS_INFINITY]);
    });
    // A difference that overflows.
    const over = lerp(FLOAT32, set(0, MAX_FLOAT32), set(-MAX_FLOAT32), 0.25);
    expect(over).toEqual(naive(FLOAT32, set(0, MAX_FLOAT32), set(-MAX_FLOAT32), 0.25));
    expect(over[2]).toBe(FINITE | MINUS_INFINITY);
  });

  it("where both are zero: the naive end knows its sign", () => {
    const evaluation: Evaluation = { ...FLOAT32, "contraction.mean-gradient": ["right"] };
    // In units of 2^-149 from [0, 2] towards 1: 0 + ¼·(1 − 2) rounds to −0, and the enclosure, at ⅛, to +0.
    const u = MIN_SUBNORMAL;
    expect(lerp(evaluation, set(0, 2 * u), set(u), 0.25)).toEqual([-0, 2 * u, FINITE]);
    expect(lerp(evaluation, set(-0, -2 * u), set(-u), 0.25)).toEqual([-2 * u, 0, FINITE]);
  });
});

describe("flushing in a lerp", () => {
  const u = MIN_NORMAL;
  const flushed = (evaluation: Evaluation): Evaluation => ({
    ...evaluation,
    subnormals: ["kept", "flushed"],
  });
  /** The mirror image about zero, of which the ends are checked too. */
  const both = (evaluation: Evaluation, x: readonly number[], y: number, w: number): number[] => {
    const [lower, upper] = lerp(evaluation, set(...x), set(y), w);
    const [below, above] = lerp(evaluation, set(...x.map((end) => -end)), set(-y), w);
    expect([-above, -below]).toEqual([lower, upper]);
    return [lower, upper];
  };

  it("loses 2^-126 in the difference, weighted, and in the product", () => {
    // (x + y)/2 ∓ 1.5 in units of 2^-126, from [16, 32] towards 8.
    const [lower, upper] = both(flushed(FLOAT32), [16 * u, 32 * u], 8 * u, 0.5);
    expect([lower / u, upper / u]).toEqual([10.5, 21.5]);
    // Without flushing less than a float is lost.
    const kept = both(FLOAT32, [16 * u, 32 * u], 8 * u, 0.5);
    expect(kept).toEqual([nextDown(12 * u), fromOrdinal(ordinalOf(20 * u) + 1)]);
    const doubles = both(flushed(BINARY64), [16 * u, 32 * u], 8 * u, 0.5);
    expect(doubles[0]).toBeLessThan(10.5 * u);
    expect(Math.fround(doubles[0])).toBe(10.5 * u);
  });

  it("reaches zero if the sum may be below 2^-126, and not if it cannot", () => {
    for (const mode of [FLOAT32, BINARY64, WIDER, EITHER]) {
      // The bounds are (x + y)/2 ∓ 1.5: a half below the least normal number, and a half above it.
      expect(both(flushed(mode), [4 * u, 32 * u], 0, 0.5)[0]).toBe(-0);
      const above = both(flushed(mode), [6 * u, 32 * u], 0, 0.5)[0];
      expect(Math.fround(above)).toBe(1.5 * u);
      // A set that ends between −2^-126 and 0 reaches zero upwards as well.
      const reaching = both(flushed(mode), [-32 * u, -4 * u], 0, 0.5);
      expect(reaching[1]).toBe(0);
      expect(both(flushed(mode), [-32 * u, -6 * u], 0, 0.5)[1]).toBeLessThan(-u);
      // A bound below 2^-126 stays where nothing is flushed.
      const tiny = both(mode, [u / 4, u], u / 4, 0.5);
      expect(tiny[0]).toBeGreaterThan(u / 8);
    }
  });

  it("does not reach zero from 2^-126 itself, but from the number below", () => {
    // (x + y)/2 − 1.5, moved outward, is 2^-126 for the first of these doubles, and less for the second.
    const least = 5 * u + 2 ** -174;
    expect(both(flushed(BINARY64), [least, 32 * u], 0, 0.5)[0]).toBe(u);
    expect(both(flushed(BINARY64), [nextDown64(least), 32 * u], 0, 0.5)[0]).toBe(-0);
  });
});

describe("the weighted mean as two terms", () => {
  const FIRST: Evaluation = { ...FLOAT32, "order.mean-square": ["weight-first"] };
  const fresh = (evaluation: Evaluation, x: IntervalBlock, y: IntervalBlock): number[] => {
    const ar = arithmetic(evaluation);
    return parts(ar.weightedMean("mean-square", set(0), set(0.5), set(0), [x, y]));
  };

  it("weight first takes a gradient as one number wherever it stands, so that its square is not negative", () => {
    const g = set(-1, 2);
    expect(fresh(FIRST, g, g)).toEqual([0, 2, FINITE]);
    // 0·∞ would need a gradient that is both.
    const far = set(0, Infinity);
    expect(fresh(FIRST, far, far)).toEqual([0, 0, FINITE | PLUS_INFINITY]);
  });

  it("and two different factors as two", () => {
    expect(fresh(FIRST, set(-1, 2), set(3, 4))).toEqual([-2, 4, FINITE]);
    expect(fresh(FIRST, set(0), set(Infinity))[2]).toBe(NOT_A_NUMBER);
    expect(fresh(FIRST, set(-1, 2), set(-1, 2))).toEqual([-1, 2, FINITE]);
  });
});

describe("1 − w of a mirrored lerp", () => {
  const f = Math.fround;
  // Towards 0 the result is x⊗(1 ⊖ w).
  const mean = (scalars: Evaluation["scalars"], w: number, x: number) =>
    lerp({ ...FLOAT32, ...MIRRORED, scalars }, set(x), set(0), w);
  const starts = Array.from({ length: 40 }, (_, k) => fromOrdinal(ordinalOf(1.5) + k));

  it("is a double where scalars are", () => {
    for (const x of starts) expect(mean(["binary64"], 0.9, x)).toEqual(point(f(x * (1 - 0.9))));
    expect(starts.some((x) => f(x * (1 - 0.9)) !== f(x * f(1 - 0.9)))).toBe(true);
  });

  it("is a float32 where scalars are", () => {
    // 1 + ½ + 2^-24 is a tie, and 1.5 is even.
    const w = -0.5 - 2 ** -24;
    for (const x of starts) expect(mean(["float32"], w, x)).toEqual(point(f(x * 1.5)));
    expect(starts.some((x) => f(x * 1.5) !== f(x * (1 - w)))).toBe(true);
  });
});

describe("fusing", () => {
  const [x, y] = [1 + 2 ** -12, 1 + 2 ** -12 + 2 ** -23];
  const z = -(1 + 2 ** -23);

  it("happens at sites only", () => {
    const fusedEverywhere: Evaluation = {
      ...FLOAT32,
      "contraction.momentum": ["left", "right"],
      "contraction.mean-gradient": ["left", "right"],
    };
    const ar = arithmetic(fusedEverywhere);
    const unfused = Math.fround(Math.fround(x * y) + z);
    expect(unfused).not.toBe(fma32(x, y, z));
    expect(parts(ar.add(null, ar.multiply(set(x), set(y)), set(z)))).toEqual(point(unfused));
    expect(parts(ar.add(null, set(z), ar.multiply(set(x), set(y))))).toEqual(point(unfused));
    expect(parts(ar.subtract(null, set(-z), ar.multiply(set(x), set(y))))).toEqual(point(-unfused));
  });

  it("is a choice in addition to the rounded product where doubles are kept, whatever scalars are", () => {
    // 3·0.1 is rounded up in binary64, to what is 2^-54 more; less 0.3 that leaves 2^-54, or 2^-55 if fused.
    const fused = 2 ** -55;
    const rounded = 2 ** -54;
    for (const scalars of [["float32"], ["binary64"]] as const) {
      for (const choice of ["left", "right"] as const) {
        const ar = arithmetic({ ...BINARY64, scalars, "contraction.momentum": [choice] });
        const product = ar.multiply(set(3), set(0.1));
        const sum =
          choice === "left" ? ar.add("momentum", product, set(-0.3)) : ar.add("momentum", set(-0.3), product);
        expect(parts(sum)).toEqual([fused, rounded, FINITE]);
      }
    }
  });

  it("takes factors exactly where no scalar is kept in binary64", () => {
    const ar = arithmetic({ ...FLOAT32, "contraction.momentum": ["left"] });
    let differ = 0;
    for (let k = 0; k < 40; k++) {
      const factor = fromOrdinal(ordinalOf(9) + k);
      const sum = ar.add("momentum", ar.multiply(set(0.1), set(factor)), set(-1));
      const fused = Math.fround(0.1 * factor - 1);
      expect(parts(sum)).toEqual(point(fused));
      if (Math.fround(Math.fround(0.1 * factor) - 1) !== fused) differ++;
    }
    expect(differ).toBeGreaterThan(0);
  });
});

describe("a weight that is kept in binary64", () => {
  it("makes a product that is rounded twice, which the narrowed end allows for", () => {
    const cast: Evaluation = { ...FLOAT32, scalars: ["binary64"] };
    // 0.75·c is a double just above the midpoint of two float32s, and rounds to it first.
    const weight = 1 - 357913942 * 2 ** -53;
    const alone = lerp(cast, set(0.75), set(2 ** -25), weight);
    expect(alone).toEqual(point(0));
    const [lower, upper] = lerp(cast, set(0.75, 0.875), set(2 ** -25), weight);
    expect(lower).toBeLessThanOrEqual(0);
    expect(upper).toBeGreaterThan(0);
  });
});
