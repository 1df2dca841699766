import { describe, expect, it } from "vitest";
import { DIALECTS } from "../../spec/dialects.js";
import type { Program } from "./program.js";
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
});
