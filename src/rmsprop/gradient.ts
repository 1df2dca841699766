import type { StepConfiguration } from "./configuration.js";
import { fusedMultiplyAdd } from "./fused-multiply-add.js";

const fround = Math.fround;

/**
 * The gradient that the step works with: negated under maximize, then clipped, then with λ·p added, each if
 * configured. Writes `count` elements from `start` on to the front of `out`; the gradient itself is left alone.
 */
export function readGradient(
  configuration: StepConfiguration,
  gradient: Float32Array,
  parameter: Float32Array,
  start: number,
  count: number,
  out: Float32Array,
): void {
  if (configuration.maximize) {
    for (let i = 0; i < count; i++) out[i] = -gradient[start + i];
  } else {
    for (let i = 0; i < count; i++) out[i] = gradient[start + i];
  }
  if (configuration.clipping === "before-square") clip(out, count, configuration.clipValue32);
  if (configuration.weightDecay !== "l2") return;
  const decay = configuration.weightDecay32;
  if (configuration.fused) {
    for (let i = 0; i < count; i++) out[i] = fusedMultiplyAdd(parameter[start + i], decay, out[i]);
  } else {
    for (let i = 0; i < count; i++) out[i] = out[i] + fround(parameter[start + i] * decay);
  }
}

/** Clip the first `count` values to ±bound; NaN stays NaN. */
export function clip(values: Float32Array, count: number, bound: number): void {
  for (let i = 0; i < count; i++) values[i] = Math.min(Math.max(values[i], -bound), bound);
}
