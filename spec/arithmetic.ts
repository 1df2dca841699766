import type { ScalarHyperparameter } from "./dialect.js";
import type { StepPart } from "./step-part.js";

/** The tensors that an optimizer keeps for a parameter, under PyTorch's names. */
export const STATE_SLOTS = ["square_avg", "grad_avg", "momentum_buffer"] as const;
/** A tensor that an optimizer keeps for a parameter. */
export type StateSlot = (typeof STATE_SLOTS)[number];

/** Everything that a step writes: the state and the parameter itself. */
export const SLOTS = ["parameter", ...STATE_SLOTS] as const;
/** A tensor that a step writes. */
export type Slot = (typeof SLOTS)[number];

/**
 * The sums of the update rule that a product may feed. An evaluation says, for each, whether the product is
 * rounded first or fused with the sum.
 */
export const SUM_SITES = [
  "weight-decay",
  "mean-square",
  "mean-gradient",
  "variance",
  "momentum",
  "lookahead",
  "parameter",
] as const;
/** A sum of the update rule that a product may feed. */
export type SumSite = (typeof SUM_SITES)[number];

/** Intermediates that have a name in the specification and in reports. */
export const INTERMEDIATES = [
  "gradient", // after maximize, clipping and weight decay
  "variance", // what stands under the root
  "denominator",
  "update", // what is subtracted from the parameter
] as const;
/** An intermediate that has a name. */
export type Intermediate = (typeof INTERMEDIATES)[number];

/**
 * The arithmetic in which the update rule is read. `V` is a block: one value, one set of values or one symbol
 * for each element of a tensor.
 *
 * Operations that are one thing over the reals but several in float32 (a sum fed by a product, a weighted
 * mean, a quotient scaled by the learning rate) are single operations here, so that a reading can choose an
 * order without the rule being written twice.
 */
export interface Arithmetic<V> {
  /** The operations that follow belong to this part. `weightedMean` divides itself into "square" and "average". */
  enter(part: StepPart): void;
  /** −x. */
  negate(x: V): V;
  /** x·y. */
  multiply(x: V, y: V): V;
  /** x + y. If x or y was made by `multiply` or `scaledQuotient`, the site's contraction may fuse it. */
  add(site: SumSite | null, x: V, y: V): V;
  /** x − y, with the same freedom as `add`. */
  subtract(site: SumSite | null, x: V, y: V): V;
  /** √x. */
  squareRoot(x: V): V;
  /** The larger of x and y. */
  maximum(x: V, y: V): V;
  /** The smaller of x and y. */
  minimum(x: V, y: V): V;
  /** The value where it is positive, and +0 where it is not; NaN stays NaN. */
  nonNegative(x: V): V;
  /**
   * x − x·∏ rates, or x·share, in one of the orders of the evaluation: `rate` is the product of the rates and `share`
   * is 1 − rate, both computed from scalars before they meet a tensor.
   */
  decayed(x: V, rates: readonly V[], rate: V, share: V): V;
  /** weight·old + complement·∏ factors, where complement stands for 1 − weight; one or two factors. */
  weightedMean(
    site: "mean-square" | "mean-gradient",
    weight: V,
    complement: V,
    old: V,
    factors: readonly [V] | readonly [V, V],
  ): V;
  /** x / correction, a scalar. */
  biasCorrected(x: V, correction: V): V;
  /** x / d. `d` may be a square root, of which an evaluation may take the reciprocal directly. */
  quotient(x: V, d: V): V;
  /** scale · x / d, in one of the orders of the evaluation. */
  scaledQuotient(scale: V, x: V, d: V): V;
  /**
   * Write a value to the state and give back what later operations read: the value itself, or, where the state
   * of an implementation was observed, what it says it stored.
   */
  store(slot: Slot, x: V): V;
  /** Give an intermediate its name; the value is unchanged. */
  name(intermediate: Intermediate, x: V): V;
}

/** The scalars of one step, as an interpreter represents them. */
export type StepScalars<V> = {
  readonly [K in ScalarHyperparameter | "complement" | "correction" | "decay_rate" | "kept_share"]: V;
};
// complement: 1 − β. correction: 1 − β^t. lr: after inverse-time decay, if the dialect has it. decay_rate: λ, or λ·lr
// where decoupled weight decay is scaled by the learning rate. kept_share: 1 − decay_rate.
