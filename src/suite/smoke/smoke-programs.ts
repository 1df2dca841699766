import type { Operation, Program, ProgramHyperparameters } from "../../program/program.js";
import { type Tensor, vector } from "../../program/tensor.js";

/** Programs that need no capability other than what their names say. */

function programOf(dialect: string, ...operations: Operation[]): Program {
  return { format: "rmsprop-program/1", dialect, operations };
}

function init(hyperparameters: ProgramHyperparameters, ...parameters: Tensor[]): Operation {
  return { op: "init", groups: [{ hyperparameters, parameters }] };
}

const observeParameter: Operation = { op: "observe", slots: ["parameter"] };

/** Gives a parameter back as it came. */
export function echoProgram(dialect: string, parameter: Tensor): Program {
  return programOf(dialect, init({}, parameter), observeParameter);
}

/** One step that may not change the parameter. */
export function unmovedProgram(dialect: string, parameter: Tensor, gradient: Tensor): Program {
  return programOf(
    dialect,
    init({ lr: 0 }, parameter),
    { op: "step", gradients: [gradient] },
    observeParameter,
  );
}

/** Two parameters; only the first one has a gradient. */
export function missingGradientProgram(dialect: string, first: Tensor, second: Tensor): Program {
  return programOf(
    dialect,
    init({}, first, second),
    { op: "step", gradients: [vector(new Float32Array(first.values.length).fill(1)), null] },
    observeParameter,
  );
}

/** Steps with these gradients. What an earlier case leaves behind would show in it. */
export function steppingProgram(
  dialect: string,
  lr: number,
  gradients: readonly (readonly number[])[],
  observeState: boolean,
): Program {
  return programOf(
    dialect,
    init({ lr }, vector(gradients[0].map((_, i) => i + 1))),
    ...gradients.map((gradient): Operation => ({ op: "step", gradients: [vector(gradient)] })),
    { op: "observe", slots: observeState ? ["parameter", "square_avg"] : ["parameter"] },
  );
}

/** A hyperparameter that many implementations refuse. */
export function negativeRateProgram(dialect: string): Program {
  return programOf(dialect, init({ lr: -1 }, vector([1])), observeParameter);
}
