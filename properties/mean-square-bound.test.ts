import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dialectById } from "../spec/dialects.js";
import { DEFAULT_FREEDOM } from "../spec/evaluations.js";
import { Enumerator } from "../src/oracle/enumerated/enumerated-step.js";
import { floatWithExponent, gridFloat } from "./arbitraries/floats.js";
import { meanSquareBound, squareAbove } from "./mean-square-bound.js";

const pytorch = dialectById("pytorch");
const enumerator = new Enumerator();

/** Every mean square that the default freedom gives. */
function meanSquares(alpha: number, s: number, g: number): number[] {
  const h = { ...pytorch.defaults, alpha };
  const inputs = {
    parameter: Float64Array.of(0),
    gradient: Float64Array.of(g),
    square_avg: Float64Array.of(s),
  };
  const { square_avg } = enumerator.step(pytorch, h, 1, DEFAULT_FREEDOM, inputs, {});
  return (square_avg ?? []).map(([x]) => x);
}

describe("the bound of the mean square", () => {
  test("is reached by an evaluation from s = g², for every β", () => {
    for (let k = 1; k < 1000; k++) {
      const g = 1 + k / 512;
      const bound = meanSquareBound(DEFAULT_FREEDOM, k / 1000, g * g);
      expect(Math.max(...meanSquares(k / 1000, g * g, g))).toBe(bound);
    }
  });

  test("is above the bound over the reals where casts or roundings are, as some evaluations are", () => {
    let above = 0;
    for (let k = 1; k < 1000; k++) {
      const g = 1 + k / 512;
      const isAbove = Math.max(...meanSquares(k / 1000, g * g, g)) > g * g;
      expect(meanSquareBound(DEFAULT_FREEDOM, k / 1000, g * g) > g * g).toBe(isAbove);
      if (isAbove) above++;
    }
    expect(above).toBeGreaterThan(100);
  });

  test("holds for every evaluation of the default freedom", () => {
    const wide = fc.oneof(gridFloat, floatWithExponent(-140, 70));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), wide, wide, (alpha, s, g) => {
        const most = Math.max(Math.abs(s), squareAbove(g));
        const bound = meanSquareBound(DEFAULT_FREEDOM, alpha, most);
        for (const value of meanSquares(alpha, Math.abs(s), g)) expect(value).toBeLessThanOrEqual(bound);
      }),
      { seed: 11, numRuns: 1500 },
    );
  });
});
