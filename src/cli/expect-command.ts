import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Command } from "commander";
import { ProgramError } from "../program/program-error.js";
import { parseReport } from "../report/model/read-report.js";
import type { Report } from "../report/model/report.js";
import { outcomesOf, runContextOf } from "../report/model/stored-outcome.js";
import { countText } from "../report/text/count-text.js";
import { fixExpectations } from "../suite/expectations/fix-expectations.js";
import { type CaseOutcome, judgeExpectations } from "../suite/expectations/judge-expectations.js";
import { readExpectations } from "../suite/expectations/read-expectations.js";
import { witnessCases } from "../suite/expectations/witness-cases.js";
import { EXIT } from "./exit-codes.js";
import { readText } from "./read-text.js";

interface ExpectFlags {
  readonly fix?: string;
  readonly report?: string;
  readonly add?: boolean;
}

/** `expect`: check a file of known failures, and remove what a report shows to be stale. */
export function expectCommand(): Command {
  const expect = new Command("expect")
    .description("manage known failures: check the file, or update it from a report")
    .option(
      "--fix <file>",
      "remove the entries of this file that the report shows to be stale; keep the rest as it is",
    )
    .option("--report <report.jsonl>", "with --fix: report.jsonl of a full run, from gate --report-dir")
    .option("--add", "with --fix: append an entry for each unexpected finding; fill in its reason and issue")
    .action((flags: ExpectFlags, command: Command) => {
      const { fix, report, add = false } = flags;
      if (fix === undefined && report === undefined && !add) command.help({ error: true });
      if (fix === undefined)
        command.error("error: --report and --add need --fix <file>; to check a file, use expect check");
      if (report === undefined) {
        command.error("error: --fix needs --report <report.jsonl>; gate --report-dir <folder> writes one");
      }
      process.exitCode = fixFile(fix, report, add);
    });
  expect
    .command("check")
    .description("validate the file; with a report, list the entries that would fail the run")
    .argument("<file>", "known-failures file")
    .option("--report <report.jsonl>", "report.jsonl, from gate --report-dir")
    .action((file: string, _: ExpectFlags, command: Command) => {
      // Commander may parse options after `check` as those of `expect`, which have the same names.
      const { fix, add, report } = command.optsWithGlobals<ExpectFlags>();
      if (fix !== undefined || add)
        command.error("error: expect check does not change the file; remove --fix and --add");
      process.exitCode = checkFile(file, report);
    });
  return expect;
}

/** @throws {ProgramError} for a file that cannot be read, its witnesses included */
function checkFile(file: string, reportFile: string | undefined): number {
  const expectations = readExpectations(readText(file), file);
  const { entries } = expectations;
  witnessCases(expectations);
  const summary = [file, counted(entries.length, "entry", "entries")];
  if (reportFile === undefined) {
    console.log(["READABLE", ...summary].join(" · "));
    return EXIT.passed;
  }
  const report = readReport(reportFile);
  const results = outcomesOf(report.cases);
  const context = runContextOf(report);
  const judged = judgeExpectations(expectations, results, context);
  const { expected, breaches, open, inconclusive } = judged;
  summary.push(counted(expected.size, "failure as expected", "failures as expected"));
  if (open.length > 0) summary.push(`${countText(open.length)} not applicable here`);
  if (inconclusive.length > 0)
    summary.push(`${countText(inconclusive.length)} inconclusive: the report is of a partial run`);
  console.log([breaches.length > 0 ? "STALE" : "HOLDS", ...summary].join(" · "));
  for (const { line, message } of breaches) console.log(`${file}:${line}: ${message}`);
  printUnexpected(judged.unexpected, results);
  return breaches.length > 0 ? EXIT.failed : EXIT.passed;
}

/** @throws {ProgramError} for files that cannot be read, a report of a part, or a layout that cannot be edited */
function fixFile(file: string, reportFile: string, add: boolean): number {
  const before = readText(file);
  const report = readReport(reportFile);
  const results = outcomesOf(report.cases);
  const { text, changes, breaches, unexpected, drafts } = fixExpectations(before, {
    source: file,
    report: reportFile,
    results,
    findings: report.findings,
    context: runContextOf(report),
    add,
  });
  if (text !== before) replaceFile(file, before, text);
  const left = breaches.length + drafts.length;
  const headline =
    changes.length > 0
      ? `CHANGED · ${file} · ${counted(changes.length, "change", "changes")}`
      : `UNCHANGED · ${file}`;
  console.log(left > 0 ? `${headline} · ${countText(left)} left to fix by hand` : headline);
  for (const change of changes) console.log(`  ${change}`);
  for (const { line, message } of breaches) console.log(`${file}:${line}: ${message}`);
  for (const { line } of drafts) {
    console.log(`${file}:${line}: fill in the reason and the issue; until then the file is rejected`);
  }
  printUnexpected(unexpected, results);
  return left > 0 ? EXIT.failed : EXIT.passed;
}

function printUnexpected(ids: readonly string[], results: readonly CaseOutcome[]): void {
  if (ids.length === 0) return;
  const count = counted(ids.length, "unexpected failure", "unexpected failures");
  console.log(`${count}; --fix with --add appends entries for you to complete`);
  for (const { id, verdict } of results) if (ids.includes(id)) console.log(`  ${id} ${verdict}`);
}

function counted(count: number, one: string, more: string): string {
  return `${countText(count)} ${count === 1 ? one : more}`;
}

function readReport(file: string): Report {
  return parseReport(readText(file), file);
}

/**
 * Write a file at once or not at all.
 * @throws {ProgramError} if it was changed since it was read, or is not UTF-8: those bytes would be lost
 */
function replaceFile(file: string, before: string, text: string): void {
  const path = realpathSync(file);
  if (!readFileSync(path).equals(Buffer.from(before))) {
    throw new ProgramError(file, "", "is not UTF-8, or was changed meanwhile; nothing was written");
  }
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text, { flag: "wx" });
    chmodSync(temporary, statSync(path).mode);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
