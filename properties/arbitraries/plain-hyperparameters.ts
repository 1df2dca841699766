import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import type { DescribedArbitrary } from "./described-arbitrary.js";
import { hyperparameters, type Parts, type Stratum, withChanges } from "./hyperparameters.js";

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
  stratum?: DescribedArbitrary<Stratum>,
): DescribedArbitrary<Hyperparameters> {
  const off = { clip_value: Number.POSITIVE_INFINITY, lr_decay: 0 };
  return withChanges(hyperparameters(dialect, parts, stratum), { ...off, ...changes });
}
