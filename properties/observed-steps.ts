import type { Slot } from "../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { shownSlots, stepShape } from "../spec/step-shape.js";
import { initialState } from "../src/oracle/initial-state.js";
import type { Observation } from "../src/program/observation.js";
import type { Program } from "../src/program/program.js";
import { hyperparametersAt, type ScheduledTrace, scheduledProgram } from "./arbitraries/scheduled-traces.js";
import { PropertyFailure } from "./property-failure.js";
import type { Subject } from "./subject.js";

/** What one element holds between steps; float32 values. */
export interface ElementState {
  readonly parameter: number;
  readonly square_avg: number;
  /** 0 where the step has no buffer. */
  readonly momentum_buffer: number;
}

/** One element in one step, as the implementation says it. */
export interface ObservedStep {
  /** Counted from 1. */
  readonly step: number;
  readonly element: number;
  readonly gradient: number;
  readonly hyperparameters: Hyperparameters;
  /** The dialect's initial state at the first step, afterwards what was observed after the step before. */
  readonly before: ElementState;
  readonly after: ElementState;
}

/** A program and what came of it: the evidence of a failure. */
export interface ObservedRun {
  readonly program: Program;
  readonly observations: readonly Observation[];
  /** The steps of each element, in order. */
  readonly elements: readonly (readonly ObservedStep[])[];
}

/**
 * Run a trace with everything observed, hold it against its acceptance sets and arrange the observations by
 * element.
 * @throws {PropertyFailure} when an observation is not accepted or a slot is missing
 */
export async function observeConforming(subject: Subject, trace: ScheduledTrace): Promise<ObservedRun> {
  const program = scheduledProgram(subject.declaration.dialect, trace);
  return arrange(subject.declaration.dialect, trace, program, await subject.conforms(program));
}

/** The same without judging: for clauses whose own statement is all that is asked. */
export async function observe(subject: Subject, trace: ScheduledTrace): Promise<ObservedRun> {
  const program = scheduledProgram(subject.declaration.dialect, trace);
  return arrange(subject.declaration.dialect, trace, program, await subject.run(program));
}

/** Every step of every element. */
export function stepsOf(run: ObservedRun): readonly ObservedStep[] {
  return run.elements.flat();
}

/** The failure of a clause at one step of one element. */
export function failureAt(run: ObservedRun, at: ObservedStep, message: string): PropertyFailure {
  const { program, observations } = run;
  return new PropertyFailure(`step ${at.step}, element ${at.element}: ${message}`, "differs", {
    program,
    observations,
  });
}

function arrange(
  dialect: Dialect,
  trace: ScheduledTrace,
  program: Program,
  observations: readonly Observation[],
): ObservedRun {
  const elements: ObservedStep[][] = trace.parameter.map(() => []);
  let before = firstState(dialect, trace);
  trace.gradients.forEach((gradient, k) => {
    const step = k + 1;
    const hyperparameters = hyperparametersAt(trace, step);
    const values = (slot: Slot): ArrayLike<number> => {
      const tensor = observations[k]?.parameters[0]?.[slot];
      if (tensor?.values.length === gradient.length) return tensor.values;
      throw new PropertyFailure(`step ${step}: ${slot} was not returned`, "contract-mismatch", {
        program,
        observations,
      });
    };
    const parameter = values("parameter");
    const square_avg = values("square_avg");
    const isPrinted = shownSlots(dialect, hyperparameters).includes("momentum_buffer");
    const buffer = isPrinted ? values("momentum_buffer") : undefined;
    const after = gradient.map((_, i) => ({
      parameter: parameter[i],
      square_avg: square_avg[i],
      momentum_buffer: buffer ? buffer[i] : 0,
    }));
    gradient.forEach((g, i) => {
      elements[i].push({
        step,
        element: i,
        gradient: g,
        hyperparameters,
        before: before[i],
        after: after[i],
      });
    });
    before = after;
  });
  return { program, observations, elements };
}

function firstState(dialect: Dialect, trace: ScheduledTrace): ElementState[] {
  const h = hyperparametersAt(trace, 1);
  const gradient = Float64Array.from(trace.gradients[0]);
  const { square_avg } = initialState(dialect, h, stepShape(dialect, h), gradient);
  return trace.parameter.map((parameter, i) => ({
    parameter: Math.fround(parameter),
    square_avg: square_avg[i],
    momentum_buffer: 0,
  }));
}
