import type { Dialect, Hyperparameters } from "./dialect.js";

/**
 * The mean square of one element before its first step. Mean gradient and momentum buffer start at zero everywhere.
 *
 * @param gradient that of the first step, float32
 * @param stored x as it is stored: rounded to float32
 * @throws {Error} for a dialect whose initial accumulator must be given by a `load`.
 */
export function initialMeanSquare(
  { id, initialAccumulator }: Pick<Dialect, "id" | "initialAccumulator">,
  { eps }: Pick<Hyperparameters, "eps">,
  gradient: number,
  stored: (x: number) => number,
): number {
  switch (initialAccumulator) {
    case "zero":
      return 0;
    case "one":
      return 1;
    case "epsilon":
      return stored(eps);
    case "first-gradient-squared":
      // Exact in binary64, so that storing rounds it once.
      return stored(gradient * gradient);
    case "given":
      throw new Error(`the initial accumulator of dialect ${id} is given by a load before the first step`);
  }
}
