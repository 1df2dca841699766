import type { StepScalars } from "../../spec/arithmetic.js";
import type { Hyperparameters } from "../../spec/dialect.js";
import type { Evaluation, PinnedEvaluation } from "../../spec/evaluation.js";
import {
  type ScalarArithmetic,
  type ScalarAxes,
  type ScalarSite,
  scalarRule,
} from "../../spec/scalar-rule.js";

/** How an evaluation represents the scalars of a step. */
export type ScalarChoices = Pick<PinnedEvaluation, "scalars" | "complement" | "correction" | "decay-rate">;

/** Every scalar formed in float32. */
export const FLOAT32_SCALARS: ScalarChoices = {
  scalars: "float32",
  complement: "float32",
  correction: "float32",
  "decay-rate": "float32",
};

/** The scalar choices of an evaluation that has one choice on each of these axes. */
export function scalarChoices(evaluation: Evaluation): ScalarChoices {
  return {
    scalars: evaluation.scalars[0],
    complement: evaluation.complement[0],
    correction: evaluation.correction[0],
    "decay-rate": evaluation["decay-rate"][0],
  };
}

/**
 * The scalars of one step as numbers: what an evaluation makes of the hyperparameters before they meet a
 * tensor. Host code computes 1 − β, 1 − β^t, 1 − λη and the decayed learning rate in binary64 and casts once.
 *
 * @param h Hyperparameters, binary64.
 * @param step Counted from 1.
 * @param choices "float32" for `scalars` casts every scalar once, to nearest; "binary64" leaves it as it is. For
 *   `complement`, "binary64" subtracts 1 − alpha in binary64 before it is cast; "float32" casts alpha first and rounds the
 *   difference to float32. The other choices are the same for 1 − alpha^step, and for the decay rate and the share that
 *   it keeps.
 * @returns Binary64 numbers, each exactly a float32 when `scalars` is "float32". `correction` is
 *   1 − alpha^step, with the engine's power, which is within one ulp of binary64.
 * @throws {RangeError} when `step` is not a positive integer.
 */
export function stepScalars(
  dialect: ScalarAxes,
  h: Hyperparameters,
  step: number,
  choices: ScalarChoices,
): StepScalars<number> {
  return scalarRule(new HostArithmetic(choices), dialect, h, step);
}

/** The arithmetic of host code: each operation is rounded to binary64, and to float32 where that is chosen. */
class HostArithmetic implements ScalarArithmetic<number> {
  constructor(private readonly choices: ScalarChoices) {}

  number(x: number): number {
    return x;
  }

  convert(site: ScalarSite, x: number): number {
    return site !== "lr" && this.choices[site] === "float32" ? Math.fround(x) : x;
  }

  add(site: ScalarSite, x: number, y: number): number {
    return this.convert(site, x + y);
  }

  subtract(site: ScalarSite, x: number, y: number): number {
    return this.convert(site, x - y);
  }

  multiply(site: ScalarSite, x: number, y: number): number {
    return this.convert(site, x * y);
  }

  divide(site: ScalarSite, x: number, d: number): number {
    return this.convert(site, x / d);
  }

  power(site: ScalarSite, x: number, n: number): number {
    return this.convert(site, x ** n);
  }

  cast(x: number): number {
    return this.choices.scalars === "float32" ? Math.fround(x) : x;
  }
}
