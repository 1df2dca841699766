import { DIALECT_AXES, type DialectAxis } from "../../../spec/dialect.js";
import { EVALUATION_AXES, type EvaluationAxis } from "../../../spec/evaluation.js";
import type { Declaration } from "../declaration.js";
import { isAccepted } from "../judge-program.js";
import type { AxisDifference, FailingCase } from "./diagnosis.js";

/** Something that may be true of an implementation instead of what it declared. */
export interface Hypothesis {
  readonly differences: readonly AxisDifference[];
  /** The declaration under which it would be judged if the hypothesis were true. */
  readonly declaration: Declaration;
}

/** Whether every failing program of a case would be accepted under a hypothesis. */
export function explains({ declaration }: Hypothesis, { programs }: FailingCase): boolean {
  return programs.every(({ program, observations }) => isAccepted(program, observations, declaration));
}

/**
 * One axis of rounding, left open entirely; and double internals, which are two axes with one cause: numbers
 * of a language that has only binary64, stored to float32. Of those that explain as much, the first is told:
 * precision before roots and orders, because it is what differs in practice.
 */
export function roundingHypotheses(declaration: Declaration): Hypothesis[] {
  const single = singleAxisRounding(declaration);
  const isPrecision = ({ differences: [{ axis }] }: Hypothesis) =>
    axis === "scalars" || axis === "intermediates";
  const precision = single.filter(isPrecision);
  const others = single.filter((hypothesis) => !isPrecision(hypothesis));
  return [...precision, ...(precision.length < 2 ? [] : [combined(precision[0], precision[1])]), ...others];
}

function singleAxisRounding(declaration: Declaration): Hypothesis[] {
  const declared = declaration.evaluation;
  return (Object.keys(EVALUATION_AXES) as EvaluationAxis[]).flatMap((axis) => {
    const all = EVALUATION_AXES[axis] as readonly string[];
    const undeclared = all.filter((choice) => !(declared[axis] as readonly string[]).includes(choice));
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
        declaration: { ...declaration, evaluation: { ...declared, [axis]: all } },
      },
    ];
  });
}

/** One axis of the dialect at another value. */
export function dialectHypotheses(declaration: Declaration): Hypothesis[] {
  const { dialect } = declaration;
  return (Object.entries(DIALECT_AXES) as [DialectAxis, readonly string[]][]).flatMap(([axis, values]) =>
    values
      // A given accumulator needs a load; what was loaded is known already.
      .filter((value) => value !== dialect[axis] && value !== "given")
      .map((observed) => ({
        differences: [{ kind: "dialect" as const, axis, declared: dialect[axis], observed }],
        declaration: { ...declaration, dialect: { ...dialect, [axis]: observed } },
      })),
  );
}

/** Two hypotheses at once, about different axes. */
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
