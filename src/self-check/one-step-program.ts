import { SLOTS, type Slot } from "../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../spec/dialect.js";
import { slotsOf, stepShape } from "../../spec/step-shape.js";
import type { StepInputs } from "../../spec/update-rule.js";
import type { Observation } from "../program/observation.js";
import type { Program } from "../program/program.js";
import { type Tensor, vector } from "../program/tensor.js";
import type { SampledElement } from "./sampled-element.js";

/** One step of some elements and what is said to have been observed after it. */
export interface OneStep {
  readonly program: Program;
  readonly observations: readonly Observation[];
}

/** Index of the step in a program of one step. */
export const STEP_OPERATION = 2;

/**
 * A program of one step that starts where sampled elements did, which must have one step in common: its state is loaded.
 * @param observed for each element
 */
export function oneStepProgram(
  dialect: DialectAxes & { readonly id: string },
  elements: readonly Pick<SampledElement, "step" | "hyperparameters" | "inputs">[],
  observed: readonly Readonly<Partial<Record<Slot, number>>>[],
): OneStep {
  const [{ step, hyperparameters }] = elements;
  const slots = slotsOf(stepShape(dialect, hyperparameters));
  const input = (name: keyof StepInputs<number>): Tensor =>
    vector(elements.map(({ inputs }) => inputs[name] as number));
  const state = Object.fromEntries(slots.map((slot) => [slot, input(slot)])) as { square_avg: Tensor };
  // A buffer that is fed at μ = 0 need not be shown.
  const isSeen = (slot: Slot) => observed.every((each) => each[slot] !== undefined);
  const seen = SLOTS.filter((slot) => (slot === "parameter" || slots.includes(slot)) && isSeen(slot));
  const results = seen.map((slot) => [slot, vector(observed.map((each) => each[slot] as number))]);
  return {
    program: {
      format: "rmsprop-program/1",
      dialect: dialect.id,
      operations: [
        {
          op: "init",
          groups: [{ hyperparameters: given(hyperparameters), parameters: [input("parameter")] }],
        },
        { op: "load", state: [{ parameter: 0, step: step - 1, ...state }] },
        { op: "step", gradients: [input("gradient")] },
        { op: "observe", slots: seen },
      ],
    },
    observations: [{ parameters: [Object.fromEntries(results)] }],
  };
}

/** A copy that may be changed, as programs have it. */
function given(hyperparameters: Hyperparameters): Hyperparameters {
  return { ...hyperparameters };
}
