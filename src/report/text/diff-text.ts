import type { CaseChange, Change, ReportDiff } from "../model/diff-reports.js";
import { countedText, countText } from "./count-text.js";
import { printable, printableLine } from "./printable.js";

/** Cases listed for each kind of change before the rest is counted. */
const SHOWN_CASES = 20;

/** The outcome of `report diff`: first whether anything is worse, then what changed. */
export function diffText(diff: ReportDiff): string {
  const { settings, outcome, level, worse, better, otherwise, onlyBefore, onlyAfter } = diff;
  const counts = [
    countedText(worse.length, "case is worse", "cases are worse"),
    `${countText(better.length)} better`,
    `${countText(otherwise.length)} otherwise`,
    ...(onlyBefore.length > 0 ? [`${countText(onlyBefore.length)} gone`] : []),
    ...(onlyAfter.length > 0 ? [`${countText(onlyAfter.length)} new`] : []),
  ];
  const verdict = diff.regressed ? "WORSE" : isSame(diff) ? "SAME" : "NOT WORSE";
  const changes = [...(outcome ? [outcome] : []), ...(level ? [level] : [])];
  return [
    [verdict, ...changes.map(changeText), ...counts].join(" · "),
    ...section("settings that differ", settings.map(changeText)),
    ...section("findings that are new", diff.newFindings.map(findingLine)),
    ...section("findings that are gone", diff.resolvedFindings.map(findingLine)),
    ...caseSection("worse", worse),
    ...caseSection("better", better),
    ...caseSection("otherwise", otherwise),
    ...section("only before", cut(onlyBefore.map(printableLine))),
    ...section("only after", cut(onlyAfter.map(printableLine))),
    ...section("clauses", diff.clauses.map(changeText)),
    ...section("worst error of one step, in ulps", diff.accuracy.map(changeText)),
  ].join("\n");
}

function isSame(diff: ReportDiff): boolean {
  return Object.values(diff).every((part) => part === undefined || part === false || isEmpty(part));
}

function isEmpty(part: unknown): boolean {
  return Array.isArray(part) && part.length === 0;
}

function changeText({ what, before, after }: Change): string {
  return `${what} ${printableLine(before)} → ${printableLine(after)}`;
}

function findingLine({ verdict, sentence, cases }: ReportDiff["newFindings"][number]): string {
  const message = printable(sentence).replaceAll("\n", "\n      ");
  return `${verdict} · ${message} (${countedText(cases.length, "case")})`;
}

function caseSection(title: string, changes: readonly CaseChange[]): string[] {
  const lines = changes.map(
    ({ id, before = "absent", after = "absent" }) => `${printableLine(id)}: ${before} → ${after}`,
  );
  return section(title, cut(lines));
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function cut(lines: readonly string[]): string[] {
  const rest = lines.length - SHOWN_CASES;
  return [...lines.slice(0, SHOWN_CASES), ...(rest > 0 ? [`… ${countText(rest)} more`] : [])];
}
