import type { StepConfiguration } from "./configuration.js";
import { fusedMultiplyAdd } from "./fused-multiply-add.js";

const fround = Math.fround;

/** s ← βs + (1 − β)g² for `count` elements of s from `start` on; g is at the front of `gradient`. */
export function accumulateSquare(
  configuration: StepConfiguration,
  squareAverage: Float32Array,
  gradient: Float32Array,
  start: number,
  count: number,
): void {
  const alpha = configuration.alpha32;
  const complement = configuration.complement32;
  switch (configuration.meanSquare) {
    case "weight-first":
      for (let i = 0; i < count; i++) {
        const g = gradient[i];
        const kept = fround(alpha * squareAverage[start + i]);
        squareAverage[start + i] = kept + fround(fround(complement * g) * g);
      }
      return;
    case "weight-first-fused":
      for (let i = 0; i < count; i++) {
        const g = gradient[i];
        const kept = fround(alpha * squareAverage[start + i]);
        squareAverage[start + i] = fusedMultiplyAdd(fround(complement * g), g, kept);
      }
      return;
    case "square-first-fused":
      for (let i = 0; i < count; i++) {
        const g = gradient[i];
        const kept = fround(alpha * squareAverage[start + i]);
        squareAverage[start + i] = fusedMultiplyAdd(complement, fround(g * g), kept);
      }
      return;
  }
}

/** a ← βa + (1 − β)g for `count` elements of a from `start` on; g is at the front of `gradient`. */
export function accumulateMean(
  configuration: StepConfiguration,
  gradientAverage: Float32Array,
  gradient: Float32Array,
  start: number,
  count: number,
): void {
  if (configuration.meanGradient === "two-term") {
    accumulateTwoTerms(configuration, gradientAverage, gradient, start, count);
  } else if (Math.abs(configuration.complement32) < 0.5) {
    accumulateFromMean(configuration, gradientAverage, gradient, start, count);
  } else {
    accumulateFromGradient(configuration, gradientAverage, gradient, start, count);
  }
}

function accumulateTwoTerms(
  configuration: StepConfiguration,
  gradientAverage: Float32Array,
  gradient: Float32Array,
  start: number,
  count: number,
): void {
  const alpha = configuration.alpha32;
  const complement = configuration.complement32;
  for (let i = 0; i < count; i++) {
    gradientAverage[start + i] =
      fround(alpha * gradientAverage[start + i]) + fround(complement * gradient[i]);
  }
}

/** Lerp with a weight below ½ in magnitude: a + w(g − a). */
function accumulateFromMean(
  configuration: StepConfiguration,
  gradientAverage: Float32Array,
  gradient: Float32Array,
  start: number,
  count: number,
): void {
  const weight = configuration.complement32;
  if (configuration.fused) {
    for (let i = 0; i < count; i++) {
      const a = gradientAverage[start + i];
      gradientAverage[start + i] = fusedMultiplyAdd(weight, fround(gradient[i] - a), a);
    }
  } else {
    for (let i = 0; i < count; i++) {
      const a = gradientAverage[start + i];
      gradientAverage[start + i] = a + fround(weight * fround(gradient[i] - a));
    }
  }
}

/**
 * Lerp with a weight of ½ or more in magnitude: g − (g − a)(1 − w). β from 1.5 on belongs here too, since ATen
 * compares |w|.
 */
function accumulateFromGradient(
  configuration: StepConfiguration,
  gradientAverage: Float32Array,
  gradient: Float32Array,
  start: number,
  count: number,
): void {
  const weight = configuration.complement32;
  if (configuration.fused) {
    // −(1 − w) and not w − 1: they differ in the sign of zero at w = 1, where PyTorch's vector body and tail
    // differ from one another.
    const factor = -fround(1 - weight);
    for (let i = 0; i < count; i++) {
      const g = gradient[i];
      gradientAverage[start + i] = fusedMultiplyAdd(factor, fround(g - gradientAverage[start + i]), g);
    }
  } else {
    const rest = fround(1 - weight);
    for (let i = 0; i < count; i++) {
      const g = gradient[i];
      gradientAverage[start + i] = g - fround(fround(g - gradientAverage[start + i]) * rest);
    }
  }
}
