import { SLOTS, type Slot, STATE_SLOTS, type StateSlot } from "../../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import type { PinnedEvaluation } from "../../../spec/evaluation.js";
import { slotsOf, stepShape } from "../../../spec/step-shape.js";
import { evaluateStep } from "../../oracle/evaluator.js";
import { initialState } from "../../oracle/initial-state.js";
import type { Observation, ObservedParameter } from "../../program/observation.js";
import type { Operation, OperationOf, Program } from "../../program/program.js";
import { type Tensor, vector } from "../../program/tensor.js";
import { resolveHyperparameters } from "../../program/timeline.js";
import { validateProgram } from "../../program/validate.js";

/** Any number of operations as a checked program. */
export function programOf(dialect: Dialect, ...operations: Operation[]): Program {
  const program: Program = { format: "rmsprop-program/1", dialect: dialect.id, operations };
  validateProgram(program, "test");
  return program;
}

/** init with one group. */
export function init(
  hyperparameters: Partial<Hyperparameters>,
  ...parameters: readonly (readonly number[])[]
): OperationOf<"init"> {
  return { op: "init", groups: [{ hyperparameters, parameters: parameters.map(vector) }] };
}

export function step(...gradients: readonly (readonly number[] | null)[]): OperationOf<"step"> {
  return { op: "step", gradients: gradients.map((gradient) => gradient && vector(gradient)) };
}

export function observe(...slots: OperationOf<"observe">["slots"]): OperationOf<"observe"> {
  return { op: "observe", slots };
}

export function set(hyperparameters: Partial<Hyperparameters>, group = 0): OperationOf<"set"> {
  return { op: "set", group, hyperparameters };
}

/** Every slot that there may be. */
export const EVERYTHING = observe(...SLOTS, "gradient");

type State = { step: number } & Partial<Record<StateSlot, Float32Array>>;

/** May change what was stored; what it returns is what the implementation goes on with. */
export type Alteration = (
  value: number,
  at: { readonly slot: Slot; readonly parameter: number; readonly element: number; readonly step: number },
) => number;

/**
 * What an implementation of a dialect under a pinned evaluation returns for a program: the update rule element
 * by element, on the judge's side of the house, so that a test can make it wrong in any way it likes.
 */
export function simulate(
  program: Program,
  dialect: Dialect,
  evaluation: PinnedEvaluation,
  alter: Alteration = (value) => value,
): Observation[] {
  const [first] = program.operations as [OperationOf<"init">];
  const hyperparameters = first.groups.map((group) => resolveHyperparameters(dialect, group.hyperparameters));
  const groupOf = first.groups.flatMap((group, g) => group.parameters.map(() => g));
  const shapes = first.groups.flatMap((group) => group.parameters.map(({ shape }) => shape));
  const parameters = first.groups.flatMap((group) => group.parameters.map(({ values }) => values.slice()));
  const states: (State | undefined)[] = parameters.map(() => undefined);
  let gradients: readonly (Tensor | null)[] = [];
  const observations: Observation[] = [];

  const stepOne = (k: number, gradient: Float32Array) => {
    const h = hyperparameters[groupOf[k]];
    const shape = stepShape(dialect, h);
    const blank = () => new Float32Array(gradient.length);
    const state: State = states[k] ?? {
      step: 0,
      square_avg: Float32Array.from(initialState(dialect, h, shape, Float64Array.from(gradient)).square_avg),
    };
    states[k] = state;
    for (const slot of slotsOf(shape)) state[slot] ??= blank();
    state.step++;
    for (let i = 0; i < gradient.length; i++) {
      const inputs = {
        parameter: parameters[k][i],
        gradient: gradient[i],
        square_avg: (state.square_avg as Float32Array)[i],
        ...(shape.centered && { grad_avg: (state.grad_avg as Float32Array)[i] }),
        ...(shape.momentum && { momentum_buffer: (state.momentum_buffer as Float32Array)[i] }),
      };
      const { stored } = evaluateStep(dialect, h, state.step, evaluation, inputs);
      for (const slot of SLOTS) {
        const value = stored[slot];
        if (value === undefined) continue;
        const target = slot === "parameter" ? parameters[k] : (state[slot] as Float32Array);
        target[i] = alter(value, { slot, parameter: k, element: i, step: state.step });
      }
    }
  };

  const observed = (k: number, slots: readonly string[]): ObservedParameter => {
    const tensor = (values: Float32Array): Tensor => ({ shape: shapes[k], values: values.slice() });
    const entry: ObservedParameter = {};
    if (slots.includes("parameter")) entry.parameter = tensor(parameters[k]);
    for (const slot of STATE_SLOTS) {
      const values = states[k]?.[slot];
      if (values && slots.includes(slot)) entry[slot] = tensor(values);
    }
    const gradient = gradients[k];
    if (gradient && slots.includes("gradient")) entry.gradient = tensor(gradient.values);
    return entry;
  };

  for (const operation of program.operations) {
    switch (operation.op) {
      case "set":
        hyperparameters[operation.group] = resolveHyperparameters(
          { ...dialect, defaults: hyperparameters[operation.group] },
          operation.hyperparameters,
        );
        break;
      case "load":
        for (const { parameter, step: taken, ...entry } of operation.state) {
          const state: State = { step: taken };
          for (const slot of STATE_SLOTS) {
            const values = entry[slot]?.values;
            if (values) state[slot] = values.slice();
          }
          states[parameter] = state;
        }
        break;
      case "step":
        gradients = operation.gradients;
        gradients.forEach((gradient, k) => {
          if (gradient) stepOne(k, gradient.values);
        });
        break;
      case "observe":
        observations.push({ parameters: parameters.map((_, k) => observed(k, operation.slots)) });
        break;
      default:
        break;
    }
  }
  return observations;
}
