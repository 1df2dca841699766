import type { StepScalars } from "../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../spec/dialect.js";
import type { EvaluationChoice } from "../../spec/evaluation.js";

/**
 * The scalars of one step as numbers: what an evaluation makes of the hyperparameters before they meet a
 * tensor. Host code computes 1 − β, 1 − β^t and the decayed learning rate in binary64 and casts once.
 *
 * @param dialect Only `lrDecay` is read: with "inverse-time", lr becomes lr / (1 + lr_decay·(step − 1)).
 * @param h Hyperparameters, binary64.
 * @param step Counted from 1.
 * @param scalars "float32" casts every scalar once, to nearest; "binary64" leaves it as it is.
 * @param complement "binary64" subtracts 1 − alpha in binary64 before `scalars` applies; "float32" casts alpha
 *   first and rounds the difference to float32.
 * @returns Binary64 numbers, each exactly a float32 when `scalars` is "float32". `correction` is
 *   1 − alpha^step, with the engine's power, which is within one ulp of binary64.
 * @throws {RangeError} when `step` is not a positive integer.
 */
export function stepScalars(
  dialect: Pick<DialectAxes, "lrDecay">,
  h: Hyperparameters,
  step: number,
  scalars: EvaluationChoice<"scalars">,
  complement: EvaluationChoice<"complement">,
): StepScalars<number> {
  if (!Number.isInteger(step) || step < 1) {
    throw new RangeError(`steps are counted from 1, as integers; got ${step}`);
  }
  const cast = scalars === "float32" ? Math.fround : (x: number) => x;
  const lr = dialect.lrDecay === "inverse-time" ? h.lr / (1 + h.lr_decay * (step - 1)) : h.lr;
  return {
    lr: cast(lr),
    alpha: cast(h.alpha),
    eps: cast(h.eps),
    momentum: cast(h.momentum),
    weight_decay: cast(h.weight_decay),
    lr_decay: cast(h.lr_decay),
    clip_value: cast(h.clip_value),
    complement: complement === "float32" ? Math.fround(1 - Math.fround(h.alpha)) : cast(1 - h.alpha),
    correction: cast(1 - h.alpha ** step),
  };
}
