import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { stepShape } from "../spec/step-shape.js";
import { type Enclosure, type ExactInputs, exactStep, point } from "../src/oracle/exact/index.js";
import { initialState } from "../src/oracle/initial-state.js";
import type { Operation } from "../src/program/program.js";
import { init, OBSERVE_PARAMETER, observeAll, programOf, step } from "./arbitraries/traces.js";
import { failureOf, type ProgramRun, runProgram, valuesOf } from "./program-run.js";
import { differenceOf } from "./same-bits.js";
import type { Subject } from "./subject.js";

/** A loop that was closed by the implementation's own parameters: the run of all its steps, each observed. */
export interface ClosedLoop extends ProgramRun {
  /** The parameter before the first step and after each. */
  readonly parameters: readonly (readonly number[])[];
}

/** A function that is minimized. */
export interface Minimization {
  /** What is set before the step of the same index, if anything is. */
  readonly changes?: readonly Partial<Hyperparameters>[];
  readonly hyperparameters: Hyperparameters;
  readonly start: readonly number[];
  /** Rounded to float32 by the loop. */
  readonly gradientAt: (x: readonly number[]) => readonly number[];
  readonly steps: number;
}

/**
 * Minimize a function: each gradient is taken at the parameter that the implementation itself returned last.
 * A program cannot do that, so the loop runs programs that grow by a step each, and at the end the whole.
 *
 * @throws {PropertyFailure} when the whole program returns other parameters than its beginnings did
 */
export async function closedLoop(
  subject: Subject,
  { hyperparameters: h, changes = [], start, gradientAt, steps }: Minimization,
): Promise<ClosedLoop> {
  const { dialect } = subject.declaration;
  const parameters: (readonly number[])[] = [start.map(Math.fround)];
  const taken: Operation[][] = [];
  for (let t = 0; t < steps; t++) {
    const set: Operation[] = changes[t] ? [{ op: "set", group: 0, hyperparameters: { ...changes[t] } }] : [];
    taken.push([...set, step(gradientAt(parameters[t]).map(Math.fround))]);
    const growing = programOf(dialect, [init(h, start), ...taken.flat(), OBSERVE_PARAMETER]);
    parameters.push([...valuesOf(await runProgram(subject, growing), 0, "parameter")]);
  }
  const observe = subject.offers("state") ? observeAll(dialect, h) : OBSERVE_PARAMETER;
  const program = programOf(dialect, [init(h, start), ...taken.flatMap((one) => [...one, observe])]);
  const run = await runProgram(subject, program);
  for (let t = 0; t < steps; t++) {
    const got = { parameter: [...valuesOf(run, t, "parameter")] };
    const difference = differenceOf({ parameter: parameters[t + 1] }, got);
    if (difference === undefined) continue;
    const message = `step ${t + 1} of the loop is not what it was when the loop ended there: ${difference}`;
    throw failureOf(run, "contract-mismatch", message);
  }
  return { ...run, parameters };
}

/**
 * The same loop over the reals, enclosed.
 *
 * @param gradientAt an enclosure of the gradient at enclosed parameters
 * @param digits of every operation; a loop loses some at each step
 * @returns the parameter before the first step and after each, lazily
 */
export function* exactClosedLoop(
  dialect: Dialect,
  h: Hyperparameters,
  start: readonly number[],
  gradientAt: (x: readonly Enclosure[]) => readonly Enclosure[],
  digits: number,
): Generator<readonly Enclosure[], never> {
  let inputs: Omit<ExactInputs, "gradient"> & { parameter: readonly Enclosure[] } = {
    parameter: start.map(point),
    ...initialState(dialect, h, stepShape(dialect, h), new Float64Array(start.length)),
  };
  for (let t = 1; ; t++) {
    yield inputs.parameter;
    const exact = exactStep(dialect, h, t, { ...inputs, gradient: gradientAt(inputs.parameter) }, { digits });
    inputs = exact;
  }
}
