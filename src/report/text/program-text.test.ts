import { describe, expect, it } from "vitest";
import type { Operation, Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import { programText } from "./program-text.js";

const textOf = (dialect: string, ...operations: Operation[]) => {
  const program: Program = { format: "rmsprop-program/1", dialect, operations };
  return programText(program);
};
const init = (hyperparameters: object): Operation => ({
  op: "init",
  groups: [{ hyperparameters, parameters: [vector([1])] }],
});

describe("programText", () => {
  it("has a line for each operation", () => {
    const lines = textOf(
      "pytorch",
      {
        op: "init",
        groups: [
          { hyperparameters: { lr: 0.5, centered: true }, parameters: [vector([1, -0]), vector([])] },
          { hyperparameters: {}, parameters: [vector([Number.NaN, Number.NEGATIVE_INFINITY])] },
        ],
      },
      {
        op: "load",
        state: [
          { parameter: 0, step: 3, square_avg: vector([1, 2]), momentum_buffer: vector([0, 0]) },
          { parameter: 2, step: 0, square_avg: vector([4, 4]) },
        ],
      },
      { op: "step", gradients: [vector([1, 2]), null, vector([3, 4])] },
      { op: "set", group: 1, hyperparameters: { lr: 0.1, maximize: true } },
      { op: "checkpoint" },
      { op: "observe", slots: ["parameter", "square_avg"] },
    );
    expect(lines).toEqual([
      "init pytorch {lr 0.5, centered true} [1, -0] [] | {} [NaN, -Infinity]",
      "load parameter 0 step 3 square_avg [1, 2] momentum_buffer [0, 0] | parameter 2 step 0 square_avg [4, 4]",
      "step [1, 2] null [3, 4]",
      "set group 1 {lr 0.1, maximize true}",
      "checkpoint",
      "observe parameter square_avg",
    ]);
  });

  it("cuts long tensors and says by how much", () => {
    const [, line] = textOf("pytorch", init({}), {
      op: "step",
      gradients: [vector(Array.from({ length: 20 }, (_, i) => i))],
    });
    expect(line).toBe("step [0, 1, 2, 3, 4, 5, 6, 7, … 12 more]");
  });

  it("gives numbers that read back as the same", () => {
    const [line] = textOf("pytorch", init({ lr: 0.1 + 0.2, alpha: -0, eps: 5e-324, momentum: Number.NaN }));
    expect(line).toBe("init pytorch {lr 0.30000000000000004, alpha -0, eps 5e-324, momentum NaN} [1]");
    const [, step] = textOf("pytorch", init({}), { op: "step", gradients: [vector([0.1])] });
    expect(Math.fround(Number(/\[(.*)\]/.exec(step)![1]))).toBe(Math.fround(0.1));
  });

  it("leaves out decay and clipping only where the dialect has them off by default", () => {
    const off = { lr: 1, lr_decay: 0, clip_value: Number.POSITIVE_INFINITY };
    expect(textOf("pytorch", init(off))).toEqual(["init pytorch {lr 1} [1]"]);
    expect(textOf("recurrentjs", init(off))).toEqual(["init recurrentjs {lr 1, clip_value Infinity} [1]"]);
    expect(textOf("recurrentjs", init({ clip_value: 5 }))).toEqual(["init recurrentjs {} [1]"]);
    // A change is a change, whatever the default is.
    const set: Operation = { op: "set", group: 0, hyperparameters: off };
    expect(textOf("pytorch", init({}), set)[1]).toBe("set group 0 {lr 1, lr_decay 0, clip_value Infinity}");
  });
});
