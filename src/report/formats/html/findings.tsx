import type { Report } from "../../model/report.js";
import { FindingCard } from "./finding-card.js";
import { Section } from "./section.js";

/** One card for each root cause, largest first. */
export function Findings({ report }: { readonly report: Report }) {
  return (
    <Section id="findings" title="Findings">
      {report.findings.length === 0 ? (
        <p class="nothing">{whyNone(report)}</p>
      ) : (
        report.findings.map((finding) => (
          <FindingCard key={finding.number} finding={finding} report={report} />
        ))
      )}
    </Section>
  );
}

function whyNone({ footer }: Report): string {
  switch (footer.inconclusive) {
    case "interrupted":
      return "No case failed before the run stopped. That is not a pass.";
    case "no-evidence":
      return "No case failed, because no case decides anything.";
    case "self-check-failed":
      return "No case failed; but the suite failed its own self-check, so this means nothing.";
    default:
      return footer.outcome === "passed"
        ? "No case failed."
        : "No failing case has a finding; the first line says why the run has this outcome.";
  }
}
