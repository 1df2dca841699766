import { describe, expect, it } from "vitest";
import { type Evaluation, evaluationOf } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { MAX_FLOAT32, MIN_NORMAL, MIN_SUBNORMAL } from "../../float32/bits.js";
import { fma32 } from "../../float32/fma.js";
import { nextDown, nextUp } from "../../float32/neighbours.js";
import { describeSet, set } from "./__test-helpers__/one-set.js";
import { nextDown64, nextUp64 } from "./binary64.js";
import { BlockArena, FINITE, type IntervalBlock, MINUS_INFINITY, PLUS_INFINITY } from "./block.js";
import { IntervalArithmetic } from "./interval-arithmetic.js";

const BASE = evaluationOf(PINNED_EVALUATIONS["operation-by-operation"]);

function arithmetic(choices: Partial<Evaluation> = {}): IntervalArithmetic {
  return new IntervalArithmetic({ ...BASE, ...choices }, { arena: new BlockArena(1) });
}

/** "[lower, upper]", and the infinities and NaN of the set. */
const interval = (lower: number, upper: number, ...adjacent: number[]) =>
  describeSet(set(lower, upper, ...adjacent));
const point = (x: number) => interval(x, x);

/**
 * Sets of every kind, by the members at which an operation has its extremes: the ends, and what is next to zero
 * on either side of it.
 */
const POINTS = [[3], [0], [-0], [-0, 0], [MAX_FLOAT32], [-MAX_FLOAT32]];
const INTERVALS = [
  [1.5, nextUp(1.5)],
  [-3, -2],
  [0, MIN_SUBNORMAL, 2],
  [-2, -MIN_SUBNORMAL, -0],
  [-2, -MIN_SUBNORMAL, -0, 0, MIN_SUBNORMAL, 3],
];
const SPECIALS = [
  [Infinity],
  [-Infinity],
  [Number.NaN],
  [2, 5, Infinity],
  [-5, -2, -Infinity],
  [-0, 0, Infinity, -Infinity],
  [-Infinity, Number.NaN],
];
const SETS = [...POINTS, ...INTERVALS, ...SPECIALS];
/** Fewer, for sums of three operands. */
const ADDENDS = [
  [3],
  [0],
  [-0],
  [-0, 0],
  [-3, -2],
  [-2, -MIN_SUBNORMAL, -0, 0, MIN_SUBNORMAL, 3],
  [MAX_FLOAT32],
  [Infinity],
  [2, -Infinity],
  [Number.NaN],
];

function expectHull(got: IntervalBlock, results: readonly number[], label: string): void {
  const want = set(...results);
  // Where a member's result overflows, the interval goes up to the largest float32.
  if (want.flags[0] & FINITE) {
    if (want.flags[0] & PLUS_INFINITY && got.upper[0] === MAX_FLOAT32) want.include(0, MAX_FLOAT32);
    if (want.flags[0] & MINUS_INFINITY && got.lower[0] === -MAX_FLOAT32) want.include(0, -MAX_FLOAT32);
  }
  if (describeSet(got) !== describeSet(want)) expect(describeSet(got), label).toBe(describeSet(want));
}

describe("sets of every kind", () => {
  it("a sum, difference, product or quotient is the hull of what its members give", () => {
    const ar = arithmetic();
    const operations = [
      [ar.add.bind(ar, null), (p: number, q: number) => p + q, "+"],
      [ar.subtract.bind(ar, null), (p: number, q: number) => p - q, "-"],
      [ar.multiply.bind(ar), (p: number, q: number) => p * q, "*"],
      [ar.quotient.bind(ar), (p: number, q: number) => p / q, "/"],
    ] as const;
    for (const x of SETS) {
      for (const y of SETS) {
        for (const [operation, ofMembers, sign] of operations) {
          const results = x.flatMap((p) => y.map((q) => Math.fround(ofMembers(p, q))));
          expectHull(
            operation(set(...x), set(...y)),
            results,
            `${describeSet(set(...x))} ${sign} ${describeSet(set(...y))}`,
          );
        }
      }
    }
  });

  it("a product fused on the left of a sum or a difference is the hull of its fused members", () => {
    const ar = arithmetic({ "contraction.momentum": ["left"] });
    for (const x of ADDENDS) {
      for (const y of ADDENDS) {
        const product = ar.multiply(set(...x), set(...y));
        for (const z of ADDENDS) {
          const fused = (sign: number) => {
            const results: number[] = [];
            for (const p of x) for (const q of y) for (const r of z) results.push(fma32(p, q, sign * r));
            return results;
          };
          const label = `${describeSet(set(...x))} * ${describeSet(set(...y))}, ${describeSet(set(...z))}`;
          expectHull(ar.add("momentum", product, set(...z)), fused(1), `sum of ${label}`);
          expectHull(ar.subtract("momentum", product, set(...z)), fused(-1), `difference of ${label}`);
        }
      }
    }
  });

  it("a product of zeros of either sign keeps both when a zero is added to it", () => {
    const ar = arithmetic({ "contraction.momentum": ["left"] });
    for (const [x, y] of [
      [set(-0, 0), set(1)],
      [set(1), set(-0, 0)],
    ]) {
      expect(describeSet(ar.multiply(x, y))).toBe("[-0, 0]");
      expect(describeSet(ar.add("momentum", ar.multiply(x, y), set(-0)))).toBe("[-0, 0]");
      expect(describeSet(ar.subtract("momentum", ar.multiply(x, y), set(0)))).toBe("[-0, 0]");
    }
  });
});

