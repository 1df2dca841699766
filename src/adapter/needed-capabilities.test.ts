import { describe, expect, it } from "vitest";
import { CAPABILITIES } from "../../spec/capabilities.js";
import type { Hyperparameters } from "../../spec/dialect.js";
import { dialectById } from "../../spec/dialects.js";
import type { Operation, Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { neededCapabilities, withoutState } from "./needed-capabilities.js";

const pytorch = dialectById("pytorch");
const step: Operation = { op: "step", gradients: [vector([1])] };
const init = (hyperparameters: Partial<Hyperparameters> = {}): Operation => ({
  op: "init",
  groups: [{ hyperparameters, parameters: [vector([1])] }],
});
const programOf = (...operations: Operation[]): Program => ({
  format: "rmsprop-program/1",
  dialect: "pytorch",
  operations,
});
const requires = (...operations: Operation[]) => neededCapabilities(programOf(...operations), pytorch);

describe("neededCapabilities", () => {
  it("of a plain program are none", () => {
    expect(requires(init(), step, { op: "observe", slots: ["parameter", "gradient"] })).toEqual([]);
  });

  it.each([
    ["momentum", [init({ momentum: 0.5 }), step]],
    ["centered", [init({ centered: true }), step]],
    ["weight-decay", [init({ weight_decay: 0.1 }), step]],
    ["maximize", [init({ maximize: true }), step]],
    ["checkpoint", [init(), { op: "checkpoint" }]],
    ["load", [init(), { op: "load", state: [] }]],
    ["set", [init(), { op: "set", group: 0, hyperparameters: {} }]],
    ["state", [init(), { op: "observe", slots: ["parameter", "momentum_buffer"] }]],
    ["missing-gradient", [init(), { op: "step", gradients: [null] }]],
    [
      "groups",
      [
        {
          op: "init",
          groups: [
            { hyperparameters: {}, parameters: [] },
            { hyperparameters: {}, parameters: [] },
          ],
        },
      ],
    ],
  ] as [string, Operation[]][])("%s", (capability, operations) => {
    expect(requires(...operations)).toEqual([capability]);
  });

  it("are those of hyperparameters that are given, used by a step or not, and not where the dialect ignores them", () => {
    const later: Operation = { op: "set", group: 0, hyperparameters: { momentum: 0.5, centered: true } };
    expect(requires(init(), step, later)).toEqual(["momentum", "centered", "set"]);
    const nothing: Operation = { op: "step", gradients: [null] };
    expect(requires(init({ weight_decay: 0.5 }), nothing)).toEqual(["weight-decay", "missing-gradient"]);
    expect(requires(init(), step, later, step)).toEqual(["momentum", "centered", "set"]);
    const program = programOf(init({ momentum: 0.5, maximize: true }), step);
    expect(neededCapabilities(program, dialectById("hinton"))).toEqual([]);
    const graves = dialectById("graves-2013");
    expect(neededCapabilities(programOf(init(), step), graves)).toEqual(["momentum", "centered"]);
    // A change asks for what it changes, and not for the defaults of what was switched off before.
    const slower: Operation = { op: "set", group: 0, hyperparameters: { lr: 0.5 } };
    expect(neededCapabilities(programOf(init({ momentum: 0 }), slower, step), graves)).toEqual([
      "centered",
      "set",
    ]);
  });

  it("can be all that there are, in their order", () => {
    const all = programOf(
      {
        op: "init",
        groups: [
          {
            hyperparameters: { momentum: 1, centered: true, weight_decay: 1, maximize: true },
            parameters: [vector([1])],
          },
          { hyperparameters: {}, parameters: [vector([1])] },
        ],
      },
      { op: "load", state: [] },
      { op: "step", gradients: [vector([1]), null] },
      { op: "set", group: 1, hyperparameters: {} },
      { op: "checkpoint" },
      { op: "observe", slots: ["square_avg"] },
    );
    // No program needs an implementation to be deterministic: the audit asks.
    const needed = CAPABILITIES.filter((capability) => capability !== "deterministic");
    expect(neededCapabilities(all, pytorch)).toEqual(needed);
  });
});

describe("withoutState", () => {
  it("observes parameters and gradients only", () => {
    const program = programOf(init(), { op: "observe", slots: ["square_avg"] }, step, {
      op: "observe",
      slots: ["parameter", "square_avg", "grad_avg", "momentum_buffer", "gradient"],
    });
    expect(withoutState(program)).toEqual(
      programOf(init(), step, { op: "observe", slots: ["parameter", "gradient"] }),
    );
    expect(neededCapabilities(withoutState(program), pytorch)).toEqual([]);
  });
});
