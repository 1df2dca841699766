import type { StepScalars } from "../../../spec/arithmetic.js";
import type { Dialect } from "../../../spec/dialect.js";
import { differingChoices, type PinnedEvaluation } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../../spec/evaluations.js";
import { type StepShape, slotsOf } from "../../../spec/step-shape.js";
import { updateRule } from "../../../spec/update-rule.js";
import { packageVersion } from "../../package-info.js";
import { FLOAT, type ValueInfo } from "../model/model.js";
import { encodeModel } from "../model/model-codec.js";
import { refuseUnbuildable } from "./buildable.js";
import { GraphArithmetic } from "./graph-arithmetic.js";
import { GraphNodes, type GraphRef } from "./graph-nodes.js";
import { SCALAR_ROLES, type ScalarRole } from "./roles.js";

/** Where a hyperparameter of the rule comes from. */
const INPUT_OF: { readonly [K in keyof StepScalars<unknown>]?: ScalarRole } = {
  lr: "lr",
  alpha: "alpha",
  eps: "eps",
  momentum: "momentum",
  weight_decay: "weight_decay",
  clip_value: "clip_value",
  complement: "one_minus_alpha",
  correction: "bias_correction",
};

/**
 * The update of one parameter as an ONNX model, made from the update rule: inputs `parameter`, `gradient`, the state and
 * those hyperparameters that the step uses; outputs `next.parameter` and the next state. All tensors are float32 vectors
 * of one free length, hyperparameters are zero-dimensional. Equal arguments give equal bytes.
 * @throws {UnbuildableEvaluation}
 */
export function buildUpdateModel(
  dialect: Dialect,
  shape: StepShape,
  evaluation: PinnedEvaluation,
): Uint8Array {
  refuseUnbuildable(evaluation);
  const graph = new GraphNodes();
  const arithmetic = new GraphArithmetic(graph, evaluation);
  const tensors = Object.fromEntries(
    ["parameter", "gradient", ...slotsOf(shape)].map((name) => [name, graph.input(name)]),
  ) as Record<"parameter" | "gradient" | "square_avg", GraphRef>;
  const scalars = Object.fromEntries(
    Object.entries(INPUT_OF).map(([name, role]) => [name, graph.input(role)]),
  ) as unknown as StepScalars<GraphRef>;
  const complement =
    evaluation.complement === "float32"
      ? arithmetic.subtract(null, graph.constant("one", 1), scalars.alpha)
      : scalars.complement;
  updateRule(arithmetic, dialect, shape, { ...scalars, complement }, tensors);

  const { node, initializer } = graph.protos();
  const used = new Set(node.flatMap(({ input }) => input));
  const stored = ["parameter", ...slotsOf(shape)];
  return encodeModel({
    irVersion: 10,
    opsetImport: [{ domain: "", version: 20 }],
    producerName: "rmsprop-conformance",
    producerVersion: packageVersion(),
    graph: {
      name: `rmsprop.${dialect.id}`,
      node,
      initializer,
      input: [
        ...Object.keys(tensors).map(vectorInfo),
        ...SCALAR_ROLES.filter((name) => used.has(name)).map(scalarInfo),
      ],
      output: stored.map((slot) => vectorInfo(`next.${slot}`)),
    },
    metadataProps: metadata(dialect, shape, evaluation),
  });
}

function vectorInfo(name: string): ValueInfo {
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim: [{ dimParam: "elements" }] } } } };
}

function scalarInfo(name: string): ValueInfo {
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim: [] } } } };
}

function metadata(dialect: Dialect, shape: StepShape, evaluation: PinnedEvaluation) {
  const name = (Object.keys(PINNED_EVALUATIONS) as PinnedEvaluationName[]).find(
    (one) => differingChoices(PINNED_EVALUATIONS[one], evaluation).length === 0,
  );
  const entries: Record<string, string> = {
    "rmsprop.format": "1",
    "rmsprop.kind": "update",
    "rmsprop.dialect": dialect.id,
    ...(name && { "rmsprop.evaluation": name }),
    ...(shape.maximize && { "rmsprop.maximize": "true" }),
  };
  return Object.entries(entries).map(([key, value]) => ({ key, value }));
}
