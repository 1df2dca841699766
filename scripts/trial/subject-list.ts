import { BENIGN_VARIANTS } from "./subjects/benign.js";
import { MUTANTS } from "./subjects/index.js";
import type { Mutant, Variant } from "./subjects/variant.js";

/** What the suite is tried on. */
export type Subject =
  | { readonly kind: "mutant"; readonly variant: Mutant }
  | { readonly kind: "benign"; readonly variant: Variant };

export const SUBJECTS: readonly Subject[] = [
  ...MUTANTS.map((variant): Subject => ({ kind: "mutant", variant })),
  ...BENIGN_VARIANTS.map((variant): Subject => ({ kind: "benign", variant })),
];

/** @throws {RangeError} for an id that no subject has */
export function subjectById(id: string): Subject {
  const found = SUBJECTS.find(({ variant }) => variant.id === id);
  if (!found) throw new RangeError(`no mutant and no benign variant is called ${JSON.stringify(id)}`);
  return found;
}
