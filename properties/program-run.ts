import type { Slot } from "../spec/arithmetic.js";
import type { Verdict } from "../src/judge/verdict.js";
import type { Observation } from "../src/program/observation.js";
import type { Program } from "../src/program/program.js";
import { PropertyFailure } from "./property-failure.js";
import type { Subject } from "./subject.js";

/** A program and what an implementation returned for it: the evidence of a failure. */
export interface ProgramRun {
  readonly program: Program;
  readonly observations: readonly Observation[];
}

/** Run a program that any implementation must be able to run. Nothing is judged yet. */
export async function runProgram(subject: Subject, program: Program): Promise<ProgramRun> {
  return { program, observations: await subject.run(program) };
}

/** Hold every observation of a run against its acceptance set. */
export function acceptRun(subject: Subject, { program, observations }: ProgramRun): void {
  subject.accept(program, observations);
}

/**
 * The values of one slot in one observation.
 * @param observation counted from 0
 * @throws {PropertyFailure} when they were not returned
 */
export function valuesOf(
  run: ProgramRun,
  observation: number,
  slot: Slot | "gradient",
  parameter = 0,
): Float32Array {
  const values = run.observations[observation]?.parameters[parameter]?.[slot]?.values;
  if (values) return values;
  const message = `observation ${observation}: ${slot} of parameter ${parameter} was not returned`;
  throw failureOf(run, "contract-mismatch", message);
}

/** What a property throws when a run breaks its clause. */
export function failureOf(run: ProgramRun, verdict: Verdict, message: string): PropertyFailure {
  const { program, observations } = run;
  return new PropertyFailure(message, verdict, { program, observations });
}