describe("an end at the largest float32", () => {
  it("is no infinity, though the other end overflows", () => {
    const ar = arithmetic();
    const sum = (x: IntervalBlock, y: IntervalBlock) => describeSet(ar.add(null, x, y));
    const all = set(-MAX_FLOAT32, MAX_FLOAT32);
    expect(sum(all, set(0, MAX_FLOAT32))).toBe(interval(-MAX_FLOAT32, MAX_FLOAT32, Infinity));
    expect(sum(all, set(-MAX_FLOAT32, 0))).toBe(interval(-MAX_FLOAT32, MAX_FLOAT32, -Infinity));
    expect(sum(set(MAX_FLOAT32), set(0, MAX_FLOAT32))).toBe(interval(MAX_FLOAT32, MAX_FLOAT32, Infinity));
    expect(sum(set(-MAX_FLOAT32), set(-MAX_FLOAT32, 0))).toBe(
      interval(-MAX_FLOAT32, -MAX_FLOAT32, -Infinity),
    );
    expect(sum(set(MAX_FLOAT32), set(0))).toBe(point(MAX_FLOAT32));
    expect(sum(set(-MAX_FLOAT32), set(0))).toBe(point(-MAX_FLOAT32));
  });
});

describe("quotients with zeros and infinities", () => {
  const quotient = (x: IntervalBlock, y: IntervalBlock) => describeSet(arithmetic().quotient(x, y));

  it("by an infinity are zeros with the sign of the quotient", () => {
    for (const [dividend, byPlus, byMinus] of [
      [set(1), "[0, 0]", "[-0, -0]"],
      [set(0), "[0, 0]", "[-0, -0]"],
      [set(-0), "[-0, -0]", "[0, 0]"],
      [set(-1), "[-0, -0]", "[0, 0]"],
      [set(-1, 1), "[-0, 0]", "[-0, 0]"],
      [set(-1, -0), "[-0, -0]", "[0, 0]"],
      [set(0, 1), "[0, 0]", "[-0, -0]"],
    ] as const) {
      expect(quotient(dividend, set(Infinity))).toBe(byPlus);
      expect(quotient(dividend, set(-Infinity))).toBe(byMinus);
    }
  });

  it("of an infinity by a zero are the infinity that the zero's sign says", () => {
    expect(quotient(set(Infinity), set(0))).toBe("+inf");
    expect(quotient(set(Infinity), set(-0))).toBe("-inf");
    expect(quotient(set(-Infinity), set(0))).toBe("-inf");
    expect(quotient(set(-Infinity), set(-0))).toBe("+inf");
    expect(quotient(set(Infinity), set(0, 2))).toBe("+inf");
    expect(quotient(set(Infinity), set(-2, -0))).toBe("-inf");
  });

  it("of a zero by a zero are NaN and nothing else, and a zero end adds no infinity", () => {
    for (const zero of [set(0), set(-0), set(-0, 0)]) {
      expect(quotient(zero, set(0))).toBe("nan");
      expect(quotient(zero, set(-0))).toBe("nan");
    }
    expect(quotient(set(-1, 0), set(0))).toBe("-inf nan");
    expect(quotient(set(0, 1), set(-0))).toBe("-inf nan");
    expect(quotient(set(-1, 0), set(-0))).toBe("+inf nan");
  });
});

