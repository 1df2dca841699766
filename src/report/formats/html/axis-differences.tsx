import { DIALECT_AXIS_MEANINGS, EVALUATION_AXIS_MEANINGS } from "../../../../spec/axis-meanings.js";
import type { ReportFinding } from "../../model/report.js";
import { Quoted } from "./quoted.js";
import { Specified } from "./specified.js";

type Difference = ReportFinding["axes"][number];

/** What was declared and what was observed, with the formulas of both. */
export function AxisDifferences({ axes }: { readonly axes: readonly Difference[] }) {
  return (
    <dl class="axes">
      {axes.map((difference) => (
        <div key={difference.axis}>
          <dt>
            <Quoted>{difference.axis}</Quoted>
          </dt>
          <dd>
            declared <AxisValue difference={difference} value={difference.declared} />
          </dd>
          <dd>
            seen <AxisValue difference={difference} value={difference.observed} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function AxisValue({ difference, value }: { readonly difference: Difference; readonly value: string }) {
  const meaning = meaningOf(difference, value);
  return (
    <>
      <b>
        <Quoted>{value}</Quoted>
      </b>
      {meaning === undefined ? null : (
        <>
          {" · "}
          <Specified>{meaning}</Specified>
        </>
      )}
    </>
  );
}

/** The specification's words; undefined for axes and values that it does not have, and for lists of values. */
function meaningOf({ kind, axis }: Difference, value: string): string | undefined {
  const meanings: Readonly<Record<string, { readonly values: Readonly<Record<string, string>> }>> =
    kind === "dialect" ? DIALECT_AXIS_MEANINGS : EVALUATION_AXIS_MEANINGS;
  if (!Object.hasOwn(meanings, axis)) return undefined;
  const { values } = meanings[axis];
  return Object.hasOwn(values, value) ? values[value] : undefined;
}
