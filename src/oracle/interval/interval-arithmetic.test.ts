import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Evaluation, evaluationOf } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { fromBits, MAX_FLOAT32, MIN_NORMAL, MIN_SUBNORMAL } from "../../float32/bits.js";
import { fma32 } from "../../float32/fma.js";
import { fromOrdinal, nextDown, nextUp, ordinalOf } from "../../float32/neighbours.js";
import { describeSet, kept, set } from "./__test-helpers__/one-set.js";
import {
  accepts,
  BlockArena,
  FINITE,
  IntervalBlock,
  MINUS_INFINITY,
  NOT_A_NUMBER,
  PLUS_INFINITY,
} from "./block.js";
import { IntervalArithmetic, type IntervalOptions } from "./interval-arithmetic.js";

const BASE = evaluationOf(PINNED_EVALUATIONS["operation-by-operation"]);
const EITHER: Evaluation = { ...BASE, intermediates: ["float32", "binary64"] };

function arithmetic(
  evaluation: Evaluation = BASE,
  options: Partial<IntervalOptions> = {},
): IntervalArithmetic {
  return new IntervalArithmetic(evaluation, { arena: new BlockArena(1), ...options });
}

/** All float32s of an interval, −0 and +0 apart, and the infinities and NaN of the set. */
interface Members {
  readonly values: readonly number[];
}

const special = fc.constantFrom(0, -0, Infinity, -Infinity, Number.NaN);
const start = fc.oneof(
  fc.constantFrom(0, MIN_SUBNORMAL, -2 * MIN_SUBNORMAL, MIN_NORMAL, 1, -1, 1.5, 3, 4097, 8193, -MAX_FLOAT32),
  fc.constantFrom(
    nextDown(MAX_FLOAT32),
    nextDown(nextDown(MAX_FLOAT32)),
    2 ** 64,
    2 ** -75,
    -(2 ** -74),
    2 ** 63.5,
  ),
  fc.integer({ min: 0, max: 0xffffffff }).map(fromBits).filter(Number.isFinite),
);
const members: fc.Arbitrary<Members> = fc
  .tuple(start, fc.integer({ min: 0, max: 4 }), fc.array(special, { maxLength: 2 }))
  .map(([from, count, adjacent]) => {
    const values: number[] = [];
    for (let k = 0; k <= count; k++) {
      const x = fromOrdinal(Math.min(ordinalOf(MAX_FLOAT32), ordinalOf(Math.fround(from)) + k));
      values.push(x);
      if (x === 0) values.push(-0);
    }
    // Zeros join the interval only next to it; far ones would add members that are not listed.
    for (const b of adjacent) if (b !== 0 || Math.abs(values[0]) <= MIN_SUBNORMAL) values.push(b);
    // An interval from −0 upwards holds +0 too, and one up to +0 holds −0.
    const finite = values.filter(Number.isFinite);
    if (finite.some((x) => Object.is(x, -0)) && finite.some((x) => x > 0)) values.push(0);
    if (finite.some((x) => Object.is(x, 0)) && finite.some((x) => x < 0)) values.push(-0);
    return { values };
  })
  // Listed members must be all members.
  .filter(({ values }) => {
    const finite = values.filter(Number.isFinite).map(ordinalOf);
    return new Set(finite).size === Math.max(...finite) - Math.min(...finite) + 1;
  });

/** The set of an operation is the hull of the results of all members: nothing is missing and nothing is wide. */
function expectHull(block: IntervalBlock, results: readonly number[], label: string): void {
  const expected = set(...results);
  const got = describeSet(block);
  // Where some results overflow, the interval over the reals passes the largest float, whether or not a
  // member's result is that float.
  if (expected.flags[0] & FINITE) {
    const { flags } = expected;
    if (flags[0] & PLUS_INFINITY && block.upper[0] === MAX_FLOAT32) expected.include(0, MAX_FLOAT32);
    if (flags[0] & MINUS_INFINITY && block.lower[0] === -MAX_FLOAT32) expected.include(0, -MAX_FLOAT32);
  }
  const want = describeSet(expected);
  if (got !== want) expect(got, label).toBe(want);
}

