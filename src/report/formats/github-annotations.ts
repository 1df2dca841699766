import { isExpected } from "../model/case-outcomes.js";
import { failedSelfChecks } from "../model/failed-self-checks.js";
import type { Report } from "../model/report.js";
import { countedText } from "../text/count-text.js";
import { findingText } from "../text/finding-text.js";
import { headline, outcomeText } from "../text/headline.js";
import { printable, printableLine } from "../text/printable.js";
import { capped, shortTexts } from "../text/short-texts.js";

/** GitHub shows this many errors of a step and drops the rest. */
const MAX_ERRORS = 10;
/** Characters of a title that GitHub shows. */
const MAX_TITLE_LENGTH = 255;
/** Characters of one annotation, before they are escaped: GitHub takes 64 KiB. */
const MAX_ANNOTATION_LENGTH = 10_000;

interface Annotation {
  readonly command: "error" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
}

/**
 * Workflow commands of GitHub Actions, one a line: the first line of the report as a notice, a warning if the run
 * decides nothing, and an error for each finding and each breached expectation. What fails as expected has none.
 */
export function githubAnnotations(report: Report): string {
  const short = shortTexts(report);
  const { outcome, inconclusive } = short.footer;
  const annotations: Annotation[] = [
    { command: "notice", title: "RMSprop conformance", message: headline(short) },
    ...(outcome === "inconclusive" && inconclusive !== "self-check-failed"
      ? [{ command: "warning" as const, title: "RMSprop conformance", message: outcomeText(short) }]
      : []),
    ...fewer(errorsOf(short)),
  ];
  return annotations.map(commandText).join("\n");
}

function errorsOf(report: Report): Annotation[] {
  const selfChecks = failedSelfChecks(report).map(({ id, message }) => ({
    title: `Self-check ${id} of the suite failed`,
    message,
  }));
  const findings = report.findings
    .filter((finding) => !isExpected(finding, report))
    .map((finding) => ({
      title: `RMSprop: ${finding.verdict}${finding.clauses.length > 0 ? ` (${finding.clauses[0]})` : ""}`,
      message: findingText(finding),
    }));
  const breaches = (report.footer.expectations?.breaches ?? []).map(({ kind, line, message }) => ({
    title: `RMSprop known failure: ${kind}`,
    message: `Line ${line} of the known-failures file: ${message}`,
  }));
  const errors = [...selfChecks, ...findings, ...breaches];
  // A level may be missed for a reason that no finding covers.
  if (errors.length === 0 && report.footer.outcome === "failed")
    errors.push({ title: "RMSprop conformance", message: outcomeText(report) });
  return errors.map((error) => ({ command: "error", ...error }));
}

/** As many as GitHub shows; if there are more, the last one says how many were left out. */
function fewer(errors: readonly Annotation[]): Annotation[] {
  if (errors.length <= MAX_ERRORS) return [...errors];
  const observed = errors.slice(0, MAX_ERRORS - 1);
  const message = `${countedText(errors.length - observed.length, "more error")}, which GitHub would not show here: see the other reports of this run.`;
  return [...observed, { command: "error", title: "RMSprop conformance", message }];
}

function commandText({ command, title, message }: Annotation): string {
  return `::${command} title=${property(capped(title, MAX_TITLE_LENGTH))}::${data(capped(message, MAX_ANNOTATION_LENGTH))}`;
}

/** The percent sign first: it is what everything else is escaped with. */
function data(text: string): string {
  return printable(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(printableLine(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
