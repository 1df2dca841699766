import { accessSync, constants, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { decodeProgram } from "../../program/program-codec.js";
import { regressionCodec } from "../../suite/regression.js";
import type { Report, ReportFinding } from "../model/report.js";
import { REPORTERS, type Reporter, type ReporterName, renderReport, writesFile } from "./reporters.js";

/**
 * Create the folder and check that it can be written to.
 * @throws {Error} of the file system
 */
export function prepareReportFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK);
}

/**
 * Write report.jsonl and the files of other reporters, and for each finding its minimal program in the form of a
 * regression, if it fails alone: replay it, or copy it to the regressions. Its protocol exchange is written next
 * to it, if that was recorded.
 * The folder must exist. Files of an earlier run are removed.
 * @param names reporters; those for standard output are skipped
 * @param exchangeOf lines that were recorded for a finding, by its number
 * @returns paths of the reports, report.jsonl first
 */
export async function writeReport(
  folder: string,
  report: Report,
  names: readonly ReporterName[] = [],
  exchangeOf: (number: number) => readonly string[] | undefined = () => undefined,
): Promise<string[]> {
  removeEarlier(folder);
  const paths: string[] = [];
  // report.jsonl comes first, because every other format can be generated from it if a reporter fails.
  for (const name of new Set<ReporterName>(["jsonl", ...names.filter(writesFile)])) {
    const { file }: Reporter = REPORTERS[name];
    const path = join(folder, file!);
    writeFileSync(path, await renderReport(name, report));
    paths.push(path);
  }
  for (const finding of report.findings) writeFinding(folder, finding, exchangeOf(finding.number));
  return paths;
}

/** Remove files of an earlier run. */
function removeEarlier(folder: string): void {
  const files = Object.values<Reporter>(REPORTERS).map(({ file }) => file);
  for (const name of readdirSync(folder))
    if (files.includes(name) || /^finding-\d+\.(json|trace\.jsonl)$/.test(name)) rmSync(join(folder, name));
}

function writeFinding(
  folder: string,
  { number, program, alone, clauses, message }: ReportFinding,
  exchange: readonly string[] | undefined,
): void {
  if (exchange) {
    const trace = exchange.map((line) => `${line}\n`).join("");
    writeFileSync(join(folder, `finding-${number}.trace.jsonl`), trace);
  }
  // A regression that passes would show nothing, and a witness that passes would call its entry stale.
  if (program === undefined || alone === false) return;
  const regression = z.encode(regressionCodec, {
    format: "rmsprop-regression/1",
    clauses: [...clauses],
    note: message,
    program: decodeProgram(program, `finding ${number}`),
  });
  writeFileSync(join(folder, `finding-${number}.json`), `${JSON.stringify(regression, null, 1)}\n`);
}
