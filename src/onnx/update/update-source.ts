import type { Capability } from "../../../spec/capabilities.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import type { PinnedEvaluationName } from "../../../spec/evaluations.js";
import type { UpdateGraph } from "./update-graph.js";

/** The graph for a step, or why there is none. */
export type GraphChoice = { readonly graph: UpdateGraph } | { readonly reason: string };

/** Where an implementation made of ONNX graphs takes them from. */
export interface UpdateSource {
  /** What the implementation is called. */
  readonly name: string;
  /** Ids, the main one first. */
  readonly dialects: readonly [string, ...string[]];
  readonly capabilities: readonly Capability[];
  /** The evaluation whose bits it claims, if it claims one. */
  readonly reference: PinnedEvaluationName | undefined;
  /** The graph that does a step with these hyperparameters. */
  choose(dialect: Dialect, hyperparameters: Hyperparameters): GraphChoice;
}

/** What the host does around a graph, whatever the graph. */
export const HOST_CAPABILITIES: readonly Capability[] = [
  "groups",
  "set",
  "load",
  "checkpoint",
  "state",
  "missing-gradient",
  "deterministic",
];
