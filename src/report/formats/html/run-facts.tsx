import type { Report } from "../../model/report.js";
import { failureRateText } from "../../text/failure-rate-text.js";
import { domainLine, validationText } from "../../text/validation-text.js";
import { DeclaredEvaluation } from "./declared-evaluation.js";
import { Determinism } from "./determinism.js";
import { Environment } from "./environment.js";
import { Expectations } from "./expectations.js";
import { Quoted } from "./quoted.js";
import { Section } from "./section.js";

/** What else is needed to trust the run and to reproduce it. */
export function RunFacts({ report }: { readonly report: Report }) {
  const rate = failureRateText(report);
  const declared = [validationText(report), domainLine(report)].filter((line) => line !== undefined);
  return (
    <Section id="run" title="The run">
      <h3>Failure rate that is still possible</h3>
      {rate === undefined ? (
        <p class="nothing">No property passed on drawn inputs, so nothing bounds the failure rate.</p>
      ) : (
        <p>{rate}.</p>
      )}
      {declared.length === 0 ? null : (
        <>
          <h3>Accepted and refused hyperparameters</h3>
          {declared.map((line) => (
            <p key={line}>
              <Quoted>{line}</Quoted>.
            </p>
          ))}
        </>
      )}
      <Determinism report={report} />
      <Expectations report={report} />
      <DeclaredEvaluation report={report} />
      <Environment report={report} />
    </Section>
  );
}
