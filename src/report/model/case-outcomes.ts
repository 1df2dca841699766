import { isFailure } from "../../judge/verdict.js";
import { isSkipped, outcomeOfCase } from "../../suite/case-result.js";
import type { Report, ReportFinding } from "./report.js";
import type { LineOf } from "./report-schema.js";

type CaseLine = LineOf<"case">;

/** Cases before conclusions are drawn from them. */
export type CaseWithoutOutcome = Omit<CaseLine, "outcome">;

/**
 * Each case with its outcome.
 * @param expected ids of the cases that are known to fail
 */
export function withOutcomes(
  cases: readonly CaseWithoutOutcome[],
  expected: ReadonlySet<string>,
): CaseLine[] {
  return cases.map((one) => {
    const { id, kind, verdict, message } = one;
    const fails = message !== undefined || (!isSkipped(verdict) && isFailure(verdict));
    return { ...one, outcome: outcomeOfCase({ id, kind, verdict, ...(fails && { failure: {} }) }, expected) };
  });
}

/** Whether it fails, known or not. */
export function fails({ outcome }: Pick<CaseLine, "outcome">): boolean {
  return outcome === "failed" || outcome === "xfailed";
}

/** Whether everything that a finding is about is known to fail. */
export function isExpected({ cases }: ReportFinding, report: Pick<Report, "cases">): boolean {
  const known = new Set(report.cases.flatMap(({ id, outcome }) => (outcome === "xfailed" ? [id] : [])));
  return cases.length > 0 && cases.every((id) => known.has(id));
}
