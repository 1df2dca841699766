import { describe, expect, it } from "vitest";
import { DIALECTS } from "../../../spec/dialects.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { neededCapabilities } from "../../adapter/needed-capabilities.js";
import type { Program } from "../../program/program.js";
import { vector } from "../../program/tensor.js";
import { validateProgram } from "../../program/validate.js";
import {
  echoProgram,
  missingGradientProgram,
  negativeRateProgram,
  steppingProgram,
  unmovedProgram,
} from "./smoke-programs.js";

const one = vector([1]);
const PROGRAMS: [name: string, programOf: (dialect: string) => Program, needed: string[]][] = [
  ["echo", (dialect) => echoProgram(dialect, one), []],
  ["unmoved", (dialect) => unmovedProgram(dialect, one, one), []],
  ["missing gradient", (dialect) => missingGradientProgram(dialect, one, one), ["missing-gradient"]],
  ["stepping", (dialect) => steppingProgram(dialect, 0.5, [[1], [2]], false), []],
  ["stepping with state", (dialect) => steppingProgram(dialect, 0.5, [[1], [2]], true), ["state"]],
];

describe.each(PROGRAMS)("the program %s", (_, programOf, needed) => {
  it("is valid and can be run in every dialect, with what it needs and no more", async () => {
    const programs = DIALECTS.map(({ id }) => programOf(id));
    for (const [k, program] of programs.entries()) {
      validateProgram(program, "program");
      const { momentum, centered } = DIALECTS[k].defaults;
      // An implementation that claims a dialect has what the dialect has by default.
      const own = [...(momentum > 0 ? ["momentum"] : []), ...(centered ? ["centered"] : [])];
      const all = neededCapabilities(program, DIALECTS[k]);
      expect([...all].sort(), DIALECTS[k].id).toEqual([...own, ...needed].sort());
    }
    const outcomes = await bundledAdapter("fused").run(programs);
    expect(outcomes.map(({ status }) => status)).toEqual(programs.map(() => "ok"));
  });
});

it("the program with a negative rate is valid, and refused by the bundled implementation", async () => {
  const program = negativeRateProgram("pytorch");
  validateProgram(program, "program");
  const [outcome] = await bundledAdapter("fused").run([program]);
  expect(outcome).toMatchObject({ status: "error", phase: "init", class: "invalid-hyperparameter" });
});
