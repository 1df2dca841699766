import type { Report } from "../model/report.js";
import { countedText, countText } from "./count-text.js";
import { printableLine } from "./printable.js";
import { domainLine } from "./validation-text.js";

/**
 * Skipped cases, inconclusive cases, and faults that could not be attributed to a program: one line per reason, with its
 * count.
 */
export function skippedLines(report: Report): string[] {
  const { cases, footer } = report;
  const domain = domainLine(report);
  const missingCapabilities = cases.flatMap((one) =>
    one.missingCapabilities ? [one.missingCapabilities] : [],
  );
  const needed = counted(missingCapabilities.flat()).sort(([, a], [, b]) => b - a);
  const reasons = counted(
    cases
      .filter(({ reason, missingCapabilities }) => reason !== undefined && !missingCapabilities)
      .map(({ verdict, reason }) => `${verdict} (${printableLine(reason ?? "")})`),
  );
  return [
    ...(missingCapabilities.length === 0
      ? []
      : [
          `skipped: ${countedText(missingCapabilities.length, "needs", "need")} a capability that is not offered (${needed.map(([capability, count]) => `${printableLine(capability)} ${countText(count)}`).join(", ")})`,
        ]),
    ...reasons.map(([reason, count]) => reason.replace(" (", `: ${countText(count)} (`)),
    ...(domain === undefined ? [] : [printableLine(domain)]),
    ...notReproducedLines(footer),
  ];
}

/** Faults of the process that were not reproduced when their programs ran alone, or happened when none was running. */
export function notReproducedLines({ notReproduced = [] }: Report["footer"]): string[] {
  return counted(notReproduced.map(({ verdict, message }) => `${verdict}: ${printableLine(message)}`)).map(
    ([fault, count]) => `fault not reproduced in isolation: ${countText(count)} (${fault})`,
  );
}

/** How often each text occurs, in the order of the first ones. */
function counted(texts: readonly string[]): [text: string, count: number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts];
}
