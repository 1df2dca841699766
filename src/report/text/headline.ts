import type { styleText } from "node:util";
import { isNotRun, isSelfCheck } from "../../suite/case-result.js";
import type { Standing } from "../../suite/clause-matrix.js";
import { levelText } from "../../suite/level.js";
import { shardText } from "../../suite/shard.js";
import { failedSelfChecks } from "../model/failed-self-checks.js";
import type { Report } from "../model/report.js";
import { countedText, countText } from "./count-text.js";
import { printableLine } from "./printable.js";

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export const WITHOUT_COLOUR: Paint = (_, text) => text;

/** What a run comes to. */
export type Outcome =
  /** The suite itself is wrong. */
  | "self-check-failed"
  /** Something that was selected has no result. */
  | "incomplete"
  /** No case that was run decides anything. */
  | "nothing-shown"
  /** At the level that was asked for, but for failures that are expected. */
  | "as-expected"
  | "conforms"
  | "fails";

export function outcomeOf(report: Report): Outcome {
  const { footer } = report;
  if (failedSelfChecks(report).length > 0) return "self-check-failed";
  if (!footer.complete) return "incomplete";
  if (!footer.decided) return "nothing-shown";
  if (!footer.conforms) return "fails";
  return (footer.expectations?.expected.length ?? 0) > 0 ? "as-expected" : "conforms";
}

const SHOUTED: Readonly<Record<Outcome, string>> = {
  "self-check-failed": "SELF-CHECK FAILED",
  incomplete: "INCOMPLETE",
  "nothing-shown": "NOTHING SHOWN",
  "as-expected": "AS EXPECTED",
  conforms: "CONFORMS",
  fails: "DOES NOT CONFORM",
};

const STYLES = {
  "self-check-failed": "red",
  incomplete: "yellow",
  "nothing-shown": "yellow",
  "as-expected": "green",
  conforms: "green",
  fails: "red",
} as const satisfies Record<Outcome, string>;

/** The outcome in one sentence without a full stop: which level, or why there is none. */
export function outcomeText(report: Report, paint: Paint = WITHOUT_COLOUR): string {
  const { header, cases, footer } = report;
  const outcome = outcomeOf(report);
  const shouted = paint(STYLES[outcome], SHOUTED[outcome]);
  const validation = footer.validation === "failed" ? "; validation failed" : "";
  const level = `at ${header.level} (reached ${footer.reached}: ${levelText(footer.reached, cases)}${validation})`;
  switch (outcome) {
    case "self-check-failed":
      return `${shouted}: the suite itself is wrong, not the implementation; no verdict of this run can be relied on`;
    case "incomplete":
      return `${shouted} after ${countText(footer.cases)} of ${countText(footer.planned)} cases, which decides no level: ${printableLine(footer.stopped ?? "stopped")}`;
    case "nothing-shown":
      return `${shouted}: no case that was run decides anything`;
    case "as-expected":
      return `${shouted} ${level}, but for ${countedText(footer.expectations?.expected.length ?? 0, "expected failure")}`;
    default:
      return `${shouted} ${level}`;
  }
}

/** What the run was restricted to, in words; undefined of a whole one. */
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
  const notRun = cases.filter(({ verdict }) => isNotRun(verdict)).length;
  const standing = (requested: Standing) => clauses.filter((row) => row.standing === requested).length;
  const overReals = standing("reals-only");
  // Without a claimed evaluation nothing can equal its bits, and a zero would read like a fault.
  const bitExact = header.reference ? `${countText(tally.bitExact)} bit-exact, ` : "";
  return [
    outcomeText(report, paint),
    ...(restriction === undefined ? [] : [restriction]),
    printableLine(header.implementation.name),
    `${countedText(cases.length - notRun - selfChecks, "case")} run, ${countText(notRun)} not run${selfChecks > 0 ? `, ${countedText(selfChecks, "self-check")}` : ""}`,
    `${standing("shown")} of ${clauses.length} clauses shown${overReals > 0 ? `, ${overReals} over the reals only` : ""}`,
    ...(footer.restarts > 0 ? [countedText(footer.restarts, "restart")] : []),
    ...(footer.notReproduced
      ? [`${countedText(footer.notReproduced.length, "fault")} not reproduced in isolation`]
      : []),
    `${countedText(tally.judged, "observation")} judged (${countText(tally.judged - multiStep.judged)} one-step, ${countText(multiStep.judged)} multi-step): ${bitExact}${countText(tally.weak)} weak, ${countText(tally.indeterminate)} indeterminate, ${countText(tally.rejected)} rejected`,
  ].join(" · ");
}
