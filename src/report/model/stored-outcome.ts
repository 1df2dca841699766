import type { CaseResult } from "../../suite/case-result.js";
import type { CaseOutcome, RunContext } from "../../suite/expectations/judge-expectations.js";
import { partOf } from "../../suite/shard.js";
import type { CaseWithoutOutcome } from "./case-outcomes.js";
import type { Report } from "./report.js";

/** The parts of a stored case from which conclusions are drawn. */
export interface StoredOutcome extends CaseOutcome, Pick<CaseResult, "clauses" | "tally"> {
  readonly failure?: { readonly message: string; readonly refusal?: true };
}

/** The cases of a report as outcomes. */
export function outcomesOf(cases: readonly CaseWithoutOutcome[]): StoredOutcome[] {
  return cases.map(({ id, kind, clauses, verdict, reason, tally, message, refusal }) => ({
    id,
    kind,
    clauses,
    verdict,
    tally,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { failure: { message, ...(refusal && { refusal }) } }),
  }));
}

/** The run of the report, judged today. */
export function runContextOf({ header, footer }: Pick<Report, "header" | "footer">): RunContext {
  const { environment, profile } = header;
  const part = partOf(header);
  return {
    os: environment.platform,
    arch: environment.arch,
    profile,
    today: new Date().toISOString().slice(0, 10),
    complete: footer.complete,
    ...(part !== undefined && { only: part }),
  };
}
