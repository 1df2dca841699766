import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import { arb } from "./arb.js";
import type { DescribedArbitrary } from "./described-arbitrary.js";

/**
 * Two strata that are never mixed in one program. Dyadic hyperparameters are the same number in every
 * precision, so a difference is never about scalars; decimal ones exercise the casts.
 */
export const STRATA = {
  dyadic: {
    lr: [2 ** -5, 1, 2 ** -10, 0.25],
    alpha: [0.75, 0.5, 0.875, 1 - 2 ** -7],
    eps: [2 ** -20, 2 ** -10, 0.5],
    momentum: [0.5, 0.75, 0.875],
    weight_decay: [2 ** -4, 0.5],
  },
  decimal: {
    lr: [0.01, 0.1, 0.001, 0.3],
    alpha: [0.9, 0.99, 0.95, 0.999, 0.3],
    eps: [1e-8, 1e-6, 1e-10, 0.1],
    momentum: [0.9, 0.5, 0.99],
    weight_decay: [0.01, 1e-4, 0.1],
  },
} as const;

export type Stratum = keyof typeof STRATA;

/** Which optional parts of the rule a generated program may use; a part that is not named is off. */
export interface Parts {
  readonly momentum?: boolean;
  readonly centered?: boolean;
  readonly weightDecay?: boolean;
  readonly maximize?: boolean;
}

export const EVERY_PART: Parts = { momentum: true, centered: true, weightDecay: true, maximize: true };

/**
 * Complete hyperparameters of one stratum. A part that the dialect does not have stays off; one that it always
 * has stays on.
 */
export function hyperparameters(
  dialect: Dialect,
  parts: Parts,
  stratum: DescribedArbitrary<Stratum> = arb.constantFrom("dyadic", "decimal"),
): DescribedArbitrary<Hyperparameters> {
  const may = {
    momentum: (parts.momentum ?? false) && dialect.momentum !== "none" && dialect.momentum !== "ignored",
    weightDecay: (parts.weightDecay ?? false) && dialect.weightDecay !== "none",
    centered: (parts.centered ?? false) && dialect.centered === "optional",
    maximize: (parts.maximize ?? false) && dialect.maximize === "optional",
    lrDecay: dialect.lrDecay !== "never",
    clipping: dialect.clipping !== "never",
  };
  const flag = (allowed: boolean) => (allowed ? arb.boolean() : arb.constant(false));
  const drawn = stratum.chain((name) => {
    const values = STRATA[name];
    const off = <T>(allowed: boolean, some: readonly T[]) =>
      allowed ? arb.constantFrom<T | 0>(0, ...some) : arb.constant<T | 0>(0);
    return arb.record({
      lr: arb.constantFrom(...values.lr),
      alpha: arb.constantFrom(...values.alpha),
      eps: dialect.epsilon === "none" ? arb.constant(0) : arb.constantFrom(...values.eps),
      momentum: off(may.momentum, values.momentum),
      weight_decay: off(may.weightDecay, values.weight_decay),
      centered: dialect.centered === "always" ? arb.constant(true) : flag(may.centered),
      maximize: flag(may.maximize),
      lr_decay: off(may.lrDecay, [0.125]),
      clip_value: may.clipping
        ? arb.constantFrom(0.5, 1, Number.POSITIVE_INFINITY)
        : arb.constant(Number.POSITIVE_INFINITY),
    });
  });
  const optional = Object.entries(may).flatMap(([part, allowed]) => (allowed ? [part] : []));
  return drawn.as(() => {
    const without = optional.length > 0 ? `; with or without ${optional.join(", ")}` : "";
    return `hyperparameters (${stratum.distribution}${without})`;
  });
}

/** Drawn hyperparameters with `changes` in the end. */
export function withChanges(
  drawn: DescribedArbitrary<Hyperparameters>,
  changes: Partial<Hyperparameters>,
): DescribedArbitrary<Hyperparameters> {
  const words = Object.entries(changes).map(([name, value]) => `${name} ${value}`);
  return drawn.map((h) => ({ ...h, ...changes })).as(() => `${drawn.distribution} but ${words.join(", ")}`);
}
