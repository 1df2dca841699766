import { CAPABILITIES } from "../../../spec/capabilities.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import type { PinnedEvaluation } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../../spec/evaluations.js";
import { type StepShape, slotsOf, stepShape } from "../../../spec/step-shape.js";
import { parseModel } from "../model/load-model.js";
import { buildUpdateModel } from "./build-update-model.js";
import { refuseUnbuildable } from "./buildable.js";
import { rolesOf, SCALAR_ROLES } from "./roles.js";
import { shapeText, type UpdateGraph } from "./update-graph.js";
import type { GraphChoice, UpdateSource } from "./update-source.js";

/**
 * A graph that the suite builds from the update rule, ready to be run.
 * @throws {UnbuildableEvaluation}
 */
export function builtUpdateGraph(
  dialect: Dialect,
  shape: StepShape,
  evaluation: PinnedEvaluation,
): UpdateGraph {
  const source = `built graph (${dialect.id}, ${shapeText(shape)})`;
  const model = buildUpdateModel(dialect, shape, evaluation);
  const { scalars } = rolesOf(parseModel(model, source));
  return {
    source,
    model,
    slots: ["parameter", ...slotsOf(shape)],
    scalars: SCALAR_ROLES.filter((name) => scalars[name] !== undefined),
    constants: {},
    shape,
    tensorShape: undefined,
  };
}

/** The graphs that the suite itself builds: every dialect in every shape, each made when it is first needed. */
export class BuiltUpdates implements UpdateSource {
  readonly name: string;
  readonly dialects: readonly [string, ...string[]];
  readonly capabilities = CAPABILITIES;
  readonly reference: PinnedEvaluationName;
  private readonly graphs = new Map<string, UpdateGraph>();

  /**
   * @param dialect the only one; all of them if left out
   * @throws {UnbuildableEvaluation}
   */
  constructor(evaluation: PinnedEvaluationName, dialect?: string) {
    refuseUnbuildable(PINNED_EVALUATIONS[evaluation]);
    this.name = `built graphs (${evaluation})`;
    this.reference = evaluation;
    const others = DIALECTS.map(({ id }) => id).filter((id) => id !== "pytorch");
    this.dialects = dialect === undefined ? ["pytorch", ...others] : [dialectById(dialect).id];
  }

  choose(dialect: Dialect, hyperparameters: Hyperparameters): GraphChoice {
    const shape = stepShape(dialect, hyperparameters);
    const key = JSON.stringify([dialect.id, shape]);
    let graph = this.graphs.get(key);
    if (!graph) {
      graph = builtUpdateGraph(dialect, shape, PINNED_EVALUATIONS[this.reference]);
      this.graphs.set(key, graph);
    }
    return { graph };
  }
}
