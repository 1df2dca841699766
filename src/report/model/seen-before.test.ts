import { describe, expect, it } from "vitest";
import type { Mismatch } from "../../judge/mismatch.js";
import type { Observation } from "../../program/observation.js";
import type { Operation } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import { seenAt, seenBefore } from "./seen-before.js";

const step: Operation = { op: "step", gradients: [vector([1, 1])] };
const missing: Operation = { op: "step", gradients: [null] };
const observe = (...slots: ("parameter" | "square_avg")[]): Operation => ({ op: "observe", slots });

function evidenceOf(...operations: Operation[]) {
  const init: Operation = { op: "init", groups: [{ hyperparameters: {}, parameters: [vector([0, 0])] }] };
  const program = {
    format: "rmsprop-program/1" as const,
    dialect: "pytorch",
    operations: [init, ...operations],
  };
  let count = 0;
  const observations = operations.flatMap((operation): Observation[] => {
    if (operation.op !== "observe") return [];
    count++;
    const displayed = operation.slots.map((slot, k) => [slot, vector([0, 10 * count + k])]);
    return [{ parameters: [Object.fromEntries(displayed)] }];
  });
  return { program, observations };
}

const mismatch = (operation: number, inputs = true): Mismatch => ({
  operation,
  step: 1,
  parameter: 0,
  element: 1,
  slot: "parameter",
  got: 1,
  accepted: { kind: "listed", values: [2] },
  hyperparameters: {} as Mismatch["hyperparameters"],
  observed: {},
  ...(inputs && { inputs: { parameter: 0, gradient: 1 } }),
});

describe("what was seen of an element before a mismatch", () => {
  it("is nothing before its first step", () => {
    const evidence = evidenceOf(
      observe("parameter"),
      missing,
      observe("parameter"),
      step,
      observe("parameter"),
    );
    expect(seenBefore(evidence, mismatch(4))).toEqual([]);
  });

  it("is what was shown after the last step before it, where the state was known", () => {
    const evidence = evidenceOf(
      step,
      observe("parameter"),
      step,
      observe("parameter"),
      missing,
      observe("square_avg"),
      step,
      observe("parameter"),
    );
    expect(seenBefore(evidence, mismatch(7))).toEqual([
      { operation: 4, values: { parameter: 20 } },
      { operation: 6, values: { square_avg: 30 } },
    ]);
    expect(seenBefore(evidence, mismatch(7, false)).map(({ operation }) => operation)).toEqual([2, 4, 6]);
  });

  it("goes on to the observation that shows the slot", () => {
    const evidence = evidenceOf(step, step, observe("square_avg"), observe("square_avg", "parameter"));
    expect(seenAt(evidence.program, "parameter", 2)).toBe(4);
    expect(seenAt(evidence.program, "grad_avg", 2)).toBe(2);
    expect(seenBefore(evidence, mismatch(2, false))).toEqual([{ operation: 3, values: { square_avg: 10 } }]);
  });
});
