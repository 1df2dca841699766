import { styleText } from "node:util";
import type { ClauseOutcome } from "../../../spec/outcomes.js";
import { failedSelfChecks } from "../model/failed-self-checks.js";
import type { Report } from "../model/report.js";
import { declarationCostLines } from "../text/declaration-cost.js";
import { failureRateText } from "../text/failure-rate-text.js";
import { findingText } from "../text/finding-text.js";
import { headline, type Paint, WITHOUT_COLOUR } from "../text/headline.js";
import { printableLine } from "../text/printable.js";
import { selfCheckText } from "../text/self-check-text.js";
import { shortTexts } from "../text/short-texts.js";
import { skippedLines } from "../text/skipped-text.js";
import { validationText } from "../text/validation-text.js";

/**
 * The report for a terminal. The first line says it all; then one card a finding, then clauses. Nothing that an
 * implementation says reaches the terminal unescaped, and of very long texts only the beginning does.
 */
export function terminalReport(whole: Report, colour: boolean): string {
  const report = shortTexts(whole);
  const paint: Paint = colour
    ? (style, text) => styleText(style, text, { validateStream: false })
    : WITHOUT_COLOUR;
  const rate = failureRateText(report);
  const validation = validationText(report);
  const checked = selfCheckText(report);
  const lines = [
    headline(report, paint),
    ...selfCheckLines(report),
    ...(validation === undefined
      ? []
      : [`  ${report.footer.validation === "failed" ? paint("red", validation) : validation}`]),
    ...expectationLines(report, paint),
    ...skippedLines(report).map((line) => `  ${line}`),
    ...declarationCostLines(report).map((line) => `  ${line}`),
    ...inconclusiveLines(report),
    ...(rate === undefined ? [] : [`  ${rate}`]),
    ...(checked === undefined ? [] : [`  ${checked}`]),
    "",
  ];
  for (const finding of report.findings) lines.push(findingText(finding, paint), "");
  // Of a restricted run, clauses that nothing was selected for say nothing.
  const rows = report.clauses.filter(
    ({ counts }) => report.header.only === undefined || Object.keys(counts).length > 0,
  );
  lines.push(...matrix(rows, paint));
  const { claim } = report.footer;
  if (claim !== undefined) lines.push(`claim: ${printableLine(claim)}`);
  return lines.join("\n");
}

function selfCheckLines(report: Report): string[] {
  return failedSelfChecks(report).map(
    ({ id, message }) => `  self-check ${printableLine(id)}: ${printableLine(message)}`,
  );
}

/** Known failures that do not hold come first: they fail the run although nothing else may. */
function expectationLines({ footer }: Report, paint: Paint): string[] {
  return (footer.expectations?.breaches ?? []).map(
    ({ line, message }) => `  ${paint("red", "known failure")} in line ${line}: ${printableLine(message)}`,
  );
}

/** Clauses that cases are about, and that none of them decides for this implementation. */
function inconclusiveLines({ clauses }: Report): string[] {
  const listed = (requested: ClauseOutcome) =>
    clauses
      .filter(({ outcome, counts }) => outcome === requested && Object.keys(counts).length > 0)
      .map(({ clause }) => clause)
      .join(", ");
  const line = (text: string, names: string) => (names === "" ? [] : [`  ${text}: ${names}`]);
  return [
    ...line("clauses skipped", listed("skipped")),
    ...line("clauses inconclusive", listed("inconclusive")),
    ...line("checked on the specification only, not on this implementation", listed("spec-only")),
  ];
}

const OUTCOME_STYLES = {
  passed: "green",
  failed: "red",
  xfailed: "yellow",
  inconclusive: "yellow",
  skipped: "yellow",
  "spec-only": "yellow",
} as const satisfies Record<ClauseOutcome, string>;

/** One row for each clause that did not pass, and one for those of a family that did. */
function matrix(rows: Report["clauses"], paint: Paint): string[] {
  const shouted = (outcome: ClauseOutcome) => (outcome === "failed" ? "FAILED" : outcome);
  const line = (name: string, outcome: ClauseOutcome, text: string, counts: Row["counts"]) => {
    const verdicts = Object.entries(counts).map(([verdict, count]) => `${verdict} ${count}`);
    const mark = paint(OUTCOME_STYLES[outcome], text.padEnd(12));
    return `${name.padEnd(9)} ${mark}  ${verdicts.join(", ") || "no case"}`;
  };
  return [
    "clause    outcome       cases by verdict",
    ...families(rows).flatMap(([family, members]) => {
      const passed = members.filter(({ outcome }) => outcome === "passed");
      const alone = passed.length > 1 ? members.filter(({ outcome }) => outcome !== "passed") : members;
      return [
        ...(passed.length > 1
          ? [line(family, "passed", `${passed.length} passed`, summed(passed.map(({ counts }) => counts)))]
          : []),
        ...alone.map(({ clause, outcome, counts }) => line(clause, outcome, shouted(outcome), counts)),
      ];
    }),
  ];
}

type Row = Report["clauses"][number];

function families(rows: readonly Row[]): [family: string, rows: Row[]][] {
  const byFamily = new Map<string, Row[]>();
  for (const row of rows) {
    const family = row.clause.replace(/\.\d+$/, "");
    byFamily.set(family, [...(byFamily.get(family) ?? []), row]);
  }
  return [...byFamily];
}

function summed(all: readonly Row["counts"][]): Row["counts"] {
  const sum: Row["counts"] = {};
  for (const counts of all) {
    for (const [verdict, count] of Object.entries(counts) as [keyof Row["counts"], number][])
      sum[verdict] = (sum[verdict] ?? 0) + count;
  }
  return sum;
}
