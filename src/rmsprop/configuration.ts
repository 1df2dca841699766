import type { DialectAxes } from "../../spec/dialect.js";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import { type ResolvedOptions, type RMSpropOptions, resolveOptions } from "./options.js";

/**
 * Everything that a step needs besides its tensors: what to compute, and the scalars as it uses them. Made by
 * `configureStep`; does not change.
 *
 * Scalars called `…32` are float32 values, rounded once. Those that depend on the step count stay binary64
 * until the count is known.
 */
export interface StepConfiguration {
  readonly epsilon: DialectAxes["epsilon"];
  readonly initialAccumulator: DialectAxes["initialAccumulator"];
  /** "none" where the dialect ignores momentum, or μ is 0 and it keeps no buffer then. */
  readonly momentum: Exclude<DialectAxes["momentum"], "ignored">;
  readonly centered: boolean;
  /** Whether a centered variance below zero becomes zero. */
  readonly clampsVariance: boolean;
  /** "none" where λ is 0. */
  readonly weightDecay: DialectAxes["weightDecay"];
  readonly biasCorrection: boolean;
  readonly maximize: boolean;
  /** "never" where the bound is ∞. */
  readonly clipping: DialectAxes["clipping"];

  /** Whether weight decay, lerp and η·b are fused with the sums that they feed. */
  readonly fused: boolean;
  /** (tg)g or t(g²), t = 1 − β, and whether its last product is fused with the sum. */
  readonly meanSquare: "weight-first" | "weight-first-fused" | "square-first-fused";
  /** βa + (1 − β)g in two terms, or PyTorch 2's lerp. */
  readonly meanGradient: "two-term" | "lerp";
  /** Whether a² is fused with s − a². */
  readonly fusedVariance: boolean;
  /** (ηg)/d, or η(g/d), which is fused where it is subtracted from the parameter. */
  readonly quotient: "scale-first" | "quotient-first-fused";

  readonly alpha32: number;
  /** 1 − β, subtracted in binary64. */
  readonly complement32: number;
  readonly eps32: number;
  readonly momentum32: number;
  readonly weightDecay32: number;
  readonly clipValue32: number;
  readonly initialAccumulator32: number;

  readonly lr: number;
  /** 0 where the dialect does not decay the learning rate. */
  readonly lrDecay: number;
  readonly alpha: number;
}

type Rounding = Pick<
  StepConfiguration,
  "fused" | "meanSquare" | "meanGradient" | "fusedVariance" | "quotient"
>;

const UNFUSED: Rounding = {
  fused: false,
  meanSquare: "weight-first",
  meanGradient: "lerp",
  fusedVariance: false,
  quotient: "scale-first",
};

/** How each evaluation rounds: in PyTorch's kernels, with and without FMA and on CUDA, or as the formula is typed. */
const ROUNDING: Readonly<Record<PinnedEvaluationName, Rounding>> = {
  fused: { ...UNFUSED, fused: true, meanSquare: "weight-first-fused", fusedVariance: true },
  unfused: UNFUSED,
  cuda: {
    ...UNFUSED,
    fused: true,
    meanSquare: "square-first-fused",
    quotient: "quotient-first-fused",
  },
  "operation-by-operation": { ...UNFUSED, meanGradient: "two-term" },
};

/**
 * Prepare a step.
 * @throws {InvalidArgumentError} for options that are not allowed.
 */
export function configureStep(options: RMSpropOptions = {}): StepConfiguration {
  return configurationOf(resolveOptions(options));
}

/** Prepare a step from options that were already checked. */
export function configurationOf(options: ResolvedOptions): StepConfiguration {
  const { dialect, evaluation, hyperparameters: h } = options;
  // A flag or scalar that the dialect does not know has no effect.
  const hasMomentum =
    dialect.momentum !== "ignored" && (h.momentum > 0 || dialect.zeroMomentum === "buffered");
  const clips = h.clip_value !== Number.POSITIVE_INFINITY;
  return {
    epsilon: dialect.epsilon,
    initialAccumulator: dialect.initialAccumulator,
    momentum: hasMomentum ? (dialect.momentum as StepConfiguration["momentum"]) : "none",
    centered: dialect.centered === "always" || (dialect.centered === "optional" && h.centered),
    clampsVariance: dialect.negativeVariance === "clamped",
    weightDecay: h.weight_decay === 0 ? "none" : dialect.weightDecay,
    biasCorrection: dialect.biasCorrection === "always",
    maximize: dialect.maximize === "optional" && h.maximize,
    clipping: clips ? dialect.clipping : "never",

    ...ROUNDING[evaluation],

    alpha32: Math.fround(h.alpha),
    complement32: Math.fround(1 - h.alpha),
    eps32: Math.fround(h.eps),
    momentum32: Math.fround(h.momentum),
    weightDecay32: Math.fround(h.weight_decay),
    clipValue32: Math.fround(h.clip_value),
    initialAccumulator32: initialAccumulator32(options),

    lr: h.lr,
    lrDecay: dialect.lrDecay === "inverse-time" ? h.lr_decay : 0,
    alpha: h.alpha,
  };
}

/** The uniform start of the mean square; 0 where it comes from the first gradient. */
function initialAccumulator32(options: ResolvedOptions): number {
  switch (options.dialect.initialAccumulator) {
    case "zero":
    case "first-gradient-squared":
      return 0;
    case "one":
      return 1;
    case "epsilon":
      return Math.fround(options.hyperparameters.eps);
    case "given":
      return Math.fround(options.initialAccumulator as number);
  }
}

/** η of the step after `stepsTaken` steps, as a float32: decayed in binary64, rounded once. */
export function learningRate32(configuration: StepConfiguration, stepsTaken: number): number {
  return Math.fround(configuration.lr / (1 + configuration.lrDecay * stepsTaken));
}

/** 1 − β^t as a float32: computed in binary64, rounded once. `t` counts the step that it belongs to, from 1. */
export function correction32(configuration: StepConfiguration, t: number): number {
  return Math.fround(1 - configuration.alpha ** t);
}
