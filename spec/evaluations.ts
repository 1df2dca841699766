import { type Evaluation, evaluationOf, type PinnedEvaluation } from "./evaluation.js";

/** Every operation rounded to float32, in the order in which the formula is usually typed. */
const OPERATION_BY_OPERATION: PinnedEvaluation = {
  scalars: "float32",
  complement: "binary64",
  correction: "binary64",
  "decay-rate": "binary64",
  intermediates: "float32",
  subnormals: "kept",
  "order.mean-square": "weight-first",
  "order.mean-gradient": "two-term",
  "zero-weight-decay": "skipped",
  "order.decoupled-decay": "one-by-one",
  "order.update": "scale-first",
  quotient: "division",
  root: "correct",
  "reciprocal-root": "correct",
  division: "correct",
  "momentum-buffer": "direct",
  "bias-correction": "division",
  "contraction.weight-decay": "none",
  "contraction.mean-square": "none",
  "contraction.mean-gradient": "none",
  "contraction.variance": "none",
  "contraction.momentum": "none",
  "contraction.lookahead": "none",
  "contraction.parameter": "none",
  "intermediates.gradient": "inherit",
  "intermediates.square": "inherit",
  "intermediates.average": "inherit",
  "intermediates.denominator": "inherit",
  "intermediates.update": "inherit",
};

/** PyTorch 2 on a CPU without FMA (ATEN_CPU_CAPABILITY=default): nothing fused, lerp for the mean gradient. */
const UNFUSED: PinnedEvaluation = {
  ...OPERATION_BY_OPERATION,
  "order.mean-gradient": "lerp-mirrored",
};

/** PyTorch 2 on a CPU with FMA (ATEN_CPU_CAPABILITY=avx2 or avx512), with a correctly rounded root. */
const FUSED: PinnedEvaluation = {
  ...UNFUSED,
  "contraction.weight-decay": "right",
  "contraction.mean-square": "right",
  "contraction.mean-gradient": "right",
  "contraction.variance": "right",
  "contraction.parameter": "right",
};

/**
 * PyTorch 2 on CUDA. Read from the source and proved by no trace yet: `golden/` has none from a GPU.
 *
 * - addcmul and addcdiv with a value v are fma(v, x ⊗ y, z) and fma(v, x ⊘ y, z) (`DeviceAddCmulCdiv.cuh`). So the
 *   mean square is fma(t, g ⊗ g, β ⊗ s) and a parameter without momentum fma(−η, g ⊘ d, p). With v = −1 nothing is
 *   left to fuse: the variance is s ⊖ a ⊗ a. addcdiv without a value is z ⊕ x ⊘ y, in the momentum buffer.
 * - add with a factor (`ufunc/add.h`) and lerp (`Lerp.h`) are compiled with nvcc's -fmad, which fuses them.
 * - mul, sqrt, the sum with ε and the quotient are correctly rounded, subnormals kept: nvcc's defaults.
 *
 * The foreach kernels, PyTorch's default on CUDA, do the same operations. One step is outside: with 0 < β < 2^-25
 * the weight 1 − β is rounded to 1, and addcmul with a value of 1 is fma(g, g, β ⊗ s).
 */
const CUDA: PinnedEvaluation = {
  ...FUSED,
  "order.mean-square": "square-first",
  "order.update": "quotient-first",
  "contraction.variance": "none",
};

/**
 * Pinned evaluations with a name. The sources of the two PyTorch ones for a CPU are the kernels addcmul, addcdiv,
 * lerp, add and sqrt; `golden/` holds the traces that prove them.
 */
export const PINNED_EVALUATIONS = {
  fused: FUSED,
  unfused: UNFUSED,
  cuda: CUDA,
  "operation-by-operation": OPERATION_BY_OPERATION,
} as const satisfies Record<string, PinnedEvaluation>;

/** The name of a pinned evaluation. */
export type PinnedEvaluationName = keyof typeof PINNED_EVALUATIONS;

/**
 * All that a pinned evaluation may give: the one result of its choices or, where it has PyTorch's lerp, of either of the
 * two forms in which PyTorch computes it. The vector body computes g + (g − a)·(w − 1) and the scalar tail
 * g − (g − a)·(1 − w). They are the same number, but at w = 1 they can be zeros of different signs, and which element
 * belongs to which depends on the length of the tensor and on the number of threads.
 */
export function referenceEvaluation(pinned: PinnedEvaluation): Evaluation {
  const evaluation = evaluationOf(pinned);
  if (pinned["order.mean-gradient"] !== "lerp-mirrored") return evaluation;
  return { ...evaluation, "order.mean-gradient": ["lerp-mirrored", "lerp-mirrored-added"] };
}

/** A root within one float of the correct one, as in PyTorch's wheels that take it from MKL. */
export function withRootWithinOneFloat(pinned: PinnedEvaluation): Evaluation {
  return { ...referenceEvaluation(pinned), root: ["correct", "one-ulp-low", "one-ulp-high"] };
}

/**
 * What is left open when an implementation declares nothing but float32: every order and every contraction,
 * with float32 scalars, 1 − β subtracted in binary64, correct roots and divisions, subnormals kept.
 */
export const DEFAULT_FREEDOM: Evaluation = {
  ...evaluationOf(OPERATION_BY_OPERATION),
  "order.mean-square": ["weight-first", "square-first"],
  "order.mean-gradient": ["two-term", "lerp", "lerp-mirrored", "lerp-mirrored-added"],
  "order.decoupled-decay": ["one-by-one", "rate-first", "factor"],
  "order.update": ["scale-first", "quotient-first", "ratio-first", "inverse"],
  quotient: ["division", "reciprocal"],
  "bias-correction": ["division", "reciprocal"],
  "contraction.weight-decay": ["none", "right"],
  "contraction.mean-square": ["none", "left", "right"],
  "contraction.mean-gradient": ["none", "left", "right"],
  "contraction.variance": ["none", "left", "right"],
  "contraction.momentum": ["none", "left", "right"],
  "contraction.lookahead": ["none", "left", "right"],
  "contraction.parameter": ["none", "right"],
};
