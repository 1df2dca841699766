import type { Report } from "../../model/report.js";
import { countText } from "../../text/count-text.js";
import { DataTable } from "./data-table.js";
import { Disclosure } from "./disclosure.js";
import { NothingMeasured } from "./nothing-measured.js";
import { ProgramListing } from "./program-listing.js";
import { Quoted } from "./quoted.js";
import { Section } from "./section.js";
import { ulpsText } from "./ulps-text.js";

/** Characters of a decimal. */
const DECIMAL = 60;

/** The largest error of each quantity, and the program that makes it. */
export function Accuracy({ report }: { readonly report: Report }) {
  const { accuracy } = report;
  return (
    <Section id="accuracy" title="Worst error by quantity">
      {accuracy.length === 0 ? (
        <NothingMeasured report={report} what="No error" />
      ) : (
        <>
          <DataTable
            id="accuracy-table"
            caption="Error of one step from the implementation's own state, in ulps of the exact result of the same formula; rounded up. A correctly rounded result has at most 0.5."
            columns={[
              "Quantity",
              "#Steps of an element",
              "#Median",
              "#99th percentile",
              "#Worst",
              "Got",
              "Exact",
            ]}
          >
            {accuracy.map(({ slot, elementSteps, median, p99, worst }) => (
              <tr key={slot}>
                <th scope="row">{slot}</th>
                <td class="number">{countText(elementSteps)}</td>
                <td class="number">{ulpsText(median)}</td>
                <td class="number">{ulpsText(p99)}</td>
                <td class="number">
                  <b>{ulpsText(worst.ulps)}</b>
                </td>
                <td class="float">
                  <Quoted limit={DECIMAL}>{worst.got.value}</Quoted> <small>{worst.got.bits}</small>
                </td>
                <td class="float">
                  <Quoted limit={DECIMAL}>{worst.exact}</Quoted>
                </td>
              </tr>
            ))}
          </DataTable>
          <div class="disclosures">
            {accuracy.map(({ slot, worst }) => (
              <Disclosure
                key={slot}
                summary={`Program of the worst ${slot}: parameter ${worst.parameter}, element ${worst.element}, step ${worst.step}`}
              >
                <ProgramListing program={worst.program} source={`worst ${slot}`} />
              </Disclosure>
            ))}
          </div>
        </>
      )}
    </Section>
  );
}
