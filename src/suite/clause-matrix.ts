import { CLAUSES } from "../../spec/clauses.js";
import type { ClauseOutcome } from "../../spec/outcomes.js";
import { VERDICTS } from "../judge/verdict.js";
import { type CaseResult, type CaseVerdict, isSelfCheck, outcomeOfCase, SKIPPED } from "./case-result.js";

/** What its cases say of one clause. */
export interface ClauseRow {
  readonly clause: string;
  /** Cases by verdict. */
  readonly counts: Readonly<Partial<Record<CaseVerdict, number>>>;
  /**
   * `failed` or `xfailed` where a case fails, `passed` where none does and one passes. Where only self-checks pass it is
   * `spec-only`, where cases ran and none decides `inconclusive`, and where none ran `skipped`.
   */
  readonly outcome: ClauseOutcome;
}

/** What the matrix needs to know of a case. */
type ListedCase = Pick<CaseResult, "id" | "clauses" | "kind" | "verdict"> & { readonly failure?: object };

/**
 * One row for each clause of the specification, whether a case names it or not.
 * @param expected ids of the cases that are known to fail
 */
export function clauseMatrix(
  results: readonly ListedCase[],
  expected: ReadonlySet<string> = new Set(),
): ClauseRow[] {
  return CLAUSES.map(({ id }) => {
    const concerned = results.filter(({ clauses }) => clauses.includes(id));
    const counts: Partial<Record<CaseVerdict, number>> = {};
    for (const verdict of [...VERDICTS, SKIPPED] as const) {
      const count = concerned.filter((result) => result.verdict === verdict).length;
      if (count > 0) counts[verdict] = count;
    }
    return { clause: id, counts, outcome: clauseOutcome(concerned, expected) };
  });
}

function clauseOutcome(results: readonly ListedCase[], expected: ReadonlySet<string>): ClauseOutcome {
  const outcomes = results.map((one) => outcomeOfCase(one, expected));
  for (const outcome of ["failed", "xfailed"] as const) if (outcomes.includes(outcome)) return outcome;
  const passing = results.filter((_, k) => outcomes[k] === "passed");
  if (passing.length > 0) return passing.every(isSelfCheck) ? "spec-only" : "passed";
  return outcomes.includes("inconclusive") ? "inconclusive" : "skipped";
}
