import { clauseById } from "../../../spec/clauses.js";
import { OUTCOME_NAMES } from "../../../spec/outcomes.js";
import { CASE_KINDS } from "../../suite/case-result.js";
import { isExpected } from "../model/case-outcomes.js";
import { failedSelfChecks } from "../model/failed-self-checks.js";
import type { Report, ReportFinding } from "../model/report.js";
import type { Snippet } from "../snippet/snippet.js";
import { snippetsOf } from "../snippet/snippets.js";
import { countedText, countText } from "../text/count-text.js";
import { declarationCostLines } from "../text/declaration-cost.js";
import { EXPECTATION_FILE_TITLE, expectationFile } from "../text/expectation-file.js";
import { findingText } from "../text/finding-text.js";
import { headline, outcomeText } from "../text/headline.js";
import { limitsOf } from "../text/limits.js";
import { printableLine } from "../text/printable.js";
import { selfCheckText } from "../text/self-check-text.js";
import { shortTexts } from "../text/short-texts.js";
import { skippedLines } from "../text/skipped-text.js";
import { validationText } from "../text/validation-text.js";
import { fenced, htmlText, markdownText, ownCell } from "./markdown-text.js";

/** GitHub refuses a step summary of more than 1 MiB, in UTF-8; other steps of the job write into the same one. */
const MAX_BYTES = 900_000;
/** Lines of one list before the rest is counted. */
const MAX_LINES = 20;

/**
 * The report as Markdown, for the summary of a CI step: verdict, findings, clauses that did not pass, limits, and how to
 * reproduce the run. Findings beyond the size that GitHub accepts are counted. Text of the implementation cannot become
 * markup, a link or a mention.
 */
export function markdownReport(report: Report): string {
  const short = shortTexts(report);
  const verdict = outcomeText(short);
  const validation = validationText(short);
  const facts = headline(short).slice(`${verdict} · `.length);
  const checked = selfCheckText(short);
  const head = [
    `## ${markdownText(verdict)}`,
    `Run: ${markdownText(facts)}`,
    ...(validation === undefined ? [] : [markdownText(validation)]),
    ...(checked === undefined ? [] : [markdownText(checked)]),
    ...claimLines(short),
    ...listOf("Failed self-checks of the suite", selfCheckLines(short)),
    ...listOf("Known failures that do not hold", breachLines(short)),
    caseTable(short),
  ];
  const tail = [
    ...clauseTable(short),
    ...listOf("Skipped or inconclusive", skippedLines(short)),
    ...listOf("What the declared rounding costs", declarationCostLines(short)),
    ...listOf("What this report does not show", limitsOf(short)),
    "### Reproduce",
    fenced(printableLine(short.header.command), "sh"),
    `Suite ${markdownText(short.header.suite)}, profile ${markdownText(short.header.profile)}, seed ${short.header.seed}, dialect ${markdownText(short.header.dialect)}.`,
  ];
  const space = MAX_BYTES - bytes([...head, ...tail]);
  return `${[...head, ...findingLines(short, space), ...tail].join("\n\n")}\n`;
}

/** As many findings as there is room for, the largest first. */
function findingLines(report: Report, space: number): string[] {
  const { findings } = report;
  const lines: string[] = [];
  let left = space;
  for (const [k, finding] of findings.entries()) {
    const details = findingDetails(finding, report, k === 0);
    left -= bytes([details]);
    if (left < 0) {
      const rest = countedText(findings.length - k, "more finding");
      lines.push(`**${rest} did not fit into this summary:** the other reports of the run show them.`);
      break;
    }
    lines.push(details);
  }
  return lines.length === 0 ? [] : ["### Findings", ...lines];
}

function findingDetails(finding: ReportFinding, report: Report, open: boolean): string {
  const { number, verdict, sentence, cases } = finding;
  const known = isExpected(finding, report);
  const summary = `<b>Finding ${number} · ${verdict}</b> · ${htmlText(sentence)} (${countedText(cases.length, "case")}${known ? ", known to fail" : ""})`;
  return [
    `<details${open ? " open" : ""}><summary>${summary}</summary>`,
    "",
    fenced(findingText(finding)),
    "",
    ...snippetsOf(finding).flatMap(snippetDetails),
    ...(known ? [] : expectationDetails(finding, report)),
    "</details>",
  ].join("\n");
}

function expectationDetails(finding: ReportFinding, report: Report): string[] {
  const file = expectationFile(finding, report);
  if (file === undefined) return [];
  return detailsOf(EXPECTATION_FILE_TITLE, fenced(file, "yaml"));
}

function snippetDetails({ language, title, code }: Snippet): string[] {
  const name = language.replace(/^python-.*/, "python");
  return detailsOf(htmlText(title), fenced(code, name));
}

/** @param summary HTML */
function detailsOf(summary: string, content: string): string[] {
  return [`<details><summary>${summary}</summary>`, "", content, "", "</details>", ""];
}

function claimLines({ footer }: Report): string[] {
  return footer.claim === undefined ? [] : ["Claim:", fenced(printableLine(footer.claim))];
}

function selfCheckLines(report: Report): string[] {
  return failedSelfChecks(report).map(({ id, message }) => `self-check ${id}: ${message}`);
}

function breachLines({ footer }: Report): string[] {
  return (footer.expectations?.breaches ?? []).map(({ line, message }) => `line ${line}: ${message}`);
}

/** A heading with a list; nothing if the list is empty. Each line begins with a word of ours. */
function listOf(heading: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MAX_LINES;
  const items = lines.slice(0, MAX_LINES).map((line) => `- ${markdownText(line)}`);
  return [`### ${heading}`, [...items, ...(rest > 0 ? [`- and ${countText(rest)} more`] : [])].join("\n")];
}

function caseTable({ cases }: Report): string {
  const kinds = CASE_KINDS.filter((kind) => cases.some((one) => one.kind === kind));
  const row = (name: string, of: Report["cases"]) => [
    name,
    ...OUTCOME_NAMES.map((outcome) => countText(of.filter((one) => one.outcome === outcome).length)),
  ];
  const rows = [
    ...kinds.map((kind) =>
      row(
        kind,
        cases.filter((one) => one.kind === kind),
      ),
    ),
    ...(kinds.length === 1 ? [] : [row("**all**", cases)]),
  ];
  return table(["cases", ...OUTCOME_NAMES], rows);
}

/** Clauses that did not pass; of a restricted run, only those that its cases are about. */
function clauseTable({ header, clauses }: Report): string[] {
  const restricted = header.only !== undefined || header.shard !== undefined;
  const rows = clauses
    .filter(({ outcome }) => outcome !== "passed")
    .filter(({ counts }) => !restricted || Object.keys(counts).length > 0)
    .map(({ clause, outcome, counts }) => {
      const verdicts = Object.entries(counts).map(([verdict, count]) => `${verdict} ${countText(count)}`);
      const { statement } = clauseById(clause);
      return [clause, outcome, verdicts.join(", ") || "no case", ownCell(statement)];
    });
  if (rows.length === 0) return [];
  return [
    "### Clauses that did not pass",
    table(["clause", "outcome", "cases by verdict", "what must hold"], rows),
  ];
}

/** @param rows cells in Markdown */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function bytes(parts: readonly string[]): number {
  // Two ends of line stand between parts.
  return parts.reduce((sum, part) => sum + Buffer.byteLength(part) + 2, 0);
}
