import type { Slot } from "../../spec/arithmetic.js";
import type { Hyperparameters } from "../../spec/dialect.js";
import type { StepInputs } from "../../spec/update-rule.js";
import type { AcceptedValues, Mismatch } from "./mismatch.js";
import type { Tally } from "./tally.js";

/** Where a judge reports what it finds. */
export interface JudgementSink {
  /** @param isPropagated whether the sets were propagated along instead of listed for one step */
  count(slot: Slot, tally: Tally, isPropagated: boolean): void;
  /** Making a mismatch lists a whole acceptance set: only those that are wanted are made, and at once. */
  reject(make: () => Mismatch): void;
  differ(make: () => Mismatch): void;
  breach(problem: string): void;
  /** Given each listed acceptance set, if anybody wants them. */
  set?(values: readonly number[]): void;
  /** Given the number of floats in each acceptance set, listed or not, if anybody wants them. */
  size?(slot: Slot, floats: number): void;
  /** Given each slot that was judged by one step, with what it was judged from. */
  judged?(slot: JudgedSlot): void;
}

/** One slot of consecutive elements of a parameter after a step from a known state, and how it was judged. */
export interface JudgedSlot {
  /** Index of the step in the program's operations. */
  readonly operation: number;
  readonly parameter: number;
  /** Steps of this parameter so far, this one included. */
  readonly step: number;
  readonly slot: Slot;
  readonly hyperparameters: Hyperparameters;
  /** Where these elements begin in the tensor. */
  readonly from: number;
  readonly inputs: StepInputs<Float64Array>;
  readonly observed: Readonly<Partial<Record<Slot, Float64Array>>>;
  /** Valid until the call returns; elements are counted from `from`. */
  readonly set: {
    /** Whether the observation of an element is accepted. */
    accepts(i: number): boolean;
    /** What is accepted of an element. */
    accepted(i: number): AcceptedValues;
  };
}
