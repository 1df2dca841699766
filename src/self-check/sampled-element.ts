import { SLOTS, type Slot } from "../../spec/arithmetic.js";
import type { Hyperparameters } from "../../spec/dialect.js";
import type { StepInputs } from "../../spec/update-rule.js";
import type { JudgedSlot } from "../judge/judgement-sink.js";
import type { AcceptedValues } from "../judge/mismatch.js";

/** How the judge decided on one observation: one element of one slot. */
export interface JudgedValue {
  readonly accepted: boolean;
  readonly set: AcceptedValues;
}

/** One element after one step, with what it was judged from and how. */
export interface SampledElement {
  /** Where it stands in its program. */
  readonly operation: number;
  readonly parameter: number;
  readonly element: number;
  readonly step: number;
  readonly hyperparameters: Hyperparameters;
  readonly inputs: StepInputs<number>;
  readonly observed: Readonly<Partial<Record<Slot, number>>>;
  readonly judged: Partial<Record<Slot, JudgedValue>>;
}

/** The sampled element that a judged slot is about, without a judgement yet. */
export function sampledElement(judged: JudgedSlot, i: number): SampledElement {
  const { operation, parameter, step, hyperparameters, from, inputs, observed } = judged;
  return {
    operation,
    parameter,
    element: from + i,
    step,
    hyperparameters,
    inputs: elementOf(inputs, i) as unknown as StepInputs<number>,
    observed: elementOf(observed, i),
    judged: {},
  };
}

/** The slots of which a judgement was sampled, in the order in which a step writes them. */
export function judgedSlots({ judged }: SampledElement): Slot[] {
  return SLOTS.filter((slot) => judged[slot]);
}

/** Whether a set, as a report would show it, holds a value. NaN is one class; −0 and +0 differ in a list. */
export function isIn(set: AcceptedValues, value: number): boolean {
  if (set.kind === "listed") return set.values.some((each) => Object.is(each, value));
  return set.ranges.some(
    ([lowest, highest]) => Object.is(lowest, value) || (lowest <= value && value <= highest),
  );
}

function elementOf(blocks: object, i: number): Record<string, number> {
  const entries = Object.entries(blocks as Record<string, Float64Array | undefined>);
  return Object.fromEntries(entries.flatMap(([key, block]) => (block ? [[key, block[i]]] : [])));
}
