import { Command } from "commander";
import { prepareReportFolder, writeReport } from "../report/formats/report-folder.js";
import { type ReporterName, renderReport, writesFile } from "../report/formats/reporters.js";
import { diffReports } from "../report/model/diff-reports.js";
import { mergeReports } from "../report/model/merge-reports.js";
import { parseReport } from "../report/model/read-report.js";
import type { Report } from "../report/model/report.js";
import { outcomesOf, runContextOf } from "../report/model/stored-outcome.js";
import { diffText } from "../report/text/diff-text.js";
import { judgeExpectations } from "../suite/expectations/judge-expectations.js";
import { readExpectations } from "../suite/expectations/read-expectations.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { readText } from "./read-text.js";
import { printReports, reporterOption, tellWritten } from "./reporter-option.js";

interface ReportFlags {
  readonly reporter: ReporterName[];
  readonly reportDir?: string;
  readonly expect?: string;
  readonly json?: boolean;
}

const FOLDER = [
  "--report-dir <folder>",
  "write report.jsonl and the files of the reporters to this folder",
] as const;

/** `report`: convert a report, compare two, merge shards. */
export function reportCommand(): Command {
  const report = new Command("report")
    .description("convert, compare and merge reports")
    .argument("[report.jsonl]", "report.jsonl, from gate --report-dir")
    .addOption(reporterOption())
    .option(...FOLDER)
    .action(async (file: string | undefined, flags: ReportFlags, command: Command) => {
      if (file === undefined) command.help({ error: true });
      const files = flags.reporter.filter(writesFile);
      if (flags.reportDir === undefined && files.length > 0 && flags.reporter.length > 1) {
        const problem = `${files.join(", ")} cannot share standard output with others`;
        command.error(`error: ${problem}: give --report-dir <folder>, or one reporter`);
      }
      await show(readReport(file), flags);
    });
  report
    .command("diff")
    .description("compare two reports; exit status 1 if anything got worse")
    .argument("<before>", "report.jsonl")
    .argument("<after>", "report.jsonl")
    .option("--json", "print the differences as JSON")
    .action((before: string, after: string, { json = false }: ReportFlags) => {
      const diff = diffReports(readReport(before), readReport(after));
      console.log(json ? JSON.stringify(diff, null, 1) : diffText(diff));
      process.exitCode = diff.regressed ? EXIT.failed : EXIT.passed;
    });
  report
    .command("merge")
    .description("merge the shards of one run; exit status as for the whole run")
    .argument("<shards...>", "report.jsonl of each shard, from gate --shard")
    .option("--expect <file>", "YAML file of known failures, checked against the cases of all shards")
    .action(async (files: string[], _: ReportFlags, command: Command) => {
      // Commander may parse options after `merge` as those of `report`, which have the same names.
      const flags = command.optsWithGlobals<ReportFlags>();
      const expectations =
        flags.expect === undefined ? undefined : readExpectations(readText(flags.expect), flags.expect);
      const merged = mergeReports(
        files.map((source) => ({ source, report: readReport(source) })),
        expectations &&
          ((whole) => judgeExpectations(expectations, outcomesOf(whole.cases), runContextOf(whole))),
      );
      await show(merged, flags);
      process.exitCode = exitCodeOf(merged);
    });
  return report;
}

function readReport(file: string): Report {
  return parseReport(readText(file), file);
}

/** Print or write the requested formats. Without a report folder, a file format is printed. */
async function show(report: Report, { reporter, reportDir }: ReportFlags): Promise<void> {
  if (reportDir === undefined) {
    const [only] = reporter;
    if (writesFile(only)) process.stdout.write(await renderReport(only, report));
    else await printReports(reporter, report);
    return;
  }
  prepareReportFolder(reportDir);
  await printReports(reporter, report);
  tellWritten(await writeReport(reportDir, report, reporter));
}
