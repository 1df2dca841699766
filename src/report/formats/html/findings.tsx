import type { Report } from "../../model/report.js";
import { outcomeOf } from "../../text/headline.js";
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

function whyNone(report: Report): string {
  switch (outcomeOf(report)) {
    case "conforms":
      return "No case failed.";
    case "incomplete":
      return "No case failed before the run stopped. That is not a pass.";
    case "nothing-shown":
      return "No case failed, because no case decides anything.";
    case "self-check-failed":
      return "No case failed; but the suite failed its own self-check, so this means nothing.";
    default:
      return "No failure has a card; the verdict says why the run stands as it does.";
  }
}
