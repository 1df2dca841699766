import type { ClauseOutcome } from "../../../../spec/outcomes.js";
import type { Report } from "../../model/report.js";
import type { StatusKind } from "./status.js";

/** The status icon of an outcome. */
export const OUTCOME_STATUS: Readonly<Record<ClauseOutcome, StatusKind>> = {
  passed: "good",
  xfailed: "warning",
  failed: "bad",
  inconclusive: "warning",
  skipped: "none",
  "spec-only": "warning",
};

/** The status icon of a run: with known failures it is green, as in CI; if the suite itself failed, it is not. */
export function runStatus({ footer }: Report): StatusKind {
  if (footer.inconclusive === "self-check-failed") return "bad";
  return footer.outcome === "xfailed" ? "good" : OUTCOME_STATUS[footer.outcome];
}
