import { CLAUSES } from "../../spec/clauses.js";
import { VERDICTS, type Verdict } from "../judge/verdict.js";
import { type CaseResult, isPass, isSelfCheck, NOT_RUN, type NotRun } from "./case-result.js";

export const STANDINGS = ["shown", "failed", "reals-only", "not-shown"] as const;
export type Standing = (typeof STANDINGS)[number];

/** What was shown of one clause. */
export interface ClauseRow {
  readonly clause: string;
  /** Cases by verdict. */
  readonly counts: Readonly<Partial<Record<Verdict | NotRun, number>>>;
  /**
   * `failed`: a case fails. Otherwise `shown`: a case that was asked of the implementation passes; `reals-only`: only
   * self-checks pass, so the clause holds over the reals and nothing of the implementation was shown; `not-shown`: no
   * case that was run decides.
   */
  readonly standing: Standing;
}

/** What the matrix needs to know of a case. */
type ListedCase = Pick<CaseResult, "clauses" | "kind" | "verdict"> & { readonly failure?: object };

/** One row for each clause of the specification, whether a case names it or not. */
export function clauseMatrix(results: readonly ListedCase[]): ClauseRow[] {
  return CLAUSES.map(({ id }) => {
    const concerned = results.filter(({ clauses }) => clauses.includes(id));
    const counts: Partial<Record<Verdict | NotRun, number>> = {};
    for (const verdict of [...VERDICTS, ...NOT_RUN]) {
      const count = concerned.filter((result) => result.verdict === verdict).length;
      if (count > 0) counts[verdict] = count;
    }
    return { clause: id, counts, standing: standingOf(concerned) };
  });
}

function standingOf(results: readonly ListedCase[]): Standing {
  if (results.some(({ failure }) => failure)) return "failed";
  const passing = results.filter(isPass);
  if (passing.length === 0) return "not-shown";
  return passing.every(isSelfCheck) ? "reals-only" : "shown";
}
