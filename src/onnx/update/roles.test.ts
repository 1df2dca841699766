import { describe, expect, test } from "vitest";
import { built, changed, trainingModel, value } from "../__test-helpers__/models.js";
import { parseModel } from "../model/load-model.js";
import { INT64, type Model } from "../model/model.js";
import { encodeModel } from "../model/model-codec.js";
import { type NameMap, rolesOf } from "./roles.js";

const rolesIn = (model: Model, map?: NameMap) => rolesOf(parseModel(encodeModel(model), "m.onnx"), map);

function renamed(model: Model, names: NameMap): Model {
  const name = (old: string) => names[old] ?? old;
  return changed(model, ({ graph }) => {
    for (const one of [...graph.input, ...graph.output]) one.name = name(one.name);
    for (const node of graph.node) {
      node.input = node.input.map(name);
      node.output = node.output.map(name);
    }
  });
}

function reshaped(model: Model, name: string, shape: readonly (number | string)[], elemType?: number): Model {
  return changed(model, ({ graph }) => {
    for (const list of [graph.input, graph.output])
      for (const one of list) if (one.name === name) one.type = value(name, shape, elemType).type ?? null;
  });
}

describe("roles by name", () => {
  test("of an update graph with one parameter that has no name", () => {
    const roles = rolesIn(built({ centered: true, momentum: true }));
    expect(roles).toMatchObject({ kind: "update", batch: [] });
    expect(roles.parameters).toMatchObject([
      {
        name: "",
        slots: ["parameter", "square_avg", "grad_avg", "momentum_buffer"],
        inputs: { square_avg: "square_avg" },
        next: { parameter: "next.parameter", momentum_buffer: "next.momentum_buffer" },
        gradient: "gradient",
      },
    ]);
    expect(Object.keys(roles.scalars)).toEqual(["lr", "alpha", "one_minus_alpha", "eps", "momentum"]);
  });

  test("of a training graph with two", () => {
    const roles = rolesIn(trainingModel());
    expect(roles.kind).toBe("training");
    expect(roles.loss).toBe("loss");
    expect(roles.parameters.map(({ name, gradient }) => [name, gradient])).toEqual([
      ["w", "gradient.w"],
      ["b", "gradient.b"],
    ]);
    expect(roles.batch.map(({ name }) => name)).toEqual(["x", "y"]);
  });

  test("of names with dots, which belong to the parameter", () => {
    const dotted = renamed(built(), {
      parameter: "parameter.layers.0.weight",
      gradient: "gradient.layers.0.weight",
      square_avg: "square_avg.layers.0.weight",
      "next.parameter": "next.parameter.layers.0.weight",
      "next.square_avg": "next.square_avg.layers.0.weight",
    });
    expect(rolesIn(dotted).parameters[0].name).toBe("layers.0.weight");
  });

  test("of other names, by a map", () => {
    const theirs = renamed(built(), {
      parameter: "w",
      gradient: "dw",
      square_avg: "v",
      "next.parameter": "w_out",
      "next.square_avg": "v_out",
      lr: "learning_rate",
    });
    const map = {
      w: "parameter",
      dw: "gradient",
      v: "square_avg",
      w_out: "next.parameter",
      v_out: "next.square_avg",
      learning_rate: "lr",
    };
    const { parameters, scalars } = rolesIn(theirs, map);
    expect(parameters[0]).toMatchObject({ inputs: { parameter: "w", square_avg: "v" }, gradient: "dw" });
    expect(scalars.lr).toBe("learning_rate");
  });
});

describe("what does not fit is refused with the reason and the cure", () => {
  test.each([
    [
      "a name near a known one",
      renamed(built(), { square_avg: "sqare_avg" }),
      /input "sqare_avg" has no role\. Did you mean square_avg\? Say what it is with --map sqare_avg=ROLE/,
    ],
    [
      "a missing output",
      renamed(built(), { "next.square_avg": "next_square_avg" }),
      /no output next\.square_avg\. Its outputs are next\.parameter, next_square_avg\..*--map next_square_avg=next\.square_avg/,
    ],
    [
      "state without a parameter",
      renamed(built(), { square_avg: "square_avg.w" }),
      /"square_avg\.w" belongs to no parameter/,
    ],
    [
      "no mean square",
      changed(built(), ({ graph }) => {
        graph.input = graph.input.filter(({ name }) => name !== "square_avg");
      }),
      /no input square_avg/,
    ],
    [
      "a new state that no input starts",
      changed(built(), ({ graph }) => {
        graph.output.push(value("next.grad_avg", ["elements"]));
      }),
      /no input grad_avg/,
    ],
    [
      "a gradient of another shape",
      reshaped(reshaped(built(), "parameter", [4]), "gradient", [3]),
      /"gradient" is float32 \[3\], but parameter is float32 \[4\]/,
    ],
    [
      "a hyperparameter that is a vector",
      reshaped(built(), "lr", [1]),
      /hyperparameter lr \("lr"\) is float32 \[1\]; it must be zero-dimensional/,
    ],
    [
      "a parameter of integers",
      reshaped(built(), "parameter", ["elements"], INT64),
      /"parameter" is int64 \[elements\]; it must be float32/,
    ],
    [
      "data in an update graph",
      changed(built(), ({ graph }) => {
        graph.input.push(value("batch.x", [1]));
      }),
      /an update graph has no use for/,
    ],
    [
      "a kind that is none",
      changed(built(), (model) => {
        model.metadataProps = [{ key: "rmsprop.kind", value: "inference" }];
      }),
      /it may be training or update/,
    ],
    [
      "no gradient at all",
      changed(built(), (model) => {
        model.metadataProps = [];
        model.graph.input = model.graph.input.filter(({ name }) => name !== "gradient");
      }),
      /no gradient.*Its inputs are parameter, square_avg/,
    ],
    [
      "a training graph that hides a gradient",
      changed(trainingModel(), ({ graph }) => {
        graph.output = graph.output.filter(({ name }) => name !== "gradient.b");
      }),
      /no output gradient\.b/,
    ],
  ] as const)("%s", (_, model, problem) => {
    expect(() => rolesIn(model)).toThrow(problem);
  });

  test("a map to nothing, and to the same thing twice", () => {
    expect(() => rolesIn(built(), { lr: "learning rate" })).toThrow(/no role "learning rate"/);
    expect(() => rolesIn(built(), { eps: "lr" })).toThrow(/"lr" and "eps" are both lr/);
  });
});
