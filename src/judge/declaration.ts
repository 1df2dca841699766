import type { Dialect, ScalarHyperparameter } from "../../spec/dialect.js";
import type { Evaluation, PinnedEvaluation } from "../../spec/evaluation.js";
import {
  DEFAULT_FREEDOM,
  PINNED_EVALUATIONS,
  type PinnedEvaluationName,
  referenceEvaluation,
} from "../../spec/evaluations.js";
import type { Domain } from "../program/domain.js";

/** What an implementation declares, and what it is judged by. */
export interface Declaration {
  readonly dialect: Dialect;
  /** The rounding choices left open: an observation in their acceptance set is `certified`. */
  readonly evaluation: Evaluation;
  /** The evaluation to which equality is `bit-exact`, if one is claimed. */
  readonly reference?: { readonly name: string; readonly evaluation: PinnedEvaluation };
  /** The values that it accepts; all if left out. */
  readonly domain?: Domain;
  /** Hyperparameters that it refuses if they are negative or NaN; as in the dialect if left out. */
  readonly validates?: Validation;
  /** Whether a step may overwrite its gradient. @default "kept" */
  readonly gradient?: "kept" | "scratch";
}

/** Which hyperparameters are refused if they are wrong. */
export interface Validation {
  readonly negative?: readonly ScalarHyperparameter[] | undefined;
  readonly nan?: readonly ScalarHyperparameter[] | undefined;
}

/**
 * Every order and contraction left open, with a pinned evaluation by name as reference.
 * @param choices other choices to leave open on some axes
 */
export function declarationOf(
  dialect: Dialect,
  reference?: PinnedEvaluationName,
  choices: { readonly [A in keyof Evaluation]?: Evaluation[A] | undefined } = {},
): Declaration {
  const given = Object.entries(choices).filter(([, open]) => open !== undefined);
  return {
    dialect,
    evaluation: { ...DEFAULT_FREEDOM, ...Object.fromEntries(given) },
    ...(reference && { reference: { name: reference, evaluation: PINNED_EVALUATIONS[reference] } }),
  };
}

/** No freedom at all: the named evaluation is both the acceptance set and the reference. */
export function pinnedDeclaration(dialect: Dialect, name: string, evaluation: PinnedEvaluation): Declaration {
  return { dialect, evaluation: referenceEvaluation(evaluation), reference: { name, evaluation } };
}
