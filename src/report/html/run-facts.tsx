import { failureRateText } from "../failure-rate-text.js";
import type { Report } from "../report.js";
import { DeclaredEvaluation } from "./declared-evaluation.js";
import { Determinism } from "./determinism.js";
import { Environment } from "./environment.js";
import { Expectations } from "./expectations.js";
import { Section } from "./section.js";

/** What else must be known of the run to believe it, and to make it again. */
export function RunFacts({ report }: { readonly report: Report }) {
  const rate = failureRateText(report);
  return (
    <Section id="run" title="The run">
      <h3>Failure rate that is still possible</h3>
      {rate === undefined ? (
        <p class="nothing">No property passed on drawn inputs, so nothing bounds the failure rate.</p>
      ) : (
        <p>{rate}.</p>
      )}
      <Determinism report={report} />
      <Expectations report={report} />
      <DeclaredEvaluation report={report} />
      <Environment report={report} />
    </Section>
  );
}