describe("float32 operations on all members of small sets", () => {
  const options = { seed: 99, numRuns: 1500 };

  it("sums, differences and products are the hull of what their members give", () => {
    fc.assert(
      fc.property(members, members, (x, y) => {
        const ar = arithmetic();
        const [a, b] = [set(...x.values), set(...y.values)];
        const all = (f: (p: number, q: number) => number) =>
          x.values.flatMap((p) => y.values.map((q) => Math.fround(f(p, q))));
        expectHull(
          ar.add(null, a, b),
          all((p, q) => p + q),
          `${describeSet(a)} + ${describeSet(b)}`,
        );
        expectHull(
          ar.subtract(null, a, b),
          all((p, q) => p - q),
          `${describeSet(a)} - ${describeSet(b)}`,
        );
        expectHull(
          ar.multiply(a, b),
          all((p, q) => p * q),
          `${describeSet(a)} * ${describeSet(b)}`,
        );
        expectHull(
          ar.multiply(a, a),
          x.values.map((p) => Math.fround(p * p)),
          `${describeSet(a)} squared`,
        );
        expectHull(ar.maximum(a, b), all(Math.max), `max ${describeSet(a)} ${describeSet(b)}`);
        expectHull(ar.minimum(a, b), all(Math.min), `min ${describeSet(a)} ${describeSet(b)}`);
        expectHull(
          ar.negate(a),
          x.values.map((p) => -p),
          `- ${describeSet(a)}`,
        );
      }),
      options,
    );
  });

  it("quotients and roots too, with signed zeros and infinities", () => {
    fc.assert(
      fc.property(members, members, (x, y) => {
        const ar = arithmetic();
        const [a, b] = [set(...x.values), set(...y.values)];
        const quotients = x.values.flatMap((p) => y.values.map((q) => Math.fround(p / q)));
        expectHull(ar.quotient(a, b), quotients, `${describeSet(a)} / ${describeSet(b)}`);
        expectHull(
          ar.squareRoot(a),
          x.values.map((p) => Math.fround(Math.sqrt(p))),
          `√ ${describeSet(a)}`,
        );
        const viaRoot = arithmetic({ ...BASE, quotient: ["reciprocal-root"] });
        const reciprocals = x.values.map((p) => Math.fround(1 / Math.sqrt(p)));
        expectHull(viaRoot.quotient(set(1), viaRoot.squareRoot(a)), reciprocals, `1/√ ${describeSet(a)}`);
      }),
      options,
    );
  });

  it("a fused product is the hull of its fused members, and contraction choices are joined", () => {
    fc.assert(
      fc.property(members, members, members, (x, y, z) => {
        const [a, b, c] = [set(...x.values), set(...y.values), set(...z.values)];
        const fused: number[] = [];
        const unfused: number[] = [];
        for (const p of x.values) {
          for (const q of y.values) {
            for (const r of z.values) {
              fused.push(fma32(-p, q, r));
              unfused.push(Math.fround(r - Math.fround(p * q)));
            }
          }
        }
        const label = `${describeSet(c)} - ${describeSet(a)} * ${describeSet(b)}`;
        const right = arithmetic({ ...BASE, "contraction.parameter": ["right"] });
        expectHull(right.subtract("parameter", c, right.multiply(a, b)), fused, label);
        const none = arithmetic();
        expectHull(none.subtract("parameter", c, none.multiply(a, b)), unfused, label);
        const both = arithmetic({ ...BASE, "contraction.parameter": ["none", "right"] });
        expectHull(both.subtract("parameter", c, both.multiply(a, b)), [...fused, ...unfused], label);
      }),
      { seed: 5, numRuns: 700 },
    );
  });
});

