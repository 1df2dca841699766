import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { ExactDecimal } from "../src/float32/to-decimal.js";
import type { Declaration } from "../src/judge/declaration.js";
import { type Enclosure, type ExactInputs, exactStep, point } from "../src/oracle/exact/index.js";
import { PropertyFailure } from "./property-failure.js";

/** What the worked examples of family 13 have in common. */

/** The plain rule with the numbers of an example. */
export function example(dialect: Dialect, given: Partial<Hyperparameters>): Hyperparameters {
  return {
    ...dialect.defaults,
    momentum: 0,
    weight_decay: 0,
    centered: dialect.centered === "always",
    maximize: false,
    lr_decay: 0,
    clip_value: Number.POSITIVE_INFINITY,
    ...given,
    ...(dialect.epsilon === "none" && { eps: 0 }),
  };
}

/** The examples begin with a mean square of zero. */
export const startsAtZero = ({ dialect }: Declaration): boolean => dialect.initialAccumulator === "zero";

/** Nothing but the mean square stands in the denominator. */
export const isPlain = ({ dialect }: Declaration): boolean =>
  dialect.biasCorrection === "never" && dialect.centered !== "always";

/** The decimals that are printed of an exact result. */
function printed(x: Enclosure, decimals: number): string {
  // Named, because an end of an enclosure rounds outward by itself.
  const [lo, hi] = [x.lo, x.hi].map((end) => end.toFixed(decimals, ExactDecimal.ROUND_HALF_EVEN));
  if (lo !== hi || x.nan) throw new Error(`too few digits to print ${x.lo.toString()} … ${x.hi.toString()}`);
  return lo;
}

/** @throws {PropertyFailure} when an exact result is not printed like this */
export function expectPrinted(what: string, x: Enclosure, text: string): void {
  const decimals = text.split(".")[1].length;
  const got = printed(x, decimals);
  if (got === text) return;
  throw new PropertyFailure(`${what} is ${got} over the reals, not ${text}`, "differs");
}

/** Mean squares of the exact oracle after each gradient, from zero. */
export function exactMeanSquares(
  dialect: Dialect,
  h: Hyperparameters,
  gradients: readonly number[],
  digits: number,
) {
  let s = point(0);
  return gradients.map((gradient, k) => {
    const inputs: ExactInputs = { parameter: [0], gradient: [gradient], square_avg: [s] };
    [s] = exactStep(dialect, h, k + 1, inputs, { digits }).square_avg;
    return s;
  });
}
