import type { ClauseOutcome } from "../../../../spec/outcomes.js";
import type { Report } from "../../model/report.js";
import type { StatusKind } from "./status.js";

/** How an outcome is marked. */
export const OUTCOME_STATUS: Readonly<Record<ClauseOutcome, StatusKind>> = {
  passed: "good",
  xfailed: "warning",
  failed: "bad",
  inconclusive: "warning",
  skipped: "none",
  "spec-only": "warning",
};

/** How a run is marked: one with known failures is green in CI, and one in which the suite failed is not. */
export function runStatus({ footer }: Report): StatusKind {
  if (footer.inconclusive === "self-check-failed") return "bad";
  return footer.outcome === "xfailed" ? "good" : OUTCOME_STATUS[footer.outcome];
}
