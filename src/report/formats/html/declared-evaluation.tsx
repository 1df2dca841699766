import { EVALUATION_AXIS_MEANINGS } from "../../../../spec/axis-meanings.js";
import { DEFAULT_FREEDOM } from "../../../../spec/evaluations.js";
import type { Report } from "../../model/report.js";
import { countedText } from "../../text/count-text.js";
import { DataTable } from "./data-table.js";
import { Disclosure } from "./disclosure.js";
import { Quoted } from "./quoted.js";
import { Specified } from "./specified.js";

/** Which choices of rounding were declared, so that each of them is accepted. */
export function DeclaredEvaluation({ report: { header } }: { readonly report: Report }) {
  const axes = Object.entries(header.evaluation);
  const open = axes.filter(([, choices]) => choices.length > 1).length;
  const changed = axes.filter(([axis, choices]) => !isDefault(axis, choices));
  return (
    <>
      <h3>What it declares</h3>
      <p>
        Capabilities: <Quoted>{["core", ...header.capabilities].join(", ")}</Quoted>.
      </p>
      <p>
        Evaluation: {countedText(axes.length, "axis", "axes")} of rounding, of which {open} leave more than
        one choice open.{" "}
        {changed.length === 0 ? (
          "Nothing was declared beyond the default."
        ) : (
          <>
            Declared otherwise than by default:{" "}
            <b>
              <Quoted>{changed.map(([axis]) => axis).join(", ")}</Quoted>
            </b>
            .
          </>
        )}
      </p>
      <Disclosure summary="Every axis with its choices">
        <DataTable
          id="evaluation-table"
          caption="A result is accepted if one of the choices on each axis gives it."
          columns={["Axis", "Choices", "By default"]}
        >
          {axes.map(([axis, choices]) => (
            <tr key={axis}>
              <th scope="row">
                <Quoted>{axis}</Quoted>{" "}
                <span class="statement">
                  <Specified>{axisMeaning(axis)}</Specified>
                </span>
              </th>
              <td>
                <Quoted>{choices.join(" · ")}</Quoted>
              </td>
              <td>{isDefault(axis, choices) ? "the same" : defaultOf(axis).join(" · ")}</td>
            </tr>
          ))}
        </DataTable>
      </Disclosure>
    </>
  );
}

function defaultOf(axis: string): readonly string[] {
  const freedom: Readonly<Record<string, readonly string[]>> = DEFAULT_FREEDOM;
  return Object.hasOwn(freedom, axis) ? freedom[axis] : [];
}

function isDefault(axis: string, choices: readonly string[]): boolean {
  const freedom = defaultOf(axis);
  return freedom.length === choices.length && freedom.every((choice) => choices.includes(choice));
}

function axisMeaning(axis: string): string {
  const meanings: Readonly<Record<string, { readonly axis: string }>> = EVALUATION_AXIS_MEANINGS;
  return Object.hasOwn(meanings, axis) ? meanings[axis].axis : "";
}
