import { bodyLines, type Report } from "./report.js";
import { reportLineSchema } from "./report-schema.js";

/** The report as JSON Lines, each checked against the schema. */
export function* reportLines(report: Report): Generator<string> {
  for (const line of [report.header, ...bodyLines(report), report.footer])
    yield JSON.stringify(reportLineSchema.parse(line));
}
