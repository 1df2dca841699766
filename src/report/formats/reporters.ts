import { reportLines } from "../model/jsonl.js";
import type { Report } from "../model/report.js";
import { badgeReport } from "./badge.js";
import { githubAnnotations } from "./github-annotations.js";
import { markdownReport } from "./markdown.js";
import { terminalReport } from "./terminal.js";

/** A report format. */
export interface Reporter {
  /** Name of its file in a report folder; absent if it goes to standard output. */
  readonly file?: string;
  readonly about: string;
  /** @param colour whether the output is a terminal with colours */
  render(report: Report, colour: boolean): string | Promise<string>;
}

/** All formats, by the name that `--reporter` takes. */
export const REPORTERS = {
  terminal: { about: "text for a terminal", render: terminalReport },
  github: { about: "GitHub Actions annotations", render: githubAnnotations },
  jsonl: {
    file: "report.jsonl",
    about: "the complete report as JSON Lines",
    render: (report) => [...reportLines(report)].map((line) => `${line}\n`).join(""),
  },
  html: {
    file: "report.html",
    about: "a self-contained page",
    // Libraries that are slow to load are imported on demand: the plotting library here, and the XML library below.
    render: async (report) => (await import("./html/html-report.js")).htmlReport(report),
  },
  junit: {
    file: "junit.xml",
    about: "JUnit XML",
    render: async (report) => (await import("./junit.js")).junitReport(report),
  },
  markdown: { file: "summary.md", about: "Markdown, for a step summary", render: markdownReport },
  badge: { file: "badge.json", about: "a shields.io endpoint badge", render: badgeReport },
} as const satisfies Record<string, Reporter>;
export type ReporterName = keyof typeof REPORTERS;

/** Whether a reporter writes a file; the others print to standard output. */
export function writesFile(name: ReporterName): boolean {
  return "file" in REPORTERS[name];
}

/** Render a report in one format. */
export async function renderReport(name: ReporterName, report: Report, colour = false): Promise<string> {
  const reporter: Reporter = REPORTERS[name];
  return reporter.render(report, colour);
}
