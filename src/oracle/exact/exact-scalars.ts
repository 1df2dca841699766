import type { StepScalars } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { type ScalarArithmetic, type ScalarAxes, scalarRule } from "../../../spec/scalar-rule.js";
import { type Enclosure, point } from "./enclosure.js";
import type { EnclosureArithmetic } from "./enclosure-arithmetic.js";

/** Scalars as explicit numbers, each taken exactly; they take the place of what the hyperparameters give. */
export type ScalarOverrides = Partial<StepScalars<number>>;

/**
 * The scalars of one step over the reals: 1 − β, 1 − β^t, the decay rate and the decayed learning rate are those of the
 * exact binary64 hyperparameters, without the roundings of host code.
 *
 * @param step t, counted from 1.
 * @param overrides Where given, these are the scalars, as they are: an lr is not decayed again, and a
 *   complement owes nothing to alpha. So cast scalars can be read over the reals.
 * @throws {RangeError} when `step` is not a positive integer.
 */
export function exactScalars(
  ar: EnclosureArithmetic,
  dialect: ScalarAxes,
  h: Hyperparameters,
  step: number,
  overrides: ScalarOverrides = {},
): StepScalars<Enclosure> {
  return scalarRule(overTheReals(ar), dialect, h, step, overrides);
}

function overTheReals(ar: EnclosureArithmetic): ScalarArithmetic<Enclosure> {
  return {
    number: point,
    convert: (_, x) => x,
    add: (_, x, y) => ar.add(x, y),
    subtract: (_, x, y) => ar.subtract(x, y),
    multiply: (_, x, y) => ar.multiply(x, y),
    divide: (_, x, d) => ar.divide(x, d),
    power: (_, x, n) => ar.power(x, n),
    cast: (x) => x,
  };
}
