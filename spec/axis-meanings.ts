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
  zeroMomentum: {
    axis: "What a step at μ = 0 does with the momentum buffer.",
    values: {
      unbuffered:
        "nothing: θ follows the rule without momentum, and a buffer from earlier steps stays as it is",
      buffered:
        "what it does at every μ: b ← 0·b + …, and θ follows b. So b is there from the first step on, NaN and ∞ in it become NaN, and momentum that is switched on later starts from the last increment",
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
  negativeVariance: {
    axis: "What becomes of a centered variance that rounding has made negative.",
    values: {
      kept: "its root is NaN, unless ε is added under the root and lifts it above zero",
      clamped: "v ← max(v, 0), before ε is added; NaN stays NaN",
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

/** What each choice of an axis `intermediates.<part>` means. */
const PART_PRECISION_MEANINGS = {
  inherit: "as `intermediates` says",
  float32: "every operation reads its operands as float32 and is rounded to float32",
  binary64: "every operation is one of binary64",
  promoted:
    "binary64 as soon as an operand is, as C and NumPy promote: one that an earlier part has kept in binary64, or a scalar that `scalars` keeps so; float32 otherwise",
} as const;

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
  correction: {
    axis: "The precision in which c = 1 − β^t is formed, where the dialect corrects bias.",
    values: {
      binary64: "c is the binary64 result of 1 − β^t, to which `scalars` then applies",
      float32: "ĉ = fl(1 − fl(fl(β)^t))",
    },
  },
  "decay-rate": {
    axis: "The precision in which the rate of a decoupled weight decay is formed: λη, or λ where η does not scale it.",
    values: {
      binary64: "λη and 1 − λη are binary64 results, to which `scalars` then applies",
      float32: "fl(fl(λ)·fl(η)), and fl(1 − that)",
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
      "lerp-mirrored-added":
        "lerp where |t| < ½, otherwise g ⊕ ((g ⊖ a) ⊗ (t ⊖ 1)); at t = 1 a zero can have another sign than under `lerp-mirrored`",
    },
  },
  "zero-weight-decay": {
    axis: "Weight decay where λ = 0.",
    values: {
      skipped: "left out",
      multiplied: "computed with λ = 0: g ⊕ (θ ⊗ 0) is NaN where θ is NaN or infinite, and −0 can become +0",
    },
  },
  "order.decoupled-decay": {
    axis: "The order of operations in θ ← θ − η·λ·θ; where the dialect does not scale by η, η is left out.",
    values: {
      "one-by-one": "θ ⊖ ((θ ⊗ λ) ⊗ η)",
      "rate-first": "θ ⊖ (θ ⊗ (λη)), λη being multiplied in the precision of `decay-rate`",
      factor: "θ ⊗ (1 − λη), 1 − λη being computed in the precision of `decay-rate`",
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
      "one-ulp-low": "the float32 below fl(√v)",
      "one-ulp-high": "the float32 above fl(√v)",
      "within-two-ulps":
        "any float32 from 2 ulps of r = fl(√v) below r, which just above a power of two are 3 and at one 4 floats, to 2 floats above it, each root for itself",
    },
  },
  "reciprocal-root": {
    axis: "The accuracy of 1/√v where `quotient` computes it as one operation. 1/√0 = ∞ and 1/√∞ = 0 are never moved.",
    values: {
      correct: "fl(1/√v)",
      "one-ulp-low": "the float32 below fl(1/√v)",
      "one-ulp-high": "the float32 above fl(1/√v)",
      "within-two-ulps": "any float32 from 2 ulps below fl(1/√v) to 2 floats above it, as for `root`",
    },
  },
  division: {
    axis: "The accuracy of every division: x ⊘ d, 1 ⊘ d, d ⊘ η, and a bias correction. A quotient of or by 0 or ∞ is never moved, and none changes its sign.",
    values: {
      correct: "fl(x/d)",
      "one-ulp-low": "the float32 next to fl(x/d) on the side of 0",
      "one-ulp-high": "the float32 next to fl(x/d) on the side of ∞",
      "within-two-ulps":
        "any float32 from 2 ulps of q = |fl(x/d)| below q, which just above a power of two are 3 and at one 4 floats, to 2 floats above it, each quotient for itself; where q overflowed, the 2 largest floats too",
    },
  },
  "momentum-buffer": {
    axis: "Whether the implementation keeps b, or −b as Optax does, which adds its updates; observations show b.",
    values: {
      direct: "b is formed as the formula says: a sum that cancels exactly is +0",
      negated:
        "the sums that form b and a lookahead are those of the negated operands: one that cancels exactly is −0",
    },
  },
  "bias-correction": {
    axis: "How s and a are divided by c = 1 − β^t.",
    values: {
      division: "s ⊘ c",
      reciprocal: "s ⊗ (1 ⊘ c)",
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
      left: "fma(s, 1 ⊘ c, −(a ⊗ a)), where s is corrected by a reciprocal; elsewhere there is no product on its left",
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
  "intermediates.gradient": {
    axis: "The precision of maximize, clipping and weight decay, where it differs from `intermediates`.",
    values: PART_PRECISION_MEANINGS,
  },
  "intermediates.square": {
    axis: "The precision of the products that s collects: t·g·g, or g·g in a lerp, where it differs from `intermediates`.",
    values: PART_PRECISION_MEANINGS,
  },
  "intermediates.average": {
    axis: "The precision of the sums in which s and a are formed, and of t·g, where it differs from `intermediates`.",
    values: PART_PRECISION_MEANINGS,
  },
  "intermediates.denominator": {
    axis: "The precision of bias correction, variance, root and ε, where it differs from `intermediates`.",
    values: PART_PRECISION_MEANINGS,
  },
  "intermediates.update": {
    axis: "The precision of everything after the denominator, where it differs from `intermediates`.",
    values: PART_PRECISION_MEANINGS,
  },
};
