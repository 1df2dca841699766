import type { Slot, StepScalars } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import { evaluatedShape } from "../../../spec/evaluated-shape.js";
import { evaluationOf, type PinnedEvaluation } from "../../../spec/evaluation.js";
import { type StepInputs, updateRule } from "../../../spec/update-rule.js";
import { mapValues } from "../map-values.js";
import { type Emulated, EmulatedArithmetic } from "./emulated-arithmetic.js";
import { emulatedScalars } from "./emulated-scalars.js";

/** What one element stores in a step. Slots that the step does not write are absent. */
export type EmulatedStep = Readonly<Partial<Record<Slot, number>>>;

/**
 * One step of some elements under a pinned evaluation, every operation done by decimal.js and rounded once.
 *
 * @param step counted from 1
 * @param inputs float32 values, one element each
 * @param observed what the implementation stored in this step; where given, later slots are computed from it
 * @param misfuses fuse products where no evaluation does, for a control that must be rejected
 */
export function emulateStep(
  dialect: DialectAxes,
  hyperparameters: Hyperparameters,
  step: number,
  evaluation: PinnedEvaluation,
  inputs: readonly StepInputs<number>[],
  observed: readonly Readonly<Partial<Record<Slot, number>>>[] = [],
  misfuses = false,
): EmulatedStep[] {
  const shape = evaluatedShape(dialect, hyperparameters, evaluationOf(evaluation));
  const values = emulatedScalars(dialect, hyperparameters, step, evaluation);
  let scalars: StepScalars<Emulated> | undefined;
  return inputs.map((element, i) => {
    const arithmetic = new EmulatedArithmetic(evaluation, observed[i], misfuses);
    // Taken once, so that their decimals are made once.
    scalars ??= mapValues(values, (value) => arithmetic.scalar(value));
    updateRule(
      arithmetic,
      dialect,
      shape,
      scalars,
      mapValues(element, (value) => arithmetic.input(value)),
    );
    return arithmetic.stored;
  });
}
