import type { EvaluationAxis, PinnedEvaluation } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../../spec/evaluations.js";

/** An evaluation that no graph of ONNX's operators has: each of them rounds to float32 once. */
export class UnbuildableEvaluation extends Error {
  override readonly name = "UnbuildableEvaluation";
}

/** What a graph of rounded float32 operations can do, on each axis where it cannot do all. */
const BUILDABLE: Partial<{ readonly [A in EvaluationAxis]: readonly string[] }> = {
  scalars: ["float32"],
  intermediates: ["float32"],
  "intermediates.gradient": ["inherit", "float32", "promoted"],
  "intermediates.square": ["inherit", "float32", "promoted"],
  "intermediates.average": ["inherit", "float32", "promoted"],
  "intermediates.denominator": ["inherit", "float32", "promoted"],
  "intermediates.update": ["inherit", "float32", "promoted"],
  subnormals: ["kept"],
  quotient: ["division", "reciprocal"],
  root: ["correct"],
  division: ["correct"],
  "zero-weight-decay": ["skipped"],
  "order.decoupled-decay": ["one-by-one"],
  "momentum-buffer": ["direct"],
  "contraction.weight-decay": ["none"],
  "contraction.mean-square": ["none"],
  "contraction.mean-gradient": ["none"],
  "contraction.variance": ["none"],
  "contraction.momentum": ["none"],
  "contraction.lookahead": ["none"],
  "contraction.parameter": ["none"],
};

/** @throws {UnbuildableEvaluation} naming the axis */
export function refuseUnbuildable(evaluation: PinnedEvaluation): void {
  for (const [axis, buildable] of Object.entries(BUILDABLE)) {
    const choice = evaluation[axis as EvaluationAxis];
    if (buildable.includes(choice)) continue;
    throw new UnbuildableEvaluation(
      `no ONNX graph has an evaluation with ${axis} "${choice}": each operator rounds once to float32, so ${axis} can be ${buildable.join(" or ")}`,
    );
  }
}

/** Names of pinned evaluations that can be built. */
export const BUILDABLE_EVALUATIONS = (Object.keys(PINNED_EVALUATIONS) as PinnedEvaluationName[]).filter(
  (name) => {
    try {
      refuseUnbuildable(PINNED_EVALUATIONS[name]);
      return true;
    } catch {
      return false;
    }
  },
);
