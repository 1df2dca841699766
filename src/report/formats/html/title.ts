import type { Report } from "../../model/report.js";
import { outcomeText } from "../../text/headline.js";
import { runStatus } from "./outcome-status.js";
import type { StatusKind } from "./status.js";
import { printedLine } from "./visible-text.js";

/** Signs that a tab can show. */
const SIGNS: Readonly<Record<StatusKind, string>> = { good: "✓", bad: "✗", warning: "?", none: "–" };
/** Characters of a name in a tab. */
const NAME = 60;

/** The verdict and whose it is. */
export function pageTitle(report: Report): string {
  let verdict = "";
  outcomeText(report, (_, text) => {
    verdict = text;
    return text;
  });
  const { name, version } = report.header.implementation;
  const sign = SIGNS[runStatus(report)];
  return `${sign} ${printedLine(name, NAME)} ${printedLine(version, NAME)}: ${verdict.toLowerCase()} – RMSprop conformance`;
}

const FAVICONS: Readonly<Record<StatusKind, string>> = {
  good: "%3Ccircle cx='8' cy='8' r='8' fill='%231a7f37'/%3E%3Cpath d='M4.2 8.3 7 11l5-5.6' stroke='white' stroke-width='2' fill='none'/%3E",
  bad: "%3Cpath d='M5 0h6l5 5v6l-5 5H5l-5-5V5z' fill='%23c4203a'/%3E%3Cpath d='m5 5 6 6m0-6-6 6' stroke='white' stroke-width='2'/%3E",
  warning:
    "%3Cpath d='M8 0 16 16H0z' fill='%23b07300'/%3E%3Cpath d='M8 5.6v5m0 2v1.6' stroke='white' stroke-width='2'/%3E",
  none: "%3Ccircle cx='8' cy='8' r='8' fill='%23555d66'/%3E",
};

/** A picture for the tab, in the page itself: without one a browser would ask the network. */
export function favicon(kind: StatusKind): string {
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E${FAVICONS[kind]}%3C/svg%3E`;
}
