import { CENTERED_MUTANTS } from "./centered.js";
import { CHANGE_MUTANTS } from "./changes.js";
import { CONTRACT_MUTANTS } from "./contract.js";
import { DIRECTION_MUTANTS } from "./direction.js";
import { EPSILON_MUTANTS } from "./epsilon.js";
import { HELD_OUT_MUTANTS } from "./held-out.js";
import { INITIAL_STATE_MUTANTS } from "./initial-state.js";
import { INTERLEAVING_MUTANTS } from "./interleaved.js";
import { MOMENTUM_MUTANTS } from "./momentum.js";
import { ROUNDING_MUTANTS } from "./rounding.js";
import { SCALAR_MUTANTS } from "./scalars.js";
import { SPECIAL_VALUE_MUTANTS } from "./special-values.js";
import { STATE_MUTANTS } from "./state.js";
import { STORAGE_MUTANTS } from "./storage.js";
import { TENSOR_MUTANTS } from "./tensors.js";
import type { Mutant } from "./variant.js";
import { WEIGHT_DECAY_MUTANTS } from "./weight-decay.js";

/** Every faulty RMSprop that the suite must kill, by what is wrong with it. */
export const MUTANTS: readonly Mutant[] = [
  ...EPSILON_MUTANTS,
  ...SCALAR_MUTANTS,
  ...ROUNDING_MUTANTS,
  ...STORAGE_MUTANTS,
  ...INITIAL_STATE_MUTANTS,
  ...MOMENTUM_MUTANTS,
  ...WEIGHT_DECAY_MUTANTS,
  ...CENTERED_MUTANTS,
  ...DIRECTION_MUTANTS,
  ...CHANGE_MUTANTS,
  ...STATE_MUTANTS,
  ...INTERLEAVING_MUTANTS,
  ...TENSOR_MUTANTS,
  ...SPECIAL_VALUE_MUTANTS,
  ...CONTRACT_MUTANTS,
  ...HELD_OUT_MUTANTS,
];