describe("points stay points", () => {
  const isPoint = (block: IntervalBlock) =>
    block.flags[0] !== FINITE || Object.is(block.lower[0], block.upper[0]);
  const any = fc.integer({ min: 0, max: 0xffffffff }).map(fromBits);

  it("through every operation in float32 and in pinned binary64", () => {
    for (const evaluation of [BASE, { ...BASE, intermediates: ["binary64"] } as Evaluation]) {
      fc.assert(
        fc.property(any, any, any, (x, y, z) => {
          const ar = arithmetic(evaluation);
          const [a, b, c] = [set(x), set(y), set(z)];
          const product = ar.multiply(a, b);
          const results = [
            product,
            ar.add(null, a, b),
            ar.quotient(a, b),
            ar.squareRoot(a),
            ar.maximum(a, b),
          ];
          results.push(ar.add("momentum", product, c), ar.scaledQuotient(a, b, c));
          results.push(ar.weightedMean("mean-square", a, b, c, [a, a]));
          for (const block of results) expect(isPoint(block)).toBe(true);
          for (const block of results) expect([1, 2, 4, 8]).toContain(block.flags[0]);
        }),
        { seed: 17, numRuns: 500 },
      );
    }
  });

  it("at fused sums whose double is a midpoint", () => {
    // 1 + 2^-24 is the midpoint above 1; 2^-100 decides to which side.
    const ar = arithmetic({ ...BASE, "contraction.momentum": ["left"] });
    for (const [tiny, expected] of [
      [2 ** -100, nextUp(1)],
      [-(2 ** -100), 1],
    ]) {
      const product = ar.multiply(set(tiny), set(1));
      // The addend has to be a midpoint itself, which only a kept double can be.
      const sum = ar.add("momentum", product, set(1 + 2 ** -24));
      expect(describeSet(sum)).toBe(`[${expected}, ${expected}]`);
    }
    // All three are float32s here: (1 + 2^-12)² = 1 + 2^-11 + 2^-24 is a midpoint; the sums are ±2^-100 away from it.
    for (const [tiny, expected] of [
      [2 ** -100, 1 + 2 ** -11 + 2 ** -23],
      [-(2 ** -100), 1 + 2 ** -11],
    ]) {
      const product = ar.multiply(set(1 + 2 ** -12), set(1 + 2 ** -12));
      const sum = ar.add("momentum", product, set(tiny));
      expect(describeSet(sum)).toBe(`[${expected}, ${expected}]`);
    }
  });

  it("at the overflow threshold and at subnormal midpoints", () => {
    const ar = arithmetic({ ...BASE, "contraction.momentum": ["left"] });
    const atThreshold = (tiny: number) =>
      describeSet(ar.add("momentum", ar.multiply(set(2 ** 64), set(2 ** 64 * (1 - 2 ** -24))), set(tiny)));
    // 2^64·2^64·(1 − 2^-24) = 2^128 − 2^104; the addend brings it to the threshold 2^128 − 2^103.
    expect(atThreshold(2 ** 103)).toBe("+inf");
    expect(atThreshold(nextDown(2 ** 103))).toBe(`[${MAX_FLOAT32}, ${MAX_FLOAT32}]`);
    const product = (x: number, y: number) => describeSet(ar.multiply(set(x), set(y)));
    expect(product(2 ** -75, 2 ** -75)).toBe("[0, 0]");
    expect(product(2 ** -75, nextUp(2 ** -75))).toBe(`[${MIN_SUBNORMAL}, ${MIN_SUBNORMAL}]`);
    expect(product(3 * 2 ** -75, 2 ** -75)).toBe(`[${2 * MIN_SUBNORMAL}, ${2 * MIN_SUBNORMAL}]`);
    expect(product(-3 * 2 ** -75, nextDown(2 ** -75))).toBe(`[${-MIN_SUBNORMAL}, ${-MIN_SUBNORMAL}]`);
  });
});

