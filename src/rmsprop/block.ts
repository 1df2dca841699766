/**
 * How many elements go through all the loops of a step before the next ones do: small enough for two scratch
 * arrays and the tensors' parts to stay in the first-level cache.
 */
export const BLOCK = 1024;
