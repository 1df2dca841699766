import type { StepConfiguration } from "./configuration.js";
import { fusedMultiplyAdd } from "./fused-multiply-add.js";
import {
  descendQuotientFirst,
  descendWithLrInside,
  descendWithNesterov,
  descendWithRawGradient,
} from "./quotient-first.js";

const fround = Math.fround;

/** Decoupled weight decay: p ← p − λ·η·p or p − λ·p for `count` elements from `start` on. */
export function decayParameter(
  configuration: StepConfiguration,
  parameter: Float32Array,
  lr: number,
  start: number,
  count: number,
): void {
  const decay = configuration.weightDecay32;
  const end = start + count;
  if (configuration.weightDecay === "decoupled-lr") {
    if (configuration.fused) {
      for (let i = start; i < end; i++) {
        parameter[i] = fusedMultiplyAdd(-fround(parameter[i] * decay), lr, parameter[i]);
      }
    } else {
      for (let i = start; i < end; i++) {
        parameter[i] = parameter[i] - fround(fround(parameter[i] * decay) * lr);
      }
    }
  } else if (configuration.fused) {
    for (let i = start; i < end; i++) parameter[i] = fusedMultiplyAdd(-parameter[i], decay, parameter[i]);
  } else {
    for (let i = start; i < end; i++) parameter[i] = parameter[i] - fround(parameter[i] * decay);
  }
}

/** Without momentum: p ← p − (η·g)/d, never fused, since it ends in a division; or p ← p − η·(g/d), fused. */
export function descend(
  configuration: StepConfiguration,
  parameter: Float32Array,
  gradient: Float32Array,
  denominator: Float32Array,
  lr: number,
  start: number,
  count: number,
): void {
  if (configuration.quotient === "quotient-first-fused") {
    descendQuotientFirst(parameter, gradient, denominator, lr, start, count);
    return;
  }
  for (let i = 0; i < count; i++) {
    parameter[start + i] = parameter[start + i] - fround(fround(lr * gradient[i]) / denominator[i]);
  }
}

/**
 * With momentum: update the buffer and the parameter in the configured form, for `count` elements from `start`
 * on. Gradient and denominator are at the front of their arrays.
 */
export function descendWithMomentum(
  configuration: StepConfiguration,
  parameter: Float32Array,
  buffer: Float32Array,
  gradient: Float32Array,
  denominator: Float32Array,
  lr: number,
  start: number,
  count: number,
): void {
  const mu = configuration.momentum32;
  const quotientFirst = configuration.quotient === "quotient-first-fused";
  switch (configuration.momentum) {
    case "lr-outside":
      if (configuration.fused) {
        for (let i = 0; i < count; i++) {
          const b = fround(fround(buffer[start + i] * mu) + fround(gradient[i] / denominator[i]));
          buffer[start + i] = b;
          parameter[start + i] = fusedMultiplyAdd(-b, lr, parameter[start + i]);
        }
      } else {
        for (let i = 0; i < count; i++) {
          const b = fround(fround(buffer[start + i] * mu) + fround(gradient[i] / denominator[i]));
          buffer[start + i] = b;
          parameter[start + i] = parameter[start + i] - fround(b * lr);
        }
      }
      return;
    case "lr-inside":
      if (quotientFirst) {
        descendWithLrInside(parameter, buffer, gradient, denominator, mu, lr, start, count);
        return;
      }
      for (let i = 0; i < count; i++) {
        const increment = fround(fround(lr * gradient[i]) / denominator[i]);
        const b = fround(fround(buffer[start + i] * mu) + increment);
        buffer[start + i] = b;
        parameter[start + i] = parameter[start + i] - b;
      }
      return;
    case "raw-gradient":
      if (quotientFirst) {
        descendWithRawGradient(parameter, buffer, gradient, denominator, mu, lr, start, count);
        return;
      }
      for (let i = 0; i < count; i++) {
        const b = fround(fround(buffer[start + i] * mu) + gradient[i]);
        buffer[start + i] = b;
        parameter[start + i] = parameter[start + i] - fround(fround(lr * b) / denominator[i]);
      }
      return;
    case "nesterov":
      if (quotientFirst) {
        descendWithNesterov(parameter, buffer, gradient, denominator, mu, lr, start, count);
        return;
      }
      for (let i = 0; i < count; i++) {
        const increment = fround(fround(lr * gradient[i]) / denominator[i]);
        const b = fround(fround(buffer[start + i] * mu) + increment);
        buffer[start + i] = b;
        parameter[start + i] = parameter[start + i] - fround(fround(b * mu) + increment);
      }
      return;
    case "nesterov-lr-outside":
      for (let i = 0; i < count; i++) {
        const increment = fround(gradient[i] / denominator[i]);
        const b = fround(fround(buffer[start + i] * mu) + increment);
        buffer[start + i] = b;
        const ahead = fround(fround(b * mu) + increment);
        parameter[start + i] = configuration.fused
          ? fusedMultiplyAdd(-ahead, lr, parameter[start + i])
          : parameter[start + i] - fround(ahead * lr);
      }
      return;
    case "none":
      throw new Error("a step without momentum has no buffer to update");
  }
}
