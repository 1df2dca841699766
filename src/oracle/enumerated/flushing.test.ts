import { describe, expect, test } from "vitest";
import { type Evaluation, evaluationOf } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { MIN_NORMAL, MIN_SUBNORMAL } from "../../float32/bits.js";
import { Arena } from "./arena.js";
import { flushBlock, flushTinySums } from "./block-loops.js";
import { EnumeratedArithmetic, type Outcomes } from "./enumerated-arithmetic.js";

const SUBNORMALS = ["kept", "flushed", "flushed-early"] as const;
const LARGEST_SUBNORMAL = MIN_NORMAL - MIN_SUBNORMAL;
const ABOVE_NORMAL = MIN_NORMAL + MIN_SUBNORMAL;

function arithmeticOf(changes: Partial<Evaluation>): EnumeratedArithmetic {
  const pinned = evaluationOf(PINNED_EVALUATIONS["operation-by-operation"]);
  return new EnumeratedArithmetic(new Arena(2), { ...pinned, ...changes }, {});
}

/** Each of two numbers, of which the second mirrors the first. */
const bothSigns = (x: number) => [{ values: Float64Array.of(x, -x) }];
const plain = (x: number) => [{ values: Float64Array.of(x, x) }];
const listOf = (outcomes: Outcomes) => outcomes.map(({ values }) => [...values]);

test("a block is flushed strictly below the smallest normal, and zeros keep the sign", () => {
  const block = Float64Array.of(MIN_NORMAL, LARGEST_SUBNORMAL, MIN_SUBNORMAL, 0, 1, Number.NaN);
  const negative = block.map((x) => -x);
  flushBlock(block);
  flushBlock(negative);
  expect([...block]).toEqual([MIN_NORMAL, 0, 0, 0, 1, Number.NaN]);
  expect([...negative]).toEqual([-MIN_NORMAL, -0, -0, -0, -1, Number.NaN]);
});

describe("tiny sums", () => {
  const ROOT = 2 ** -63;
  const UNTOUCHED = 7;
  /** x·y + z and what becomes of it: its zero where it is tiny, else what was there before. */
  const SUMS = [
    { name: "the smallest normal", x: ROOT, y: ROOT, z: 0, gives: UNTOUCHED },
    { name: "a float below the smallest normal", x: ROOT, y: ROOT, z: -MIN_SUBNORMAL, gives: 0 },
    { name: "less than a float below it", x: 2 ** -75, y: -(2 ** -76), z: MIN_NORMAL, gives: 0 },
    { name: "less than a float above it", x: 2 ** -75, y: 2 ** -76, z: MIN_NORMAL, gives: UNTOUCHED },
    { name: "a product of subnormal size", x: 2 ** -70, y: 2 ** -70, z: 0, gives: 0 },
    { name: "a large sum", x: 3, y: 5, z: 1, gives: UNTOUCHED },
  ];

  test.each(SUMS)("$name, with every sign", ({ x, y, z, gives }) => {
    for (const sign of [1, -1] as const) {
      for (const productSign of [1, -1] as const) {
        for (const zSign of [1, -1] as const) {
          const out = Float64Array.of(UNTOUCHED);
          const factor = Float64Array.of(sign * productSign * x);
          flushTinySums(
            out,
            factor,
            Float64Array.of(y),
            Float64Array.of(sign * zSign * z),
            productSign,
            zSign,
          );
          expect(out[0]).toBe(gives === UNTOUCHED ? UNTOUCHED : sign * gives);
        }
      }
    }
  });

  test("that cancel become the zero of a binary64 sum, which is positive", () => {
    for (const sign of [1, -1] as const) {
      const out = Float64Array.of(UNTOUCHED);
      flushTinySums(out, Float64Array.of(sign * 3), Float64Array.of(0.5), Float64Array.of(sign * 1.5), 1, -1);
      expect(out[0]).toBe(0);
    }
  });
});

