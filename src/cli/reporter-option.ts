import { Option } from "commander";
import {
  REPORTERS,
  type Reporter,
  type ReporterName,
  renderReport,
  writesFile,
} from "../report/formats/reporters.js";
import type { Report } from "../report/model/report.js";
import { parseReporters } from "./option-values.js";

/** `--reporter a,b,c`, of every command that shows a report. */
export function reporterOption(): Option {
  const forms = Object.entries<Reporter>(REPORTERS).map(
    ([name, { file, about }]) => `${name} (${file === undefined ? about : `${file}: ${about}`})`,
  );
  return new Option("--reporter <names>", `comma-separated report formats: ${forms.join("; ")}`)
    .argParser(parseReporters)
    .default(["terminal"], "terminal");
}

/** Print the formats that go to standard output. */
export async function printReports(names: readonly ReporterName[], report: Report): Promise<void> {
  for (const name of names.filter((one) => !writesFile(one)))
    console.log(await renderReport(name, report, process.stdout.hasColors?.() ?? false));
}

/** Say which files were written. */
export function tellWritten(paths: readonly string[]): void {
  console.log(["", ...paths.map((path) => `report: ${path}`)].join("\n"));
}
