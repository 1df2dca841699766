import { DIALECT_AXES, type DialectAxis } from "../../../spec/dialect.js";
import {
  allows,
  EVALUATION_AXES,
  type EvaluationAxis,
  openChoices,
  pinnedChoices,
} from "../../../spec/evaluation.js";
import type { Declaration } from "../declaration.js";
import { isAccepted } from "../judge-program.js";
import type { AxisDifference, FailingCase } from "./diagnosis.js";

/** What an implementation may compute instead of what it declared. */
export interface Hypothesis {
  readonly differences: readonly AxisDifference[];
  /** The declaration that it would be judged by if the hypothesis were true. */
  readonly declaration: Declaration;
}

/** Whether every failing program of a case would be accepted under a hypothesis. */
export function explains({ declaration }: Hypothesis, { programs }: FailingCase): boolean {
  return programs.every(({ program, observations }) => isAccepted(program, observations, declaration));
}

const ALL_AXES = Object.keys(EVALUATION_AXES) as EvaluationAxis[];

/**
 * One axis of rounding, with every choice that has one result; and double internals, which are two axes with one
 * cause: a language that has only binary64 numbers, stored to float32. Of hypotheses that explain equally much, the
 * first is reported: precision before roots and orders, because precision is what differs in practice.
 */
export function roundingHypotheses(declaration: Declaration): Hypothesis[] {
  const single = ALL_AXES.flatMap((axis) => roundingHypothesis(declaration, axis, likelyChoices(axis)));
  const isPrecision = ({ differences: [{ axis }] }: Hypothesis) =>
    axis === "scalars" || axis === "intermediates";
  const precision = single.filter(isPrecision);
  const others = single.filter((hypothesis) => !isPrecision(hypothesis));
  return [...precision, ...(precision.length < 2 ? [] : [combined(precision[0], precision[1])]), ...others];
}

/**
 * One axis of rounding with a choice that is a freedom by itself; wider intermediates with binary64 scalars too, as a
 * compiler without float32 arithmetic has both. They allow much, so they come last of those that explain equally much.
 */
export function openRoundingHypotheses(declaration: Declaration): Hypothesis[] {
  const single = ALL_AXES.flatMap((axis) =>
    openChoices(axis).flatMap((choice) => roundingHypothesis(declaration, axis, [choice])),
  );
  const scalars = roundingHypothesis(declaration, "scalars", pinnedChoices("scalars"));
  const wider = single.filter(({ differences: [{ axis }] }) => axis === "intermediates");
  return [...single, ...scalars.flatMap((first) => wider.map((second) => combined(first, second)))];
}

/** The choices of an axis that have one result; of a part of a step the one that differs most from all others. */
function likelyChoices(axis: EvaluationAxis): readonly string[] {
  return axis.startsWith("intermediates.") ? ["binary64"] : pinnedChoices(axis);
}

/** These choices on one axis; nothing if they are already declared. */
function roundingHypothesis(
  declaration: Declaration,
  axis: EvaluationAxis,
  choices: readonly string[],
): Hypothesis[] {
  const declared = declaration.evaluation;
  const undeclared = choices.filter((choice) => !allows(declared[axis], choice));
  if (undeclared.length === 0) return [];
  const difference: AxisDifference = {
    kind: "evaluation",
    axis,
    declared: declared[axis].join(" or "),
    observed: undeclared.join(" or "),
  };
  return [
    {
      differences: [difference],
      declaration: { ...declaration, evaluation: { ...declared, [axis]: choices } },
    },
  ];
}

/** One axis of the dialect at another value. */
export function dialectHypotheses(declaration: Declaration): Hypothesis[] {
  const { dialect } = declaration;
  return (Object.entries(DIALECT_AXES) as [DialectAxis, readonly string[]][]).flatMap(([axis, values]) =>
    values
      // An initial accumulator can only be given by `load`, and a loaded value is already known.
      .filter((value) => value !== dialect[axis] && value !== "given")
      .map((observed) => ({
        differences: [{ kind: "dialect" as const, axis, declared: dialect[axis], observed }],
        declaration: { ...declaration, dialect: { ...dialect, [axis]: observed } },
      })),
  );
}

/** Pairs of hypotheses about different axes. */
export function pairsOf(hypotheses: readonly Hypothesis[]): Hypothesis[] {
  const axesOf = ({ differences }: Hypothesis) => differences.map(({ axis }) => axis);
  return hypotheses.flatMap((first, i) =>
    hypotheses
      .slice(i + 1)
      .filter((second) => !axesOf(second).some((axis) => axesOf(first).includes(axis)))
      .map((second) => combined(first, second)),
  );
}

/** Both hypotheses; they are about different axes. */
function combined(first: Hypothesis, second: Hypothesis): Hypothesis {
  let { dialect, evaluation } = first.declaration;
  for (const { kind, axis } of second.differences) {
    if (kind === "dialect") dialect = { ...dialect, [axis]: second.declaration.dialect[axis as DialectAxis] };
    else evaluation = { ...evaluation, [axis]: second.declaration.evaluation[axis as EvaluationAxis] };
  }
  return {
    differences: [...first.differences, ...second.differences],
    declaration: { ...first.declaration, dialect, evaluation },
  };
}
