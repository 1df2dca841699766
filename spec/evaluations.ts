import { type Evaluation, evaluationOf, type PinnedEvaluation } from "./evaluation.js";

/** Every operation rounded to float32, in the order in which the formula is usually typed. */
const OPERATION_BY_OPERATION: PinnedEvaluation = {
  scalars: "float32",
  complement: "binary64",
  intermediates: "float32",
  subnormals: "kept",
  "order.mean-square": "weight-first",
  "order.mean-gradient": "two-term",
  "order.update": "scale-first",
  quotient: "division",
  root: "correct",
  division: "correct",
  "contraction.weight-decay": "none",
  "contraction.mean-square": "none",
  "contraction.mean-gradient": "none",
  "contraction.variance": "none",
  "contraction.momentum": "none",
  "contraction.lookahead": "none",
  "contraction.parameter": "none",
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
 * Pinned evaluations with a name. The sources of the two PyTorch ones are the CPU kernels addcmul, addcdiv,
 * lerp, add and sqrt; `golden/` holds the traces that prove them.
 */
export const PINNED_EVALUATIONS = {
  fused: FUSED,
  unfused: UNFUSED,
  "operation-by-operation": OPERATION_BY_OPERATION,
} as const satisfies Record<string, PinnedEvaluation>;

export type PinnedEvaluationName = keyof typeof PINNED_EVALUATIONS;

/** A root within one float of the correct one, as in PyTorch's wheels that take it from MKL. */
export function withRootWithinOneFloat(pinned: PinnedEvaluation): Evaluation {
  return { ...evaluationOf(pinned), root: ["correct", "one-float-low", "one-float-high"] };
}

/**
 * What is left open when an implementation declares nothing but float32: every order and every contraction,
 * with float32 scalars, 1 − β subtracted in binary64, correct roots and divisions, subnormals kept.
 */
export const DEFAULT_FREEDOM: Evaluation = {
  ...evaluationOf(OPERATION_BY_OPERATION),
  "order.mean-square": ["weight-first", "square-first"],
  "order.mean-gradient": ["two-term", "lerp", "lerp-mirrored"],
  "order.update": ["scale-first", "quotient-first", "ratio-first", "inverse"],
  quotient: ["division", "reciprocal"],
  "contraction.weight-decay": ["none", "right"],
  "contraction.mean-square": ["none", "left", "right"],
  "contraction.mean-gradient": ["none", "left", "right"],
  "contraction.variance": ["none", "right"],
  "contraction.momentum": ["none", "left", "right"],
  "contraction.lookahead": ["none", "left", "right"],
  "contraction.parameter": ["none", "right"],
};
