import { dialectById } from "../../../spec/dialects.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import type { StepShape } from "../../../spec/step-shape.js";
import { FLOAT, INT64, type Model, type Node, type ValueInfo } from "../model/model.js";
import { decodeModel, encodeModel } from "../model/model-codec.js";
import { buildUpdateModel } from "../update/build-update-model.js";

export const PLAIN: StepShape = {
  centered: false,
  momentum: false,
  weightDecay: false,
  maximize: false,
  clipping: false,
};

/** A graph that the suite builds, as the model of somebody who built it in this dialect. */
export function built(shape: Partial<StepShape> = {}, dialect = "pytorch"): Model {
  const { unfused } = PINNED_EVALUATIONS;
  return decodeModel(buildUpdateModel(dialectById(dialect), { ...PLAIN, ...shape }, unfused), "built");
}

/** The model with something changed; the model itself stays as it is. */
export function changed(model: Model, change: (model: Model) => void): Model {
  const copy = decodeModel(encodeModel(model), "copy");
  change(copy);
  return decodeModel(encodeModel(copy), "changed");
}

export function value(name: string, shape: readonly (number | string)[] = [], elemType = FLOAT): ValueInfo {
  const dim = shape.map((extent) =>
    typeof extent === "number" ? { dimValue: extent } : { dimParam: extent },
  );
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

/** `add Op(a, b)` as in a listing. */
export function node(output: string, opType: string, ...input: string[]): Node {
  return { name: `${opType}.${output}`, opType, input, output: [output] };
}

export function scalar(name: string, x: number) {
  const rawData = new Uint8Array(4);
  new DataView(rawData.buffer).setFloat32(0, x, true);
  return { name, dims: [], dataType: FLOAT, rawData };
}

/** The update of one parameter by plain RMSprop, in listing form. */
function updateNodes(name: string, gradient: string): Node[] {
  return [
    node(`kept.${name}`, "Mul", `square_avg.${name}`, "alpha"),
    node(`weighted.${name}`, "Mul", "one_minus_alpha", gradient),
    node(`gained.${name}`, "Mul", `weighted.${name}`, gradient),
    node(`next.square_avg.${name}`, "Add", `kept.${name}`, `gained.${name}`),
    node(`root.${name}`, "Sqrt", `next.square_avg.${name}`),
    node(`denominator.${name}`, "Add", `root.${name}`, "eps"),
    node(`scaled.${name}`, "Mul", "lr", gradient),
    node(`move.${name}`, "Div", `scaled.${name}`, `denominator.${name}`),
    node(`next.parameter.${name}`, "Sub", `parameter.${name}`, `move.${name}`),
  ];
}

/** A whole training step of y = w·x + b on four points, with the mean squared error; w and b have fixed shapes. */
export function trainingModel(): Model {
  const tensors = ["w", "b"].flatMap((name) => [
    value(`parameter.${name}`, [1]),
    value(`square_avg.${name}`, [1]),
  ]);
  return {
    irVersion: 10,
    opsetImport: [{ domain: "", version: 20 }],
    graph: {
      name: "training_step",
      node: [
        node("wx", "Mul", "parameter.w", "batch.x"),
        node("y", "Add", "wx", "parameter.b"),
        node("error", "Sub", "y", "batch.y"),
        node("square", "Mul", "error", "error"),
        { opType: "ReduceMean", input: ["square"], output: ["loss"], attribute: [KEEP_NO_DIMENSIONS] },
        node("slope", "Mul", "error", "half"),
        node("slope.w", "Mul", "slope", "batch.x"),
        node("gradient.w", "ReduceSum", "slope.w", "axis"),
        node("sum.b", "ReduceSum", "slope", "axis"),
        node("gradient.b", "Identity", "sum.b"),
        ...updateNodes("w", "gradient.w"),
        // The value itself, of which the output is a copy.
        ...updateNodes("b", "sum.b"),
      ],
      initializer: [
        scalar("half", 0.5),
        { name: "axis", dims: [1], dataType: INT64, rawData: new Uint8Array(8) },
      ],
      input: [
        ...tensors,
        value("batch.x", [4]),
        value("batch.y", [4]),
        ...["lr", "alpha", "one_minus_alpha", "eps"].map((name) => value(name)),
      ],
      output: [
        value("loss"),
        ...["w", "b"].flatMap((name) => [
          value(`gradient.${name}`, [1]),
          value(`next.parameter.${name}`, [1]),
          value(`next.square_avg.${name}`, [1]),
        ]),
      ],
    },
    metadataProps: [
      { key: "rmsprop.format", value: "1" },
      { key: "rmsprop.kind", value: "training" },
      { key: "rmsprop.dialect", value: "pytorch" },
    ],
  };
}

/** keepdims = 0 */
const KEEP_NO_DIMENSIONS = { name: "keepdims", type: 2, i: 0 };
