import type { DialectAxes, Hyperparameters } from "./dialect.js";
import type { Evaluation } from "./evaluation.js";
import { type StepShape, stepShape } from "./step-shape.js";

/**
 * The shape of a step as an evaluation computes it. Over the reals weight decay with λ = 0 is no operation; in float32 it
 * is one where the evaluation multiplies by zero, and 0·∞ and 0·NaN enter.
 * @param evaluation one choice of `zero-weight-decay`
 */
export function evaluatedShape(dialect: DialectAxes, h: Hyperparameters, evaluation: Evaluation): StepShape {
  const shape = stepShape(dialect, h);
  if (dialect.weightDecay === "none" || evaluation["zero-weight-decay"][0] === "skipped") return shape;
  return { ...shape, weightDecay: true };
}
