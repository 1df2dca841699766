import type { Hyperparameters } from "../../../spec/dialect.js";

/** Hyperparameters as they meet the tensors. */
export interface Scalars {
  readonly lr: number;
  readonly alpha: number;
  /** 1 − α. */
  readonly complement: number;
  readonly eps: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Where an element stands while a step goes over it. */
export interface Place {
  /** As given, in binary64. */
  readonly h: Hyperparameters;
  readonly scalars: Scalars;
  /** The parameter's step, counted from 1. */
  readonly step: number;
  /** Of the element in its tensor, from 0. */
  readonly index: number;
  readonly length: number;
}

/**
 * One RMSprop step of one element, taken apart. A mutant replaces one part, a benign variant some. All values are
 * float32s: a part gives back what is stored or read next.
 */
export interface Parts {
  scalars(h: Hyperparameters, step: number): Scalars;
  /** The gradient that everything else reads, after maximize and weight decay. */
  gradient(g: number, p: number, at: Place): number;
  meanSquare(s: number, g: number, at: Place): number;
  /** Called where the step is centered. */
  meanGradient(a: number, g: number, at: Place): number;
  /** What stands under the root of a centered step. */
  variance(s: number, a: number, at: Place): number;
  denominator(v: number, at: Place): number;
  /** Called where momentum is positive: the new buffer. */
  buffer(b: number, g: number, d: number, at: Place): number;
  /** The new parameter, by the new buffer. */
  moveByBuffer(p: number, b: number, at: Place, g: number, d: number): number;
  /** The new parameter without momentum. */
  move(p: number, g: number, d: number, at: Place): number;
}

const f = Math.fround;

/** PyTorch's RMSprop, every operation rounded to float32: the evaluation `unfused`. */
export const PLAIN: Parts = {
  scalars: (h) => ({
    lr: f(h.lr),
    alpha: f(h.alpha),
    complement: f(1 - h.alpha),
    eps: f(h.eps),
    momentum: f(h.momentum),
    weightDecay: f(h.weight_decay),
  }),
  gradient(g, p, { h, scalars }) {
    const downhill = h.maximize ? -g : g;
    return h.weight_decay === 0 ? downhill : f(downhill + f(p * scalars.weightDecay));
  },
  meanSquare: (s, g, { scalars: { alpha, complement } }) => f(f(s * alpha) + f(f(complement * g) * g)),
  meanGradient: (a, g, { scalars: { complement: w } }) =>
    Math.abs(w) < 0.5 ? f(a + f(w * f(g - a))) : f(g - f(f(g - a) * f(1 - w))),
  variance: (s, a) => f(s - f(a * a)),
  denominator: (v, { scalars }) => f(f(Math.sqrt(v)) + scalars.eps),
  buffer: (b, g, d, { scalars }) => f(f(b * scalars.momentum) + f(g / d)),
  moveByBuffer: (p, b, { scalars }) => f(p - f(b * scalars.lr)),
  move: (p, g, d, { scalars }) => f(p - f(f(scalars.lr * g) / d)),
};
