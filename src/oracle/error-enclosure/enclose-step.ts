import type { Slot } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import { evaluatedShape } from "../../../spec/evaluated-shape.js";
import type { Evaluation } from "../../../spec/evaluation.js";
import { type StepInputs, updateRule } from "../../../spec/update-rule.js";
import { type Enclosure, point } from "../exact/enclosure.js";
import { EnclosureArithmetic } from "../exact/enclosure-arithmetic.js";
import { mapValues } from "../map-values.js";
import { hull } from "./enclosed-numbers.js";
import { ErrorArithmetic } from "./error-arithmetic.js";
import { enclosedScalars } from "./error-scalars.js";
import { RoundingErrors } from "./rounding-error.js";

/** Rounding errors of float32 begin at the eighth digit; those of these decimals are far below. */
const DIGITS = 20;

const EXACT = new EnclosureArithmetic(DIGITS);

/** For each slot of one element, the exact result and all within its rounding error. Slots not written are absent. */
export type EnclosedStep = Readonly<Partial<Record<Slot, Enclosure>>>;

/**
 * One step of some elements over the reals, each result with the error that the declared choices may make.
 *
 * @param step counted from 1
 * @param inputs float32 values, one element each
 * @param observed what the implementation stored in this step; where given, later slots are computed from it
 */
export function encloseStep(
  dialect: DialectAxes,
  hyperparameters: Hyperparameters,
  step: number,
  evaluation: Evaluation,
  inputs: readonly StepInputs<number>[],
  observed: readonly Readonly<Partial<Record<Slot, number>>>[] = [],
): EnclosedStep[] {
  const errors = new RoundingErrors(DIGITS, evaluation.subnormals);
  // Weight decay with λ = 0 may be left out or computed, which differ for infinities and NaN.
  const shapes = evaluation["zero-weight-decay"].map((choice) =>
    evaluatedShape(dialect, hyperparameters, { ...evaluation, "zero-weight-decay": [choice] }),
  );
  const scalars = mapValues(
    enclosedScalars(EXACT, errors, dialect, hyperparameters, step, evaluation),
    (value) => ({ value }),
  );
  return inputs.map((element, i) => {
    const [first, ...others] = shapes.map((shape) => {
      const arithmetic = new ErrorArithmetic(EXACT, errors, evaluation, observed[i] ?? {});
      const values = mapValues(element, (x) => arithmetic.input(point(x)));
      updateRule(arithmetic, dialect, shape, scalars, values);
      return arithmetic.stored;
    });
    if (others.length === 0) return first;
    return mapValues(first, (value, slot) =>
      hull([value, ...others.map((other) => other[slot] as Enclosure)]),
    );
  });
}
