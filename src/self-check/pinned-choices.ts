import { SLOTS, type Slot } from "../../spec/arithmetic.js";
import {
  allows,
  EVALUATION_AXES,
  type Evaluation,
  type EvaluationAxis,
  evaluationOf,
  isWithin,
  type PinnedEvaluation,
  pinnedChoices,
  roundsAtOnce,
} from "../../spec/evaluation.js";
import { stepShape } from "../../spec/step-shape.js";
import type { Declaration } from "../judge/declaration.js";
import type { EmulatedStep } from "../oracle/emulated/index.js";
import type { RandomSource } from "../search/element-steps.js";
import type { SampledElement } from "./sampled-element.js";

const AXES = Object.keys(EVALUATION_AXES) as EvaluationAxis[];

/** A pinned evaluation that is recomputed. */
export interface NamedPinned {
  readonly name: string;
  readonly evaluation: PinnedEvaluation;
  /** Whether it is one of those that are declared, so that its results are accepted. */
  readonly isDeclared: boolean;
}

/** The reference, if there is one, and one of the declared choices on each axis. */
export function pinnedOf({ evaluation, reference }: Declaration, random: RandomSource): NamedPinned[] {
  const drawn = randomPinned(evaluation, random);
  return [
    ...(reference
      ? [
          {
            name: reference.name,
            evaluation: reference.evaluation,
            isDeclared: isWithin(evaluationOf(reference.evaluation), evaluation),
          },
        ]
      : []),
    { name: "a declared choice on each axis", evaluation: drawn, isDeclared: true },
  ];
}

function randomPinned(evaluation: Evaluation, random: RandomSource): PinnedEvaluation {
  const choices = AXES.map((axis) => [axis, random.pick(declaredChoices(evaluation, axis))]);
  return Object.fromEntries(choices) as PinnedEvaluation;
}

/** An open choice stands for those with one result that it includes. */
function declaredChoices(evaluation: Evaluation, axis: EvaluationAxis): string[] {
  return (pinnedChoices(axis) as readonly string[]).filter((choice) => allows(evaluation[axis], choice));
}

/** The evaluation with every contraction that is not declared in place of one that is; undefined where all are. */
export function undeclaredContraction(
  pinned: PinnedEvaluation,
  evaluation: Evaluation,
): PinnedEvaluation | undefined {
  const undeclared = AXES.filter((axis) => axis.startsWith("contraction.")).flatMap((axis) => {
    const others = (pinnedChoices(axis) as readonly string[]).filter(
      (choice) => choice !== "none" && !allows(evaluation[axis], choice),
    );
    return others.length > 0 ? [[axis, others[others.length - 1]]] : [];
  });
  return undeclared.length > 0 ? { ...pinned, ...Object.fromEntries(undeclared) } : undefined;
}

/**
 * Whether the judge must accept what a declared pinned evaluation gives for a slot from the state that was observed.
 * Elsewhere it may know better: a kept value in place of an observed one, or the increment of a Nesterov step, which
 * must explain the buffer that was observed, hold only where the evaluation gives that state itself.
 */
export function mustAccept(
  { dialect }: Declaration,
  { evaluation }: NamedPinned,
  { hyperparameters, observed }: SampledElement,
  emulated: EmulatedStep,
  slot: Slot,
): boolean {
  const keeps = !roundsAtOnce(evaluationOf(evaluation));
  const explains = stepShape(dialect, hyperparameters).momentum && dialect.momentum.startsWith("nesterov");
  if (!keeps && !(explains && slot === "parameter")) return true;
  const before = SLOTS.filter((each) => each !== "parameter" && (keeps || each === "momentum_buffer"));
  return before.every((each) => emulated[each] === undefined || Object.is(emulated[each], observed[each]));
}
