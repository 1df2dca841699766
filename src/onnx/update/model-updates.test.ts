import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import type { Operation, Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import { built, changed, scalar } from "../__test-helpers__/models.js";
import type { Model } from "../model/model.js";
import { encodeModel } from "../model/model-codec.js";
import { onnxAdapter } from "../runtime/onnx-adapter.js";
import { whyNotServed } from "../runtime/servable.js";
import { ModelUpdates, type ModelUpdatesOptions } from "./model-updates.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rmsprop-models-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function updatesOf(models: readonly Model[], options: Omit<ModelUpdatesOptions, "files"> = {}): ModelUpdates {
  const files = models.map((model, k) => {
    const file = join(folder, `${k}.onnx`);
    writeFileSync(file, encodeModel(model));
    return file;
  });
  return new ModelUpdates({ files, ...options });
}

/** The same without an input for a hyperparameter: its value is a constant in the graph. */
function baked(model: Model, name: string, x: number): Model {
  return changed(model, ({ graph }) => {
    graph.input = graph.input.filter((input) => input.name !== name);
    graph.initializer?.push(scalar(name, x));
  });
}

const silent = (model: Model) =>
  changed(model, (copy) => {
    copy.metadataProps = [];
  });
const { defaults } = dialectById("pytorch");
const pytorch = dialectById("pytorch");
const reasonOf = (updates: ModelUpdates, changes = {}) => {
  const choice = updates.choose(dialectById(updates.dialects[0]), { ...defaults, ...changes });
  return "reason" in choice ? choice.reason : undefined;
};

describe("what models say of themselves", () => {
  test("is taken from their metadata", () => {
    const updates = updatesOf([built({ centered: true }), built()]);
    expect(updates).toMatchObject({ dialects: ["pytorch"], reference: "unfused" });
    expect(updates.capabilities).toContain("centered");
    expect(updates.capabilities).not.toContain("momentum");
  });

  test("can be said for them", () => {
    expect(() => updatesOf([silent(built())])).toThrow(/say so with --dialect/);
    expect(updatesOf([silent(built())], { dialect: "pytorch" }).reference).toBeUndefined();
    expect(updatesOf([built()], { evaluation: "none" }).reference).toBeUndefined();
  });

  test.each([
    [
      "two dialects",
      () => [built(), built({ momentum: true }, "tensorflow")],
      /rmsprop\.dialect=tensorflow, that of .* says pytorch/,
    ],
    [
      "an unknown dialect",
      () => [
        changed(built(), (model) => {
          model.metadataProps = [{ key: "rmsprop.dialect", value: "rmsprop" }];
        }),
      ],
      /rmsprop\.dialect=rmsprop; known: textbook, pytorch/,
    ],
    ["one shape twice", () => [built(), built()], /has the step shape "plain" too/],
    [
      "momentum that the dialect has not",
      () => [
        changed(built({ momentum: true }), (model) => {
          model.metadataProps = [{ key: "rmsprop.dialect", value: "textbook" }];
        }),
      ],
      /a momentum buffer, which dialect textbook has not/,
    ],
  ] as const)("must go together: %s", (_, models, problem) => {
    expect(() => updatesOf(models())).toThrow(problem);
  });

  test("a mapped name must be there", () => {
    expect(() => updatesOf([built()], { map: { learning_rate: "lr" } })).toThrow(
      /no input or output "learning_rate" to map/,
    );
  });
});