describe("approximate roots and quotients next to what is exact", () => {
  const HIGH: Partial<Evaluation> = { root: ["one-ulp-high"], division: ["one-ulp-high"] };
  const TWO_ULPS: Partial<Evaluation> = { root: ["within-two-ulps"], division: ["within-two-ulps"] };

  it("an exact zero at the end of an interval is not moved", () => {
    const high = arithmetic(HIGH);
    const ulps = arithmetic(TWO_ULPS);
    for (const zero of [0, -0]) {
      expect(describeSet(high.squareRoot(set(zero, 4)))).toBe(interval(zero, nextUp(2)));
      expect(describeSet(high.quotient(set(zero, 4), set(2)))).toBe(interval(zero, nextUp(2)));
      expect(describeSet(high.quotient(set(-4, zero), set(2)))).toBe(interval(-nextUp(2), zero));
      expect(describeSet(ulps.squareRoot(set(zero, 4)))).toBe(interval(zero, 2 + 2 ** -21));
      expect(describeSet(ulps.quotient(set(zero, 4), set(2)))).toBe(interval(zero, 2 + 2 ** -21));
      expect(describeSet(ulps.quotient(set(-4, zero), set(2)))).toBe(interval(-2 - 2 ** -21, zero));
    }
  });

  it("a quotient of either sign is moved away from zero at both ends", () => {
    const high = arithmetic(HIGH);
    const ulps = arithmetic(TWO_ULPS);
    expect(describeSet(high.quotient(set(-3, 5), set(1)))).toBe(interval(-nextUp(3), nextUp(5)));
    expect(describeSet(high.quotient(set(-3, 5), set(-1)))).toBe(interval(-nextUp(5), nextUp(3)));
    expect(describeSet(ulps.quotient(set(-3, 5), set(1)))).toBe(interval(-3 - 2 ** -21, 5 + 2 ** -20));
  });

  it("the reciprocal root of a zero is the infinity of its sign", () => {
    for (const choices of [{}, TWO_ULPS, { intermediates: ["binary64"] }] as Partial<Evaluation>[]) {
      const ar = arithmetic({ ...choices, quotient: ["reciprocal-root"], division: ["correct"] });
      const ofRoot = (x: number) => describeSet(ar.quotient(set(1), ar.squareRoot(set(x))));
      expect(ofRoot(0)).toBe("+inf");
      expect(ofRoot(-0)).toBe("-inf");
    }
  });

  it("a result that is kept is not moved: only float32s are some floats away", () => {
    const beyond = (division: Evaluation["division"]) => {
      const ar = arithmetic({ intermediates: ["wider"], division });
      return describeSet(ar.quotient(set(MAX_FLOAT32), set(0.25)));
    };
    // The kept quotient is 4·MAX; as a float32 it is infinite, and the float below that is the largest.
    expect(beyond(["correct", "one-ulp-high"])).toBe(interval(4 * MAX_FLOAT32, 4 * MAX_FLOAT32, Infinity));
    expect(beyond(["correct", "one-ulp-low"])).toBe(interval(MAX_FLOAT32, 4 * MAX_FLOAT32, Infinity));
    expect(beyond(["one-ulp-low"])).toBe(point(MAX_FLOAT32));
  });

  it("a kept quotient of points lies between the doubles on either side of it", () => {
    const ar = arithmetic({ intermediates: ["wider"] });
    // The double 1/3 is below a third, the double 5/3 above five.
    expect(3n * BigInt((1 / 3) * 2 ** 54)).toBeLessThan(2n ** 54n);
    expect(3n * BigInt((5 / 3) * 2 ** 52)).toBeGreaterThan(5n * 2n ** 52n);
    expect(describeSet(ar.quotient(set(1), set(3)))).toBe(interval(1 / 3, nextUp64(1 / 3)));
    expect(describeSet(ar.quotient(set(5), set(3)))).toBe(interval(nextDown64(5 / 3), 5 / 3));
    expect(describeSet(ar.quotient(set(1), set(-3)))).toBe(interval(-nextUp64(1 / 3), -1 / 3));
    expect(describeSet(ar.quotient(set(3), set(2)))).toBe(point(1.5));
  });
});

