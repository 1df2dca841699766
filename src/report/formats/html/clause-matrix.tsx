import { CLAUSE_FAMILIES, type Clause, type ClauseFamily } from "../../../../spec/clauses.js";
import { SPEC_ONLY } from "../../../../spec/outcomes.js";
import type { CaseVerdict } from "../../../suite/case-result.js";
import type { Report } from "../../model/report.js";
import { countText } from "../../text/count-text.js";
import { DataTable } from "./data-table.js";
import { OUTCOME_STATUS } from "./outcome-status.js";
import { Status, StatusIcon } from "./status.js";
import { verdictStatus } from "./verdict-status.js";

type Row = Report["clauses"][number];

const ARITHMETIC: Readonly<Record<Clause["arithmetic"], string>> = {
  reals: "over the reals",
  float32: "in float32, exactly",
  "acceptance set": "in float32, up to the acceptance set",
  contract: "by contract",
};

/** Every clause of the specification with its outcome. */
export function ClauseMatrix({ report }: { readonly report: Report }) {
  const rows = new Map(report.clauses.map((row) => [row.clause, row]));
  return (
    <DataTable
      id="matrix"
      caption={`The outcome of each clause. spec-only: ${SPEC_ONLY["spec-only"].toLowerCase()}`}
      columns={["Clause", "Outcome", "Cases by verdict"]}
      grouped
    >
      {CLAUSE_FAMILIES.map((family) => (
        <FamilyRows key={family.number} family={family} rows={rows} />
      ))}
    </DataTable>
  );
}

function FamilyRows({
  family,
  rows,
}: {
  readonly family: ClauseFamily;
  readonly rows: ReadonlyMap<string, Row>;
}) {
  const outcomes = family.clauses.map(({ id }) => rows.get(id)?.outcome ?? "skipped");
  const passed = outcomes.filter((outcome) => outcome === "passed").length;
  // A family in which there is nothing to look at is folded; a link to one of its clauses and print show it.
  const isFolded = passed === outcomes.length;
  return (
    <tbody class={isFolded ? "folded" : undefined}>
      <tr class="family">
        <th scope="rowgroup" colSpan={3}>
          {isFolded && <input type="checkbox" aria-label={`Show the clauses of ${family.title}`} />}
          {family.number} {family.title}{" "}
          <span class="strip" aria-hidden="true">
            {outcomes.map((outcome, k) => (
              <StatusIcon key={family.clauses[k].id} kind={OUTCOME_STATUS[outcome]} />
            ))}
          </span>{" "}
          <small>
            {passed} of {outcomes.length} passed
          </small>
        </th>
      </tr>
      {family.clauses.map((clause) => (
        <ClauseRow key={clause.id} clause={clause} row={rows.get(clause.id)} />
      ))}
    </tbody>
  );
}

function ClauseRow({ clause, row }: { readonly clause: Clause; readonly row: Row | undefined }) {
  const outcome = row?.outcome ?? "skipped";
  const counts = Object.entries(row?.counts ?? {}) as [CaseVerdict, number][];
  return (
    <tr id={clause.id}>
      <th scope="row">
        {clause.id} <small>{ARITHMETIC[clause.arithmetic]}</small>
        <span class="statement">{clause.statement}</span>
      </th>
      <td>
        <Status kind={OUTCOME_STATUS[outcome]}>{outcome}</Status>
      </td>
      <td>
        {counts.length === 0 ? (
          <span class="nothing">no case</span>
        ) : (
          <ul class="tallies">
            {counts.map(([verdict, count]) => (
              <li key={verdict} class={verdictStatus(verdict)}>
                {verdict} <b>{countText(count)}</b>
              </li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  );
}
