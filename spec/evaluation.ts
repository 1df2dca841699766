import { STEP_PARTS } from "./step-part.js";

/**
 * Evaluation axes: how an RMSprop is rounded. The first choice of each axis is operation-by-operation float32.
 *
 * Symbols: t = 1 − β, w = t, ⊕ ⊖ ⊗ ⊘ are rounded operations.
 */
export const EVALUATION_AXES = {
  /** Precision in which hyperparameters meet tensors. */
  scalars: ["float32", "binary64"],
  /** Precision in which 1 − β is subtracted, before `scalars` applies. */
  complement: ["binary64", "float32"],
  /** Precision in which 1 − β^t is formed, before `scalars` applies. */
  correction: ["binary64", "float32"],
  /** Precision in which the rate λη of a decoupled decay and 1 − λη are formed, before `scalars` applies. */
  "decay-rate": ["binary64", "float32"],
  /**
   * Intermediates rounded to float32 at once, or kept until they are stored: in binary64, or in any precision from
   * binary64 on.
   */
  intermediates: ["float32", "binary64", "wider"],
  /** Results below 2^-126 kept, or flushed to zero (inputs too), looked for after rounding or before it. */
  subnormals: ["kept", "flushed", "flushed-early"],
  /** (t⊗g)⊗g · t⊗(g⊗g) · s ⊕ w⊗(g⊗g ⊖ s) · the same, mirrored where |w| ≥ ½. */
  "order.mean-square": ["weight-first", "square-first", "lerp", "lerp-mirrored"],
  /**
   * β⊗a ⊕ t⊗g · a ⊕ w⊗(g ⊖ a) · the same, mirrored where |w| ≥ ½: g ⊖ (g ⊖ a)⊗(1 ⊖ w), or g ⊕ (g ⊖ a)⊗(w ⊖ 1), which
   * has another sign of zero at w = 1.
   */
  "order.mean-gradient": ["two-term", "lerp", "lerp-mirrored", "lerp-mirrored-added"],
  /** Weight decay where λ = 0: left out, or done with λ = 0, so that 0·∞ and 0·NaN enter. */
  "zero-weight-decay": ["skipped", "multiplied"],
  /** Decoupled decay: θ ⊖ (θ⊗λ)⊗η · θ ⊖ θ⊗(λη) · θ⊗(1 − λη). */
  "order.decoupled-decay": ["one-by-one", "rate-first", "factor"],
  /** (η⊗g)⊘d · η⊗(g⊘d) · (η⊘d)⊗g · g⊘(d⊘η). */
  "order.update": ["scale-first", "quotient-first", "ratio-first", "inverse"],
  /** x⊘d · x⊗(1⊘d) · where d = √v, x⊗(1/√v rounded once). */
  quotient: ["division", "reciprocal", "reciprocal-root"],
  /** The correctly rounded root, the float32 on either side of it, or any float32 within two ulps of it. */
  root: ["correct", "one-ulp-low", "one-ulp-high", "within-two-ulps"],
  /** The same of 1/√v where it is one operation. */
  "reciprocal-root": ["correct", "one-ulp-low", "one-ulp-high", "within-two-ulps"],
  /** The same of every quotient, low being nearer to zero. */
  division: ["correct", "one-ulp-low", "one-ulp-high", "within-two-ulps"],
  /** Whether what is kept is b, or −b, of which sums that cancel exactly give −0. */
  "momentum-buffer": ["direct", "negated"],
  /** Bias correction: x ⊘ c · x ⊗ (1 ⊘ c), c being 1 − β^t. */
  "bias-correction": ["division", "reciprocal"],
  /** Which product is fused into a sum: none, the left operand's, the right operand's. */
  "contraction.weight-decay": ["none", "right"],
  "contraction.mean-square": ["none", "left", "right"],
  "contraction.mean-gradient": ["none", "left", "right"],
  "contraction.variance": ["none", "left", "right"],
  "contraction.momentum": ["none", "left", "right"],
  "contraction.lookahead": ["none", "left", "right"],
  "contraction.parameter": ["none", "right"],
  /**
   * What `intermediates` decides, of one part of a step where it differs from the rest; "promoted": binary64 as soon as an
   * operand is.
   */
  "intermediates.gradient": ["inherit", "float32", "binary64", "promoted"],
  "intermediates.square": ["inherit", "float32", "binary64", "promoted"],
  "intermediates.average": ["inherit", "float32", "binary64", "promoted"],
  "intermediates.denominator": ["inherit", "float32", "binary64", "promoted"],
  "intermediates.update": ["inherit", "float32", "binary64", "promoted"],
} as const;

