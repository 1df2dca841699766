import { describe, expect, it } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import type { Operation, Program } from "./program.js";
import { vector } from "./tensor.js";
import { resolveHyperparameters, timelinesOf } from "./timeline.js";
import { validateProgram } from "./validate.js";

const pytorch = dialectById("pytorch");

function timelines(...operations: Operation[]) {
  const program: Program = { format: "rmsprop-program/1", dialect: "pytorch", operations };
  validateProgram(program, "test");
  return timelinesOf(program, pytorch);
}

const a = vector([1]);
const b = vector([2, 3]);
const c = vector([4]);
const init: Operation = {
  op: "init",
  groups: [
    { hyperparameters: { lr: 0.5 }, parameters: [a, b] },
    { hyperparameters: { momentum: 0.25 }, parameters: [c] },
  ],
};
const observe: Operation = { op: "observe", slots: ["parameter"] };

describe("resolveHyperparameters", () => {
  it("fills in the dialect's defaults", () => {
    expect(resolveHyperparameters(pytorch, { lr: 0.5 })).toEqual({ ...pytorch.defaults, lr: 0.5 });
    expect(resolveHyperparameters(dialectById("recurrentjs"), {}).clip_value).toBe(5);
  });
});

describe("timelinesOf", () => {
  it("numbers parameters across groups and gives each its own initial value", () => {
    expect(timelines(init)).toEqual([
      { parameter: 0, initial: a, events: [] },
      { parameter: 1, initial: b, events: [] },
      { parameter: 2, initial: c, events: [] },
    ]);
  });

  it("leaves out steps without a gradient and what is done to others", () => {
    const load: Operation = { op: "load", state: [{ parameter: 1, step: 2, square_avg: b }] };
    const step: Operation = { op: "step", gradients: [null, b, c] };
    const kinds = timelines(init, load, step, { op: "checkpoint" }, observe).map(({ events }) =>
      events.map(({ kind, operation }) => `${kind} ${operation}`),
    );
    expect(kinds).toEqual([["observe 4"], ["load 1", "step 2", "observe 4"], ["step 2", "observe 4"]]);
  });

  it("counts observations over the program", () => {
    const [{ events }] = timelines(init, observe, { op: "step", gradients: [a, b, c] }, observe, observe);
    expect(events.map((event) => event.kind === "observe" && event.observation)).toEqual([0, false, 1, 2]);
  });

  it("applies a change of hyperparameters to later steps of its group only", () => {
    const step: Operation = { op: "step", gradients: [a, b, c] };
    const set: Operation = { op: "set", group: 0, hyperparameters: { lr: 0.125, centered: true } };
    const again: Operation = { op: "set", group: 0, hyperparameters: { alpha: 0.75 } };
    const lines = timelines(init, step, set, step, again, step);
    const seen = lines.map(({ events }) =>
      events.map((event) => {
        if (event.kind !== "step") throw new Error("only steps here");
        const { lr, alpha, momentum, centered } = event.hyperparameters;
        return [lr, alpha, momentum, centered];
      }),
    );
    const first = [
      [0.5, 0.99, 0, false],
      [0.125, 0.99, 0, true],
      [0.125, 0.75, 0, true],
    ];
    const other = Array.from({ length: 3 }, () => [0.01, 0.99, 0.25, false]);
    expect(seen).toEqual([first, first, other]);
  });
});
