import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { slotsOf, stepShape } from "../../../spec/step-shape.js";
import type { Operation, OperationOf, Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import {
  type ElementSteps,
  elementSteps,
  RandomSource,
  type StepRegime,
} from "../../search/element-steps.js";
import { DEFAULT_SEED, type ProfileName } from "../profile.js";
import type { MeasuredImplementation } from "./measured-implementation.js";
import { settingsOf } from "./settings.js";

/**
 * The regimes in which nothing overflows and nothing that matters is subnormal. Beyond them an operation may lose any
 * share of its digits in one order and none in another; the verdicts say what of that is accepted.
 */
const REGIMES = ["normal", "small", "large", "update-sized p"] as const satisfies readonly StepRegime[];

/** Elements that are stepped, over all programs. */
const ELEMENT_STEPS = { smoke: 400, ci: 4000, nightly: 40_000 } as const satisfies Record<
  ProfileName,
  number
>;

/** Where a state can be given, the step that is measured: a bias correction is neither absent nor still strong. */
const LOADED_STEP = 3;
/** Where none can be given, the steps from a fresh start. */
const FRESH_STEPS = 3;

/**
 * The fixed programs on which accuracy and sharpness are measured: random elements of several regimes, under all
 * settings of the dialect that are offered. Each is one step from a given state or, where no state can be given, a few
 * steps from a fresh start.
 */
export function elementPrograms(implementation: MeasuredImplementation, profile: ProfileName): Program[] {
  const { dialect } = implementation;
  const random = new RandomSource(DEFAULT_SEED);
  const kinds = settingsOf(implementation).flatMap((h) => REGIMES.map((regime) => ({ h, regime })));
  const steps = implementation.offers("load") ? 1 : FRESH_STEPS;
  const elements = Math.ceil(ELEMENT_STEPS[profile] / kinds.length / steps);
  return kinds.map(({ h, regime }): Program => {
    const blocks = Array.from({ length: steps }, () => elementSteps(regime, elements, random));
    const [{ parameter }] = blocks;
    const init: Operation = {
      op: "init",
      groups: [{ hyperparameters: h, parameters: [vector(parameter)] }],
    };
    const load = implementation.offers("load") ? [loadOf(dialect, h, blocks[0])] : [];
    const observe = observeOf(implementation, h);
    const taken = blocks.flatMap(({ gradient }): Operation[] => [
      { op: "step", gradients: [vector(gradient)] },
      observe,
    ]);
    return { format: "rmsprop-program/1", dialect: dialect.id, operations: [init, ...load, ...taken] };
  });
}

/** Everything that a step writes and the implementation shows. */
export function observeOf(
  implementation: MeasuredImplementation,
  h: Hyperparameters,
): OperationOf<"observe"> {
  const state = implementation.offers("state") ? slotsOf(stepShape(implementation.dialect, h)) : [];
  return { op: "observe", slots: ["parameter", ...state] };
}

function loadOf(dialect: Dialect, h: Hyperparameters, steps: ElementSteps): Operation {
  const momentum_buffer = bufferOf(dialect, h, steps);
  const state = { square_avg: steps.square_avg, grad_avg: steps.grad_avg, momentum_buffer };
  const given = slotsOf(stepShape(dialect, h)).map((slot) => [slot, vector(state[slot])]);
  const { square_avg, ...rest } = Object.fromEntries(given);
  return { op: "load", state: [{ parameter: 0, step: LOADED_STEP - 1, square_avg, ...rest }] };
}

/** A buffer of the size of what the dialect collects in it, so that each step shows in it. */
function bufferOf(
  { momentum }: Dialect,
  { lr }: Hyperparameters,
  { momentum_buffer, gradient }: ElementSteps,
): Float64Array {
  if (momentum === "raw-gradient") return momentum_buffer.map((b, i) => Math.fround(b * gradient[i]));
  if (momentum !== "lr-inside" && momentum !== "nesterov") return momentum_buffer;
  return momentum_buffer.map((b) => Math.fround(b * lr));
}