describe("a program is run", () => {
  test("by the model of its step shape", () => {
    const updates = updatesOf([built(), built({ centered: true })]);
    expect(reasonOf(updates)).toBeUndefined();
    expect(reasonOf(updates, { centered: true })).toBeUndefined();
    expect(reasonOf(updates, { momentum: 0.9 })).toMatch(
      /no model has the step shape "momentum"; given are: plain .*; centered/,
    );
  });

  test("only with the value that is built in", () => {
    const model = baked(built(), "eps", 1e-8);
    expect(() => updatesOf([model])).toThrow(/no input eps\..*--constant eps=VALUE/);
    const updates = updatesOf([model], { constants: { eps: 1e-8 } });
    expect(reasonOf(updates)).toBeUndefined();
    expect(reasonOf(updates, { eps: 1e-7 })).toMatch(/has eps = 1e-8 built in, and the program has 1e-7/);
    expect(() => updatesOf([built()], { constants: { eps: 1e-8 } })).toThrow(/takes it by its input eps/);
  });

  test("without momentum by a model that has it, where zeros change no bits or none are claimed", () => {
    const plain = { momentum: 0 };
    expect(reasonOf(updatesOf([built({ momentum: true }, "tensorflow")]), plain)).toBeUndefined();
    expect(reasonOf(updatesOf([built({ momentum: true })]), plain)).toMatch(/no model/);
    expect(reasonOf(updatesOf([built({ momentum: true })], { evaluation: "none" }), plain)).toBeUndefined();
    // A dialect that feeds its buffer at μ = 0 has no other steps; one that does not, and looks ahead, cannot do without.
    const nesterov = updatesOf([built({ momentum: true }, "optax-nesterov")], { evaluation: "none" });
    expect(reasonOf(nesterov, plain)).toBeUndefined();
    const ahead = updatesOf([built({ momentum: true }, "torchopt-nesterov")], { evaluation: "none" });
    expect(reasonOf(ahead, plain)).toMatch(/no model/);
    expect(reasonOf(updatesOf([built({ weightDecay: true })]))).toMatch(/no model/);
    expect(reasonOf(updatesOf([built({ weightDecay: true })], { evaluation: "none" }))).toMatch(/no model/);
  });

  test("with its hyperparameters as they are when a step is taken", () => {
    const updates = updatesOf([built()]);
    const ones = vector([1, 1]);
    const init: Operation = { op: "init", groups: [{ hyperparameters: {}, parameters: [ones] }] };
    const step: Operation = { op: "step", gradients: [ones] };
    const set: Operation = { op: "set", group: 0, hyperparameters: { centered: true } };
    const program = (...operations: Operation[]): Program => ({
      format: "rmsprop-program/1",
      dialect: "pytorch",
      operations: [init, ...operations],
    });
    expect(whyNotServed(program(step, set), updates)).toBeUndefined();
    expect(whyNotServed(program(set, step), updates)).toMatch(/no model has the step shape "centered"/);
    expect(whyNotServed(program(set, { op: "step", gradients: [null] }), updates)).toBeUndefined();
  });
});

describe("as an implementation", () => {
  test("keeps state, gradients and parameters apart, for tensors of no and of one element too", async () => {
    const adapter = onnxAdapter(updatesOf([built({ momentum: true })], { dialect: "pytorch" }), {});
    const parameters = [
      { shape: [], values: Float32Array.of(1) },
      { shape: [0, 3], values: new Float32Array() },
      { shape: [2, 1], values: Float32Array.of(1, -1) },
    ];
    const gradients = parameters.map(({ shape, values }) => ({ shape, values: values.map((x) => 4 * x) }));
    const hyperparameters = { lr: 0.5, alpha: 0.75, eps: 0, momentum: 0.5 };
    const [reply] = await adapter.run([
      {
        format: "rmsprop-program/1",
        dialect: "pytorch",
        operations: [
          { op: "init", groups: [{ hyperparameters, parameters }] },
          { op: "step", gradients },
          { op: "checkpoint" },
          { op: "observe", slots: ["parameter", "square_avg", "momentum_buffer", "gradient"] },
        ],
      },
    ]);
    // s = 16/4, √s = 2, b = 4/2, p = 1 − 0.5 · 2.
    const stepped = (shape: number[], signs: number[]) => ({
      parameter: { shape, values: Float32Array.from(signs, () => 0) },
      square_avg: { shape, values: Float32Array.from(signs, () => 4) },
      momentum_buffer: { shape, values: Float32Array.from(signs, (sign) => 2 * sign) },
      gradient: { shape, values: Float32Array.from(signs, (sign) => 4 * sign) },
      step: 1,
    });
    expect(reply).toEqual({
      status: "ok",
      observations: [{ parameters: [stepped([], [1]), stepped([0, 3], []), stepped([2, 1], [1, -1])] }],
    });
  });

  test("refuses hyperparameters that no RMSprop has", async () => {
    const adapter = onnxAdapter(updatesOf([built()]), {});
    for (const hyperparameters of [{ lr: -1 }, { alpha: Number.NaN }, { clip_value: 0 }]) {
      const init: Operation = { op: "init", groups: [{ hyperparameters, parameters: [vector([1])] }] };
      const [reply] = await adapter.run([
        { format: "rmsprop-program/1", dialect: pytorch.id, operations: [init] },
      ]);
      expect(reply).toMatchObject({ status: "error", phase: "init", class: "invalid-hyperparameter" });
    }
  });
});
