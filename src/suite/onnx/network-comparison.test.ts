import { describe, expect, test } from "vitest";
import { vector } from "../../program/tensor.js";
import { compareNetwork, isWithinBounds } from "./network-comparison.js";
import type { OnnxTrace } from "./trace-format.js";

/** Two steps of one parameter of two elements; bounds of 1/4. */
const trace = {
  parameters: [{ name: "weight", tensor: vector([0, 0]) }],
  steps: [1, 2].map((base) => ({
    loss: base,
    gradients: [vector([base, -base])],
    centre: { loss: base, gradients: [vector([base, -base])] },
    bound: { loss: 0.25, gradients: [vector([0.25, 0.25])] },
  })),
} as unknown as OnnxTrace;

const results = (loss: number, element: number) => [
  { loss: 1, gradients: [vector([1, -1])] },
  { loss, gradients: [vector([2, element])] },
];

describe("the comparison of a network with its bounds", () => {
  test("finds nothing in exact results", () => {
    expect(compareNetwork(trace, results(2, -2))).toEqual({
      loss: { share: 0, step: 2 },
      gradients: { share: 0, step: 1, where: { parameter: "weight", element: 0 } },
      compared: 4,
      otherThanPyTorch: 0,
      mostFloats: 0,
    });
  });

  test("gives the farthest value in shares of its bound, and where it is", () => {
    const comparison = compareNetwork(trace, results(2.125, -1.875));
    expect(comparison.loss).toEqual({ share: 0.5, step: 2 });
    expect(comparison.gradients).toEqual({ share: 0.5, step: 2, where: { parameter: "weight", element: 1 } });
    expect(comparison.otherThanPyTorch).toBe(1);
    expect(comparison.mostFloats).toBe(2 ** 20);
    expect(isWithinBounds(comparison)).toBe(true);
  });

  test.each([
    [2.5, -2],
    [2, -2.5],
    [Number.NaN, -2],
    [2, Number.NaN],
    [2, Number.NEGATIVE_INFINITY],
  ])("refuses a loss of %d and a gradient of %d", (loss, element) => {
    expect(isWithinBounds(compareNetwork(trace, results(loss, element)))).toBe(false);
  });

  test("at the bound itself is within it", () => {
    expect(isWithinBounds(compareNetwork(trace, results(2.25, -1.75)))).toBe(true);
  });

  test("needs the very value where the bound is zero", () => {
    const certain = structuredClone(trace);
    for (const step of certain.steps) step.bound.loss = 0;
    expect(isWithinBounds(compareNetwork(certain, results(2, -2)))).toBe(true);
    expect(isWithinBounds(compareNetwork(certain, results(2.001, -2)))).toBe(false);
  });
});
