import type { Hyperparameters } from "../../../../spec/dialect.js";
import type { State } from "../plain-optimizer.js";
import type { Variant } from "../variant.js";
import { average, bufferOf, gainedSquare, inDialect, type Loop } from "./own-loop.js";

/** Implementations of other dialects, each with a loop of its own. */

const f = Math.fround;

function tensorflow(p: Float32Array, g: Float32Array, state: State, h: Hyperparameters): void {
  const ms = bufferOf(state, "square_avg", p);
  const mg = h.centered ? bufferOf(state, "grad_avg", p) : undefined;
  // The kernel feeds its buffer at every μ.
  const mom = bufferOf(state, "momentum_buffer", p);
  const [lr, rest, eps, mu] = [h.lr, 1 - h.alpha, h.eps, h.momentum].map(f);
  for (let i = 0; i < p.length; i++) {
    // The kernel moves by the difference: ms += (g² − ms)·(1 − ρ).
    ms[i] += f(f(f(g[i] * g[i]) - ms[i]) * rest);
    let under = f(ms[i] + eps);
    if (mg) {
      mg[i] += f(f(g[i] - mg[i]) * rest);
      under = f(f(ms[i] - f(mg[i] * mg[i])) + eps);
    }
    const step = f(f(lr * g[i]) / f(Math.sqrt(under)));
    mom[i] = f(mu * mom[i]) + step;
    p[i] -= mom[i];
  }
}

function keras(p: Float32Array, g: Float32Array, state: State, h: Hyperparameters): void {
  const velocity = bufferOf(state, "square_avg", p);
  if (h.weight_decay !== 0)
    for (let i = 0; i < p.length; i++) p[i] -= f(f(p[i] * f(h.weight_decay)) * f(h.lr));
  for (let i = 0; i < p.length; i++) {
    velocity[i] = f(f(h.alpha) * velocity[i]) + f(f(1 - h.alpha) * f(g[i] * g[i]));
  }
  const denominator = velocity.slice();
  if (h.centered) {
    const mean = bufferOf(state, "grad_avg", p);
    for (let i = 0; i < p.length; i++) {
      mean[i] = average(mean[i], h, f(f(1 - h.alpha) * g[i]));
      denominator[i] -= f(mean[i] * mean[i]);
    }
  }
  for (let i = 0; i < p.length; i++) denominator[i] = Math.sqrt(f(denominator[i] + f(h.eps)));
  const increment = g.map((x, i) => f(f(h.lr) * x) / denominator[i]);
  if (h.momentum > 0) {
    const momentum = bufferOf(state, "momentum_buffer", p);
    for (let i = 0; i < p.length; i++) momentum[i] = f(f(h.momentum) * momentum[i]) + increment[i];
    for (let i = 0; i < p.length; i++) p[i] -= momentum[i];
  } else for (let i = 0; i < p.length; i++) p[i] -= increment[i];
}

/** Equations 38 to 45 of the paper: n, g, Δ. */
function graves(w: Float32Array, epsilon: Float32Array, state: State, h: Hyperparameters): void {
  const n = bufferOf(state, "square_avg", w);
  const g = bufferOf(state, "grad_avg", w);
  const delta = h.momentum > 0 ? bufferOf(state, "momentum_buffer", w) : new Float32Array(w.length);
  for (let i = 0; i < w.length; i++) {
    n[i] = average(n[i], h, gainedSquare(h, epsilon[i]));
    g[i] = average(g[i], h, f(f(1 - h.alpha) * epsilon[i]));
    const root = f(Math.sqrt(f(f(n[i] - f(g[i] * g[i])) + f(h.eps))));
    const change = f(f(f(h.lr) * epsilon[i]) / root);
    // Δ of equation 45 has the other sign.
    delta[i] = h.momentum > 0 ? f(f(h.momentum) * delta[i]) + change : change;
    w[i] += -delta[i];
  }
}

