import { isFailure, VERDICTS, type Verdict } from "../../../judge/verdict.js";
import { type CaseVerdict, isSkipped } from "../../../suite/case-result.js";
import type { StatusKind } from "./status.js";

/** The status icon of a verdict. At level L3 `certified` can be a failure: callers that know the level handle that. */
export function verdictStatus(verdict: CaseVerdict): StatusKind {
  if (isSkipped(verdict)) return "none";
  if (isFailure(verdict)) return "bad";
  return verdict === "inconclusive" ? "warning" : "good";
}

/** Failures first, then inconclusive cases, then passes, then skipped ones. */
export const WORST_FIRST: readonly Verdict[] = [...VERDICTS].reverse();
