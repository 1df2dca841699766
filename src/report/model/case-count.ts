import { isFailure } from "../../judge/verdict.js";
import { isNotRun, isSelfCheck } from "../../suite/case-result.js";
import type { Report, ReportFinding } from "./report.js";
import type { LineOf } from "./report-schema.js";

/** What a case comes to for whoever counts cases, each in exactly one. */
export const CASE_STANDINGS = [
  "passed",
  "failed",
  /** It fails, as the expectations say. */
  "expected",
  /** It was run and decides nothing. */
  "undecided",
  "not-run",
] as const;
export type CaseStanding = (typeof CASE_STANDINGS)[number];

/** What each case of a report comes to. */
export class CaseCount {
  readonly #expected: ReadonlySet<string>;

  constructor({ footer }: Report) {
    this.#expected = new Set(footer.expectations?.expected);
  }

  of(one: LineOf<"case">): CaseStanding {
    const { id, verdict } = one;
    if (isNotRun(verdict)) return "not-run";
    if (fails(one)) return this.#expected.has(id) && !isSelfCheck(one) ? "expected" : "failed";
    return verdict === "indeterminate" ? "undecided" : "passed";
  }

  /** Whether all that a finding is about was expected to fail. */
  isExpected({ cases }: ReportFinding): boolean {
    return cases.length > 0 && cases.every((id) => this.#expected.has(id));
  }
}

/** A case can fail with the verdict of a pass: where bits were asked for that it has not. */
export function fails({ verdict, message }: LineOf<"case">): boolean {
  return message !== undefined || (!isNotRun(verdict) && isFailure(verdict));
}
