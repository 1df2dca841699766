import { fusedMultiplyAdd } from "./fused-multiply-add.js";

const fround = Math.fround;

/**
 * The updates in which the learning rate meets the gradient, as η·(g/d). A product that is subtracted from the
 * parameter is fused with it; one that enters a buffer is rounded. As in `parameter-update.ts`, gradient and
 * denominator are at the front of their arrays, parameter and buffer are changed for `count` elements from `start` on.
 */

/** Without momentum: p ← p − η·(g/d). */
export function descendQuotientFirst(
  parameter: Float32Array,
  gradient: Float32Array,
  denominator: Float32Array,
  lr: number,
  start: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const quotient = fround(gradient[i] / denominator[i]);
    parameter[start + i] = fusedMultiplyAdd(-quotient, lr, parameter[start + i]);
  }
}

/** b ← μ·b + η·(g/d), p ← p − b. */
export function descendWithLrInside(
  parameter: Float32Array,
  buffer: Float32Array,
  gradient: Float32Array,
  denominator: Float32Array,
  mu: number,
  lr: number,
  start: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const increment = fround(lr * fround(gradient[i] / denominator[i]));
    const b = fround(fround(buffer[start + i] * mu) + increment);
    buffer[start + i] = b;
    parameter[start + i] = parameter[start + i] - b;
  }
}

/** b ← μ·b + g, p ← p − η·(b/d). */
export function descendWithRawGradient(
  parameter: Float32Array,
  buffer: Float32Array,
  gradient: Float32Array,
  denominator: Float32Array,
  mu: number,
  lr: number,
  start: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const b = fround(fround(buffer[start + i] * mu) + gradient[i]);
    buffer[start + i] = b;
    const quotient = fround(b / denominator[i]);
    parameter[start + i] = fusedMultiplyAdd(-quotient, lr, parameter[start + i]);
  }
}

/** b ← μ·b + η·(g/d), p ← p − (μ·b + η·(g/d)). */
export function descendWithNesterov(
  parameter: Float32Array,
  buffer: Float32Array,
  gradient: Float32Array,
  denominator: Float32Array,
  mu: number,
  lr: number,
  start: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const increment = fround(lr * fround(gradient[i] / denominator[i]));
    const b = fround(fround(buffer[start + i] * mu) + increment);
    buffer[start + i] = b;
    parameter[start + i] = parameter[start + i] - fround(fround(b * mu) + increment);
  }
}
