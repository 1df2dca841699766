import { reportLines } from "../model/jsonl.js";
import type { Report } from "../model/report.js";
import { badgeReport } from "./badge.js";
import { githubAnnotations } from "./github-annotations.js";
import { markdownReport } from "./markdown.js";
import { terminalReport } from "./terminal.js";

/** A form in which a report is shown. */
export interface Reporter {
  /** Name of its file in a report folder; absent where it is for standard output. */
  readonly file?: string;
  readonly about: string;
  /** @param colour whether the reader is a terminal that shows colours */
  render(report: Report, colour: boolean): string | Promise<string>;
}

/** All forms, by the name that `--reporter` takes. */
export const REPORTERS = {
  terminal: { about: "text for a terminal", render: terminalReport },
  github: { about: "annotations, as workflow commands of GitHub Actions", render: githubAnnotations },
  jsonl: {
    file: "report.jsonl",
    about: "JSON Lines: everything, for programs",
    render: (report) => [...reportLines(report)].map((line) => `${line}\n`).join(""),
  },
  html: {
    file: "report.html",
    about: "one self-contained page",
    // Libraries that take a while to load wait until somebody needs them: the one that draws plots, and below that of XML.
    render: async (report) => (await import("./html/html-report.js")).htmlReport(report),
  },
  junit: {
    file: "junit.xml",
    about: "JUnit XML",
    render: async (report) => (await import("./junit.js")).junitReport(report),
  },
  markdown: { file: "summary.md", about: "Markdown, for a step summary", render: markdownReport },
  badge: { file: "badge.json", about: "an endpoint for a badge of shields.io", render: badgeReport },
} as const satisfies Record<string, Reporter>;
export type ReporterName = keyof typeof REPORTERS;

/** Whether a reporter writes a file; the others are for standard output. */
export function writesFile(name: ReporterName): boolean {
  return "file" in REPORTERS[name];
}

/** One form of a report. */
export async function renderReport(name: ReporterName, report: Report, colour = false): Promise<string> {
  const reporter: Reporter = REPORTERS[name];
  return reporter.render(report, colour);
}
