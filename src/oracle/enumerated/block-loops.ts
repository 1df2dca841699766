import { isFloat32, MIN_NORMAL } from "../../float32/bits.js";
import { fma32 } from "../../float32/fma.js";

/**
 * The loops of the enumerated reading: one operation over a block. Values are float32 numbers in binary64
 * arrays, or binary64 where intermediates are kept; `single` says that a result is rounded to float32.
 */

export function negateBlock(out: Float64Array, x: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = -x[i];
}

export function addBlocks(out: Float64Array, x: Float64Array, y: Float64Array, single: boolean): void {
  if (single) for (let i = 0; i < out.length; i++) out[i] = Math.fround(x[i] + y[i]);
  else for (let i = 0; i < out.length; i++) out[i] = x[i] + y[i];
}

export function subtractBlocks(out: Float64Array, x: Float64Array, y: Float64Array, single: boolean): void {
  if (single) for (let i = 0; i < out.length; i++) out[i] = Math.fround(x[i] - y[i]);
  else for (let i = 0; i < out.length; i++) out[i] = x[i] - y[i];
}

export function multiplyBlocks(out: Float64Array, x: Float64Array, y: Float64Array, single: boolean): void {
  if (single) for (let i = 0; i < out.length; i++) out[i] = Math.fround(x[i] * y[i]);
  else for (let i = 0; i < out.length; i++) out[i] = x[i] * y[i];
}

export function divideBlocks(out: Float64Array, x: Float64Array, y: Float64Array, single: boolean): void {
  if (single) for (let i = 0; i < out.length; i++) out[i] = Math.fround(x[i] / y[i]);
  else for (let i = 0; i < out.length; i++) out[i] = x[i] / y[i];
}

export function squareRootBlock(out: Float64Array, x: Float64Array, single: boolean): void {
  if (single) for (let i = 0; i < out.length; i++) out[i] = Math.fround(Math.sqrt(x[i]));
  else for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]);
}

/** 1/√x, rounded once to float32 (from binary64's two roundings) or kept. */
export function reciprocalRootBlock(out: Float64Array, x: Float64Array, single: boolean): void {
  if (single) for (let i = 0; i < out.length; i++) out[i] = Math.fround(1 / Math.sqrt(x[i]));
  else for (let i = 0; i < out.length; i++) out[i] = 1 / Math.sqrt(x[i]);
}

export function maximumBlocks(out: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.max(x[i], y[i]);
}

export function minimumBlocks(out: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.min(x[i], y[i]);
}

/** ±x·y ± z rounded once; x, y and z hold float32 values, the signs are 1 or −1. */
export function fuseBlocks(
  out: Float64Array,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  productSign: number,
  zSign: number,
): void {
  for (let i = 0; i < out.length; i++) out[i] = fma32(productSign * x[i], y[i], zSign * z[i]);
}

/** Zero, with its sign, where ±x·y ± z is below the smallest normal before it is rounded to float32. */
export function flushTinySums(
  out: Float64Array,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  productSign: number,
  zSign: number,
): void {
  for (let i = 0; i < out.length; i++) {
    const sum = productSign * x[i] * y[i] + zSign * z[i];
    if (sum < MIN_NORMAL && sum > -MIN_NORMAL) out[i] = sum * 0;
  }
}

/** Elements below the smallest normal become zero with their sign. */
export function flushBlock(x: Float64Array): void {
  for (let i = 0; i < x.length; i++) {
    if (x[i] < MIN_NORMAL && x[i] > -MIN_NORMAL) x[i] *= 0;
  }
}

export function isFloat32Block(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (!isFloat32(x[i])) return false;
  return true;
}
