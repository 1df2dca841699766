import { PINNED_EVALUATIONS, SLOTS, STATE_SLOTS } from "../../dist/spec/index.js";

export const SEED = 20130;
export const { fused: FUSED, "operation-by-operation": OPERATION_BY_OPERATION } = PINNED_EVALUATIONS;

export const tensor = (values) => ({ shape: [values.length], values: Float32Array.from(values) });

/**
 * A program of one step from a given state, and what an implementation stored.
 * @param step counted from 1
 */
export function oneStep(dialect, h, inputs, stored, step = 1) {
  const slots = SLOTS.filter((slot) => stored[slot]);
  const state = STATE_SLOTS.filter((slot) => stored[slot]).map((slot) => [slot, tensor(inputs[slot])]);
  const entry = { parameter: 0, step: step - 1, ...Object.fromEntries(state) };
  const program = {
    format: "rmsprop-program/1",
    dialect: dialect.id,
    operations: [
      { op: "init", groups: [{ hyperparameters: h, parameters: [tensor(inputs.parameter)] }] },
      { op: "load", state: [entry] },
      { op: "step", gradients: [tensor(inputs.gradient)] },
      { op: "observe", slots },
    ],
  };
  const observed = Object.fromEntries(slots.map((slot) => [slot, tensor(stored[slot])]));
  return { program, observations: [{ parameters: [observed] }] };
}
