import {
  differingChoices,
  EVALUATION_AXES,
  type EvaluationAxis,
  evaluationOf,
  type PinnedEvaluation,
  pinnedChoices,
} from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import type { Declaration } from "../declaration.js";
import { judgeProgram } from "../judge-program.js";
import {
  type AxisDifference,
  COMPUTED_ORDER,
  type DiagnosedCluster,
  type Diagnosis,
  type FailingCase,
} from "./diagnosis.js";
import { firstMismatch } from "./first-mismatch.js";
import { representativeFirst } from "./representative-first.js";

/**
 * Explain cases in which everything was accepted but is not the reference's bits: find the pinned evaluation
 * whose bits they are, a named one first, then by changing one axis after the other.
 */
export function diagnoseOtherBits(
  cases: readonly FailingCase[],
  declaration: Declaration,
): DiagnosedCluster[] {
  const { reference } = declaration;
  if (!reference || cases.length === 0) return [];
  const distance = (evaluation: PinnedEvaluation) =>
    differingChoices(reference.evaluation, evaluation).length;
  const [named] = Object.entries(PINNED_EVALUATIONS)
    .filter(([, evaluation]) => notBitExact(cases, declaration, evaluation) === 0)
    .sort(([, a], [, b]) => distance(a) - distance(b));
  const found = named?.[1] ?? nearestEvaluation(cases, declaration, reference.evaluation);
  if (!found) {
    if (cases.length > 1) return cases.flatMap((one) => diagnoseOtherBits([one], declaration));
    const sentence = `Certified, but not bit-exact to ${reference.name}, and no other evaluation gives these bits.`;
    return [clusterOf(cases, declaration, sentence, [])];
  }
  const axes = neededAxes(cases, declaration, reference.evaluation, found);
  const parts = axes.map(
    ({ axis, observed, declared }) => `${axis} is "${observed}" instead of "${declared}"`,
  );
  const identity = named ? `these are the bits of ${named[0]}; ` : "";
  const sentence = `Certified, but not bit-exact to ${reference.name}: ${identity}on the evaluation axes, ${parts.join(", ")}.`;
  return [clusterOf(cases, declaration, sentence, axes)];
}

/**
 * The axes that are needed to explain everything. They are dropped one at a time, so if either of two axes explains the
 * bits, one of them stays.
 */
function neededAxes(
  cases: readonly FailingCase[],
  declaration: Declaration,
  reference: PinnedEvaluation,
  found: PinnedEvaluation,
): AxisDifference[] {
  let least = found;
  for (const { axis, from } of differingChoices(reference, found)) {
    const without = { ...least, [axis]: from } as PinnedEvaluation;
    if (notBitExact(cases, declaration, without) === 0) least = without;
  }
  return differingChoices(reference, least).map(
    ({ axis, from, to }): AxisDifference => ({ kind: "evaluation", axis, declared: from, observed: to }),
  );
}

/** Greedily change the axis that makes most observations bit-exact, until all are. */
function nearestEvaluation(
  cases: readonly FailingCase[],
  declaration: Declaration,
  start: PinnedEvaluation,
): PinnedEvaluation | undefined {
  let current = start;
  let missing = notBitExact(cases, declaration, current);
  while (missing > 0) {
    let best: { evaluation: PinnedEvaluation; missing: number } | undefined;
    for (const axis of Object.keys(EVALUATION_AXES) as EvaluationAxis[]) {
      for (const choice of pinnedChoices(axis)) {
        if (choice === current[axis]) continue;
        const evaluation = { ...current, [axis]: choice } as PinnedEvaluation;
        const left = notBitExact(cases, declaration, evaluation);
        if (left < (best?.missing ?? missing)) best = { evaluation, missing: left };
      }
    }
    if (!best) return undefined;
    current = best.evaluation;
    missing = best.missing;
  }
  return current;
}

function notBitExact(
  cases: readonly FailingCase[],
  declaration: Declaration,
  evaluation: PinnedEvaluation,
): number {
  const trial = {
    ...declaration,
    evaluation: evaluationOf(evaluation),
    reference: { name: "trial", evaluation },
  };
  let missing = 0;
  for (const { programs } of cases) {
    for (const { program, observations } of programs) {
      const { tally } = judgeProgram(program, observations, trial);
      missing += tally.judged - tally.bitExact;
    }
  }
  return missing;
}

function clusterOf(
  failing: readonly FailingCase[],
  declaration: Declaration,
  sentence: string,
  axes: Diagnosis["axes"],
): DiagnosedCluster {
  const { cases, program } = representativeFirst(failing);
  const { notBitExact } = judgeProgram(program.program, program.observations, declaration);
  const first = COMPUTED_ORDER.find((slot) => notBitExact.some((mismatch) => mismatch.slot === slot));
  return {
    cases,
    diagnosis: {
      verdict: "certified",
      sentence,
      axes,
      alternatives: [],
      ...(first && { firstDiverging: first }),
    },
    representative: { ...program, mismatch: firstMismatch(notBitExact) },
  };
}
