import { dialectById } from "../../../spec/dialects.js";
import { offeredDialect } from "../../adapter/offered-dialect.js";
import type { OperationOf, Program } from "../../program/program.js";
import { resolveHyperparameters } from "../../program/timeline.js";
import type { UpdateSource } from "../update/update-source.js";

/**
 * Why a program cannot be run with the graphs that there are; undefined if it can. Hyperparameters that no step uses do
 * not matter. The program must be valid.
 */
export function whyNotServed(program: Program, source: UpdateSource): string | undefined {
  if (!source.dialects.includes(program.dialect)) return undefined; // it is answered so
  const dialect = offeredDialect(dialectById(program.dialect), source.capabilities);
  const [init] = program.operations as [OperationOf<"init">];
  const groups = init.groups.map(({ hyperparameters }) => resolveHyperparameters(dialect, hyperparameters));
  const groupOf = init.groups.flatMap(({ parameters }, g) => parameters.map(() => g));
  for (const operation of program.operations) {
    if (operation.op === "set") {
      const { group, hyperparameters } = operation;
      groups[group] = resolveHyperparameters({ ...dialect, defaults: groups[group] }, hyperparameters);
    } else if (operation.op === "step") {
      for (const [k, gradient] of operation.gradients.entries()) {
        if (!gradient) continue;
        const choice = source.choose(dialect, groups[groupOf[k]]);
        if ("reason" in choice) return choice.reason;
        const { tensorShape, source: model } = choice.graph;
        if (tensorShape && tensorShape.join() !== gradient.shape.join())
          return `${model} takes tensors of shape [${tensorShape.join(", ")}] only, because its update is not computed element by element; the program has [${gradient.shape.join(", ")}]`;
      }
    }
  }
  return undefined;
}
