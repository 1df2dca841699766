import { describe, expect, it } from "vitest";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import type { OperationOf, Program } from "../../program/program.js";
import { validateProgram } from "../../program/validate.js";
import { measured } from "./__test-helpers__/measured.js";
import { elementPrograms } from "./element-programs.js";

const pytorch = dialectById("pytorch");

function elementStepsOf({ operations }: Program): number {
  return operations
    .filter((one) => one.op === "step")
    .reduce((sum, { gradients }) => sum + (gradients[0]?.values.length ?? 0), 0);
}

const total = (programs: readonly Program[]) =>
  programs.reduce((sum, program) => sum + elementStepsOf(program), 0);
const opsOf = ({ operations }: Program) => operations.map(({ op }) => op);

describe("elementPrograms", () => {
  it.each(DIALECTS.map(({ id }) => id))("are valid programs of %s, the same each time", (id) => {
    const implementation = measured(dialectById(id));
    const programs = elementPrograms(implementation, "smoke");
    expect(programs.length).toBeGreaterThan(0);
    for (const program of programs) validateProgram(program, "test");
    expect(elementPrograms(implementation, "smoke")).toEqual(programs);
  });

  it("have about as many element-steps as the profile says", () => {
    for (const [profile, steps] of [
      ["smoke", 400],
      ["ci", 4000],
      ["nightly", 40_000],
    ] as const) {
      const programs = elementPrograms(measured(pytorch), profile);
      expect(total(programs)).toBeGreaterThanOrEqual(steps);
      expect(total(programs)).toBeLessThan(steps + programs.length);
    }
  });

  it("take one step from a given state, of which everything is shown", () => {
    const [first] = elementPrograms(measured(pytorch), "smoke");
    expect(opsOf(first)).toEqual(["init", "load", "step", "observe"]);
    const last = elementPrograms(measured(pytorch), "smoke").at(-1);
    expect(last?.operations.at(-1)).toEqual({
      op: "observe",
      slots: ["parameter", "square_avg", "grad_avg", "momentum_buffer"],
    });
  });

  it("take some steps from a fresh start where no state can be given", () => {
    const programs = elementPrograms(measured(pytorch, ["load"]), "ci");
    for (const program of programs)
      expect(opsOf(program)).toEqual(["init", "step", "observe", "step", "observe", "step", "observe"]);
    expect(total(programs)).toBeGreaterThanOrEqual(4000);
  });

  it("ask for no state that is hidden", () => {
    for (const { operations } of elementPrograms(measured(pytorch, ["state"]), "smoke"))
      expect(operations.at(-1)).toEqual({ op: "observe", slots: ["parameter"] });
  });

  it("give a buffer of the size of what is collected in it", () => {
    const sizes = (id: string) => {
      const programs = elementPrograms(measured(dialectById(id)), "smoke");
      return programs.flatMap(({ operations }) => {
        const [{ state }] = operations.filter((one): one is OperationOf<"load"> => one.op === "load");
        const [step] = operations.filter((one): one is OperationOf<"step"> => one.op === "step");
        return [...(state[0].momentum_buffer?.values ?? [])].map((b, i) => ({
          b: Math.abs(b),
          g: Math.abs(step.gradients[0]?.values[i] ?? 0),
        }));
      });
    };
    // Drawn in 2^-4 … 2^3, as g/d is.
    for (const { b } of sizes("pytorch")) expect(b).toBeGreaterThanOrEqual(2 ** -4);
    for (const { b } of sizes("optax")) expect(b).toBeLessThan(2 ** 3 * 0.0011);
    for (const { b } of sizes("optax-nesterov")) expect(b).toBeLessThan(2 ** 3 * 0.0011);
    for (const { b, g } of sizes("fastai")) expect(b / g).toBeLessThan(2 ** 3);
    expect(sizes("pytorch").length).toBeGreaterThan(0);
    expect(sizes("fastai").some(({ g }) => g > 2 ** 39)).toBe(true);
  });
});