describe("specials are kept apart from the finite interval", () => {
  it("an overflow does not widen the interval to infinity", () => {
    const ar = arithmetic();
    const sum = ar.add(null, set(1, MAX_FLOAT32), set(MAX_FLOAT32));
    expect(describeSet(sum)).toBe(`[${MAX_FLOAT32}, ${MAX_FLOAT32}] +inf`);
    expect(describeSet(ar.subtract(null, sum, sum))).toBe("[0, 0] +inf -inf nan");
  });

  it("a root of an interval that reaches below zero is [0, √hi] and may be NaN", () => {
    const ar = arithmetic();
    expect(describeSet(ar.squareRoot(set(-3, 4)))).toBe("[-0, 2] nan");
    expect(describeSet(ar.squareRoot(set(-3, -1)))).toBe("nan");
    expect(describeSet(ar.squareRoot(set(0, 4, Infinity)))).toBe("[0, 2] +inf");
  });

  it("a divisor that contains zero gives infinities, and NaN where the dividend may be zero", () => {
    const ar = arithmetic();
    expect(ar.quotient(set(1), set(0, 2)).flags[0]).toBe(FINITE | PLUS_INFINITY);
    expect(ar.quotient(set(1), set(-2, 2)).flags[0]).toBe(FINITE | PLUS_INFINITY | MINUS_INFINITY);
    expect(ar.quotient(set(0, 1), set(0, 2)).flags[0]).toBe(FINITE | PLUS_INFINITY | NOT_A_NUMBER);
    expect(describeSet(ar.quotient(set(-1), set(0)))).toBe("-inf");
    expect(describeSet(ar.quotient(set(-1), set(-0)))).toBe("+inf");
    expect(describeSet(ar.quotient(set(2 ** -140), set(0, 2)))).toBe(`[${2 ** -141}, 512] +inf`);
  });

  it("every class is accepted by its flag only, and either zero by an interval that contains 0", () => {
    const block = set(-1, 0, Infinity);
    expect([0, -0, -1, -0.5, Infinity].every((x) => accepts(block, 0, x))).toBe(true);
    expect([1, nextDown(-1), -Infinity, Number.NaN].some((x) => accepts(block, 0, x))).toBe(false);
    const empty = set(Number.NaN);
    expect([0, 1, Infinity].some((x) => accepts(empty, 0, x))).toBe(false);
    expect(accepts(empty, 0, fromBits(0xffc12345))).toBe(true);
  });
});

