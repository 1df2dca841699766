import type { GraphTensors, IterationRequest } from "./iteration-request.js";

/** What the worker is asked for. */
export interface ToWorker {
  readonly id: number;
  readonly request: IterationRequest;
}

/** One step's outputs, the end of the run, or why it cannot be run. */
export type FromWorker =
  | { readonly id: number; readonly outputs: GraphTensors }
  | { readonly id: number; readonly done: true }
  | { readonly id: number; readonly failed: string };
