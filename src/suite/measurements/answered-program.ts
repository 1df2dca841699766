import type { Observation } from "../../program/observation.js";
import type { Program } from "../../program/program.js";
import type { MeasuredImplementation } from "./measured-implementation.js";

/** A program and what was observed in it. */
export interface AnsweredProgram {
  readonly program: Program;
  readonly observations: readonly Observation[];
}

/** The programs that the implementation answers. */
export async function answersTo(
  programs: readonly Program[],
  implementation: MeasuredImplementation,
): Promise<AnsweredProgram[]> {
  const all = await implementation.run(programs);
  return programs.flatMap((program, k) => {
    const observations = all[k];
    return observations ? [{ program, observations }] : [];
  });
}
