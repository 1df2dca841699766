import { CLAUSE_FAMILIES, type Clause, type ClauseFamily } from "../../../../spec/clauses.js";
import type { Verdict } from "../../../judge/verdict.js";
import type { NotRun } from "../../../suite/case-result.js";
import type { Standing } from "../../../suite/clause-matrix.js";
import type { Report } from "../../model/report.js";
import { countText } from "../../text/count-text.js";
import { DataTable } from "./data-table.js";
import { Status, StatusIcon, type StatusKind } from "./status.js";
import { verdictStatus } from "./verdict-status.js";

type Row = Report["clauses"][number];

const STANDINGS: Readonly<Record<Standing, { kind: StatusKind; word: string }>> = {
  shown: { kind: "good", word: "shown" },
  failed: { kind: "bad", word: "failed" },
  "reals-only": { kind: "unsure", word: "reals only" },
  "not-shown": { kind: "none", word: "not shown" },
};

const ARITHMETIC: Readonly<Record<Clause["arithmetic"], string>> = {
  reals: "over the reals",
  float32: "in float32, exactly",
  "acceptance set": "in float32, up to the acceptance set",
  contract: "by contract",
};

/** Every clause of the specification with what was shown of it. */
export function ClauseMatrix({ report }: { readonly report: Report }) {
  const rows = new Map(report.clauses.map((row) => [row.clause, row]));
  return (
    <DataTable
      id="matrix"
      caption="What was shown of each clause. Reals only: the suite's self-check holds, and nothing of this implementation was shown."
      columns={["Clause", "Standing", "Cases by verdict"]}
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
  const standings = family.clauses.map(({ id }) => rows.get(id)?.standing ?? "not-shown");
  const displayed = standings.filter((standing) => standing === "shown").length;
  return (
    <tbody>
      <tr class="family">
        <th scope="rowgroup" colSpan={3}>
          {family.number} {family.title}{" "}
          <span class="strip" aria-hidden="true">
            {standings.map((standing, k) => (
              <StatusIcon key={family.clauses[k].id} kind={STANDINGS[standing].kind} />
            ))}
          </span>{" "}
          <small>
            {displayed} of {standings.length} shown
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
  const { kind, word } = STANDINGS[row?.standing ?? "not-shown"];
  const counts = Object.entries(row?.counts ?? {}) as [Verdict | NotRun, number][];
  return (
    <tr id={clause.id}>
      <th scope="row">
        {clause.id} <small>{ARITHMETIC[clause.arithmetic]}</small>
        <span class="statement">{clause.statement}</span>
      </th>
      <td>
        <Status kind={kind}>{word}</Status>
      </td>
      <td>
        {counts.length === 0 ? (
          <span class="nothing">no case ran</span>
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
