import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import type { ScalarRole } from "./roles.js";

/**
 * The scalars of a step, from 1: computed in binary64, and rounded to float32 once, where they go into a tensor. They
 * are computed here and not by the oracle, which must not share a mistake with what it judges.
 */
export function scalarsOf(
  { lrDecay }: Dialect,
  h: Hyperparameters,
  step: number,
): Readonly<Record<ScalarRole, number>> {
  return {
    lr: lrDecay === "inverse-time" ? h.lr / (1 + h.lr_decay * (step - 1)) : h.lr,
    alpha: h.alpha,
    one_minus_alpha: 1 - h.alpha,
    eps: h.eps,
    momentum: h.momentum,
    weight_decay: h.weight_decay,
    clip_value: h.clip_value,
    bias_correction: 1 - h.alpha ** step,
  };
}
