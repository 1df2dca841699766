import type { StepScalars } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import { type Enclosure, point } from "./enclosure.js";
import type { EnclosureArithmetic } from "./enclosure-arithmetic.js";

/** Scalars as explicit numbers, each taken exactly; they take the place of what the hyperparameters give. */
export type ScalarOverrides = Partial<StepScalars<number>>;

const ONE = point(1);

/**
 * The scalars of one step over the reals: 1 − β, 1 − β^t, the decay rate and the decayed learning rate are those of the
 * exact binary64 hyperparameters, without the roundings of host code.
 *
 * @param dialect With `lrDecay` "inverse-time", lr becomes lr / (1 + lr_decay·(step − 1)).
 * @param step t, counted from 1.
 * @param overrides Where given, these are the scalars, as they are: an lr is not decayed again, and a
 *   complement owes nothing to alpha. So cast scalars can be read over the reals.
 * @throws {RangeError} when `step` is not a positive integer.
 */
export function exactScalars(
  ar: EnclosureArithmetic,
  dialect: Pick<DialectAxes, "lrDecay" | "biasCorrection" | "weightDecay">,
  h: Hyperparameters,
  step: number,
  overrides: ScalarOverrides = {},
): StepScalars<Enclosure> {
  if (!Number.isSafeInteger(step) || step < 1) {
    throw new RangeError(`steps are counted from 1, as integers; got ${step}`);
  }
  const scalar = (name: keyof StepScalars<number>, otherwise: () => Enclosure): Enclosure => {
    const given = overrides[name];
    return given === undefined ? otherwise() : point(given);
  };
  const decayedLr = () => {
    if (dialect.lrDecay === "never") return point(h.lr);
    return ar.divide(point(h.lr), ar.add(ONE, ar.multiply(point(h.lr_decay), point(step - 1))));
  };
  const alpha = scalar("alpha", () => point(h.alpha));
  const lr = scalar("lr", decayedLr);
  const weightDecay = scalar("weight_decay", () => point(h.weight_decay));
  const rate = scalar("decay_rate", () =>
    dialect.weightDecay === "decoupled-lr" ? ar.multiply(weightDecay, lr) : weightDecay,
  );
  return {
    lr,
    alpha,
    eps: scalar("eps", () => point(h.eps)),
    momentum: scalar("momentum", () => point(h.momentum)),
    weight_decay: weightDecay,
    lr_decay: scalar("lr_decay", () => point(h.lr_decay)),
    clip_value: scalar("clip_value", () => point(h.clip_value)),
    complement: scalar("complement", () => ar.subtract(ONE, point(h.alpha))),
    correction: scalar("correction", () =>
      // A dialect that does not read it need not pay for the power.
      dialect.biasCorrection === "never" ? ONE : ar.subtract(ONE, ar.power(point(h.alpha), step)),
    ),
    decay_rate: rate,
    kept_share: scalar("kept_share", () => ar.subtract(ONE, rate)),
  };
}
