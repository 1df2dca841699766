import type { Dialect } from "../../spec/dialect.js";
import { slotsOf, stepShape } from "../../spec/step-shape.js";
import type { Program, StateEntry } from "../../src/program/program.js";
import { vector } from "../../src/program/tensor.js";
import { arb } from "./arb.js";
import type { DescribedArbitrary } from "./described-arbitrary.js";
import { programOf, type Trace, traceProgram } from "./traces.js";

/** A trace that goes on from a given state. The buffers are loaded where the trace has them. */
export interface LoadedTrace {
  readonly trace: Trace;
  /** Steps taken before. */
  readonly step: number;
  readonly square_avg: readonly number[];
  readonly grad_avg: readonly number[];
  readonly momentum_buffer: readonly number[];
}

/**
 * @param square elements of the mean square
 * @param buffer elements of the mean gradient and of the momentum buffer
 */
export function loadedTraces(
  trace: DescribedArbitrary<Trace>,
  square: DescribedArbitrary<number>,
  buffer: DescribedArbitrary<number>,
): DescribedArbitrary<LoadedTrace> {
  return trace.chain((t) => {
    const { length } = t.parameter;
    const tuple = (element: DescribedArbitrary<number>) =>
      arb.array(element, { minLength: length, maxLength: length });
    return arb.record({
      trace: arb.constant(t),
      step: arb.integer({ min: 0, max: 3 }),
      square_avg: tuple(square),
      grad_avg: tuple(buffer),
      momentum_buffer: tuple(buffer),
    });
  });
}

/** The program of a loaded trace, each step observed in every slot. */
export function loadedProgram(dialect: Dialect, loaded: LoadedTrace): Program {
  const slots = slotsOf(stepShape(dialect, loaded.trace.hyperparameters));
  const state = Object.fromEntries(slots.map((slot) => [slot, vector(loaded[slot])]));
  const entry = { parameter: 0, step: loaded.step, ...state } as StateEntry;
  const [init, ...steps] = traceProgram(dialect, loaded.trace).operations;
  return programOf(dialect, [init, { op: "load", state: [entry] }, ...steps]);
}
