import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import type { Operation, Program } from "../../src/program/program.js";
import { arb } from "./arb.js";
import type { DescribedArbitrary } from "./described-arbitrary.js";
import { gridFloat } from "./floats.js";
import { EVERY_PART, hyperparameters } from "./hyperparameters.js";
import { init, observeAll, programOf, step } from "./traces.js";

/** Momentum, and perhaps the centered variance, for the first and the last of three steps. */
export interface SwitchedTrace {
  readonly hyperparameters: Hyperparameters;
  readonly gradients: readonly [readonly number[], readonly number[], readonly number[]];
}

export function switchedTraces(dialect: Dialect): DescribedArbitrary<SwitchedTrace> {
  return arb.constantFrom(1, 3).chain((length) => {
    const gradient = arb.array(gridFloat, { minLength: length, maxLength: length });
    return arb.record({
      hyperparameters: arb
        .tuple(hyperparameters(dialect, EVERY_PART), arb.constantFrom(0.5, 0.75))
        .map(([h, momentum]) => ({ ...h, momentum })),
      gradients: arb.tuple(gradient, gradient, gradient),
    });
  });
}

/**
 * Three steps, of which the second one uses no buffer; everything observed after each.
 * @param between what stands before the buffers are used again
 */
export function switchedProgram(
  dialect: Dialect,
  { hyperparameters: h, gradients: [first, unused, last] }: SwitchedTrace,
  between: readonly Operation[] = [],
): Program {
  const { momentum, centered } = h;
  const start = first.map(() => 0);
  const observe = observeAll(dialect, h);
  return programOf(dialect, [
    init(h, start),
    step(first),
    observe,
    { op: "set", group: 0, hyperparameters: { momentum: 0, centered: false } },
    step(unused),
    observe,
    ...between,
    { op: "set", group: 0, hyperparameters: { momentum, centered } },
    step(last),
    observe,
  ]);
}
