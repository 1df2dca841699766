import type { DialectAxes } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { optimizerOf } from "../../../src/adapter/bundled.js";
import { type Parts, PLAIN, type Place } from "./parts.js";
import { PlainOptimizer } from "./plain-optimizer.js";
import type { Variant } from "./variant.js";

const f = Math.fround;

/** The bundled implementation of a dialect with some of its axes changed: another dialect under its name. */
export function withAxes(dialect: string, axes: Partial<DialectAxes>): Variant["create"] {
  return (groups) => optimizerOf({ ...dialectById(dialect), ...axes }, "unfused", groups);
}

/** The plain optimizer with the defaults of a dialect and these parts. Its mean square starts at 0. */
export function withPartsIn(dialect: string, parts: Parts): Variant["create"] {
  return (groups) => new PlainOptimizer(groups, parts, dialect);
}

/** `optax`, and `tensorflow` but for its start. */
export const INSIDE_PARTS: Parts = {
  ...PLAIN,
  gradient: (g) => g,
  denominator: (v, { scalars }) => f(Math.sqrt(f(v + scalars.eps))),
  buffer: (b, g, d, { scalars: { lr, momentum } }) => f(f(b * momentum) + f(f(lr * g) / d)),
  moveByBuffer: (p, b) => f(p - b),
};

/** `keras`. */
export const KERAS_PARTS: Parts = {
  ...INSIDE_PARTS,
  moveByBuffer: (p, b, at) => f(shrunkByRate(p, at) - b),
  move: (p, g, d, at) => PLAIN.move(shrunkByRate(p, at), g, d, at),
};

/** `recurrentjs`. */
export const RECURRENT_PARTS: Parts = {
  ...INSIDE_PARTS,
  move: (p, g, d, at) => PLAIN.move(shrunk(p, at), clipped(g, f(at.h.clip_value)), d, at),
};

/** θ − ηλθ. */
export function shrunkByRate(p: number, { h, scalars: { lr, weightDecay } }: Place): number {
  return h.weight_decay === 0 ? p : f(p - f(f(p * weightDecay) * lr));
}

/** θ − λθ. */
export function shrunk(p: number, { h, scalars: { weightDecay } }: Place): number {
  return h.weight_decay === 0 ? p : f(p - f(p * weightDecay));
}

export function clipped(x: number, bound: number): number {
  return Math.min(Math.max(x, -bound), bound);
}
