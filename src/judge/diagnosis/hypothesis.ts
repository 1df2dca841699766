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

/** One axis of rounding, left open entirely. */
export function roundingHypotheses(declaration: Declaration): Hypothesis[] {
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
  return hypotheses.flatMap((first, i) =>
    hypotheses.slice(i + 1).flatMap((second) => {
      const [a] = first.differences;
      const [b] = second.differences;
      if (a.axis === b.axis) return [];
      const { dialect, evaluation } = first.declaration;
      const declaration = {
        ...first.declaration,
        dialect: b.kind === "dialect" ? { ...dialect, [b.axis]: b.observed } : dialect,
        evaluation:
          b.kind === "evaluation"
            ? { ...evaluation, [b.axis]: EVALUATION_AXES[b.axis as EvaluationAxis] }
            : evaluation,
      };
      return [{ differences: [a, b], declaration }];
    }),
  );
}
