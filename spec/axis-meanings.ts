import type { DialectAxes, DialectAxis } from "./dialect.js";
import type { EvaluationAxis, EvaluationChoice } from "./evaluation.js";

/** What an axis decides, and what each of its values means, as SPEC.md prints it. */
export interface AxisMeaning<Value extends string> {
  readonly axis: string;
  readonly values: { readonly [V in Value]: string };
}

/** Every value of every formula axis; one that is missing does not compile. */
export const DIALECT_AXIS_MEANINGS: { readonly [A in DialectAxis]: AxisMeaning<DialectAxes[A]> } = {
  epsilon: {
    axis: "Where ε stands in the denominator d; v is s, or s − a² when centered.",
    values: {
      outside: "d = √v + ε",
      inside: "d = √(v + ε)",
      both: "d = √(v + ε) + ε",
      subtracted: "d = √(s − (a² + ε)) when centered, √(s + ε) otherwise",
      "max-clamp": "d = max(√v, ε)",
      none: "d = √v",
    },
  },
  initialAccumulator: {
    axis: "The mean square before the first step of a parameter.",
    values: {
      zero: "s₀ = 0",
      one: "s₀ = 1",
      epsilon: "s₀ = ε, with the ε of the first step",
      given: "s₀ has no default: a program must load it before the first step",
      "first-gradient-squared":
        "s₀ = g₁², of the gradient as it is passed in, before maximize, clipping and weight decay",
    },
  },
  momentum: {
    axis: "What the momentum buffer b collects, and where η enters.",
    values: {
      none: "the dialect has no momentum",
      "lr-outside": "b ← μ·b + g/d; θ ← θ − η·b",
      "lr-inside": "b ← μ·b + η·g/d; θ ← θ − b",
      "raw-gradient": "b ← μ·b + g; θ ← θ − η·b/d",
      nesterov: "b ← μ·b + η·g/d; θ ← θ − (μ·b + η·g/d)",
      "nesterov-lr-outside": "b ← μ·b + g/d; θ ← θ − η·(μ·b + g/d)",
      ignored: "accepted as an argument and not used",
    },
  },
  centered: {
    axis: "Whether the squared mean gradient is subtracted from the mean square.",
    values: {
      never: "v = s",
      optional: "v = s − a² where the hyperparameter `centered` is true, v = s otherwise",
      always: "v = s − a², whatever the hyperparameter says",
    },
  },
  weightDecay: {
    axis: "How weight decay λ enters.",
    values: {
      none: "it does not: λ has no effect",
      l2: "g ← g + λ·θ, before g is squared",
      "decoupled-lr": "θ ← θ − η·λ·θ, before everything else",
      decoupled: "θ ← θ − λ·θ, before everything else",
    },
  },
  biasCorrection: {
    axis: "Whether s and a are divided by 1 − β^t when they are used. What is stored is never corrected.",
    values: {
      never: "s and a are used as they are stored",
      always: "d is computed from s/(1 − β^t) and a/(1 − β^t), t being the number of this step",
    },
  },
  maximize: {
    axis: "Whether the hyperparameter `maximize` is known.",
    values: {
      never: "it has no effect",
      optional: "g ← −g where it is true, before clipping and weight decay",
    },
  },
  lrDecay: {
    axis: "Whether the step itself lowers the learning rate.",
    values: {
      never: "η is the hyperparameter `lr`",
      "inverse-time": "η = lr/(1 + lr_decay·(t − 1)), t being the number of this step",
    },
  },
  clipping: {
    axis: "Clipping of each gradient value to [−c, c], c being the hyperparameter `clip_value`.",
    values: {
      never: "`clip_value` has no effect",
      "before-square": "g ← min(max(g, −c), c), before weight decay and before g is squared",
      "after-square": "s and a collect g as it is; the update uses min(max(g, −c), c)",
    },
  },
};

/**
 * Every choice of every float32 axis; one that is missing does not compile.
 *
 * Symbols: t = 1 − β; ⊕ ⊖ ⊗ ⊘ are rounded operations; fma(x, y, z) is x·y + z, rounded once.
 */
