import type { StateSlot } from "../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import type { Evaluation } from "../../spec/evaluation.js";
import { initialMeanSquare } from "../../spec/initial-state.js";
import type { StepShape } from "../../spec/step-shape.js";

/** The state of one parameter before a step, as blocks of float32 values. */
export interface StateBlocks {
  readonly square_avg: Float64Array;
  readonly grad_avg?: Float64Array;
  readonly momentum_buffer?: Float64Array;
}

/** The state that a `load` gives: the slots that it leaves out are absent. */
export function givenState(
  entry: {
    readonly [S in StateSlot]?: { readonly values: Float32Array } | undefined;
  } & { readonly square_avg: { readonly values: Float32Array } },
): StateBlocks {
  const { square_avg, grad_avg, momentum_buffer } = entry;
  return {
    square_avg: new Float64Array(square_avg.values),
    ...(grad_avg && { grad_avg: new Float64Array(grad_avg.values) }),
    ...(momentum_buffer && { momentum_buffer: new Float64Array(momentum_buffer.values) }),
  };
}

/**
 * The state that a dialect has before the first step of a parameter. Mean gradient and momentum buffer begin
 * at zero everywhere; the mean square begins where the dialect says.
 * @throws {Error} for a dialect whose initial accumulator must be given by a `load`.
 */
export function initialState(
  dialect: Dialect,
  hyperparameters: Hyperparameters,
  shape: StepShape,
  gradient: Float64Array,
  emptyMomentum = 0,
): StateBlocks {
  const square_avg = gradient.map((g) => initialMeanSquare(dialect, hyperparameters, g, Math.fround));
  return withMissingBuffers({ square_avg }, shape, emptyMomentum);
}

/** What a momentum buffer holds before its first step: −0 where what the implementation keeps is −b. */
export function emptyBuffer({ "momentum-buffer": forms }: Pick<Evaluation, "momentum-buffer">): number {
  return forms.includes("direct") ? 0 : -0;
}

/**
 * Add, as zeros, the buffers that a step of this shape reads and the state does not have yet.
 * @param emptyMomentum the zero of the momentum buffer, which has a sign
 */
export function withMissingBuffers(state: StateBlocks, shape: StepShape, emptyMomentum = 0): StateBlocks {
  const { length } = state.square_avg;
  return {
    ...state,
    ...(shape.centered && { grad_avg: state.grad_avg ?? new Float64Array(length) }),
    ...(shape.momentum && {
      momentum_buffer: state.momentum_buffer ?? new Float64Array(length).fill(emptyMomentum),
    }),
  };
}
