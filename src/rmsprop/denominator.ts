import { BLOCK } from "./block.js";
import { correction32, type StepConfiguration } from "./configuration.js";
import { fusedMultiplyAdd } from "./fused-multiply-add.js";

const fround = Math.fround;
const sqrt = Math.sqrt;

const correctedMean = new Float32Array(BLOCK);

/**
 * The denominator of `count` elements from `start` on, written to the front of `out`. `gradientAverage` is
 * read only when the step is centered. `t` counts the step from 1.
 *
 * A centered variance that rounding made negative gives NaN where ε does not lift it, unless the
 * dialect clamps it.
 */
export function writeDenominator(
  configuration: StepConfiguration,
  squareAverage: Float32Array,
  gradientAverage: Float32Array | undefined,
  t: number,
  start: number,
  count: number,
  out: Float32Array,
): void {
  if (configuration.biasCorrection) {
    divide(squareAverage, start, count, correction32(configuration, t), out);
  } else {
    for (let i = 0; i < count; i++) out[i] = squareAverage[start + i];
  }
  if (gradientAverage !== undefined) {
    if (configuration.biasCorrection) {
      divide(gradientAverage, start, count, correction32(configuration, t), correctedMean);
      center(configuration, out, correctedMean, 0, count);
    } else {
      center(configuration, out, gradientAverage, start, count);
    }
    if (configuration.clampsVariance) {
      // NaN is not below zero, so it stays.
      for (let i = 0; i < count; i++) if (out[i] <= 0) out[i] = 0;
    }
  }
  takeRoot(configuration, gradientAverage !== undefined, count, out);
}

function divide(
  values: Float32Array,
  start: number,
  count: number,
  divisor: number,
  out: Float32Array,
): void {
  for (let i = 0; i < count; i++) out[i] = values[start + i] / divisor;
}

/** v ← v − a², or v − (a² + ε) where ε is subtracted; `means` is read from `from` on. */
function center(
  configuration: StepConfiguration,
  variance: Float32Array,
  means: Float32Array,
  from: number,
  count: number,
): void {
  if (configuration.epsilon === "subtracted") {
    const eps = configuration.eps32;
    for (let i = 0; i < count; i++) {
      const a = means[from + i];
      variance[i] = variance[i] - fround(fround(a * a) + eps);
    }
  } else if (configuration.fusedVariance) {
    for (let i = 0; i < count; i++) {
      const a = means[from + i];
      variance[i] = fusedMultiplyAdd(-a, a, variance[i]);
    }
  } else {
    for (let i = 0; i < count; i++) {
      const a = means[from + i];
      variance[i] = variance[i] - fround(a * a);
    }
  }
}

/** v ← the root of v, with ε where the dialect puts it. */
function takeRoot(
  configuration: StepConfiguration,
  centered: boolean,
  count: number,
  values: Float32Array,
): void {
  const eps = configuration.eps32;
  switch (configuration.epsilon) {
    case "outside":
      for (let i = 0; i < count; i++) values[i] = fround(sqrt(values[i])) + eps;
      return;
    case "inside":
      for (let i = 0; i < count; i++) values[i] = sqrt(fround(values[i] + eps));
      return;
    case "subtracted":
      // When centered, `center` has already dealt with ε.
      if (centered) {
        for (let i = 0; i < count; i++) values[i] = sqrt(values[i]);
      } else {
        for (let i = 0; i < count; i++) values[i] = sqrt(fround(values[i] + eps));
      }
      return;
    case "both":
      for (let i = 0; i < count; i++) values[i] = fround(sqrt(fround(values[i] + eps))) + eps;
      return;
    case "max-clamp":
      for (let i = 0; i < count; i++) values[i] = Math.max(fround(sqrt(values[i])), eps);
      return;
    case "none":
      for (let i = 0; i < count; i++) values[i] = sqrt(values[i]);
      return;
  }
}