export const EVALUATION_AXIS_MEANINGS: {
  readonly [A in EvaluationAxis]: AxisMeaning<EvaluationChoice<A>>;
} = {
  scalars: {
    axis: "The precision in which hyperparameters meet tensors.",
    values: {
      float32: "each scalar is cast to float32 once: η̂, β̂, ε̂, μ̂, λ̂, t̂ …",
      binary64:
        "scalars stay binary64: an operation with a tensor is done in binary64, then rounded to float32, and a product is fused only if the scalar happens to be a float32",
    },
  },
  complement: {
    axis: "The precision in which t = 1 − β is subtracted.",
    values: {
      binary64: "t is the binary64 difference 1 − β, to which `scalars` then applies",
      float32: "t̂ = fl(1 − fl(β))",
    },
  },
  intermediates: {
    axis: "When the result of an operation on tensors is rounded to float32.",
    values: {
      float32: "at once",
      binary64:
        "when it is stored: until then every operation is one of binary64, and what follows in the same step goes on from the value that was not yet rounded to float32; nothing is fused",
      wider:
        "when it is stored, and once: until then every operation is done in any precision from binary64 on (x87 registers, long double), not the same one everywhere, fused or not; judged by intervals, since there is nothing to list",
    },
  },
  subnormals: {
    axis: "What becomes of values below 2^−126 in magnitude.",
    values: {
      kept: "they are values like any other",
      flushed: "results and inputs become zero with the same sign; a result is looked at after it is rounded",
      "flushed-early": "the same, but a result is looked at before it is rounded",
    },
  },
  "order.mean-square": {
    axis: "The order of operations in s ← β·s + t·g².",
    values: {
      "weight-first": "(s ⊗ β) ⊕ ((t ⊗ g) ⊗ g)",
      "square-first": "(s ⊗ β) ⊕ (t ⊗ (g ⊗ g))",
      lerp: "s ⊕ (t ⊗ ((g ⊗ g) ⊖ s))",
      "lerp-mirrored": "lerp where |t| < ½, otherwise (g ⊗ g) ⊖ (((g ⊗ g) ⊖ s) ⊗ (1 ⊖ t))",
    },
  },
  "order.mean-gradient": {
    axis: "The order of operations in a ← β·a + t·g.",
    values: {
      "two-term": "(a ⊗ β) ⊕ (t ⊗ g)",
      lerp: "a ⊕ (t ⊗ (g ⊖ a))",
      "lerp-mirrored": "lerp where |t| < ½, otherwise g ⊖ ((g ⊖ a) ⊗ (1 ⊖ t))",
    },
  },
  "order.update": {
    axis: "The order of operations in η·x/d, x being g or, with raw-gradient momentum, b.",
    values: {
      "scale-first": "(η ⊗ x) ⊘ d",
      "quotient-first": "η ⊗ (x ⊘ d)",
      "ratio-first": "(η ⊘ d) ⊗ x",
      inverse: "x ⊘ (d ⊘ η); both are divisions, whatever `quotient` says",
    },
  },
  quotient: {
    axis: "How x/d is computed.",
    values: {
      division: "x ⊘ d",
      reciprocal: "x ⊗ (1 ⊘ d)",
      "reciprocal-root": "x ⊗ fl(1/√v), the factor rounded once, where d is √v; elsewhere as `reciprocal`",
    },
  },
  root: {
    axis: "The accuracy of the square root. Exact roots 0 and ∞ are never moved, and no root falls below 0.",
    values: {
      correct: "fl(√v)",
      "one-float-low": "the float32 below fl(√v)",
      "one-float-high": "the float32 above fl(√v)",
      "within-two-ulps":
        "any float32 from 2 ulps of r = fl(√v) below r, which just above a power of two are 3 and at one 4 floats, to 2 floats above it, each root for itself; also around fl(1/√v), where `quotient` has it",
    },
  },
  division: {
    axis: "The accuracy of every division: x ⊘ d, 1 ⊘ d, d ⊘ η, and a bias correction. A quotient of or by 0 or ∞ is never moved, and none changes its sign.",
    values: {
      correct: "fl(x/d)",
      "one-float-low": "the float32 next to fl(x/d) on the side of 0",
      "one-float-high": "the float32 next to fl(x/d) on the side of ∞",
      "within-two-ulps":
        "any float32 from 2 ulps of q = |fl(x/d)| below q, which just above a power of two are 3 and at one 4 floats, to 2 floats above it, each quotient for itself; where q overflowed, the 2 largest floats too",
    },
  },
  "contraction.weight-decay": {
    axis: "The sum g + λ·θ, or the difference θ − λ·θ.",
    values: {
      none: "the product is rounded first",
      right: "fma(θ, λ, g); decoupled: fma(−θ, λ, θ), or fma(−(θ ⊗ λ), η, θ) where η scales it",
    },
  },
  "contraction.mean-square": {
    axis: "The sum in which s is formed.",
    values: {
      none: "both products are rounded first",
      left: "fma(s, β, gained), gained being the rounded second product; mirrored lerp: the product g·g is fused",
      right:
        "fma(t ⊗ g, g, s ⊗ β) weight-first; fma(t, g ⊗ g, s ⊗ β) square-first; fma(t, (g ⊗ g) ⊖ s, s) lerp; mirrored: the product with 1 ⊖ t is fused",
    },
  },
  "contraction.mean-gradient": {
    axis: "The sum in which a is formed.",
    values: {
      none: "both products are rounded first",
      left: "fma(a, β, t ⊗ g); a lerp has no product on its left",
      right: "fma(t, g, a ⊗ β); lerp: fma(t, g ⊖ a, a); mirrored: the product with 1 ⊖ t is fused",
    },
  },
  "contraction.variance": {
    axis: "The difference s − a².",
    values: {
      none: "s ⊖ (a ⊗ a)",
      right: "fma(−a, a, s); with ε subtracted, a² + ε is no product and nothing is fused",
    },
  },
  "contraction.momentum": {
    axis: "The sum μ·b + x, x being what the momentum form collects.",
    values: {
      none: "the products are rounded first",
      left: "fma(b, μ, x)",
      right: "the last product of x is fused, where x is one: η ⊗ (g ⊘ d), a reciprocal …",
    },
  },
  "contraction.lookahead": {
    axis: "The sum μ·b + x of the Nesterov forms.",
    values: {
      none: "the products are rounded first",
      left: "fma(b, μ, x)",
      right: "the last product of x is fused, where x is one",
    },
  },
  "contraction.parameter": {
    axis: "The difference in which θ is formed.",
    values: {
      none: "the update is rounded first",
      right: "fma(−x, y, θ) where the update is a product x·y, as in η·b; a quotient is never fused",
    },
  },
};
