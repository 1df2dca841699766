import type fc from "fast-check";
import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import { hyperparameters, type Parts, type Stratum } from "./hyperparameters.js";

/**
 * Hyperparameters for closed forms: clipping and the inverse-time decay of the learning rate are off, so that
 * every gradient and every learning rate is the one that was given.
 *
 * @param changes what takes the place of generated values
 */
export function plainHyperparameters(
  dialect: Dialect,
  changes: Partial<Hyperparameters> = {},
  parts: Parts = {},
  stratum?: fc.Arbitrary<Stratum>,
): fc.Arbitrary<Hyperparameters> {
  return hyperparameters(dialect, parts, stratum).map((h) => ({
    ...h,
    clip_value: Number.POSITIVE_INFINITY,
    lr_decay: 0,
    ...changes,
  }));
}
