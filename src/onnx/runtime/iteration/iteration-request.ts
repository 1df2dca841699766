import type { GraphTensor, SessionOptions } from "../session.js";

/** Tensors by the graph's names of them. */
export type GraphTensors = Readonly<Record<string, GraphTensor>>;

/**
 * Run a training graph step after step. What it gives out as `next.<input>` is its input `<input>` in the next step,
 * unless that step's own feeds say otherwise.
 */
export interface IterationRequest {
  /** Path of the model. */
  readonly model: string;
  readonly settings: SessionOptions;
  /** Parameters, state and hyperparameters of the first step. What is not fed back stays for all steps. */
  readonly initial: GraphTensors;
  /** What is fed in each step in addition to it: the batch, and whatever replaces what was fed before. */
  readonly steps: readonly GraphTensors[];
  /** Outputs that are wanted after each step. @default all */
  readonly needed?: readonly string[];
}