/** An axis on which rounding differs. */
export type EvaluationAxis = keyof typeof EVALUATION_AXES;
/** One way of rounding on an axis. */
export type EvaluationChoice<A extends EvaluationAxis> = (typeof EVALUATION_AXES)[A][number];

/** The choices that are declared on each axis: at least one. What is not excluded is a freedom. */
export type Evaluation = { readonly [A in EvaluationAxis]: readonly EvaluationChoice<A>[] };

/** A choice that is a freedom by itself and has no single result. */
export type OpenChoice = "wider" | "within-two-ulps";

/** The choices that each of them includes. */
const OPEN_CHOICES = {
  wider: ["binary64"],
  "within-two-ulps": ["correct", "one-ulp-low", "one-ulp-high"],
} as const satisfies Record<OpenChoice, readonly string[]>;

/** A choice that has a single result. */
export type PinnedChoice<A extends EvaluationAxis> = Exclude<EvaluationChoice<A>, OpenChoice>;

/** An evaluation with no freedom left: one result, to the bit. */
export type PinnedEvaluation = { readonly [A in EvaluationAxis]: PinnedChoice<A> };

const AXES = Object.keys(EVALUATION_AXES) as EvaluationAxis[];

/** The evaluation that allows exactly one choice on each axis. */
export function evaluationOf(pinned: PinnedEvaluation): Evaluation {
  return Object.fromEntries(AXES.map((axis) => [axis, [pinned[axis]]])) as unknown as Evaluation;
}

/** The choices of an axis that have one result. */
export function pinnedChoices<A extends EvaluationAxis>(axis: A): readonly PinnedChoice<A>[] {
  const all: readonly string[] = EVALUATION_AXES[axis];
  return all.filter((choice) => !isOpenChoice(choice)) as PinnedChoice<A>[];
}

/** The choices of an axis that are freedoms by themselves. */
export function openChoices(axis: EvaluationAxis): readonly OpenChoice[] {
  return (EVALUATION_AXES[axis] as readonly string[]).filter(isOpenChoice);
}

function isOpenChoice(choice: string): choice is OpenChoice {
  return Object.hasOwn(OPEN_CHOICES, choice);
}

/** Whether one of these choices of an axis is, or includes, another choice of it. */
export function allows(choices: readonly string[], choice: string): boolean {
  return choices.some(
    (one) =>
      one === choice || (isOpenChoice(one) && (OPEN_CHOICES[one] as readonly string[]).includes(choice)),
  );
}

/** Whether every part of a step has the precision that `intermediates` says. */
export function isUniform(evaluation: Evaluation): boolean {
  return STEP_PARTS.every((part) => evaluation[`intermediates.${part}`].every((own) => own === "inherit"));
}

/** Whether every result is rounded to float32 where it is made. */
export function roundsAtOnce(evaluation: Evaluation): boolean {
  return isUniform(evaluation) && evaluation.intermediates.every((kept) => kept === "float32");
}

/** Whether `wide` allows every choice of `narrow`. */
export function isWithin(narrow: Evaluation, wide: Evaluation): boolean {
  return AXES.every((axis) => narrow[axis].every((choice) => allows(wide[axis], choice)));
}

/** The axes on which two pinned evaluations differ, with both values. */
export function differingChoices(
  a: PinnedEvaluation,
  b: PinnedEvaluation,
): { axis: EvaluationAxis; from: string; to: string }[] {
  return AXES.filter((axis) => a[axis] !== b[axis]).map((axis) => ({ axis, from: a[axis], to: b[axis] }));
}
