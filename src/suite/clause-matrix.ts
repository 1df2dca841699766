import { CLAUSES } from "../../spec/clauses.js";
import { VERDICTS, type Verdict } from "../judge/verdict.js";
import { type CaseResult, NOT_RUN, type NotRun } from "./case-result.js";

/** What was shown of one clause. */
export interface ClauseRow {
  readonly clause: string;
  /** Cases by verdict. */
  readonly counts: Readonly<Partial<Record<Verdict | NotRun, number>>>;
  /** `shown`: a case passes and none fails. `not-shown`: none fails, but none that was run decides. */
  readonly standing: "shown" | "failed" | "not-shown";
}

/** One row for each clause of the specification, whether a case names it or not. */
export function clauseMatrix(results: readonly CaseResult[]): ClauseRow[] {
  return CLAUSES.map(({ id }) => {
    const concerned = results.filter(({ clauses }) => clauses.includes(id));
    const counts: Partial<Record<Verdict | NotRun, number>> = {};
    for (const verdict of [...VERDICTS, ...NOT_RUN]) {
      const count = concerned.filter((result) => result.verdict === verdict).length;
      if (count > 0) counts[verdict] = count;
    }
    const failed = concerned.some(({ failure }) => failure);
    const shown = (counts["bit-exact"] ?? 0) + (counts.certified ?? 0) > 0;
    return { clause: id, counts, standing: failed ? "failed" : shown ? "shown" : "not-shown" };
  });
}
