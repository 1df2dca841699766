import type { StepScalars } from "../spec/arithmetic.js";
import type { DialectAxes } from "../spec/dialect.js";
import type { StepShape } from "../spec/step-shape.js";
import { type StepInputs, updateRule } from "../spec/update-rule.js";
import {
  type Enclosure,
  EnclosureArithmetic,
  ExactArithmetic,
  type ExactStep,
} from "../src/oracle/exact/index.js";

/**
 * One step of the update rule over the reals with scalars and a shape of the caller's choice: scalars that are
 * no binary64 numbers, as 1 − 1/t, or a shape that hyperparameters would not give.
 *
 * @param digits significant decimal digits of every operation
 */
export function exactRule(
  digits: number,
  dialect: DialectAxes,
  shape: StepShape,
  scalars: StepScalars<Enclosure>,
  inputs: StepInputs<Enclosure[]>,
): ExactStep {
  const ar = new ExactArithmetic(new EnclosureArithmetic(digits));
  const blocks = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, [value]]));
  updateRule<Enclosure[]>(ar, dialect, shape, blocks as unknown as StepScalars<Enclosure[]>, inputs);
  return { ...ar.named, ...ar.written } as ExactStep;
}
