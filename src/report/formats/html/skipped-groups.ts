import type { CaseVerdict } from "../../../suite/case-result.js";
import type { Report } from "../../model/report.js";

/** Cases that were not run, or decide nothing, for one reason. */
export interface SkippedGroup {
  readonly verdict: CaseVerdict;
  readonly reason: string;
  readonly cases: readonly string[];
}

/** Cases that have a reason not to count, grouped by it, the most frequent reason first. */
export function skippedGroups({ cases }: Pick<Report, "cases">): SkippedGroup[] {
  const groups = new Map<string, SkippedGroup & { cases: string[] }>();
  for (const { id, verdict, reason, missingCapabilities } of cases) {
    if (reason === undefined && missingCapabilities === undefined) continue;
    const why = missingCapabilities
      ? `needs ${missingCapabilities.join(" and ")}, which is not offered`
      : (reason ?? "");
    const key = `${verdict} ${why}`;
    const group = groups.get(key);
    if (group) group.cases.push(id);
    else groups.set(key, { verdict, reason: why, cases: [id] });
  }
  return [...groups.values()].sort((a, b) => b.cases.length - a.cases.length);
}