/** Bias-corrected; the power of β by multiplication. */
function corrected(p: Float32Array, g: Float32Array, state: State, h: Hyperparameters): void {
  const nu = bufferOf(state, "square_avg", p);
  const mu = h.centered ? bufferOf(state, "grad_avg", p) : undefined;
  const trace = h.momentum > 0 ? bufferOf(state, "momentum_buffer", p) : undefined;
  let power = 1;
  for (let t = 0; t < state.step; t++) power *= h.alpha;
  const correction = f(1 - power);
  for (let i = 0; i < p.length; i++) {
    nu[i] = average(nu[i], h, f(f(1 - h.alpha) * f(g[i] * g[i])));
    let v = f(nu[i] / correction);
    if (mu) {
      mu[i] = average(mu[i], h, f(f(1 - h.alpha) * g[i]));
      const mean = f(mu[i] / correction);
      v = f(v - f(mean * mean));
    }
    const scaled = f(f(h.lr) * f(g[i] / f(f(Math.sqrt(v)) + f(h.eps))));
    if (trace) trace[i] = scaled + f(f(h.momentum) * trace[i]);
    p[i] -= trace ? trace[i] : scaled;
  }
}

function nesterov(p: Float32Array, g: Float32Array, state: State, h: Hyperparameters): void {
  const nu = bufferOf(state, "square_avg", p);
  const mu = h.centered ? bufferOf(state, "grad_avg", p) : undefined;
  const trace = h.momentum > 0 ? bufferOf(state, "momentum_buffer", p) : undefined;
  for (let i = 0; i < p.length; i++) {
    nu[i] = average(nu[i], h, gainedSquare(h, g[i]));
    let v = nu[i];
    if (mu) {
      mu[i] = average(mu[i], h, f(f(1 - h.alpha) * g[i]));
      v = f(v - f(mu[i] * mu[i]));
    }
    let update = f(f(f(h.lr) * g[i]) / f(Math.sqrt(f(v + f(h.eps)))));
    if (trace) {
      trace[i] = f(f(h.momentum) * trace[i]) + update;
      update = f(f(f(h.momentum) * trace[i]) + update);
    }
    p[i] -= update;
  }
}

function clippedAfterSquare(p: Float32Array, g: Float32Array, state: State, h: Hyperparameters): void {
  const cache = bufferOf(state, "square_avg", p);
  const bound = f(h.clip_value);
  for (let i = 0; i < p.length; i++) {
    const start = h.weight_decay === 0 ? p[i] : f(p[i] - f(f(h.weight_decay) * p[i]));
    cache[i] = average(cache[i], h, gainedSquare(h, g[i]));
    let clipped = g[i];
    if (Math.abs(clipped) > bound) clipped = clipped < 0 ? -bound : bound;
    p[i] = start - f(f(f(h.lr) * clipped) / f(Math.sqrt(f(cache[i] + f(h.eps)))));
  }
}

/** The parameter decays by the learning rate, then momentum of gradients is divided by the root. */
function rawMomentum(p: Float32Array, g: Float32Array, state: State, h: Hyperparameters): void {
  const s = bufferOf(state, "square_avg", p);
  const b = h.momentum > 0 ? bufferOf(state, "momentum_buffer", p) : undefined;
  for (let i = 0; i < p.length; i++) {
    if (h.weight_decay !== 0) p[i] -= f(f(p[i] * f(h.weight_decay)) * f(h.lr));
    s[i] = average(s[i], h, gainedSquare(h, g[i]));
    let numerator = g[i];
    if (b) {
      b[i] = f(f(h.momentum) * b[i]) + g[i];
      numerator = b[i];
    }
    p[i] -= f(f(f(h.lr) * numerator) / f(f(Math.sqrt(s[i])) + f(h.eps)));
  }
}

function decayingRate(p: Float32Array, g: Float32Array, state: State, h: Hyperparameters): void {
  const s = bufferOf(state, "square_avg", p);
  const lr = f(h.lr / (1 + h.lr_decay * (state.step - 1)));
  for (let i = 0; i < p.length; i++) {
    s[i] = average(s[i], h, gainedSquare(h, g[i]));
    p[i] -= f(f(lr * g[i]) / f(f(Math.sqrt(s[i])) + f(h.eps)));
  }
}

/** ε is taken from the variance with the squared mean. */
function subtractedEpsilon(p: Float32Array, g: Float32Array, state: State, h: Hyperparameters): void {
  const s = bufferOf(state, "square_avg", p);
  const a = h.centered ? bufferOf(state, "grad_avg", p) : undefined;
  const b = bufferOf(state, "momentum_buffer", p);
  for (let i = 0; i < p.length; i++) {
    s[i] = average(s[i], h, gainedSquare(h, g[i]));
    let v = f(s[i] + f(h.eps));
    if (a) {
      a[i] = average(a[i], h, f(f(1 - h.alpha) * g[i]));
      v = f(s[i] - f(f(a[i] * a[i]) + f(h.eps)));
    }
    b[i] = f(f(h.momentum) * b[i]) + f(f(f(h.lr) * g[i]) / f(Math.sqrt(v)));
    p[i] -= b[i];
  }
}

