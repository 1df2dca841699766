import type { Dialect } from "../spec/dialect.js";
import { stepShape } from "../spec/step-shape.js";
import { type ExactInputs, type ExactStep, exactStep } from "../src/oracle/exact/exact-step.js";
import { initialState } from "../src/oracle/initial-state.js";
import { hyperparametersAt, type ScheduledTrace } from "./arbitraries/scheduled-traces.js";

/**
 * A trace over the reals: the exact steps one after another, each from the enclosures of the one before.
 * Hyperparameters and gradients are exactly the numbers that the trace gives.
 *
 * @param digits significant decimal digits of every operation
 * @returns one exact step for each list of gradients
 */
export function exactTrace(dialect: Dialect, trace: ScheduledTrace, digits: number): ExactStep[] {
  const first = hyperparametersAt(trace, 1);
  const gradient = Float64Array.from(trace.gradients[0]);
  let inputs: Omit<ExactInputs, "gradient"> = {
    parameter: trace.parameter,
    ...initialState(dialect, first, stepShape(dialect, first), gradient),
  };
  return trace.gradients.map((gradients, k) => {
    const h = hyperparametersAt(trace, k + 1);
    const after = exactStep(dialect, h, k + 1, { ...inputs, gradient: gradients }, { digits });
    inputs = after;
    return after;
  });
}
