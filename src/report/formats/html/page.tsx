import type { Report } from "../../model/report.js";
import { Accuracy } from "./accuracy.js";
import type { Charts } from "./charts.js";
import { Clauses } from "./clauses.js";
import { COPY_SCRIPT, COPY_SCRIPT_SOURCE } from "./copy-script.js";
import { Evidence } from "./evidence.js";
import { Findings } from "./findings.js";
import { Glossary } from "./glossary.js";
import { Limits } from "./limits.js";
import { Navigation } from "./navigation.js";
import { runStatus } from "./outcome-status.js";
import { Plots } from "./plots.js";
import { RunFacts } from "./run-facts.js";
import { StatusShapes } from "./status.js";
import { STYLESHEET } from "./stylesheet.js";
import { Summary } from "./summary.js";
import { favicon, pageTitle } from "./title.js";
import { printedLine } from "./visible-text.js";

/** Nothing is loaded, and only the page's own script is executed, whatever the page contains. */
const POLICY = `default-src 'none'; script-src ${COPY_SCRIPT_SOURCE}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;

interface PageProps {
  readonly report: Report;
  readonly charts: Charts;
}

/** The whole page, in the order of a maintainer's questions. */
export function Page({ report, charts }: PageProps) {
  const { header } = report;
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>{pageTitle(report)}</title>
        <link rel="icon" href={favicon(runStatus(report))} />
        {/* A constant; as text its `>` would be escaped. */}
        <style dangerouslySetInnerHTML={{ __html: STYLESHEET }} />
      </head>
      <body>
        <a class="skip" href="#report">
          Skip to the report
        </a>
        <StatusShapes />
        <header>
          <Summary report={report} />
        </header>
        <Navigation report={report} />
        <main id="report" tabIndex={-1}>
          <Findings report={report} />
          <Clauses report={report} />
          <Accuracy report={report} />
          <Evidence report={report} />
          <Plots report={report} charts={charts} />
          <RunFacts report={report} />
          <Limits report={report} />
          <Glossary />
        </main>
        <footer>
          <p>
            rmsprop-conformance {printedLine(header.suite, 40)}, seed {header.seed}. This page needs no
            network; its only script copies code.
          </p>
        </footer>
        <script dangerouslySetInnerHTML={{ __html: COPY_SCRIPT }} />
      </body>
    </html>
  );
}
