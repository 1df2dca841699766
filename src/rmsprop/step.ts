import { BLOCK } from "./block.js";
import { learningRate32, type StepConfiguration } from "./configuration.js";
import { writeDenominator } from "./denominator.js";
import { clip, readGradient } from "./gradient.js";
import type { ParameterState } from "./parameter-state.js";
import { decayParameter, descend, descendWithMomentum } from "./parameter-update.js";
import { accumulateMean, accumulateSquare } from "./running-averages.js";
import { checkState, checkTensor } from "./tensor-arguments.js";

const gradientBlock = new Float32Array(BLOCK);
const denominatorBlock = new Float32Array(BLOCK);

/**
 * One RMSprop step on one tensor, in place: writes the parameter and the state, counts the step, leaves the
 * gradient alone. Allocates nothing.
 *
 * Parameter, gradient and the state's tensors have the same length and share no memory.
 *
 * @throws {InvalidArgumentError} for a length that differs or a buffer that the state lacks (`createState` and
 * `completeState` make them); then nothing was changed.
 */
export function rmspropStep(
  configuration: StepConfiguration,
  parameter: Float32Array,
  gradient: Float32Array,
  state: ParameterState,
): void {
  checkTensor("parameter", parameter, parameter);
  checkTensor("gradient", gradient, parameter);
  checkState("state", configuration, parameter, state);
  advance(configuration, parameter, gradient, state);
}

/** `rmspropStep` for arguments that were checked. */
export function advance(
  configuration: StepConfiguration,
  parameter: Float32Array,
  gradient: Float32Array,
  state: ParameterState,
): void {
  const lr = learningRate32(configuration, state.step);
  state.step += 1;
  const squareAverage = state.square_avg;
  // A buffer that a setting once switched off needs is kept, but plays no part.
  const gradientAverage = configuration.centered ? state.grad_avg : undefined;
  const buffer = configuration.momentum === "none" ? undefined : state.momentum_buffer;
  const decouples = configuration.weightDecay === "decoupled-lr" || configuration.weightDecay === "decoupled";
  const g = gradientBlock;
  const d = denominatorBlock;
  for (let start = 0; start < parameter.length; start += BLOCK) {
    const count = Math.min(BLOCK, parameter.length - start);
    if (decouples) decayParameter(configuration, parameter, lr, start, count);
    readGradient(configuration, gradient, parameter, start, count, g);
    accumulateSquare(configuration, squareAverage, g, start, count);
    if (gradientAverage) accumulateMean(configuration, gradientAverage, g, start, count);
    writeDenominator(configuration, squareAverage, gradientAverage, state.step, start, count, d);
    if (configuration.clipping === "after-square") clip(g, count, configuration.clipValue32);
    if (buffer) descendWithMomentum(configuration, parameter, buffer, g, d, lr, start, count);
    else descend(configuration, parameter, g, d, lr, start, count);
  }
}
