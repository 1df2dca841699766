import { expect, test } from "vitest";
import { vector } from "../../program/tensor.js";
import { driftOf } from "./drift.js";
import type { OnnxTrace } from "./trace-format.js";

const trace = {
  steps: [
    { loss: 4, parameters: [vector([1, 2]), vector([3])] },
    { loss: 2, parameters: [vector([1, 2]), vector([3])] },
  ],
} as unknown as OnnxTrace;

test("the drift of a step is that of the farthest parameter, as a difference and in floats", () => {
  const after = (a: number, b: number, c: number) => [
    { parameter: vector([a, b]) },
    { parameter: vector([c]) },
  ];
  const steps = [
    { loss: 4, gradients: [], after: after(1, 2, 3) },
    { loss: 2.5, gradients: [], after: after(1 + 2 ** -23, 2 - 2 ** -20, 3) },
  ];
  expect(driftOf(trace, steps)).toEqual([
    { step: 1, loss: 4, pytorchLoss: 4, parameters: 0, floats: 0 },
    { step: 2, loss: 2.5, pytorchLoss: 2, parameters: 2 ** -20, floats: 8 },
  ]);
});

test("a parameter that is NaN has no distance", () => {
  const after = [{ parameter: vector([Number.NaN, 2]) }, { parameter: vector([3]) }];
  const [first] = driftOf(trace, [{ loss: 4, gradients: [], after }]);
  expect(first).toMatchObject({ parameters: Number.NaN, floats: Number.NaN });
});