describe("flushing", () => {
  const flushed = arithmetic({ subnormals: ["kept", "flushed"] });
  const times1 = (...values: number[]) => describeSet(flushed.multiply(set(...values), set(1)));

  it("begins below the smallest normal number on either side", () => {
    for (const sign of [1, -1]) {
      const normal = sign * MIN_NORMAL;
      const below = sign * nextDown(MIN_NORMAL);
      expect(times1(normal)).toBe(point(normal));
      expect(times1(sign * 2)).toBe(point(sign * 2));
      expect(times1(below)).toBe(describeSet(set(below, -0, 0)));
      expect(times1(normal, sign * 2)).toBe(interval(normal, sign * 2));
      expect(times1(below, sign * 2)).toBe(describeSet(set(sign * 2, -0, 0)));
    }
  });

  it("leaves the sign of an exact zero, and gives both zeros where another number of the set may be flushed", () => {
    expect(times1(0)).toBe("[0, 0]");
    expect(times1(-0)).toBe("[-0, -0]");
    expect(describeSet(flushed.add(null, set(0), set(0)))).toBe("[0, 0]");
    expect(times1(0, MIN_SUBNORMAL)).toBe(interval(-0, MIN_SUBNORMAL));
    expect(times1(-MIN_SUBNORMAL, -0)).toBe(interval(-MIN_SUBNORMAL, 0));
  });

  it("looks at the exact fused sum, before it is rounded to the smallest normal number", () => {
    const ar = arithmetic({ subnormals: ["flushed-early"], "contraction.momentum": ["left"] });
    // −2^-126 + 2^-298 rounds to −2^-126 in binary64 too.
    const tiny = ar.multiply(set(MIN_SUBNORMAL), set(MIN_SUBNORMAL));
    expect(describeSet(ar.add("momentum", tiny, set(-MIN_NORMAL)))).toBe(interval(-MIN_NORMAL, 0));
    expect(describeSet(ar.subtract("momentum", tiny, set(-MIN_NORMAL)))).toBe(point(MIN_NORMAL));
    expect(describeSet(ar.subtract("momentum", tiny, set(MIN_NORMAL)))).toBe(interval(-MIN_NORMAL, 0));
  });

  it("gives both zeros where an approximate quotient that is not zero has been moved to zero", () => {
    const low = arithmetic({ subnormals: ["flushed"], division: ["one-ulp-low"] });
    expect(describeSet(low.quotient(set(MIN_SUBNORMAL), set(2 ** 11)))).toBe("[-0, 0]");
    expect(describeSet(low.quotient(set(-MIN_SUBNORMAL), set(2 ** 11)))).toBe("[-0, 0]");
    expect(describeSet(low.quotient(set(0), set(2 ** 11)))).toBe("[0, 0]");
  });
});

describe("scalars kept in binary64 with fused sums", () => {
  it("a product with a double on the left is rounded before the sum or difference", () => {
    const ar = arithmetic({ scalars: ["binary64"], "contraction.momentum": ["left"] });
    for (const factor of [9, nextUp(9), 11.25, -7]) {
      for (const z of [0.75, -2, Infinity, -Infinity]) {
        const rounded = Math.fround(0.1 * factor);
        const product = ar.multiply(set(0.1), set(factor));
        expect(describeSet(ar.add("momentum", product, set(z)))).toBe(
          describeSet(set(Math.fround(rounded + z))),
        );
        expect(describeSet(ar.subtract("momentum", product, set(z)))).toBe(
          describeSet(set(Math.fround(rounded - z))),
        );
      }
    }
  });

  it("a set of a double and a float32 is both fused and not, whichever of them is the lower end", () => {
    const [x, y, z] = [1 + 2 ** -12, 1 + 2 ** -12 + 2 ** -22, nextUp(1)];
    const fused = fma32(-x, y, z);
    const unfused = Math.fround(z - Math.fround(x * y));
    expect(unfused).toBeLessThan(fused);
    const ar = arithmetic({ scalars: ["binary64"], "contraction.parameter": ["right"] });
    for (const double of [x - 2 ** -50, x + 2 ** -50]) {
      // So near to x the double's product rounds as that of x does, and so does its sum.
      expect(Math.fround(double * y)).toBe(Math.fround(x * y));
      expect(Math.fround(z - double * y)).toBe(fused);
      const product = ar.multiply(set(x, double), set(y));
      expect(describeSet(ar.subtract("parameter", set(z), product))).toBe(interval(unfused, fused));
    }
    const alone = ar.subtract("parameter", set(z), ar.multiply(set(x - 2 ** -50), set(y)));
    expect(describeSet(alone)).toBe(point(unfused));
  });
});
