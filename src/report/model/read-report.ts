import { CLAUSES } from "../../../spec/clauses.js";
import { decodeWire, parseJson } from "../../program/decode.js";
import { decodeProgram } from "../../program/program-codec.js";
import { ProgramError } from "../../program/program-error.js";
import { snippetPlan } from "../snippet/snippet-plan.js";
import { contradictionIn } from "./contradiction.js";
import type { Report } from "./report.js";
import { type LineOf, REPORT_FORMAT, type ReportLine, reportLineSchema } from "./report-schema.js";

/**
 * Parse a whole report.
 * @param source name of the report in errors
 * @throws {ProgramError} for other files, and for reports of another version, truncated ones and concatenated ones
 */
export function parseReport(text: string, source: string): Report {
  if (text.trim() === "")
    throw new ProgramError(source, "", "the file is empty; the gate writes report.jsonl");
  const [first, ...rest] = text.trimEnd().split("\n");
  const header = parseHeader(first, source);
  const lines = rest.map((json, k) => parseLine(json, source, k + 2));
  for (const [k, { type }] of lines.entries()) {
    const place = `${source}:${k + 2}`;
    if (type === "header") throw new ProgramError(place, "", "a second report begins here; give one report");
    if (type === "footer" && k + 1 < lines.length)
      throw new ProgramError(`${source}:${k + 3}`, "", "there are lines after the footer; give one report");
  }
  const footer = lines.at(-1);
  if (footer?.type !== "footer")
    throw new ProgramError(source, "", "the report has no footer: it was cut off; run the gate again");
  const report = {
    header,
    cases: linesOf(lines, "case"),
    findings: linesOf(lines, "finding"),
    clauses: linesOf(lines, "clause"),
    accuracy: linesOf(lines, "accuracy"),
    sets: linesOf(lines, "sets"),
    training: linesOf(lines, "training"),
    trajectories: linesOf(lines, "trajectory"),
    footer,
  };
  checkCount("case lines", report.cases.length, footer.cases, source);
  checkCount("finding lines", report.findings.length, footer.findings, source);
  checkCount("lines", rest.length + 1, footer.lines, source);
  refuseRepeatedCases(report, source);
  rejectUnknownClauses(report, source);
  refuseContradiction(report, source);
  for (const finding of report.findings) refuseBroken(finding, source);
  return report;
}

function linesOf<T extends ReportLine["type"]>(lines: readonly ReportLine[], type: T): LineOf<T>[] {
  return lines.filter((line): line is LineOf<T> => line.type === type);
}

function parseHeader(json: string, source: string): LineOf<"header"> {
  const place = `${source}:1`;
  const wire = parseJson(json, place);
  const format = typeof wire === "object" && wire !== null && "format" in wire ? wire.format : undefined;
  if (typeof format === "string" && /^rmsprop-report\//.test(format) && format !== REPORT_FORMAT) {
    const problem = `the report is in the format ${format}, this version of the suite reads ${REPORT_FORMAT}; read it with the version that wrote it, or run the gate again`;
    throw new ProgramError(place, "format", problem);
  }
  const header = decodeWire(reportLineSchema, wire, place);
  if (header.type === "header") return header;
  const problem = `the first line is a ${header.type} where a report has its header; give the whole report.jsonl`;
  throw new ProgramError(place, "", problem);
}

function parseLine(json: string, source: string, number: number): ReportLine {
  const place = `${source}:${number}`;
  return decodeWire(reportLineSchema, parseJson(json, place), place);
}

/** A missing line must not look like a case that was not run. */
function checkCount(what: string, found: number, stated: number, source: string): void {
  if (found === stated) return;
  const problem = `the footer counts ${stated} ${what}, but there are ${found}; run the gate again`;
  throw new ProgramError(source, "", problem);
}

function refuseRepeatedCases({ cases }: Pick<Report, "cases">, source: string): void {
  const seen = new Set<string>();
  for (const { id } of cases) {
    if (seen.has(id))
      throw new ProgramError(source, "", `case ${id} is there twice; a report has one line for each case`);
    seen.add(id);
  }
}

function refuseContradiction(report: Report, source: string): void {
  const contradiction = contradictionIn(report);
  if (contradiction === undefined) return;
  const problem = `${contradiction}; the file was changed, so run the gate again`;
  throw new ProgramError(source, "", problem);
}

/** Its program is shown and made into snippets, which point at the observed value. */
function refuseBroken(finding: LineOf<"finding">, source: string): void {
  try {
    if (finding.program !== undefined) decodeProgram(finding.program, `program of finding ${finding.number}`);
    snippetPlan(finding);
  } catch (error) {
    if (error instanceof ProgramError) throw new ProgramError(source, "", error.message);
    throw error;
  }
}

/** Their statements are shown. */
function rejectUnknownClauses({ cases, findings, clauses }: Omit<Report, "header">, source: string): void {
  const known = new Set<string>(CLAUSES.map(({ id }) => id));
  const named = [...cases, ...findings].flatMap((line) => line.clauses);
  const unknown = [...named, ...clauses.map(({ clause }) => clause)].find((id) => !known.has(id));
  if (unknown === undefined) return;
  const problem = `clause ${unknown} is not in the specification of this version of the suite; read the report with the version that wrote it`;
  throw new ProgramError(source, "", problem);
}
