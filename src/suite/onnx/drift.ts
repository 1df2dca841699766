import { floatsBetween } from "../../float32/neighbours.js";
import type { OnnxTrace } from "./trace-format.js";
import type { TrainingStep } from "./training-program.js";

/** How far a run has come from PyTorch's, which had the same start and the same batches. */
export interface DriftAtStep {
  /** Counted from 1. */
  readonly step: number;
  readonly loss: number;
  readonly pytorchLoss: number;
  /** The largest difference of an element of a parameter after the step; NaN where one is NaN. */
  readonly parameters: number;
  /** The same in floats. */
  readonly floats: number;
}

/**
 * The drift after every step. It is shown and not judged: rounding differences of the network grow with the steps,
 * at a rate that belongs to the network and the data.
 */
export function driftOf(
  trace: OnnxTrace,
  steps: readonly (TrainingStep & { readonly loss: number })[],
): DriftAtStep[] {
  return steps.map(({ loss, after }, k) => {
    let parameters = 0;
    let floats = 0;
    for (const [p, recorded] of trace.steps[k].parameters.entries()) {
      const values = after[p].parameter?.values ?? new Float32Array(recorded.values.length).fill(Number.NaN);
      for (const [element, theirs] of recorded.values.entries()) {
        const distance = Math.abs(values[element] - theirs);
        if (Number.isNaN(distance)) {
          parameters = Number.NaN;
          floats = Number.NaN;
        } else {
          parameters = Math.max(parameters, distance);
          floats = Math.max(floats, floatsBetween(values[element], theirs));
        }
      }
    }
    return { step: k + 1, loss, pytorchLoss: trace.steps[k].loss, parameters, floats };
  });
}
