import type { Slot } from "../../spec/arithmetic.js";
import type { Hyperparameters } from "../../spec/dialect.js";

/** The values of an acceptance set, for a report. */
export type AcceptedValues =
  | { readonly kind: "listed"; readonly values: readonly number[] }
  | {
      readonly kind: "intervals";
      readonly text: readonly string[];
      /** The same as float32 values, both ends included; a range of NaN or of an infinity is that alone. */
      readonly ranges: readonly (readonly [lowest: number, highest: number])[];
    };

/** One observed element that was not accepted, or is not the reference's bits. */
export interface Mismatch {
  /** Index of the step in the program's operations. */
  readonly operation: number;
  /** Steps of this parameter so far, this one included. */
  readonly step: number;
  readonly parameter: number;
  readonly element: number;
  readonly slot: Slot;
  readonly got: number;
  readonly accepted: AcceptedValues;
  /** The reference evaluation's value, if there is one. */
  readonly reference?: number;
  readonly hyperparameters: Hyperparameters;
  /** The element's values that the step began with, where they are known exactly. */
  readonly inputs?: Readonly<Record<"parameter" | "gradient", number> & Partial<Record<Slot, number>>>;
  /** All observed slots of the element after the step, for diagnosing one from the others. */
  readonly observed: Readonly<Partial<Record<Slot, number>>>;
}
