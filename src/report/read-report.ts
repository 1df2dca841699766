import { decodeWire, parseJson } from "../program/decode.js";
import { ProgramError } from "../program/program-error.js";
import { type ReportLine, reportLineSchema } from "./report-schema.js";

type Line<T extends ReportLine["type"]> = Extract<ReportLine, { type: T }>;

/** report.jsonl, read back. */
export interface StoredReport {
  readonly header: Line<"header">;
  readonly cases: readonly Line<"case">[];
  readonly findings: readonly Line<"finding">[];
  readonly footer: Line<"footer">;
}

/**
 * A whole report from its text.
 * @param source what errors call it
 * @throws {ProgramError} for other files, and for reports that were cut off or put together
 */
export function parseReport(text: string, source: string): StoredReport {
  if (text.trim() === "")
    throw new ProgramError(source, "", "the file is empty; the gate writes report.jsonl");
  const [first, ...rest] = text.trimEnd().split("\n");
  const header = parseLine(first, source, 1);
  if (header.type !== "header") {
    const problem = `the first line is a ${header.type} where a report has its header; give the whole report.jsonl`;
    throw new ProgramError(`${source}:1`, "", problem);
  }
  const cases: Line<"case">[] = [];
  const findings: Line<"finding">[] = [];
  for (const [k, json] of rest.entries()) {
    const number = k + 2;
    const line = parseLine(json, source, number);
    if (line.type === "case") cases.push(line);
    else if (line.type === "finding") findings.push(line);
    else if (line.type === "header") {
      throw new ProgramError(`${source}:${number}`, "", "a second report begins here; give one report");
    } else if (line.type === "footer") {
      if (k + 1 < rest.length) {
        throw new ProgramError(
          `${source}:${number + 1}`,
          "",
          "there are lines behind the footer; give one report",
        );
      }
      checkCount("case", cases.length, line.cases, source);
      checkCount("finding", findings.length, line.findings, source);
      return { header, cases, findings, footer: line };
    }
  }
  throw new ProgramError(source, "", "the report has no footer: it was cut off; run the gate again");
}

function parseLine(json: string, source: string, number: number): ReportLine {
  const place = `${source}:${number}`;
  return decodeWire(reportLineSchema, parseJson(json, place), place);
}

/** A line that is missing is not a case that was not run. */
function checkCount(what: string, found: number, said: number, source: string): void {
  if (found === said) return;
  const problem = `the footer counts ${said} ${what} lines, but there are ${found}; run the gate again`;
  throw new ProgramError(source, "", problem);
}
