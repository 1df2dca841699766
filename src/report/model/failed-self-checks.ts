import { isSelfCheck } from "../../suite/case-result.js";
import type { Report } from "./report.js";

/** What the suite found wrong with itself: its self-checks that failed. */
export function failedSelfChecks({ cases }: Pick<Report, "cases">): { id: string; message: string }[] {
  return cases.flatMap(({ id, kind, message }) =>
    message !== undefined && isSelfCheck({ kind }) ? [{ id, message }] : [],
  );
}
