import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";

/**
 * The mean square before the first step, which is the host's to give: a graph starts from whatever it is fed.
 * @throws {Error} for a dialect that needs more than hyperparameters to know it
 */
export function initialSquare(
  { initialAccumulator }: Dialect,
  { eps }: Hyperparameters,
  length: number,
): Float32Array {
  switch (initialAccumulator) {
    case "zero":
      return new Float32Array(length);
    case "one":
      return new Float32Array(length).fill(1);
    case "epsilon":
      return new Float32Array(length).fill(eps);
    default:
      throw new Error(`no graph's host knows where a mean square starts that is "${initialAccumulator}"`);
  }
}
