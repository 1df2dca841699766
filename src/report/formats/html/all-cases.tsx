import type { Report } from "../../model/report.js";
import { countedText, countText } from "../../text/count-text.js";
import { DataTable } from "./data-table.js";
import { Disclosure } from "./disclosure.js";
import { Quoted } from "./quoted.js";
import { Status } from "./status.js";
import { verdictStatus } from "./verdict-status.js";

/** Characters of an id. */
const ID = 200;

/** Every case with its verdict and counts, in the order in which they were run. */
export function AllCases({ report: { cases, findings } }: { readonly report: Report }) {
  if (cases.length === 0) return null;
  const finding = new Map(findings.flatMap(({ number, cases }) => cases.map((id) => [id, number] as const)));
  return (
    <Disclosure summary={`All ${countedText(cases.length, "case")}`}>
      <DataTable
        id="all-cases"
        caption="Every case. Runs are draws of a property, or 1 for a stored program."
        columns={["Case", "Verdict", "Finding", "#Runs", "#Judged", "#Weak", "#Indeterminate", "#Rejected"]}
      >
        {cases.map(({ id, verdict, message, runs, tally }) => {
          const number = finding.get(id);
          return (
            <tr key={id}>
              <th scope="row">
                <Quoted limit={ID}>{id}</Quoted>
              </th>
              <td>
                <Status kind={message === undefined ? verdictStatus(verdict) : "bad"}>{verdict}</Status>
              </td>
              <td>{number === undefined ? "" : <a href={`#finding-${number}`}>{number}</a>}</td>
              {[runs, tally.judged, tally.weak, tally.indeterminate, tally.rejected].map((count, k) => (
                <td key={k} class="number">
                  {countText(count)}
                </td>
              ))}
            </tr>
          );
        })}
      </DataTable>
    </Disclosure>
  );
}
