import { describe, expect, it } from "vitest";
import type { Operation, Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { CAPABILITIES, type Capability } from "./capability.js";
import { InProcessAdapter } from "./in-process.js";
import type { Optimizer } from "./optimizer.js";

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