describe("freedoms of single operations", () => {
  it("roots within one float: zero and infinity stay, and no root falls below zero", () => {
    const ar = arithmetic({ ...BASE, root: ["correct", "one-ulp-low", "one-ulp-high"] });
    expect(describeSet(ar.squareRoot(set(4)))).toBe(`[${nextDown(2)}, ${nextUp(2)}]`);
    expect(describeSet(ar.squareRoot(set(0)))).toBe("[0, 0]");
    expect(describeSet(ar.squareRoot(set(Infinity)))).toBe("+inf");
    const high = arithmetic({ ...BASE, root: ["one-ulp-high"] });
    expect(describeSet(high.squareRoot(set(4)))).toBe(`[${nextUp(2)}, ${nextUp(2)}]`);
  });

  it("roots within two ulps: at a power of two these are four floats down", () => {
    const ar = arithmetic({
      ...BASE,
      root: ["within-two-ulps"],
      "reciprocal-root": ["within-two-ulps"],
      quotient: ["reciprocal-root"],
    });
    expect(describeSet(ar.squareRoot(set(4)))).toBe(`[${2 - 2 ** -21}, ${2 + 2 ** -21}]`);
    expect(describeSet(ar.squareRoot(set(9)))).toBe(`[${3 - 2 ** -21}, ${3 + 2 ** -21}]`);
    expect(describeSet(ar.squareRoot(set(0)))).toBe("[0, 0]");
    expect(describeSet(ar.squareRoot(set(Infinity)))).toBe("+inf");
    const reciprocal = ar.quotient(set(1), ar.squareRoot(set(4)));
    expect(describeSet(reciprocal)).toBe(`[${0.5 - 2 ** -23}, ${0.5 + 2 ** -23}]`);
    const wider = arithmetic({ ...BASE, intermediates: ["wider"], root: ["within-two-ulps"] });
    expect(describeSet(wider.squareRoot(set(4)))).toBe(`[${2 - 2 ** -21}, ${2 + 2 ** -21}]`);
  });

  it("an interval that ends below a power of two reaches as far as the power of two does", () => {
    const ar = arithmetic({ ...BASE, division: ["within-two-ulps"] });
    const below = nextDown(1);
    expect(describeSet(ar.quotient(set(below), set(1)))).toBe(`[${1 - 3 * 2 ** -24}, ${1 + 2 ** -23}]`);
    expect(describeSet(ar.quotient(set(below, 1), set(1)))).toBe(`[${1 - 2 ** -22}, ${1 + 2 ** -22}]`);
    expect(describeSet(ar.quotient(set(-1, -below), set(1)))).toBe(`[${-1 - 2 ** -22}, ${-1 + 2 ** -22}]`);
  });

  it("quotients within two ulps keep their sign, and what is exact", () => {
    const ar = arithmetic({ ...BASE, division: ["within-two-ulps"] });
    // At a power of two the floats below are half as far away.
    expect(describeSet(ar.quotient(set(3), set(3)))).toBe(`[${1 - 2 ** -22}, ${1 + 2 ** -22}]`);
    expect(describeSet(ar.quotient(set(-3), set(3)))).toBe(`[${-1 - 2 ** -22}, ${-1 + 2 ** -22}]`);
    expect(describeSet(ar.quotient(set(5), set(4)))).toBe(`[${1.25 - 2 ** -22}, ${1.25 + 2 ** -22}]`);
    expect(describeSet(ar.quotient(set(0), set(3)))).toBe("[0, 0]");
    expect(describeSet(ar.quotient(set(1), set(0)))).toBe("+inf");
    expect(describeSet(ar.quotient(set(MIN_SUBNORMAL), set(4)))).toBe(`[0, ${2 * MIN_SUBNORMAL}]`);
    expect(describeSet(ar.quotient(set(MAX_FLOAT32), set(1)))).toBe(
      `[${nextDown(nextDown(MAX_FLOAT32))}, ${MAX_FLOAT32}] +inf`,
    );
  });

  it("kept or rounded: the hull of the exact result, moved outward to doubles, and its float32", () => {
    const ar = arithmetic(EITHER);
    const sum = ar.add(null, set(1), set(2 ** -60));
    expect([sum.lower[0], sum.upper[0]]).toEqual([1, 1 + 2 ** -52]);
    const product = ar.multiply(set(1 + 2 ** -12), set(1 + 2 ** -12));
    expect([product.lower[0], product.upper[0]]).toEqual([1 + 2 ** -11, 1 + 2 ** -11 + 2 ** -24]);
    // Overflow in float32 only: the kept double stays, and infinity is added.
    expect(describeSet(ar.add(null, set(MAX_FLOAT32), set(MAX_FLOAT32)))).toBe(
      `[${2 * MAX_FLOAT32}, ${2 * MAX_FLOAT32}] +inf`,
    );
    // A cast of the kept double 1 + 2^-24 gives 1, the exact sum gives the float above.
    const cast = ar.add(null, set(1 + 2 ** -24), set(2 ** -100));
    expect([cast.lower[0], cast.upper[0]]).toEqual([1, nextUp(1)]);
  });

  it("wider: ends moved outward to doubles, rounded to float32 by a store only", () => {
    const ar = arithmetic({ ...BASE, intermediates: ["wider"] });
    const sum = ar.add(null, set(1), set(2 ** -60));
    expect([sum.lower[0], sum.upper[0]]).toEqual([1, 1 + 2 ** -52]);
    // Long doubles hold 1 + 2^-24 + 2^-60, which is stored as the float above; doubles lose what decides.
    const stored = ar.store("parameter", ar.add(null, set(1 + 2 ** -24), set(2 ** -60)));
    expect(describeSet(ar.stored.get("parameter")!)).toBe(`[1, ${nextUp(1)}]`);
    expect(stored.upper[0]).toBeGreaterThanOrEqual(nextUp(1));
    expect(describeSet(ar.add(null, set(MAX_FLOAT32), set(MAX_FLOAT32)))).toBe(
      `[${2 * MAX_FLOAT32}, ${2 * MAX_FLOAT32}]`,
    );
  });

  it("flushed: ±0 in addition to every result below 2^-126, also one that rounds up to it", () => {
    const ar = arithmetic({ ...BASE, subnormals: ["kept", "flushed"] });
    const product = (x: number, y: number) => describeSet(ar.multiply(set(x), set(y)));
    expect(product(MIN_NORMAL, 0.5)).toBe(`[-0, ${MIN_NORMAL / 2}]`);
    expect(product(MIN_NORMAL * (1 + 2 ** -23), 1 - 2 ** -23)).toBe(`[-0, ${MIN_NORMAL}]`);
    expect(product(MIN_NORMAL, 1)).toBe(`[${MIN_NORMAL}, ${MIN_NORMAL}]`);
    expect(describeSet(ar.load(set(-MIN_SUBNORMAL)))).toBe(`[${-MIN_SUBNORMAL}, 0]`);
    const near = arithmetic({
      ...BASE,
      subnormals: ["flushed"],
      division: ["correct", "one-ulp-low", "one-ulp-high"],
    });
    expect(describeSet(near.quotient(set(MIN_NORMAL), set(1)))).toBe(`[-0, ${nextUp(MIN_NORMAL)}]`);
    // Tininess may be looked for before the quotient is moved.
    const high = arithmetic({ ...BASE, subnormals: ["flushed-early"], division: ["one-ulp-high"] });
    expect(describeSet(high.quotient(set(MIN_NORMAL * (1 - 2 ** -23)), set(1)))).toBe(`[-0, ${MIN_NORMAL}]`);
    // A root that is some floats off is a float32 operation even where doubles are kept.
    const low = arithmetic({
      ...BASE,
      intermediates: ["binary64"],
      subnormals: ["flushed"],
      root: ["one-ulp-low"],
    });
    expect(describeSet(low.squareRoot(set(2 ** -280)))).toBe(`[-0, ${nextDown(2 ** -140)}]`);
  });
});

