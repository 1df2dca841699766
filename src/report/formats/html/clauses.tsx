import type { Report } from "../../model/report.js";
import { AllCases } from "./all-cases.js";
import { ClauseMatrix } from "./clause-matrix.js";
import { Section } from "./section.js";
import { SkippedCases } from "./skipped.js";

/** Clause by verdict, with what was not run. */
export function Clauses({ report }: { readonly report: Report }) {
  return (
    <Section id="clauses" title="Clauses">
      <ClauseMatrix report={report} />
      <SkippedCases report={report} />
      <AllCases report={report} />
    </Section>
  );
}
