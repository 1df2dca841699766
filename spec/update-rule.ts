import type { Arithmetic, StepScalars } from "./arithmetic.js";
import type { DialectAxes } from "./dialect.js";
import type { StepShape } from "./step-shape.js";

/** What a step starts from. Slots that the shape does not have are not read. */
export interface StepInputs<V> {
  readonly parameter: V;
  readonly gradient: V;
  readonly square_avg: V;
  readonly grad_avg?: V;
  readonly momentum_buffer?: V;
}

/**
 * One RMSprop step: the only place where the formula is written. Every oracle interprets it in its own
 * arithmetic. Results leave through `store`.
 *
 * Source: clauses RMS-1 to RMS-9 of SPEC.md; the axes are those of `dialect.ts`.
 */
export function updateRule<V>(
  ar: Arithmetic<V>,
  dialect: DialectAxes,
  shape: StepShape,
  h: StepScalars<V>,
  inputs: StepInputs<V>,
): void {
  ar.enter("gradient");
  let p = inputs.parameter;
  if (shape.weightDecay && dialect.weightDecay === "decoupled-lr") {
    p = ar.decayed(p, [h.weight_decay, h.lr], h.decay_rate, h.kept_share);
  } else if (shape.weightDecay && dialect.weightDecay === "decoupled") {
    p = ar.decayed(p, [h.weight_decay], h.decay_rate, h.kept_share);
  }

  let g = shape.maximize ? ar.negate(inputs.gradient) : inputs.gradient;
  const clip = (x: V) => ar.minimum(ar.maximum(x, ar.negate(h.clip_value)), h.clip_value);
  if (shape.clipping && dialect.clipping === "before-square") g = clip(g);
  if (shape.weightDecay && dialect.weightDecay === "l2") {
    g = ar.add("weight-decay", g, ar.multiply(p, h.weight_decay));
  }
  g = ar.name("gradient", g);

  let s = ar.store(
    "square_avg",
    ar.weightedMean("mean-square", h.alpha, h.complement, inputs.square_avg, [g, g]),
  );

  let a: V | undefined;
  if (shape.centered) {
    a = ar.store(
      "grad_avg",
      ar.weightedMean("mean-gradient", h.alpha, h.complement, inputs.grad_avg as V, [g]),
    );
  }
  ar.enter("denominator");
  if (dialect.biasCorrection === "always") {
    s = ar.biasCorrected(s, h.correction);
    a &&= ar.biasCorrected(a, h.correction);
  }
  const d = ar.name("denominator", denominator(ar, dialect, h.eps, s, a));
  ar.enter("update");
  if (shape.clipping && dialect.clipping === "after-square") g = clip(g);

  if (!shape.momentum) {
    ar.store("parameter", ar.subtract("parameter", p, ar.name("update", ar.scaledQuotient(h.lr, g, d))));
    return;
  }
  const propagated = ar.multiply(inputs.momentum_buffer as V, h.momentum);
  const remember = (x: V) => ar.store("momentum_buffer", ar.add("momentum", propagated, x));
  let update: V;
  switch (dialect.momentum) {
    case "lr-outside":
      update = ar.multiply(remember(ar.quotient(g, d)), h.lr);
      break;
    case "lr-inside":
      update = remember(ar.scaledQuotient(h.lr, g, d));
      break;
    case "raw-gradient":
      update = ar.scaledQuotient(h.lr, remember(g), d);
      break;
    case "nesterov": {
      const increment = ar.scaledQuotient(h.lr, g, d);
      update = ar.add("lookahead", ar.multiply(remember(increment), h.momentum), increment);
      break;
    }
    case "nesterov-lr-outside": {
      const increment = ar.quotient(g, d);
      const ahead = ar.add("lookahead", ar.multiply(remember(increment), h.momentum), increment);
      update = ar.multiply(ahead, h.lr);
      break;
    }
    default:
      throw new Error(`the dialect has no momentum form, but its step has a buffer: ${dialect.momentum}`);
  }
  ar.store("parameter", ar.subtract("parameter", p, ar.name("update", update)));
}

function denominator<V>(ar: Arithmetic<V>, dialect: DialectAxes, eps: V, s: V, a: V | undefined): V {
  const clamp = (v: V) => (dialect.negativeVariance === "clamped" ? ar.nonNegative(v) : v);
  if (a !== undefined && dialect.epsilon === "subtracted") {
    const shifted = ar.add(null, ar.multiply(a, a), eps);
    return ar.squareRoot(ar.name("variance", clamp(ar.subtract("variance", s, shifted))));
  }
  const v = ar.name("variance", a === undefined ? s : clamp(ar.subtract("variance", s, ar.multiply(a, a))));
  switch (dialect.epsilon) {
    case "outside":
      return ar.add(null, ar.squareRoot(v), eps);
    case "inside":
    case "subtracted":
      return ar.squareRoot(ar.add(null, v, eps));
    case "both":
      return ar.add(null, ar.squareRoot(ar.add(null, v, eps)), eps);
    case "max-clamp":
      return ar.maximum(ar.squareRoot(v), eps);
    case "none":
      return ar.squareRoot(v);
  }
}