describe("scalars kept in binary64 among float32 operations", () => {
  const doubles = (contraction: Evaluation["contraction.parameter"]): IntervalArithmetic =>
    arithmetic({ ...BASE, scalars: ["binary64"], "contraction.parameter": contraction });

  it("round to binary64 and then to float32, as a cast does", () => {
    // For a significand that is an odd multiple of 5, 0.9·x is nearly a midpoint and its nearest double is one.
    const factors = Array.from({ length: 40 }, (_, k) => fromOrdinal(ordinalOf(1.5) + k));
    const ar = doubles(["none"]);
    for (const x of factors) {
      const product = Math.fround(x * 0.9);
      expect(describeSet(ar.multiply(set(x), set(0.9)))).toBe(`[${product}, ${product}]`);
    }
    const once = factors.map((x) => arithmetic().multiply(set(x), set(0.9)).lower[0]);
    expect(once).not.toEqual(factors.map((x) => Math.fround(x * 0.9)));
  });

  it("are not fused, but float32 factors next to them are", () => {
    const [x, y] = [1 + 2 ** -12, 1 + 2 ** -12 + 2 ** -23];
    const z = nextUp(1);
    const fused = fma32(-x, y, z);
    const unfused = Math.fround(z - Math.fround(x * y));
    expect(fused).not.toBe(unfused);
    const ar = doubles(["right"]);
    const minus = (a: IntervalBlock, b: IntervalBlock) => ar.subtract("parameter", set(z), ar.multiply(a, b));
    expect(describeSet(minus(set(x), set(y)))).toBe(`[${fused}, ${fused}]`);
    let fusingWouldDiffer = 0;
    for (let k = 0; k < 40; k++) {
      const factor = fromOrdinal(ordinalOf(9) + k);
      const scaled = Math.fround(z - Math.fround(0.1 * factor));
      expect(describeSet(minus(set(0.1), set(factor)))).toBe(`[${scaled}, ${scaled}]`);
      if (Math.fround(z - 0.1 * factor) !== scaled) fusingWouldDiffer++;
    }
    expect(fusingWouldDiffer).toBeGreaterThan(0);
    // A clipped gradient may be the float32 x or the double bound just above it.
    const bound = x + 2 ** -40;
    const mixed = minus(set(x, bound), set(y));
    for (const result of [fused, Math.fround(z - Math.fround(bound * y))]) {
      expect(accepts(mixed, 0, result)).toBe(true);
    }
  });
});

