import type { Report } from "../../model/report.js";
import { countText } from "../../text/count-text.js";
import { declarationCostLines } from "../../text/declaration-cost.js";
import { DataTable } from "./data-table.js";
import { NothingMeasured } from "./nothing-measured.js";
import { Quoted } from "./quoted.js";
import { Section } from "./section.js";
import { shareText } from "./share-text.js";

/** How sharp the judgement was: sizes of acceptance sets, and how much of what was accepted proves little. */
export function Evidence({ report }: { readonly report: Report }) {
  const { header, sets, footer } = report;
  const { tally, multiStep } = footer;
  const costs = declarationCostLines(report);
  const rows = [
    { name: "one step", of: difference(tally, multiStep) },
    { name: "many steps", of: multiStep },
    { name: "all", of: tally },
  ];
  return (
    <Section id="evidence" title="How sharp the judgement is">
      <DataTable
        id="evidence-table"
        caption="Values that were judged. Weak: the acceptance set is wide relative to the update. Indeterminate: no update at all would be accepted too."
        columns={[
          "Judged by",
          "#Judged",
          ...(header.reference === undefined ? [] : ["#Bit-exact"]),
          "#Weak",
          "#Indeterminate",
          "#Rejected",
        ]}
      >
        {rows.map(({ name, of }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{countText(of.judged)}</td>
            {header.reference === undefined ? null : <CountCell part={of.bitExact} whole={of.judged} />}
            <CountCell part={of.weak} whole={of.judged} />
            <CountCell part={of.indeterminate} whole={of.judged} />
            <CountCell part={of.rejected} whole={of.judged} />
          </tr>
        ))}
      </DataTable>
      <h3>Sizes of acceptance sets</h3>
      {sets.length === 0 ? (
        <NothingMeasured report={report} what="No set" />
      ) : (
        <DataTable
          id="sets-table"
          caption="How many float32 values are accepted for one observation. Where it is 1, only one value is right."
          columns={[
            "Quantity",
            "#Observations",
            "#Median",
            "#99th percentile",
            "#Most",
            "#Weak",
            "#Indeterminate",
          ]}
        >
          {sets.map(({ slot, observations, median, p99, most, weak, indeterminate }) => (
            <tr key={slot}>
              <th scope="row">{slot}</th>
              <td class="number">{countText(observations)}</td>
              <td class="number">{countText(median)}</td>
              <td class="number">{countText(p99)}</td>
              <td class="number">{countText(most)}</td>
              <CountCell part={weak} whole={observations} />
              <CountCell part={indeterminate} whole={observations} />
            </tr>
          ))}
        </DataTable>
      )}
      {costs.length === 0 ? null : (
        <>
          <h3>What the declared rounding costs</h3>
          <ul class="plain">
            {costs.map((line) => (
              <li key={line}>
                <Quoted>{line}</Quoted>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function CountCell({ part, whole }: { readonly part: number; readonly whole: number }) {
  return (
    <td class="number">
      {countText(part)} <small>{shareText(part, whole)}</small>
    </td>
  );
}

type Tally = Report["footer"]["tally"];

function difference(all: Tally, part: Tally): Tally {
  const names = Object.keys(all) as (keyof Tally)[];
  return Object.fromEntries(names.map((name) => [name, all[name] - part[name]])) as Tally;
}
