import { expect, it } from "vitest";
import type { Operation } from "./program.js";
import { programSize } from "./program-size.js";
import { vector } from "./tensor.js";

const sizeOf = (...operations: Operation[]) =>
  programSize({ format: "rmsprop-program/1", dialect: "pytorch", operations });

it("counts operations, and the elements of every gradient that there is", () => {
  const init: Operation = { op: "init", groups: [{ hyperparameters: {}, parameters: [vector([1, 2, 3])] }] };
  const observe: Operation = { op: "observe", slots: ["parameter"] };
  expect(sizeOf()).toBe(0);
  expect(sizeOf(init, observe)).toBe(2);
  expect(sizeOf(init, { op: "step", gradients: [vector([1, 2, 3])] }, observe)).toBe(6);
  expect(sizeOf(init, { op: "step", gradients: [null, vector([1, 2]), vector([])] })).toBe(4);
});
