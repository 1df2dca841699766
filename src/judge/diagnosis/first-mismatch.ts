import type { Mismatch } from "../mismatch.js";
import { COMPUTED_ORDER } from "./diagnosis.js";

/** The first mismatch in the order in which steps compute; later ones may be mere consequences of it. */
export function firstMismatch(mismatches: readonly Mismatch[]): Mismatch {
  const rank = ({ operation, slot }: Mismatch) =>
    COMPUTED_ORDER.length * operation + COMPUTED_ORDER.indexOf(slot);
  return [...mismatches].sort((a, b) => rank(a) - rank(b))[0];
}
