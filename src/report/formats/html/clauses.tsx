import type { Report } from "../../model/report.js";
import { AllCases } from "./all-cases.js";
import { ClauseMatrix } from "./clause-matrix.js";
import { NotRunCases } from "./not-run.js";
import { Section } from "./section.js";

/** Clause by verdict, with what was not run. */
export function Clauses({ report }: { readonly report: Report }) {
  return (
    <Section id="clauses" title="Clauses">
      <ClauseMatrix report={report} />
      <NotRunCases report={report} />
      <AllCases report={report} />
    </Section>
  );
}
