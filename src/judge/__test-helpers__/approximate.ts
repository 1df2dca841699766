import type { Hyperparameters } from "../../../spec/dialect.js";
import { nextDown, nextUp, ulp } from "../../float32/neighbours.js";
import type { RandomSource } from "../../search/element-steps.js";

/** One element of PyTorch's RMSprop. */
export interface Element {
  parameter: number;
  gradient: number;
  square_avg: number;
  grad_avg: number;
  momentum_buffer: number;
}

/** The two operations that an implementation has only approximately. */
export interface Approximation {
  root(v: number): number;
  quotient(x: number, d: number): number;
}

const f = Math.fround;

/**
 * PyTorch's RMSprop by hand, one float32 operation after the other, in an order of the update that is drawn for each
 * element. It does not read the update rule, and knows nothing of acceptance sets.
 */
export function approximateStep(
  x: Element,
  h: Hyperparameters,
  { root, quotient }: Approximation,
  random: RandomSource,
): Element {
  const [lr, alpha, eps, mu, lambda] = [h.lr, h.alpha, h.eps, h.momentum, h.weight_decay].map(f);
  const t = f(1 - h.alpha);
  const g = lambda === 0 ? x.gradient : f(x.gradient + f(x.parameter * lambda));
  const next = { ...x };
  next.square_avg = f(f(x.square_avg * alpha) + f(f(t * g) * g));
  let v = next.square_avg;
  if (h.centered) {
    next.grad_avg = f(f(x.grad_avg * alpha) + f(t * g));
    v = f(v - f(next.grad_avg * next.grad_avg));
  }
  const d = f(root(v) + eps);
  const divided = (y: number) => (random.uniform() < 0.3 ? f(y * quotient(1, d)) : quotient(y, d));
  if (mu > 0) {
    next.momentum_buffer = f(f(x.momentum_buffer * mu) + divided(g));
    next.parameter = f(x.parameter - f(next.momentum_buffer * lr));
    return next;
  }
  const updates = [
    () => divided(f(lr * g)),
    () => f(lr * divided(g)),
    () => f(divided(lr) * g),
    () => quotient(g, quotient(d, lr)),
  ];
  next.parameter = f(x.parameter - random.pick(updates)());
  return next;
}

/**
 * A float32 near an exact result, drawn again each time: within `most` ulps of it, an ulp being that of the exact
 * result's binade, or by counting floats from the rounded one. Exact zeros, infinities and NaN stay.
 */
export function nearby(exact: number, most: number, random: RandomSource): number {
  const rounded = f(exact);
  if (!(Math.abs(exact) > 0 && Math.abs(exact) < Number.POSITIVE_INFINITY)) return rounded;
  if (random.uniform() < 0.5)
    return Math.sign(exact) * floatsOff(Math.abs(rounded), random.integer(-most, most));
  const truncated = Math.abs(rounded) > Math.abs(exact) ? nextDown(Math.abs(rounded)) : Math.abs(rounded);
  const unit = ulp(truncated);
  const y = f(exact + (2 * random.uniform() - 1) * most * unit);
  const isNear = Math.abs(y - exact) <= most * unit && Math.sign(y) === Math.sign(exact);
  return isNear ? y : rounded;
}

/** A magnitude moved by a number of floats; it does not change its sign. */
export function floatsOff(magnitude: number, floats: number): number {
  let x = magnitude;
  for (let k = 0; k < Math.abs(floats); k++) x = floats > 0 ? nextUp(x) : Math.max(0, nextDown(x));
  return x;
}

/** Both operations within `most` ulps, each time by another error. */
export function within(most: { root: number; quotient: number }, random: RandomSource): Approximation {
  return {
    root: (v) => nearby(Math.sqrt(v), most.root, random),
    quotient: (x, d) =>
      x === 0 || d === 0 || !Number.isFinite(x) || !Number.isFinite(d) || most.quotient === 0
        ? f(x / d)
        : nearby(x / d, most.quotient, random),
  };
}
