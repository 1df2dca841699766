import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import { type Enclosure, EnclosureArithmetic, point, RISING_DIGITS } from "../oracle/exact/index.js";
import { ExactTraining } from "./exact-training.js";

/**
 * The descent on the quadratic (c₀·x₀² + c₁·x₁²) / 2 over the reals: neither parameters nor gradients are ever rounded.
 * @param rising digits to try, in order
 * @returns the parameters before the first step and after each, as the nearest binary64 numbers, as far as the last
 *   number of digits determines them
 */
export function exactDescent(
  dialect: Dialect,
  h: Hyperparameters,
  curvature: readonly number[],
  start: readonly number[],
  steps: number,
  rising: readonly number[] = RISING_DIGITS,
): number[][] {
  let points: number[][] = [];
  for (const digits of rising) {
    points = [...certainPoints(dialect, h, curvature, start, steps, digits)];
    if (points.length > steps) break;
  }
  return points;
}

/** The points before the first one that these digits do not determine. */
function* certainPoints(
  dialect: Dialect,
  h: Hyperparameters,
  curvature: readonly number[],
  start: readonly number[],
  steps: number,
  digits: number,
): Generator<number[]> {
  const training = new ExactTraining(dialect, h, start, digits);
  const arithmetic = new EnclosureArithmetic(digits);
  const slopes = curvature.map(point);
  yield [...start];
  for (let k = 0; k < steps; k++) {
    training.step(training.parameter.map((x, i) => arithmetic.multiply(slopes[i], x)));
    if (!training.parameter.every(isCertain)) return;
    yield training.parameter.map(({ lo }) => lo.toNumber());
  }
}

function isCertain({ lo, hi, nan }: Enclosure): boolean {
  return !nan && lo.toNumber() === hi.toNumber();
}
