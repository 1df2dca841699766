import { isNotRun } from "../suite/case-result.js";
import { countedText, countText } from "./count-text.js";
import { printableLine } from "./printable.js";
import type { Report } from "./report.js";

/** What was not run, and what was run without deciding anything: one line a reason, with how many cases it holds for. */
export function notRunLines({ cases }: Report): string[] {
  const lacking = cases.flatMap((one) => (one.lacking ? [one.lacking] : []));
  const needed = counted(lacking.flat()).sort(([, a], [, b]) => b - a);
  const reasons = counted(
    cases
      .filter(({ reason, lacking }) => reason !== undefined && !lacking)
      .map(
        ({ verdict, reason }) =>
          `${isNotRun(verdict) ? "not run" : verdict} (${printableLine(reason ?? "")})`,
      ),
  );
  return [
    ...(lacking.length === 0
      ? []
      : [
          `not run: ${countedText(lacking.length, "needs", "need")} what is not offered (${needed.map(([capability, count]) => `${printableLine(capability)} ${countText(count)}`).join(", ")})`,
        ]),
    ...reasons.map(([reason, count]) => reason.replace(" (", `: ${countText(count)} (`)),
  ];
}

/** How often each text occurs, in the order of the first ones. */
function counted(texts: readonly string[]): [text: string, count: number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts];
}
