import type { Decimal } from "decimal.js";
import type { StepScalars } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import type { PinnedEvaluation } from "../../../spec/evaluation.js";
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

const ONE = scaledOf(1);

/**
 * The scalars of one step under a pinned evaluation, each operation of host code done by decimal.js and rounded once.
 *
 * @param step counted from 1
 * @throws {Error} when the engine's power is more than one ulp of binary64 off
 */
export function emulatedScalars(
  dialect: Pick<DialectAxes, "lrDecay" | "biasCorrection" | "weightDecay">,
  h: Hyperparameters,
  step: number,
  evaluation: Pick<PinnedEvaluation, "scalars" | "complement" | "correction" | "decay-rate">,
): StepScalars<number> {
  const toFloat32 = (x: number) => roundToFloat32(scaledOf(x));
  const cast = (x: number): number => {
    switch (evaluation.scalars) {
      case "float32":
        return toFloat32(x);
      case "binary64":
        return x;
    }
  };
  const lr = decayedLr(dialect, h, step);
  const rate = decayRateOf(dialect, h.weight_decay, lr, evaluation["decay-rate"]);
  return {
    lr: cast(lr),
    alpha: cast(h.alpha),
    eps: cast(h.eps),
    momentum: cast(h.momentum),
    weight_decay: cast(h.weight_decay),
    lr_decay: cast(h.lr_decay),
    clip_value: cast(h.clip_value),
    complement: complementOf(h.alpha, evaluation.complement, cast, toFloat32),
    correction: cast(
      dialect.biasCorrection === "never" ? 1 : correctionOf(h.alpha, step, evaluation.correction),
    ),
    decay_rate: cast(rate),
    kept_share: cast(roundedIn(evaluation["decay-rate"], exactSum(ONE, scaledOf(-rate)))),
  };
}

function roundedIn(precision: "binary64" | "float32", exact: Scaled): number {
  switch (precision) {
    case "binary64":
      return roundToBinary64(exact);
    case "float32":
      return roundToFloat32(exact);
  }
}

function decayRateOf(
  { weightDecay }: Pick<DialectAxes, "weightDecay">,
  lambda: number,
  lr: number,
  precision: PinnedEvaluation["decay-rate"],
): number {
  const factor = roundedIn(precision, scaledOf(lambda));
  if (weightDecay !== "decoupled-lr") return factor;
  return roundedIn(precision, exactProduct(scaledOf(factor), scaledOf(roundedIn(precision, scaledOf(lr)))));
}

/** 1 − β^t. */
function correctionOf(alpha: number, step: number, precision: PinnedEvaluation["correction"]): number {
  const base = roundedIn(precision, scaledOf(alpha));
  const power = roundedIn(precision, scaledOf(powerOf(base, step)));
  return roundedIn(precision, exactSum(ONE, scaledOf(-power)));
}

function complementOf(
  alpha: number,
  complement: PinnedEvaluation["complement"],
  cast: (x: number) => number,
  toFloat32: (x: number) => number,
): number {
  switch (complement) {
    case "binary64":
      return cast(oneMinus(alpha));
    case "float32":
      return roundToFloat32(exactSum(ONE, scaledOf(-toFloat32(alpha))));
  }
}

function decayedLr(
  dialect: Pick<DialectAxes, "lrDecay">,
  { lr, lr_decay }: Hyperparameters,
  step: number,
): number {
  switch (dialect.lrDecay) {
    case "never":
      return lr;
    case "inverse-time": {
      const product = roundToBinary64(exactProduct(scaledOf(lr_decay), scaledOf(step - 1)));
      const divisor = roundToBinary64(exactSum(ONE, scaledOf(product)));
      return roundToBinary64(quotientOf(lr, divisor));
    }
  }
}

/** 1 − x in binary64. */
function oneMinus(x: number): number {
  return roundToBinary64(exactSum(ONE, scaledOf(-x)));
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
