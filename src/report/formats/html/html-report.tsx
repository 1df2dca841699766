import { renderToString } from "preact-render-to-string";
import type { Report } from "../../model/report.js";
import { chartsOf } from "./charts.js";
import { Page } from "./page.js";

/**
 * The report as one HTML file that needs no network and runs no script but its own. Everything that an implementation
 * declared is shown as text.
 */
export async function htmlReport(report: Report): Promise<string> {
  const charts = await chartsOf(report);
  return `<!doctype html>\n${renderToString(<Page report={report} charts={charts} />)}\n`;
}
