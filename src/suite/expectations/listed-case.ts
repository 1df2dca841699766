import type { CaseResult } from "../case-result.js";
import { isSelected } from "../only.js";
import type { Expectation } from "./expectation-schema.js";

/** Whether a listed case, with `*` as a wildcard, matches this id. */
export function isListedAs(pattern: string, id: string): boolean {
  return isSelected(pattern, id, []);
}

/** The results of the listed cases. Witnesses belong to entries and are never listed. */
export function casesListedAs<T extends Pick<CaseResult, "id" | "kind">>(
  pattern: string,
  results: readonly T[],
): T[] {
  return results.filter(({ id, kind }) => kind !== "witness" && isListedAs(pattern, id));
}

/** Whether an entry lists the case of this id. */
export function lists({ cases }: Expectation, id: string): boolean {
  return cases.some(({ pattern }) => isListedAs(pattern, id));
}
