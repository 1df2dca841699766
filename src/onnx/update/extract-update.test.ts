import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { packageRoot } from "../../package-info.js";
import { built, changed, node, trainingModel } from "../__test-helpers__/models.js";
import { loadModel, parseModel } from "../model/load-model.js";
import { type Model, metadataOf, type Node } from "../model/model.js";
import { decodeModel, encodeModel } from "../model/model-codec.js";
import { signatureOf } from "../model/signature.js";
import { openSession } from "../runtime/session.js";
import { extractUpdate } from "./extract-update.js";
import { updateGraphOf } from "./model-updates.js";
import { rolesOf } from "./roles.js";

function extracted(model: Model, name?: string) {
  const loaded = parseModel(encodeModel(model), "m.onnx");
  const roles = rolesOf(loaded);
  const parameter = roles.parameters.find((one) => one.name === (name ?? one.name));
  if (!parameter) throw new Error(`no parameter ${name}`);
  return extractUpdate(loaded, roles, parameter);
}

const graphOf = (bytes: Uint8Array) => decodeModel(bytes, "extracted").graph;

describe("the update of a training graph", () => {
  const update = extracted(trainingModel(), "w");

  test("starts at the gradient, and leaves the network behind", () => {
    const { inputs, outputs } = signatureOf(graphOf(update.model));
    expect(inputs.map(({ name }) => name)).toEqual([
      "parameter",
      "gradient",
      "square_avg",
      "lr",
      "alpha",
      "one_minus_alpha",
      "eps",
    ]);
    expect(outputs.map(({ name }) => name)).toEqual(["next.parameter", "next.square_avg"]);
    const operators = graphOf(update.model).node.map(({ opType }) => opType);
    expect(operators).not.toContain("ReduceSum");
    expect(operators.filter((one) => one !== "Identity").sort()).toEqual([
      "Add",
      "Add",
      "Div",
      "Mul",
      "Mul",
      "Mul",
      "Mul",
      "Sqrt",
      "Sub",
    ]);
  });

  test("takes tensors of any length", async () => {
    expect(update.tensorShape).toBeUndefined();
    const session = await openSession(update.model, "extracted");
    for (const length of [0, 1, 7]) {
      const tensor = (x: number) => ({ shape: [length], values: new Float32Array(length).fill(x) });
      const scalar = (x: number) => ({ shape: [], values: Float32Array.of(x) });
      const results = await session.run({
        parameter: tensor(1),
        gradient: tensor(2),
        square_avg: tensor(0),
        lr: scalar(0.5),
        alpha: scalar(0.75),
        one_minus_alpha: scalar(0.25),
        eps: scalar(0),
      });
      // √(0.25 · 2²) = 1, so it moves by 0.5 · 2.
      expect(results["next.parameter"].values).toEqual(new Float32Array(length).fill(0));
      expect(results["next.square_avg"].values).toEqual(new Float32Array(length).fill(1));
    }
    await session.release();
  });

  test("is the same for each parameter, to the byte, also through a copy of the gradient", () => {
    expect(Buffer.compare(extracted(trainingModel(), "b").model, update.model)).toBe(0);
  });

  test("does not depend on the order of nodes", () => {
    const reversed = changed(trainingModel(), ({ graph }) => graph.node.reverse());
    expect(Buffer.compare(extracted(reversed, "w").model, update.model)).toBe(0);
  });
});

describe("an update that cannot be cut out is refused", () => {
  const find = ({ graph }: Model, output: string) =>
    graph.node.find((one) => one.output[0] === output) as Node;

  test.each([
    [
      "that computes the gradient again",
      (model: Model) => {
        model.graph.node.unshift(node("again", "ReduceSum", "slope.w", "axis"));
        for (const name of ["weighted.w", "gained.w", "scaled.w"])
          find(model, name).input = find(model, name).input.map((one) =>
            one === "gradient.w" ? "again" : one,
          );
      },
      /does not go through "gradient\.w": it reads "(batch\.\w|parameter\.b)"|reads "parameter\.b"/,
    ],
    [
      "that does not use the gradient",
      (model: Model) => {
        for (const name of ["weighted.w", "gained.w", "scaled.w"])
          find(model, name).input = find(model, name).input.map((one) =>
            one === "gradient.w" ? "parameter.w" : one,
          );
      },
      /does not go through "gradient\.w": nothing/,
    ],
    [
      "that reads another parameter's state",
      (model: Model) => {
        find(model, "kept.w").input = ["square_avg.b", "alpha"];
      },
      /reads "square_avg\.b", by way of node Mul "Mul\.kept\.w"/,
    ],
    [
      "that reads what nothing gives",
      (model: Model) => {
        find(model, "kept.w").input = ["nowhere", "alpha"];
      },
      /needs "nowhere"/,
    ],
    [
      "that goes round in a circle",
      (model: Model) => {
        find(model, "kept.w").input = ["next.square_avg.w", "alpha"];
      },
      /circle/,
    ],
    [
      "that holds graphs of its own",
      (model: Model) => {
        const body = { name: "then", node: [], input: [], output: [] };
        Object.assign(find(model, "kept.w"), {
          opType: "If",
          attribute: [{ name: "then_branch", type: 5, g: body }],
        });
      },
      /graphs of its own/,
    ],
  ] as const)("%s", (_, change, problem) => {
    expect(() => extracted(changed(trainingModel(), change), "w")).toThrow(problem);
  });
});

test("an update that is not computed element by element keeps its shape", () => {
  const model = changed(trainingModel(), ({ graph }) => {
    for (const one of graph.node) {
      if (one.output[0] === "move.w") one.output = ["unscaled.w"];
    }
    graph.node.splice(
      graph.node.length - 1,
      0,
      node("norm.w", "ReduceMax", "denominator.w"),
      node("move.w", "Div", "scaled.w", "norm.w"),
    );
  });
  expect(extracted(model, "w").tensorShape).toEqual([1]);
  expect(extracted(model, "b").tensorShape).toBeUndefined();
  const loaded = parseModel(encodeModel(model), "m.onnx");
  const choose = (requested?: string) =>
    updateGraphOf(loaded, rolesOf(loaded), dialectById("pytorch"), {}, requested);
  expect(() => choose()).toThrow(/w and b are updated by different graphs.*--parameter w/);
  expect(choose("b").tensorShape).toBeUndefined();
  expect(() => choose("c")).toThrow(/no parameter "c"; it has w, b/);
});

describe("exported training graphs", () => {
  const folder = join(packageRoot(), "golden", "onnx");
  const { files } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
    files: { path: string }[];
  };
  const models = files.map(({ path }) => path).filter((path) => path.endsWith("model.onnx"));

  test("are there", () => {
    expect(models.length).toBeGreaterThan(3);
  });

  test.each(models)("%s: all parameters are updated by one graph, for tensors of any shape", (path) => {
    const loaded = loadModel(join(folder, path));
    const dialect = dialectById(metadataOf(loaded.model)["rmsprop.dialect"]);
    const roles = rolesOf(loaded);
    expect(roles.kind).toBe("training");
    expect(updateGraphOf(loaded, roles, dialect, {}, undefined).tensorShape).toBeUndefined();
  });
});

test("a graph that the suite builds is cut to itself", () => {
  const whole = signatureOf(built({ momentum: true }).graph);
  const cut = signatureOf(graphOf(extracted(built({ momentum: true })).model));
  expect(cut).toEqual(whole);
  expect(whole.inputs[0]).toEqual({ name: "parameter", elementType: "float32", shape: ["elements"] });
});
