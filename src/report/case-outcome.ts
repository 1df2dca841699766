import type { CaseResult } from "../suite/case-result.js";
import type { CaseOutcome, RunContext } from "../suite/expectations/judge-expectations.js";
import type { Report } from "./report.js";

/** What a report keeps of a case, as far as conclusions are drawn from it. */
export interface StoredOutcome extends CaseOutcome, Pick<CaseResult, "clauses" | "tally"> {}

/** The cases of a report, for whatever judges cases. */
export function outcomesOf(cases: Report["cases"]): StoredOutcome[] {
  return cases.map(({ id, kind, clauses, verdict, reason, tally, message }) => ({
    id,
    kind,
    clauses,
    verdict,
    tally,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { failure: { message } }),
  }));
}

/** The run of the report, judged today. */
export function runContextOf({ header, footer }: Pick<Report, "header" | "footer">): RunContext {
  const { environment, profile, only, shard } = header;
  return {
    os: environment.platform,
    arch: environment.arch,
    profile,
    today: new Date().toISOString().slice(0, 10),
    complete: footer.complete,
    ...((only !== undefined || shard) && { only: only ?? `shard ${shard?.index} of ${shard?.count}` }),
  };
}
