import type { StepScalars } from "../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../spec/dialect.js";
import type { Evaluation, PinnedEvaluation } from "../../spec/evaluation.js";

/** How an evaluation represents the scalars of a step. */
export type ScalarChoices = Pick<PinnedEvaluation, "scalars" | "complement" | "correction" | "decay-rate">;

/** Every scalar formed in float32. */
export const FLOAT32_SCALARS: ScalarChoices = {
  scalars: "float32",
  complement: "float32",
  correction: "float32",
  "decay-rate": "float32",
};

/** The scalar choices of an evaluation that has one choice on each of these axes. */
export function scalarChoices(evaluation: Evaluation): ScalarChoices {
  return {
    scalars: evaluation.scalars[0],
    complement: evaluation.complement[0],
    correction: evaluation.correction[0],
    "decay-rate": evaluation["decay-rate"][0],
  };
}

function roundingOf(precision: "float32" | "binary64"): (x: number) => number {
  return precision === "float32" ? Math.fround : (x) => x;
}

/**
 * The scalars of one step as numbers: what an evaluation makes of the hyperparameters before they meet a
 * tensor. Host code computes 1 − β, 1 − β^t, 1 − λη and the decayed learning rate in binary64 and casts once.
 *
 * @param dialect With `lrDecay` "inverse-time", lr becomes lr / (1 + lr_decay·(step − 1)). With `weightDecay`
 *   "decoupled-lr", the decay rate is λ·lr; otherwise it is λ.
 * @param h Hyperparameters, binary64.
 * @param step Counted from 1.
 * @param scalars "float32" casts every scalar once, to nearest; "binary64" leaves it as it is.
 * @param complement "binary64" subtracts 1 − alpha in binary64 before `scalars` applies; "float32" casts alpha
 *   first and rounds the difference to float32. The other choices are the same for 1 − alpha^step, and for the decay
 *   rate and the share that it keeps.
 * @returns Binary64 numbers, each exactly a float32 when `scalars` is "float32". `correction` is
 *   1 − alpha^step, with the engine's power, which is within one ulp of binary64.
 * @throws {RangeError} when `step` is not a positive integer.
 */
export function stepScalars(
  dialect: Pick<DialectAxes, "lrDecay" | "weightDecay">,
  h: Hyperparameters,
  step: number,
  { scalars, complement, correction, "decay-rate": decayRate }: ScalarChoices,
): StepScalars<number> {
  if (!Number.isInteger(step) || step < 1) {
    throw new RangeError(`steps are counted from 1, as integers; got ${step}`);
  }
  const cast = roundingOf(scalars);
  const lr = dialect.lrDecay === "inverse-time" ? h.lr / (1 + h.lr_decay * (step - 1)) : h.lr;
  const decay = roundingOf(decayRate);
  const scale = dialect.weightDecay === "decoupled-lr" ? decay(lr) : 1;
  const rate = decay(decay(h.weight_decay) * scale);
  const corrected = roundingOf(correction);
  return {
    lr: cast(lr),
    alpha: cast(h.alpha),
    eps: cast(h.eps),
    momentum: cast(h.momentum),
    weight_decay: cast(h.weight_decay),
    lr_decay: cast(h.lr_decay),
    clip_value: cast(h.clip_value),
    complement: complement === "float32" ? Math.fround(1 - Math.fround(h.alpha)) : cast(1 - h.alpha),
    correction: cast(corrected(1 - corrected(corrected(h.alpha) ** step))),
    decay_rate: cast(rate),
    kept_share: cast(decay(1 - rate)),
  };
}
