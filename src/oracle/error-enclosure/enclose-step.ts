import type { Slot } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import type { Evaluation } from "../../../spec/evaluation.js";
import { stepShape } from "../../../spec/step-shape.js";
import { type StepInputs, updateRule } from "../../../spec/update-rule.js";
import { type Enclosure, point } from "../exact/enclosure.js";
import { EnclosureArithmetic } from "../exact/enclosure-arithmetic.js";
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
  const shape = stepShape(dialect, hyperparameters);
  const scalars = mapValues(
    enclosedScalars(EXACT, errors, dialect, hyperparameters, step, evaluation),
    (value) => ({ value }),
  );
  return inputs.map((element, i) => {
    const arithmetic = new ErrorArithmetic(EXACT, errors, evaluation, observed[i] ?? {});
    updateRule(
      arithmetic,
      dialect,
      shape,
      scalars,
      mapValues(element, (x) => arithmetic.input(point(x))),
    );
    return arithmetic.stored;
  });
}

function mapValues<R extends object, B>(
  record: R,
  f: (value: NonNullable<R[keyof R]>) => B,
): { [K in keyof R]: B } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)])) as {
    [K in keyof R]: B;
  };
}
