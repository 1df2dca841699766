import type { Report } from "../../model/report.js";
import { limitsOf } from "../../text/limits.js";
import { Quoted } from "./quoted.js";
import { Section } from "./section.js";

/** The limits of this report. */
export function Limits({ report }: { readonly report: Report }) {
  return (
    <Section id="limits" title="What this report does not show">
      <ul>
        {limitsOf(report).map((limit) => (
          <li key={limit}>
            <Quoted>{limit}</Quoted>
          </li>
        ))}
      </ul>
    </Section>
  );
}
