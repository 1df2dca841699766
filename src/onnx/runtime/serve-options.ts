import type { PinnedEvaluationName } from "../../../spec/evaluations.js";
import { BuiltUpdates } from "../update/built-updates.js";
import { ModelUpdates, type ModelUpdatesOptions } from "../update/model-updates.js";
import type { UpdateSource } from "../update/update-source.js";
import type { SessionOptions } from "./session.js";

/** Which graphs are run, and how. Plain data: it goes to another process as JSON. */
export type ServeOptions = SessionOptions & {
  readonly graphs:
    | ({ readonly kind: "models" } & ModelUpdatesOptions)
    | {
        readonly kind: "built";
        readonly evaluation: PinnedEvaluationName;
        /** @default all of them */
        readonly dialect?: string | undefined;
      };
};

/**
 * @throws {ModelError}
 * @throws {UnbuildableEvaluation}
 */
export function updateSource({ graphs }: ServeOptions): UpdateSource {
  return graphs.kind === "models"
    ? new ModelUpdates(graphs)
    : new BuiltUpdates(graphs.evaluation, graphs.dialect);
}