describe("what rounds to the smallest normal from below", () => {
  const EARLY_ONLY = { kept: MIN_NORMAL, flushed: MIN_NORMAL, "flushed-early": 0 };

  test.each(SUBNORMALS)("as a product, %s", (subnormals) => {
    const ar = arithmeticOf({ subnormals: [subnormals] });
    // 2^-126 − 2^-150 is the midpoint below the smallest normal, which is even.
    const product = ar.multiply(ar.input(bothSigns(1 - 2 ** -24)[0].values), plain(MIN_NORMAL));
    expect(listOf(product)).toEqual([[EARLY_ONLY[subnormals], -EARLY_ONLY[subnormals]]]);
  });

  test.each(SUBNORMALS)("as a sum with a fused product, %s", (subnormals) => {
    const ar = arithmeticOf({ subnormals: [subnormals], "contraction.momentum": ["left", "right"] });
    const product = ar.multiply(bothSigns(2 ** -75), plain(-(2 ** -76)));
    const expected = [EARLY_ONLY[subnormals], -EARLY_ONLY[subnormals]];
    expect(listOf(ar.add("momentum", product, bothSigns(MIN_NORMAL)))[0]).toEqual(expected);
    expect(listOf(ar.add("momentum", bothSigns(MIN_NORMAL), product))[1]).toEqual(expected);
  });

  test.each(SUBNORMALS)("as a difference with a fused product, %s", (subnormals) => {
    const ar = arithmeticOf({ subnormals: [subnormals], "contraction.momentum": ["left", "right"] });
    const product = ar.multiply(bothSigns(2 ** -75), plain(2 ** -76));
    const expected = [EARLY_ONLY[subnormals], -EARLY_ONLY[subnormals]];
    expect(listOf(ar.subtract("momentum", bothSigns(MIN_NORMAL), product))[1]).toEqual(expected);
    expect(listOf(ar.subtract("momentum", product, bothSigns(MIN_NORMAL)))[0]).toEqual(
      expected.map((x) => -x),
    );
  });

  test.each(SUBNORMALS)("as a quotient, %s", (subnormals) => {
    const ar = arithmeticOf({ subnormals: [subnormals] });
    const quotient = ar.quotient(bothSigns((1 - 2 ** -24) * 2 ** -100), plain(2 ** 26));
    expect(listOf(quotient)).toEqual([[EARLY_ONLY[subnormals], -EARLY_ONLY[subnormals]]]);
  });
});

test.each(SUBNORMALS)("the smallest normal itself is never flushed: %s", (subnormals) => {
  const ar = arithmeticOf({ subnormals: [subnormals], "contraction.momentum": ["left"] });
  const expected = [[MIN_NORMAL, -MIN_NORMAL]];
  const product = ar.multiply(bothSigns(2 ** -63), plain(2 ** -63));
  expect(listOf(ar.input(bothSigns(MIN_NORMAL)[0].values) as Outcomes)).toEqual(expected);
  expect(listOf(product)).toEqual(expected);
  expect(listOf(ar.add("momentum", product, plain(0)))).toEqual(expected);
  expect(listOf(ar.quotient(bothSigns(2 ** -100), plain(2 ** 26)))).toEqual(expected);
});

test.each([
  ["kept", LARGEST_SUBNORMAL],
  ["flushed", 0],
  ["flushed-early", 0],
] as const)("a sum of normals that cancels to a subnormal, %s", (subnormals, expected) => {
  const ar = arithmeticOf({ subnormals: [subnormals], "contraction.momentum": ["none", "left"] });
  const product = ar.multiply(bothSigns(2 ** -62), plain(2 ** -63));
  const sum = ar.subtract("momentum", product, bothSigns(ABOVE_NORMAL));
  expect(listOf(sum)).toEqual([
    [expected, -expected],
    [expected, -expected],
  ]);
});

describe("quotients that are a float off", () => {
  /** The quotient, then what it may be, one float low and one float high. */
  const CASES = {
    kept: [
      ["a half float below the smallest normal", 1 - 2 ** -24, LARGEST_SUBNORMAL, ABOVE_NORMAL],
      ["the largest subnormal", 1 - 2 ** -23, LARGEST_SUBNORMAL - MIN_SUBNORMAL, MIN_NORMAL],
      ["the smallest normal", 1, LARGEST_SUBNORMAL, ABOVE_NORMAL],
    ],
    // What is moved is looked at afterwards: a subnormal may be moved to a normal, and a normal to a subnormal.
    flushed: [
      ["a half float below the smallest normal", 1 - 2 ** -24, 0, ABOVE_NORMAL],
      ["the largest subnormal", 1 - 2 ** -23, 0, MIN_NORMAL],
      ["the smallest normal", 1, 0, ABOVE_NORMAL],
    ],
    // What is tiny is zero before anything is moved.
    "flushed-early": [
      ["a half float below the smallest normal", 1 - 2 ** -24, 0, 0],
      ["the largest subnormal", 1 - 2 ** -23, 0, 0],
      ["the smallest normal", 1, 0, ABOVE_NORMAL],
    ],
  } as const;

  for (const subnormals of SUBNORMALS) {
    test.each(CASES[subnormals])(`${subnormals}: %s`, (_, significand, low, high) => {
      const ar = arithmeticOf({
        subnormals: [subnormals],
        division: ["one-ulp-low", "one-ulp-high"],
      });
      const quotient = ar.quotient(bothSigns(significand * 2 ** -100), plain(2 ** 26));
      expect(listOf(quotient)).toEqual([
        [low, -low],
        [high, -high],
      ]);
    });
  }

  test("a quotient that rounds to zero is moved away from it with its sign", () => {
    const ar = arithmeticOf({ division: ["one-ulp-low", "one-ulp-high"] });
    expect(listOf(ar.quotient(bothSigns(2 ** -100), plain(2 ** 60)))).toEqual([
      [0, -0],
      [MIN_SUBNORMAL, -MIN_SUBNORMAL],
    ]);
  });
});
