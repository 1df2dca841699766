import { SLOTS, type Slot } from "../spec/arithmetic.js";
import { hexOf } from "../src/float32/bits.js";
import type { ObservedParameter } from "../src/program/observation.js";

/** One observed parameter as plain lists, for comparing two runs element by element. */
export type SlotLists = { readonly [S in Slot]?: readonly number[] };

export function listsOf(observed: ObservedParameter): SlotLists {
  const entries = SLOTS.flatMap((slot) => {
    const tensor = observed[slot];
    return tensor ? [[slot, [...tensor.values]] as const] : [];
  });
  return Object.fromEntries(entries);
}

/**
 * The first difference between what was expected and what was got, in a sentence; undefined if all bits are
 * equal, NaN taken as one class.
 */
export function differenceOf(expected: SlotLists, got: SlotLists): string | undefined {
  for (const slot of SLOTS) {
    const e = expected[slot];
    const g = got[slot];
    if (!e && !g) continue;
    if (!e || !g) return `${slot} is ${g ? "present" : "missing"} in one of the two runs`;
    if (e.length !== g.length) return `${slot} has ${g.length} elements instead of ${e.length}`;
    const i = e.findIndex((value, k) => !Object.is(value, g[k]));
    if (i >= 0) return `${slot}[${i}] is ${g[i]} (${hexOf(g[i])}) instead of ${e[i]} (${hexOf(e[i])})`;
  }
  return undefined;
}
