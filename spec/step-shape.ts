import type { StateSlot } from "./arithmetic.js";
import type { DialectAxes, Hyperparameters } from "./dialect.js";

/** Which optional parts of the rule a step uses; follows from the dialect and the hyperparameters. */
export interface StepShape {
  readonly centered: boolean;
  /** Whether the step reads and writes a momentum buffer. */
  readonly momentum: boolean;
  readonly weightDecay: boolean;
  readonly maximize: boolean;
  readonly clipping: boolean;
}

/** Decide the shape of a step. A flag that the dialect does not know has no effect. */
export function stepShape(dialect: DialectAxes, h: Hyperparameters): StepShape {
  return {
    centered: dialect.centered === "always" || (dialect.centered === "optional" && h.centered),
    momentum: hasMomentum(dialect) && (h.momentum > 0 || dialect.zeroMomentum === "buffered"),
    weightDecay: dialect.weightDecay !== "none" && h.weight_decay !== 0,
    maximize: dialect.maximize === "optional" && h.maximize,
    clipping: dialect.clipping !== "never" && h.clip_value !== Number.POSITIVE_INFINITY,
  };
}

/** The state slots that a step of this shape reads and writes. */
export function slotsOf(shape: StepShape): readonly StateSlot[] {
  return [
    "square_avg",
    ...(shape.centered ? (["grad_avg"] as const) : []),
    ...(shape.momentum ? (["momentum_buffer"] as const) : []),
  ];
}

/** The state slots that an implementation must show after such a step: at μ = 0 no buffer needs to be kept. */
export function shownSlots(dialect: DialectAxes, h: Hyperparameters): readonly StateSlot[] {
  return slotsOf(stepShape(dialect, h)).filter((slot) => slot !== "momentum_buffer" || h.momentum !== 0);
}

/** Whether the dialect has a momentum form: whether μ has an effect. */
export function hasMomentum({ momentum }: Pick<DialectAxes, "momentum">): boolean {
  return momentum !== "none" && momentum !== "ignored";
}
