import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import type { Mismatch } from "../../judge/mismatch.js";
import type { Program } from "../../program/program.js";
import type { Evidence } from "../../suite/case-result.js";

/** The observed values of one element at one observation. */
export interface SeenElement {
  /** Index of the observation in the program's operations. */
  readonly operation: number;
  /** Float32 values of the slots that were shown. */
  readonly values: { readonly [S in Slot]?: number };
}

/**
 * The observation that shows a slot after a step: the first one that asks for it, which need not stand right behind the
 * step. Without one, the step itself.
 */
export function seenAt(program: Program, slot: Slot, step: number): number {
  const at = program.operations.findIndex(
    (operation, i) => i > step && operation.op === "observe" && operation.slots.includes(slot),
  );
  return at < 0 ? step : at;
}

/**
 * What was seen of a mismatch's element before it, after steps of its own: accepted values are computed from what an
 * implementation itself showed, so they are another's only if it showed the same. Where the state before the step was known
 * in full, only the last step before it matters; else sets were carried along all of them.
 */
export function seenBefore({ program, observations }: Evidence, mismatch: Mismatch): SeenElement[] {
  const { parameter, element, slot, operation: step, inputs } = mismatch;
  const steps = program.operations.flatMap((operation, i) =>
    operation.op === "step" && operation.gradients[parameter] && i < step ? [i] : [],
  );
  const since = inputs ? steps.at(-1) : steps[0];
  if (since === undefined) return [];
  const until = seenAt(program, slot, step);
  return program.operations
    .flatMap(({ op }, i) => (op === "observe" ? [i] : []))
    .map((operation, k) => ({ operation, tensors: observations[k]?.parameters[parameter] }))
    .filter(({ operation }) => operation > since && operation < until)
    .map(({ operation, tensors }) => {
      const seenValues = SLOTS.flatMap((name) => {
        const value = tensors?.[name]?.values[element];
        return value === undefined ? [] : [[name, value] as const];
      });
      return { operation, values: Object.fromEntries(seenValues) };
    })
    .filter(({ values }) => Object.keys(values).length > 0);
}
