import { describe, expect, it } from "vitest";
import type { Dialect } from "../../spec/dialect.js";
import { dialectById } from "../../spec/dialects.js";
import { stepShape } from "../../spec/step-shape.js";
import { initialState, withMissingBuffers } from "./initial-state.js";

const pytorch = dialectById("pytorch");
const GRADIENT = Float64Array.of(0.5, -3, 0);

/** The state before the first step of three elements. */
function begin(initialAccumulator: Dialect["initialAccumulator"], centered = false, momentum = 0) {
  const dialect = { ...pytorch, initialAccumulator };
  const h = { ...pytorch.defaults, eps: 0.1, centered, momentum };
  return initialState(dialect, h, stepShape(dialect, h), GRADIENT);
}

describe("the initial state", () => {
  it.each([
    ["zero", [0, 0, 0]],
    ["one", [1, 1, 1]],
    // The float32 next to 0.1.
    ["epsilon", new Array(3).fill(Math.fround(0.1))],
    ["first-gradient-squared", [0.25, 9, 0]],
  ] as const)("has a mean square that begins at %s", (accumulator, expected) => {
    expect(begin(accumulator)).toEqual({ square_avg: Float64Array.from(expected) });
  });

  it("rounds the square of the first gradient to float32, once", () => {
    const g = Math.fround(0.1);
    const h = pytorch.defaults;
    const dialect: Dialect = { ...pytorch, initialAccumulator: "first-gradient-squared" };
    const { square_avg } = initialState(dialect, h, stepShape(dialect, h), Float64Array.of(g));
    expect(square_avg).toEqual(Float64Array.of(Math.fround(g * g)));
    expect(square_avg[0]).not.toBe(g * g);
  });

  it("has the other buffers at zero, those that the step reads", () => {
    const zeros = new Float64Array(3);
    const square_avg = Float64Array.of(1, 1, 1);
    expect(begin("one", true)).toEqual({ square_avg, grad_avg: zeros });
    expect(begin("one", false, 0.9)).toEqual({ square_avg, momentum_buffer: zeros });
    expect(begin("one", true, 0.9)).toEqual({ square_avg, grad_avg: zeros, momentum_buffer: zeros });
  });

  it("must be given where the dialect says so", () => {
    expect(() => begin("given")).toThrow(
      "the initial accumulator of dialect pytorch is given by a load before the first step",
    );
  });
});

it("keeps buffers that are there, and adds those that are missing", () => {
  const shape = stepShape(pytorch, { ...pytorch.defaults, centered: true, momentum: 0.9 });
  const square_avg = Float64Array.of(4, 9);
  const grad_avg = Float64Array.of(-2, 3);
  const momentum_buffer = Float64Array.of(5, 6);
  const zeros = new Float64Array(2);
  expect(withMissingBuffers({ square_avg, grad_avg }, shape)).toEqual({
    square_avg,
    grad_avg,
    momentum_buffer: zeros,
  });
  expect(withMissingBuffers({ square_avg, momentum_buffer }, shape)).toEqual({
    square_avg,
    grad_avg: zeros,
    momentum_buffer,
  });
});
