import type { Slot } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { slotsOf, stepShape } from "../../../spec/step-shape.js";
import type { Observation, ObservedParameter } from "../../program/observation.js";
import type { Program } from "../../program/program.js";
import type { Tensor } from "../../program/tensor.js";
import type { OnnxTrace } from "./trace-format.js";

/** What one training step gave for each parameter, in the order of the trace. */
export interface TrainingStep {
  readonly gradients: readonly Tensor[];
  /** Parameters and state after the step. */
  readonly after: readonly ObservedParameter[];
}

/** A training run as a program over its own gradients, and what was observed of it. */
export interface TrainingProgram {
  readonly program: Program;
  readonly observations: readonly Observation[];
}

/** The program that gives the optimizer the gradients of a training run, and observes everything after each. */
export function trainingProgram(trace: OnnxTrace, steps: readonly TrainingStep[]): TrainingProgram {
  const slots: readonly Slot[] = ["parameter", ...slotsOf(stepShape(...dialectOf(trace)))];
  return {
    program: {
      format: "rmsprop-program/1",
      dialect: trace.dialect,
      operations: [
        {
          op: "init",
          groups: [
            {
              hyperparameters: trace.hyperparameters,
              parameters: trace.parameters.map(({ tensor }) => tensor),
            },
          ],
        },
        ...steps.flatMap(({ gradients }) => [
          { op: "step" as const, gradients: [...gradients] },
          { op: "observe" as const, slots: [...slots] },
        ]),
      ],
    },
    observations: steps.map(({ after }) => ({ parameters: [...after] })),
  };
}

/** The dialect of a trace, and its hyperparameters with the dialect's defaults filled in. */
export function dialectOf(trace: OnnxTrace): [dialect: ReturnType<typeof dialectById>, h: Hyperparameters] {
  const dialect = dialectById(trace.dialect);
  const given = Object.entries(trace.hyperparameters).filter(([, value]) => value !== undefined);
  return [dialect, { ...dialect.defaults, ...Object.fromEntries(given) }];
}

/** The training steps that PyTorch took. */
export function stepsOfTrace({ steps }: OnnxTrace): TrainingStep[] {
  return steps.map(({ gradients, parameters, state }) => ({
    gradients,
    after: parameters.map((parameter, k) => ({ parameter, ...state[k] })),
  }));
}
