import { expect, test } from "vitest";
import { configureStep } from "./configuration.js";
import type { ParameterState } from "./parameter-state.js";
import { checkState, checkTensor } from "./tensor-arguments.js";

const two = new Float32Array(2);
const three = new Float32Array(3);
const configuration = configureStep({ momentum: 0.5, centered: true });
const complete: ParameterState = { step: 0, square_avg: two, momentum_buffer: two, grad_avg: two };

function expectedMessage(check: () => void): string {
  try {
    check();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

test("a tensor that does not fit is refused with what to do", () => {
  expect(expectedMessage(() => checkTensor("g", [1, 2], two))).toBe(
    "g must be a Float32Array, but is an array of length 2; convert it with Float32Array.from",
  );
  expect(expectedMessage(() => checkTensor("g", three, two))).toBe(
    "g must be a Float32Array of length 2, but is a Float32Array of length 3; it needs one element for each of the parameter's",
  );
  expect(() => checkTensor("g", two, two)).not.toThrow();
});

const missingCapabilities =
  "is undefined; the hyperparameters need it: add it (zeros reset it) or switch momentum or centered off";
const { momentum_buffer: _, ...withoutBuffer } = complete;
const { grad_avg: __, ...withoutMean } = complete;

test.each<[string, ParameterState, string]>([
  [
    "step -1",
    { ...complete, step: -1 },
    "s.step must be an integer in [0, 2^53), but is -1; it counts the steps taken",
  ],
  [
    "half a step",
    { ...complete, step: 0.5 },
    "s.step must be an integer in [0, 2^53), but is 0.5; it counts the steps taken",
  ],
  [
    "no buffer",
    withoutBuffer,
    `s.momentum_buffer must be a Float32Array of length 2, but ${missingCapabilities}`,
  ],
  ["no mean", withoutMean, `s.grad_avg must be a Float32Array of length 2, but ${missingCapabilities}`],
  [
    "a longer mean",
    { ...complete, grad_avg: three },
    "s.grad_avg must be a Float32Array of length 2, but is a Float32Array of length 3; it needs one element for each of the parameter's",
  ],
])("a state that does not fit is refused with what to do: %s", (_name, state, message) => {
  expect(expectedMessage(() => checkState("s", configuration, two, state))).toBe(message);
});

test("a state may have what is not needed, and need not have it", () => {
  expect(() => checkState("s", configureStep(), two, complete)).not.toThrow();
  expect(() => checkState("s", configureStep(), two, { step: 2 ** 53 - 1, square_avg: two })).not.toThrow();
});
