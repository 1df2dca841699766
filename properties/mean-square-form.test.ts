import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dialectById } from "../spec/dialects.js";
import { EVALUATION_AXES, type Evaluation } from "../spec/evaluation.js";
import { DEFAULT_FREEDOM } from "../spec/evaluations.js";
import { exactDecimal } from "../src/float32/to-decimal.js";
import { Enumerator } from "../src/oracle/enumerated/enumerated-step.js";
import { floatWithExponent } from "./arbitraries/floats.js";
import { meanSquareForms } from "./mean-square-form.js";

const pytorch = dialectById("pytorch");
const enumerator = new Enumerator();

const FREEDOMS: readonly [string, Evaluation][] = [
  ["two terms", DEFAULT_FREEDOM],
  ["binary64 scalars", { ...DEFAULT_FREEDOM, scalars: ["binary64"] }],
  ["lerp", { ...DEFAULT_FREEDOM, "order.mean-square": ["lerp"] }],
  ["1 − β subtracted in float32", { ...DEFAULT_FREEDOM, complement: ["float32"] }],
];

/** The largest part of the rounding bound that an outcome uses, over all forms. */
function largestShare(evaluation: Evaluation): number {
  const input = fc.tuple(
    fc.double({ min: 2 ** -10, max: 1 - 2 ** -10, noNaN: true }),
    floatWithExponent(-20, 20).map(Math.abs),
    floatWithExponent(-10, 10),
  );
  let largest = 0;
  for (const [alpha, s, g] of fc.sample(input, { seed: 8, numRuns: 200 })) {
    const h = { ...pytorch.defaults, alpha };
    const inputs = {
      parameter: Float64Array.of(0),
      gradient: Float64Array.of(g),
      square_avg: Float64Array.of(s),
    };
    const { square_avg } = enumerator.step(pytorch, h, 1, evaluation, inputs, {});
    for (const [value] of square_avg ?? []) {
      for (const { decay, complement, roundingError } of meanSquareForms(evaluation, { alpha })) {
        const exact = decay.mul(exactDecimal(s)).add(complement.mul(exactDecimal(g).pow(2)));
        const distance = exactDecimal(value).sub(exact).abs();
        largest = Math.max(largest, distance.div(roundingError(s, g, value)).toNumber());
      }
    }
  }
  return largest;
}

describe("the rounding error of a form of the mean square", () => {
  test.each(FREEDOMS)("bounds every outcome and is not padded: %s", (_, evaluation) => {
    const share = largestShare(evaluation);
    expect(share).toBeLessThanOrEqual(1);
    expect(share).toBeGreaterThan(0.5);
  });

  test.each(EVALUATION_AXES.scalars)("bounds the mirrored lerp with %s scalars", (scalars) => {
    const mirrored: Evaluation = {
      ...DEFAULT_FREEDOM,
      scalars: [scalars],
      "order.mean-square": ["lerp-mirrored"],
    };
    expect(largestShare(mirrored)).toBeLessThanOrEqual(1);
  });

  test("bounds intermediates that are kept in binary64", () => {
    const kept: Evaluation = { ...DEFAULT_FREEDOM, scalars: ["binary64"], intermediates: ["binary64"] };
    expect(largestShare(kept)).toBeLessThanOrEqual(1);
  });
});
