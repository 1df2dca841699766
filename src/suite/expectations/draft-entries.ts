import type { Verdict } from "../../judge/verdict.js";
import { isSelfCheck } from "../case-result.js";
import { EXPECTABLE } from "./expectation-schema.js";
import type { CaseOutcome } from "./judge-expectations.js";
import { type NewItem, scalarText } from "./yaml-editor.js";

/** Failures that share one root cause, as in a report. */
export interface FailureGroup {
  /** One sentence for people. */
  readonly sentence: string;
  /** Ids. */
  readonly cases: readonly string[];
}

/** An entry that would expect failing cases of one finding, all with one verdict. */
export interface DraftEntry {
  /** What the finding says. */
  readonly sentence: string;
  readonly ids: readonly string[];
  readonly verdict: Verdict;
}

/**
 * The entries that would expect what fails of a finding, one for each verdict. Self-checks are the suite's own and cannot be
 * expected to fail; a witness belongs to an entry and is not one of its cases.
 */
export function draftEntries(
  { sentence, cases }: FailureGroup,
  results: readonly CaseOutcome[],
): DraftEntry[] {
  const failing = results.filter(
    (result) =>
      result.failure && result.kind !== "witness" && !isSelfCheck(result) && cases.includes(result.id),
  );
  return EXPECTABLE.map((verdict) => {
    const ids = failing.filter((one) => one.verdict === verdict).map(({ id }) => id);
    return { sentence, ids, verdict };
  }).filter(({ ids }) => ids.length > 0);
}

/** The entry as it is written: rejected until its reason and issue are filled in. */
export function draftItem({ sentence, ids, verdict }: DraftEntry): NewItem {
  const value = { cases: ids, verdict, reason: null, issue: null };
  return {
    value,
    block: [
      `# ${inOneLine(sentence)}`,
      "- cases:",
      ...ids.map((id) => `    - ${scalarText(id)}`),
      `  verdict: ${verdict}`,
      "  reason:",
      "  issue:",
    ],
    flow: JSON.stringify(value),
  };
}

export function inOneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