describe("store", () => {
  const observed = (value: number) => ({ observed: () => [value] });

  it("gives back what was observed where every operation rounds to float32", () => {
    const ar = arithmetic(BASE, observed(7));
    expect(describeSet(ar.store("square_avg", set(1, 2)))).toBe("[7, 7]");
    expect(describeSet(ar.stored.get("square_avg") as IntervalBlock)).toBe("[1, 2]");
    expect(describeSet(arithmetic(BASE, observed(Number.NaN)).store("square_avg", set(1)))).toBe("nan");
  });

  it("gives back the part of the unrounded set that rounds to the observed value, and that value", () => {
    const ar = arithmetic(EITHER, observed(1));
    const tight = ar.store("square_avg", kept(1 + 2 ** -30, 2));
    expect([tight.lower[0], tight.upper[0]]).toEqual([1, 1 + 2 ** -24]);
    const apart = arithmetic(EITHER, observed(3)).store("square_avg", kept(1, 2));
    expect([apart.lower[0], apart.upper[0]]).toEqual([3, 3]);
    const beyond = arithmetic(EITHER, observed(Infinity)).store("square_avg", kept(1, 2 ** 129));
    expect(describeSet(beyond)).toBe(`[${2 ** 128 - 2 ** 103}, ${2 ** 129}] +inf`);
  });

  it("without observation rounds, or joins what was kept with what is read back", () => {
    const wide = set(1 + 2 ** -30, 2 - 2 ** -40);
    expect(describeSet(arithmetic(BASE).store("square_avg", wide))).toBe("[1, 2]");
    const ar = arithmetic(EITHER);
    expect(describeSet(ar.store("square_avg", kept(1 + 2 ** -30)))).toBe(`[1, ${1 + 2 ** -30}]`);
    expect(describeSet(ar.stored.get("square_avg") as IntervalBlock)).toBe("[1, 1]");
  });
});

describe("construction", () => {
  it("rejects an evaluation of several orders with the axis and the remedy", () => {
    const several: Evaluation = { ...BASE, "order.update": ["scale-first", "inverse"] };
    expect(() => arithmetic(several)).toThrow(
      /order\.update has 2 choices \(scale-first, inverse\).*ordersOf/,
    );
    expect(() => arithmetic({ ...BASE, root: [] })).toThrow(/root has no choice/);
    expect(() => arithmetic().load(new IntervalBlock(2))).toThrow(/2 elements/);
  });
});
