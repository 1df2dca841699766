import type { StepConfiguration } from "./configuration.js";

/** What an optimizer keeps for one parameter, under PyTorch's names. Tensors have the parameter's length. */
export interface ParameterState {
  /** Steps taken. */
  step: number;
  /** The mean square of the gradient. */
  square_avg: Float32Array;
  /** b; present once the parameter was stepped with momentum. */
  momentum_buffer?: Float32Array;
  /** The mean gradient; present once the parameter was stepped centered. */
  grad_avg?: Float32Array;
}

/**
 * The state before a parameter's first step. The gradient is read only where the dialect starts the mean square
 * at the first gradient's square: of the gradient as it is passed in, before weight decay and clipping.
 */
export function createState(
  configuration: StepConfiguration,
  parameter: Float32Array,
  gradient: Float32Array,
): ParameterState {
  const square_avg = new Float32Array(parameter.length);
  if (configuration.initialAccumulator === "first-gradient-squared") {
    for (let i = 0; i < gradient.length; i++) square_avg[i] = gradient[i] * gradient[i];
  } else if (configuration.initialAccumulator32 !== 0) {
    square_avg.fill(configuration.initialAccumulator32);
  }
  const state: ParameterState = { step: 0, square_avg };
  completeState(configuration, state);
  return state;
}

/** Add the buffers that a configuration needs and the state lacks, as zeros. */
export function completeState(configuration: StepConfiguration, state: ParameterState): void {
  const length = state.square_avg.length;
  if (configuration.momentum !== "none") state.momentum_buffer ??= new Float32Array(length);
  if (configuration.centered) state.grad_avg ??= new Float32Array(length);
}

/** A deep copy. */
export function copyState(state: ParameterState): ParameterState {
  const copy: ParameterState = { step: state.step, square_avg: state.square_avg.slice() };
  if (state.momentum_buffer) copy.momentum_buffer = state.momentum_buffer.slice();
  if (state.grad_avg) copy.grad_avg = state.grad_avg.slice();
  return copy;
}
