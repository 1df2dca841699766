import { describe, expect, it } from "vitest";
import { CAPABILITIES, type Capability } from "../../spec/capabilities.js";
import type { Operation, Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { InProcessAdapter } from "./in-process.js";
import {
  type AsyncOptimizer,
  type Optimizer,
  type OptimizerState,
  RejectedHyperparameter,
} from "./optimizer.js";

/** Only what every optimizer must have. */
const least = (parameters: readonly Float32Array[]): Optimizer => ({
  step: () => {},
  parameter: (index) => parameters[index],
});

function adapterWith(
  capabilities: readonly Capability[],
  create: (parameters: readonly Float32Array[]) => Optimizer = least,
): InProcessAdapter {
  return new InProcessAdapter(
    {
      implementation: { name: "least", version: "1", language: "JavaScript" },
      dialects: ["pytorch"],
      capabilities: [...capabilities],
    },
    { create: (_, groups) => create(groups.flatMap(({ parameters }) => parameters)) },
  );
}

function programWith(...operations: Operation[]): Program {
  const init: Operation = { op: "init", groups: [{ hyperparameters: {}, parameters: [vector([1, 2])] }] };
  return { format: "rmsprop-program/1", dialect: "pytorch", operations: [init, ...operations] };
}

const observe: Operation = { op: "observe", slots: ["parameter"] };

describe("an implementation in this process", () => {
  it("needs no more than to step and to show its parameters", async () => {
    const [reply] = await adapterWith([]).run([
      programWith({ op: "step", gradients: [vector([1, 1])] }, observe),
    ]);
    expect(reply).toEqual({ status: "ok", observations: [{ parameters: [{ parameter: vector([1, 2]) }] }] });
  });

  it("answers unsupported for what it does not declare, without being asked itself", async () => {
    let made = 0;
    const adapter = adapterWith(["state"], (parameters) => {
      made++;
      return least(parameters);
    });
    const programs = [
      programWith({ op: "checkpoint" }),
      { ...programWith(observe), dialect: "keras" },
      programWith({ op: "set", group: 0, hyperparameters: { lr: 1 } }),
    ];
    expect(await adapter.run(programs)).toEqual([
      { status: "unsupported", capability: "checkpoint" },
      { status: "unsupported", capability: "dialect" },
      { status: "unsupported", capability: "set" },
    ]);
    expect(made).toBe(0);
  });

  it.each([
    [{ op: "checkpoint" }, "save"],
    [{ op: "set", group: 0, hyperparameters: { lr: 1 } }, "setHyperparameters"],
    [{ op: "load", state: [{ parameter: 0, step: 1, square_avg: vector([1, 1]) }] }, "load"],
  ] as [Operation, string][])("names the method that is missing: %j", async (operation, method) => {
    const [reply] = await adapterWith(CAPABILITIES).run([programWith(operation)]);
    expect(reply).toMatchObject({
      status: "error",
      phase: operation.op,
      class: "internal",
      message: `the optimizer has no method ${method}, which a declared capability needs`,
    });
  });

  it("waits for an optimizer that takes its time, and runs one program after the other", async () => {
    const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 1));
    let underWay = 0;
    const adapter = new InProcessAdapter(await adapterWith(CAPABILITIES).hello(), {
      create: (_, groups) => {
        expect(underWay++).toBe(0);
        const [[first]] = groups.map(({ parameters }) => parameters);
        let state: OptimizerState = { step: 0, square_avg: Float32Array.of(0, 0) };
        const optimizer: AsyncOptimizer = {
          step: async ([gradient]) => {
            await later(0);
            first.forEach((x, i) => {
              first[i] = x - (gradient?.[i] ?? 0);
            });
            state = { ...state, step: state.step + 1 };
          },
          parameter: () => later(first),
          state: () => later(state),
          load: async (_, given) => {
            state = await later(given);
          },
          setHyperparameters: async () => {
            underWay--;
            if ((await later(0)) === 0) throw new RejectedHyperparameter("later is too late");
          },
        };
        return later(optimizer);
      },
    });
    const loaded: Operation = { op: "load", state: [{ parameter: 0, step: 6, square_avg: vector([3, 4]) }] };
    const program = programWith(
      loaded,
      { op: "step", gradients: [vector([1, 1])] },
      { op: "observe", slots: ["parameter", "square_avg"] },
      { op: "set", group: 0, hyperparameters: { lr: 1 } },
    );
    const [[first], [second]] = await Promise.all([adapter.run([program]), adapter.run([program])]);
    expect(first).toEqual({
      status: "error",
      phase: "set",
      class: "invalid-hyperparameter",
      message: "later is too late",
    });
    expect(second).toEqual(first);
    const { operations } = program;
    const [unset] = await adapter.run([{ ...program, operations: operations.slice(0, -1) }]);
    expect(unset).toEqual({
      status: "ok",
      observations: [{ parameters: [{ parameter: vector([0, 1]), square_avg: vector([3, 4]), step: 7 }] }],
    });
  });

  it("names what is no Float32Array", async () => {
    const plain = adapterWith([], () => ({ step: () => {}, parameter: () => [1, 2] as never }));
    const [reply] = await plain.run([programWith(observe)]);
    expect(reply).toMatchObject({
      status: "error",
      phase: "observe",
      message: "parameter of parameter 0 must be a Float32Array; the optimizer gave Array",
    });
  });
});
