import type { styleText } from "node:util";
import { type ClauseOutcome, INCONCLUSIVE_CAUSES } from "../../../spec/outcomes.js";
import { isSelfCheck, isSkipped } from "../../suite/case-result.js";
import { levelText } from "../../suite/level.js";
import { shardText } from "../../suite/shard.js";
import type { Report } from "../model/report.js";
import { countedText, countText } from "./count-text.js";
import { printableLine } from "./printable.js";

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export const WITHOUT_COLOUR: Paint = (_, text) => text;

const STYLES = {
  passed: "green",
  xfailed: "green",
  failed: "red",
  inconclusive: "yellow",
} as const satisfies Record<Report["footer"]["outcome"], string>;

/** The outcome in one sentence without a full stop: which level, or why there is none. */
export function outcomeText(report: Report, paint: Paint = WITHOUT_COLOUR): string {
  const { header, cases, footer } = report;
  const { outcome, inconclusive, reached } = footer;
  // If the suite is wrong, the colour must not suggest that the implementation may be right.
  const style = inconclusive === "self-check-failed" ? "red" : STYLES[outcome];
  const shouted = paint(style, outcome.toUpperCase());
  if (inconclusive === "interrupted")
    return `${shouted} after ${countText(footer.cases)} of ${countText(footer.planned)} cases: ${printableLine(footer.stopped ?? "stopped")}`;
  if (inconclusive) return `${shouted}: ${INCONCLUSIVE_CAUSES[inconclusive]}`;
  const validation = footer.validation === "failed" ? "; validation failed" : "";
  const level = `at ${header.level} (reached ${reached}: ${levelText(reached, cases)}${validation})`;
  const known = footer.expectations?.expected.length ?? 0;
  return outcome === "xfailed"
    ? `${shouted} ${level}, with ${countedText(known, "known failure")}`
    : `${shouted} ${level}`;
}

/** What the run was restricted to, in words; undefined if it was not. */
export function restrictionText({ header, cases }: Report): string | undefined {
  const { only, shard } = header;
  const parts = [
    ...(only === undefined ? [] : [`only ${printableLine(only)}`]),
    ...(shard === undefined ? [] : [shardText(shard)]),
  ];
  if (parts.length === 0) return undefined;
  return `${parts.join(", ")}${cases.some(isSelfCheck) ? "" : " (no self-check of the suite)"}`;
}

/** Verdict, level, cases, not run: one line. */
export function headline(report: Report, paint: Paint = WITHOUT_COLOUR): string {
  const { header, cases, clauses, footer } = report;
  const { tally, multiStep } = footer;
  const restriction = restrictionText(report);
  const selfChecks = cases.filter(isSelfCheck).length;
  const skipped = cases.filter(({ verdict }) => isSkipped(verdict)).length;
  const clausesWith = (outcome: ClauseOutcome) => clauses.filter((row) => row.outcome === outcome).length;
  const specOnly = clausesWith("spec-only");
  // Without a claimed evaluation nothing can equal its bits, and a zero would read like a fault.
  const bitExact = header.reference ? `${countText(tally.bitExact)} bit-exact, ` : "";
  return [
    outcomeText(report, paint),
    ...(restriction === undefined ? [] : [restriction]),
    printableLine(header.implementation.name),
    `${countedText(cases.length - skipped - selfChecks, "case")} run, ${countText(skipped)} skipped${selfChecks > 0 ? `, ${countedText(selfChecks, "self-check")}` : ""}`,
    `${clausesWith("passed")} of ${clauses.length} clauses passed${specOnly > 0 ? `, ${specOnly} checked on the specification only` : ""}`,
    ...(footer.restarts > 0 ? [countedText(footer.restarts, "restart")] : []),
    ...(footer.notReproduced
      ? [`${countedText(footer.notReproduced.length, "fault")} not reproduced in isolation`]
      : []),
    `${countedText(tally.judged, "observation")} judged (${countText(tally.judged - multiStep.judged)} one-step, ${countText(multiStep.judged)} multi-step): ${bitExact}${countText(tally.weak)} weak, ${countText(tally.indeterminate)} indeterminate, ${countText(tally.rejected)} rejected`,
  ].join(" · ");
}
