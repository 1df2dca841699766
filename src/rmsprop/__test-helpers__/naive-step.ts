import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import type { PinnedEvaluationName } from "../../../spec/evaluations.js";

/**
 * What the tests of this folder compare the loops with: one element at a time, every operation spelt out, and a
 * fused multiply-add in exact integers. Nothing here is shared with the loops.
 */

/** One element of a parameter and its state. */
export interface Element {
  p: number;
  s: number;
  a: number;
  b: number;
}

const f = Math.fround;

/** Step `t` (from 1) of one element. */
export function naiveStep(
  axes: DialectAxes,
  h: Hyperparameters,
  evaluation: PinnedEvaluationName,
  t: number,
  gradient: number,
  e: Element,
): Element {
  const cuda = evaluation === "cuda";
  const fuses = evaluation === "fused" || cuda;
  // z ± x·y
  const plus = (z: number, x: number, y: number) =>
    fuses ? exactFusedMultiplyAdd(x, y, z) : f(z + f(x * y));
  const minus = (z: number, x: number, y: number) => plus(z, -x, y);
  const clipped = (x: number) => {
    const c = f(h.clip_value);
    return Math.abs(x) > c ? Math.sign(x) * c : x;
  };
  const lr = f(axes.lrDecay === "inverse-time" ? h.lr / (1 + h.lr_decay * (t - 1)) : h.lr);
  const decay = f(h.weight_decay);
  const beta = f(h.alpha);
  const w = f(1 - h.alpha);
  const eps = f(h.eps);
  const mu = f(h.momentum);

  let p = e.p;
  if (h.weight_decay !== 0) {
    if (axes.weightDecay === "decoupled") p = minus(p, p, decay);
    if (axes.weightDecay === "decoupled-lr") p = minus(p, f(p * decay), lr);
  }
  let g = gradient;
  if (axes.maximize === "optional" && h.maximize) g = -g;
  if (axes.clipping === "before-square") g = clipped(g);
  if (axes.weightDecay === "l2" && h.weight_decay !== 0) g = plus(g, p, decay);

  const s = cuda ? plus(f(beta * e.s), w, f(g * g)) : plus(f(beta * e.s), f(w * g), g);
  const centered = axes.centered === "always" || (axes.centered === "optional" && h.centered);
  let a = e.a;
  if (centered) {
    const distance = f(g - e.a);
    if (evaluation === "operation-by-operation") a = f(f(beta * e.a) + f(w * g));
    else if (w > -0.5 && w < 0.5) a = plus(e.a, w, distance);
    else if (fuses) a = exactFusedMultiplyAdd(f(w - 1), distance, g);
    else a = f(g - f(distance * f(1 - w)));
  }

  const correction = axes.biasCorrection === "always" ? f(1 - h.alpha ** t) : 1;
  const used = f(s / correction);
  const mean = f(a / correction);
  let v = used;
  if (centered) {
    if (axes.epsilon === "subtracted") v = f(used - f(f(mean * mean) + eps));
    else v = cuda ? f(used - f(mean * mean)) : minus(used, mean, mean);
    if (axes.negativeVariance === "clamped" && v <= 0) v = 0;
  }
  const insideEps =
    axes.epsilon === "inside" || axes.epsilon === "both" || (axes.epsilon === "subtracted" && !centered);
  if (insideEps) v = f(v + eps);
  let d = f(Math.sqrt(v));
  if (axes.epsilon === "outside" || axes.epsilon === "both") d = f(d + eps);
  if (axes.epsilon === "max-clamp" && d < eps) d = eps;
  if (axes.clipping === "after-square") g = clipped(g);

  const scaled = (x: number) => (cuda ? f(lr * f(x / d)) : f(f(lr * x) / d));
  const descended = (x: number) => (cuda ? minus(p, f(x / d), lr) : f(p - scaled(x)));
  const propagated = f(e.b * mu);
  const result = (b: number, next: number) => ({ p: next, s, a, b });
  if (!(h.momentum > 0) && axes.zeroMomentum === "unbuffered") return result(e.b, descended(g));
  if (axes.momentum === "lr-outside") {
    const b = f(propagated + f(g / d));
    return result(b, minus(p, b, lr));
  }
  if (axes.momentum === "lr-inside") {
    const b = f(propagated + scaled(g));
    return result(b, f(p - b));
  }
  if (axes.momentum === "raw-gradient") {
    const b = f(propagated + g);
    return result(b, descended(b));
  }
  if (axes.momentum === "nesterov") {
    const b = f(propagated + scaled(g));
    return result(b, f(p - f(f(b * mu) + scaled(g))));
  }
  if (axes.momentum === "nesterov-lr-outside") {
    const b = f(propagated + f(g / d));
    return result(b, minus(p, f(f(b * mu) + f(g / d)), lr));
  }
  return result(e.b, descended(g));
}

/** x·y + z for float32 values, exact in integers of 2^-298 and rounded once, ties to even. */
export function exactFusedMultiplyAdd(x: number, y: number, z: number): number {
  const plain = x * y + z;
  if (!Number.isFinite(plain)) return plain;
  const sum = units(x) * units(y) + (units(z) << 149n);
  // An exact zero takes its sign from the operands, which binary64 gets right.
  if (sum === 0n) return plain;
  const magnitude = sum < 0n ? -sum : sum;
  const dropped = BigInt(Math.max(magnitude.toString(2).length - 24, 149));
  let kept = magnitude >> dropped;
  const rest = magnitude - (kept << dropped);
  const half = 1n << (dropped - 1n);
  if (rest > half || (rest === half && kept % 2n === 1n)) kept += 1n;
  const value = Number(kept) * 2 ** (Number(dropped) - 298);
  const bounded = value >= 2 ** 128 ? Number.POSITIVE_INFINITY : value;
  return sum < 0n ? -bounded : bounded;
}

/** A float32 in units of 2^-149. */
function units(x: number): bigint {
  return BigInt(x * 2 ** 149);
}

/** Reproducible float32 values. */
export function randomFloat32(seed: number) {
  let state = (seed * 0x9e3779b9 + 1) >>> 0;
  const next = () => {
    // Marsaglia's xorshift32.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  /** Any bits: NaN, infinities and subnormals too. */
  const any = () => {
    bits[0] = next();
    return float[0];
  };
  /** Uniform in (−1, 1). */
  const uniform = () => f((next() / 2 ** 32) * 2 - 1);
  const special = [0, -0, 2 ** -149, -(2 ** -130), 1e20, -2e19, 3e38, Number.POSITIVE_INFINITY, Number.NaN];
  /** Mostly values of size one and around, sometimes a special one. */
  const mixed = () => {
    const choice = next() % 16;
    if (choice === 0) return f(special[next() % special.length]);
    if (choice === 1) return f(uniform() * 2 ** ((next() % 200) - 120));
    return uniform();
  };
  return { any, uniform, mixed };
}
