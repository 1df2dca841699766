import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import type { StepShape } from "../../../spec/step-shape.js";
import type { ScalarRole } from "./roles.js";

/** Hyperparameters that a graph has built in, in addition to what its inputs show. */
export type Constants = Partial<
  Pick<Hyperparameters, "lr" | "alpha" | "eps" | "momentum" | "weight_decay" | "clip_value" | "maximize">
>;

/**
 * The update of one parameter, ready to be run: a model whose inputs are called `parameter`, `gradient`, by state slots
 * and by hyperparameters, and whose outputs are called `next.parameter` and so on.
 */
export interface UpdateGraph {
  /** Where it comes from, for errors. */
  readonly source: string;
  readonly model: Uint8Array;
  /** "parameter" and the state slots that it reads and writes. */
  readonly slots: readonly Slot[];
  /** Hyperparameters that it takes. */
  readonly scalars: readonly ScalarRole[];
  readonly constants: Constants;
  /** The step shape that it computes. */
  readonly shape: StepShape;
  /** The only shape of tensors that it takes; undefined where it takes any, as vectors. */
  readonly tensorShape: readonly number[] | undefined;
}

/** Everything in a model's name that tells one step shape from another, as in "centered, momentum". */
export function shapeText(shape: StepShape): string {
  const parts = Object.entries(shape).flatMap(([name, has]) => (has ? [PARTS[name as keyof StepShape]] : []));
  return parts.length === 0 ? "plain" : parts.join(", ");
}

const PARTS: Readonly<Record<keyof StepShape, string>> = {
  centered: "centered",
  momentum: "momentum",
  weightDecay: "weight decay",
  maximize: "maximize",
  clipping: "clipping",
};

/** State slots without the parameter. */
export function stateSlots({ slots }: UpdateGraph): readonly Exclude<Slot, "parameter">[] {
  return SLOTS.filter(
    (slot): slot is Exclude<Slot, "parameter"> => slot !== "parameter" && slots.includes(slot),
  );
}