/** Plain rules that differ in the denominator alone. */
function plainWith(denominator: (s: number, eps: number) => number): Loop {
  return (p, g, state, h) => {
    const s = bufferOf(state, "square_avg", p);
    for (let i = 0; i < p.length; i++) {
      s[i] = average(s[i], h, gainedSquare(h, g[i]));
      p[i] -= f(f(f(h.lr) * g[i]) / denominator(s[i], f(h.eps)));
    }
  };
}

export const DIALECT_LOOPS: readonly Variant[] = [
  inDialect({
    id: "tensorflow",
    title: "TensorFlow's kernel: s from 1, moved by differences, ε inside, the learning rate in the buffer.",
    dialect: "tensorflow",
    choices: { "order.mean-square": ["lerp"] },
    loop: tensorflow,
    start: () => 1,
  }),
  inDialect({
    id: "keras",
    title: "Keras: decoupled weight decay, one array operation after another.",
    dialect: "keras",
    loop: keras,
  }),
  inDialect({
    id: "graves-2013",
    title: "Graves's equations, always centered.",
    dialect: "graves-2013",
    axes: { zeroMomentum: "unbuffered" },
    reference: "operation-by-operation",
    loop: graves,
  }),
  inDialect({
    id: "optax-bias-corrected",
    title: "optax with bias correction, the power of β by multiplication.",
    dialect: "optax-bias-corrected",
    axes: { zeroMomentum: "unbuffered" },
    loop: corrected,
  }),
  inDialect({
    id: "optax-nesterov",
    title: "optax with Nesterov momentum.",
    dialect: "optax-nesterov",
    axes: { zeroMomentum: "unbuffered" },
    reference: "operation-by-operation",
    loop: nesterov,
  }),
  inDialect({
    id: "recurrentjs",
    title: "recurrentjs: decoupled weight decay, gradients clipped after they are squared.",
    dialect: "recurrentjs",
    reference: "operation-by-operation",
    loop: clippedAfterSquare,
  }),
  inDialect({
    id: "fastai",
    title: "fastai: momentum of gradients, decay scaled by the learning rate.",
    dialect: "fastai",
    reference: "operation-by-operation",
    loop: rawMomentum,
  }),
  inDialect({
    id: "keras-2",
    title: "Keras 2: a learning rate that decays by itself.",
    dialect: "keras-2",
    reference: "operation-by-operation",
    loop: decayingRate,
  }),
  inDialect({
    id: "tfjs",
    title: "TensorFlow.js: ε subtracted when centered.",
    dialect: "tfjs",
    reference: "operation-by-operation",
    loop: subtractedEpsilon,
  }),
  inDialect({
    id: "dl4j",
    title: "DL4J: s from ε.",
    dialect: "dl4j",
    reference: "operation-by-operation",
    loop: (p, g, state, h) => plainWith((s, eps) => f(f(Math.sqrt(s)) + eps))(p, decayed(p, g, h), state, h),
    start: (h) => h.eps,
  }),
  inDialect({
    id: "neon",
    title: "neon: ε inside and outside.",
    dialect: "neon",
    reference: "operation-by-operation",
    loop: plainWith((s, eps) => f(f(Math.sqrt(f(s + eps))) + eps)),
  }),
  inDialect({
    id: "pylearn2",
    title: "pylearn2: the root clamped from below.",
    dialect: "pylearn2",
    reference: "operation-by-operation",
    loop: plainWith((s, eps) => Math.max(f(Math.sqrt(s)), eps)),
  }),
  inDialect({
    id: "hinton",
    title: "The lecture's rule: no ε.",
    dialect: "hinton",
    reference: "operation-by-operation",
    loop: plainWith((s) => f(Math.sqrt(s))),
  }),
];

/** The gradient with coupled weight decay. */
function decayed(p: Float32Array, g: Float32Array, h: Hyperparameters): Float32Array {
  return h.weight_decay === 0 ? g : g.map((x, i) => x + f(p[i] * f(h.weight_decay)));
}
