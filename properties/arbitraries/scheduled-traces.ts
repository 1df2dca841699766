import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import type { Program } from "../../src/program/program.js";
import { init, observeAll, programOf, step, type Trace } from "./traces.js";

/** A trace in which hyperparameters may change before each step, as a learning-rate schedule changes them. */
export interface ScheduledTrace extends Trace {
  /** What is set before the step of the same index; {} sets nothing, and so does a list that is left out. */
  readonly changes?: readonly Partial<Hyperparameters>[];
}

/**
 * The hyperparameters in force at a step.
 * @param step counted from 1
 */
export function hyperparametersAt(trace: ScheduledTrace, step: number): Hyperparameters {
  return Object.assign({}, trace.hyperparameters, ...(trace.changes ?? []).slice(0, step));
}

/** The program of a scheduled trace, everything observed after each step. */
export function scheduledProgram(dialect: Dialect, trace: ScheduledTrace): Program {
  const steps = trace.gradients.flatMap((gradient, k) => {
    const change = trace.changes?.[k] ?? {};
    const set = { op: "set" as const, group: 0, hyperparameters: { ...change } };
    return [
      ...(Object.keys(change).length > 0 ? [set] : []),
      step(gradient),
      observeAll(dialect, hyperparametersAt(trace, k + 1)),
    ];
  });
  return programOf(dialect, [init(trace.hyperparameters, trace.parameter), ...steps]);
}
