import { describe, expect, it } from "vitest";
import { DIALECTS } from "../../spec/dialects.js";
import type { Program } from "./program.js";
import { ProgramError } from "./program-error.js";
import { vector } from "./tensor.js";
import { validateProgram } from "./validate.js";

// What must be refused is in the table of program-codec.test.ts; here is what must not be.
describe("validateProgram", () => {
  it("accepts every dialect of the catalogue", () => {
    for (const { id } of DIALECTS) {
      const program: Program = {
        format: "rmsprop-program/1",
        dialect: id,
        operations: [{ op: "init", groups: [{ hyperparameters: {}, parameters: [vector([1])] }] }],
      };
      expect(() => validateProgram(program, "test")).not.toThrow();
    }
  });

  it("accepts programs without parameters, with empty tensors and with nothing but null gradients", () => {
    const program: Program = {
      format: "rmsprop-program/1",
      dialect: "pytorch",
      operations: [
        {
          op: "init",
          groups: [
            { hyperparameters: {}, parameters: [] },
            { hyperparameters: {}, parameters: [vector([]), { shape: [2, 0], values: new Float32Array(0) }] },
          ],
        },
        { op: "step", gradients: [null, null] },
        { op: "load", state: [] },
        { op: "set", group: 0, hyperparameters: {} },
        { op: "observe", slots: ["parameter"] },
      ],
    };
    expect(() => validateProgram(program, "test")).not.toThrow();
  });

  it("accepts states of different parameters in one load", () => {
    const program: Program = {
      format: "rmsprop-program/1",
      dialect: "pytorch",
      operations: [
        { op: "init", groups: [{ hyperparameters: {}, parameters: [vector([1]), vector([1, 2])] }] },
        {
          op: "load",
          state: [
            { parameter: 1, step: 1, square_avg: vector([1, 2]) },
            { parameter: 0, step: 1, square_avg: vector([1]) },
          ],
        },
      ],
    };
    expect(() => validateProgram(program, "test")).not.toThrow();
  });
});

describe("what validateProgram says", () => {
  const program = (...operations: Program["operations"]): Program => ({
    format: "rmsprop-program/1",
    dialect: "pytorch",
    operations,
  });

  it("lists the dialects that there are", () => {
    const known = DIALECTS.map(({ id }) => id).join(", ");
    expect(known).toMatch(/^textbook, pytorch, /);
    expect(() => validateProgram({ ...program(), dialect: "torch" }, "f")).toThrow(
      new ProgramError("f", "dialect", `unknown dialect "torch"; known: ${known}`),
    );
  });

  it("names both shapes", () => {
    const matrix = { shape: [2, 3], values: new Float32Array(6) };
    const turned = { ...matrix, shape: [3, 2] };
    const operations = program(
      { op: "init", groups: [{ hyperparameters: {}, parameters: [matrix] }] },
      { op: "step", gradients: [turned] },
    );
    const problem = "shape [3, 2], but parameter 0 has shape [2, 3]";
    expect(() => validateProgram(operations, "f")).toThrow(
      new ProgramError("f", "operations[1].gradients[0]", problem),
    );
  });

  it("refuses a program of nothing", () => {
    expect(() => validateProgram(program(), "f")).toThrow(
      new ProgramError("f", "operations[0]", "the first operation must be init"),
    );
  });
});
