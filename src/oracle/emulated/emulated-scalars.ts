import type { Decimal } from "decimal.js";
import type { StepScalars } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import type { PinnedEvaluation } from "../../../spec/evaluation.js";
import {
  type ScalarArithmetic,
  type ScalarAxes,
  type ScalarSite,
  scalarRule,
} from "../../../spec/scalar-rule.js";
import { ExactDecimal, exactDecimal } from "../../float32/to-decimal.js";
import {
  exactProduct,
  exactSum,
  quotientOf,
  roundToBinary64,
  roundToFloat32,
  type Scaled,
  scaledOf,
} from "./scaled-decimal.js";

/**
 * The scalars of one step under a pinned evaluation, each operation of host code done by decimal.js and rounded once.
 *
 * @param step counted from 1
 * @throws {Error} when the engine's power is more than one ulp of binary64 off
 */
export function emulatedScalars(
  dialect: ScalarAxes,
  h: Hyperparameters,
  step: number,
  evaluation: Pick<PinnedEvaluation, "scalars" | "complement" | "correction" | "decay-rate">,
): StepScalars<number> {
  const precisionOf = (site: ScalarSite) => (site === "lr" ? "binary64" : evaluation[site]);
  const rounded = (site: ScalarSite, exact: Scaled) => roundedIn(precisionOf(site), exact);
  const host: ScalarArithmetic<number> = {
    number: (x) => x,
    convert: (site, x) => rounded(site, scaledOf(x)),
    add: (site, x, y) => rounded(site, exactSum(scaledOf(x), scaledOf(y))),
    subtract: (site, x, y) => rounded(site, exactSum(scaledOf(x), scaledOf(-y))),
    multiply: (site, x, y) => rounded(site, exactProduct(scaledOf(x), scaledOf(y))),
    divide: (site, x, d) => rounded(site, quotientOf(x, d)),
    power: (site, x, n) => rounded(site, scaledOf(powerOf(x, n))),
    cast: (x) => roundedIn(evaluation.scalars, scaledOf(x)),
  };
  return scalarRule(host, dialect, h, step);
}

function roundedIn(precision: "binary64" | "float32", exact: Scaled): number {
  switch (precision) {
    case "binary64":
      return roundToBinary64(exact);
    case "float32":
      return roundToFloat32(exact);
  }
}

/**
 * β^t as the engine has it, which the language leaves open by one ulp of binary64: taken over where the exact power
 * lies between its neighbours.
 */
function powerOf(alpha: number, step: number): number {
  const power = alpha ** step;
  if (!Number.isFinite(power) || power === 0) return power;
  const exact = exactPower(exactDecimal(alpha), step);
  const ulp = exactDecimal(2 ** Math.max(Math.floor(Math.log2(power)) - 52, -1074));
  if (ExactDecimal.sub(exact, exactDecimal(power)).abs().greaterThan(ulp)) {
    throw new Error(`${alpha}^${step} is ${exact.toPrecision(20)}, but the engine has ${power}`);
  }
  return power;
}

/** By repeated squaring in the 4000 digits of the exact constructor, far beyond one ulp of binary64. */
function exactPower(base: Decimal, exponent: number): Decimal {
  let result = exactDecimal(1);
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = ExactDecimal.mul(result, square);
    if (rest > 1) square = ExactDecimal.mul(square, square);
  }
  return result;
}
