import type { Mismatch } from "../mismatch.js";
import { COMPUTED_ORDER } from "./diagnosis.js";

/** The first of one or more, in the order in which steps compute: what comes later may only follow from it. */
export function firstMismatch(mismatches: readonly Mismatch[]): Mismatch {
  const rank = ({ operation, slot }: Mismatch) =>
    COMPUTED_ORDER.length * operation + COMPUTED_ORDER.indexOf(slot);
  return [...mismatches].sort((a, b) => rank(a) - rank(b))[0];
}
