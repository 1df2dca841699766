import type { StepConfiguration } from "./configuration.js";
import { InvalidArgumentError } from "./invalid-argument-error.js";
import type { ParameterState } from "./parameter-state.js";

/**
 * Refuse what is not a Float32Array of the parameter's length.
 * @throws {InvalidArgumentError}
 */
export function checkTensor(argument: string, value: unknown, parameter: Float32Array): void {
  if (!(value instanceof Float32Array)) {
    const fix = "convert it with Float32Array.from";
    throw new InvalidArgumentError(argument, value, "a Float32Array", fix);
  }
  if (value.length === parameter.length) return;
  const allowed = `a Float32Array of length ${parameter.length}`;
  throw new InvalidArgumentError(
    argument,
    value,
    allowed,
    "it needs one element for each of the parameter's",
  );
}

/**
 * Refuse a state that does not fit the parameter or lacks a buffer that the configuration needs.
 * @throws {InvalidArgumentError}
 */
export function checkState(
  argument: string,
  configuration: StepConfiguration,
  parameter: Float32Array,
  state: ParameterState,
): void {
  if (!Number.isSafeInteger(state.step) || state.step < 0) {
    const fix = "it counts the steps taken";
    throw new InvalidArgumentError(`${argument}.step`, state.step, "an integer in [0, 2^53)", fix);
  }
  checkTensor(`${argument}.square_avg`, state.square_avg, parameter);
  checkBuffer(
    `${argument}.momentum_buffer`,
    configuration.momentum !== "none",
    parameter,
    state.momentum_buffer,
  );
  checkBuffer(`${argument}.grad_avg`, configuration.centered, parameter, state.grad_avg);
}

function checkBuffer(argument: string, needed: boolean, parameter: Float32Array, buffer: unknown): void {
  if (buffer !== undefined) {
    checkTensor(argument, buffer, parameter);
  } else if (needed) {
    const fix = "the hyperparameters need it: add it (zeros reset it) or switch momentum or centered off";
    throw new InvalidArgumentError(argument, buffer, `a Float32Array of length ${parameter.length}`, fix);
  }
}
