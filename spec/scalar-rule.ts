import type { StepScalars } from "./arithmetic.js";
import type { DialectAxes, Hyperparameters } from "./dialect.js";

/** The scalars that host code computes before a step; an evaluation says in which precision it computes each. */
export type ScalarSite = "lr" | "complement" | "correction" | "decay-rate";

/** The arithmetic in which the scalars of a step are computed. Over the reals, `convert` and `cast` change nothing. */
export interface ScalarArithmetic<T> {
  /** A hyperparameter or an integer, as exactly what its 64 bits say. */
  number(x: number): T;
  /** x in the precision of a site. */
  convert(site: ScalarSite, x: T): T;
  /** x + y. */
  add(site: ScalarSite, x: T, y: T): T;
  /** x − y. */
  subtract(site: ScalarSite, x: T, y: T): T;
  /** x·y. */
  multiply(site: ScalarSite, x: T, y: T): T;
  /** x/d. */
  divide(site: ScalarSite, x: T, d: T): T;
  /** x^n, n ≥ 0. */
  power(site: ScalarSite, x: T, n: number): T;
  /** What tensors meet. */
  cast(x: T): T;
}

/** The axes on which the scalars of a step depend. */
export type ScalarAxes = Pick<DialectAxes, "lrDecay" | "biasCorrection" | "weightDecay">;

/**
 * The scalars of one step: 1 − β, 1 − β^t, the decayed learning rate, the decay rate and the share that it keeps.
 *
 * @param step t, counted from 1
 * @param given scalars as explicit numbers, in place of what the hyperparameters give: an lr is not decayed again, and a
 *   complement owes nothing to alpha
 * @throws {RangeError} when `step` is not a positive integer
 */
export function scalarRule<T>(
  ar: ScalarArithmetic<T>,
  dialect: ScalarAxes,
  h: Hyperparameters,
  step: number,
  given: Partial<StepScalars<number>> = {},
): StepScalars<T> {
  if (!Number.isSafeInteger(step) || step < 1)
    throw new RangeError(`steps are counted from 1, as integers; got ${step}`);
  const scalar = (name: keyof StepScalars<number>, otherwise: () => T): T => {
    const override = given[name];
    return override === undefined ? otherwise() : ar.number(override);
  };
  const one = ar.number(1);
  const decayedLr = (): T => {
    const elapsed = ar.multiply("lr", ar.number(h.lr_decay), ar.number(step - 1));
    return ar.divide("lr", ar.number(h.lr), ar.add("lr", one, elapsed));
  };
  const lr = scalar("lr", dialect.lrDecay === "inverse-time" ? decayedLr : () => ar.number(h.lr));
  const weightDecay = scalar("weight_decay", () => ar.number(h.weight_decay));
  const rate = scalar("decay_rate", () => {
    const lambda = ar.convert("decay-rate", weightDecay);
    if (dialect.weightDecay !== "decoupled-lr") return lambda;
    return ar.multiply("decay-rate", lambda, ar.convert("decay-rate", lr));
  });
  const alpha = (site: ScalarSite): T => ar.convert(site, ar.number(h.alpha));
  return {
    lr: ar.cast(lr),
    alpha: ar.cast(scalar("alpha", () => ar.number(h.alpha))),
    eps: ar.cast(scalar("eps", () => ar.number(h.eps))),
    momentum: ar.cast(scalar("momentum", () => ar.number(h.momentum))),
    weight_decay: ar.cast(weightDecay),
    lr_decay: ar.cast(scalar("lr_decay", () => ar.number(h.lr_decay))),
    clip_value: ar.cast(scalar("clip_value", () => ar.number(h.clip_value))),
    complement: ar.cast(scalar("complement", () => ar.subtract("complement", one, alpha("complement")))),
    correction: ar.cast(
      scalar("correction", () => {
        // A dialect that does not read it need not pay for the power.
        if (dialect.biasCorrection === "never") return one;
        return ar.subtract("correction", one, ar.power("correction", alpha("correction"), step));
      }),
    ),
    decay_rate: ar.cast(rate),
    kept_share: ar.cast(scalar("kept_share", () => ar.subtract("decay-rate", one, rate))),
  };
}
