import type { LineOf } from "../../model/report-schema.js";
import { countedText, countText } from "../../text/count-text.js";
import { DataTable } from "./data-table.js";
import { Disclosure } from "./disclosure.js";
import { unplotted } from "./error-growth.js";
import { Legend } from "./legend.js";
import { Plot } from "./plot.js";
import { Quoted } from "./quoted.js";
import { sampledSteps } from "./sampled-steps.js";
import { seriesAt } from "./series.js";
import { ulpsText } from "./ulps-text.js";
import { printedLine } from "./visible-text.js";

type Training = LineOf<"training">;

interface TrainingPlotProps {
  readonly training: Training;
  /** Unique on the page. */
  readonly id: string;
  /** Undefined where nothing can be drawn. */
  readonly svg: string | undefined;
}

/** Characters of a title. */
const TITLE = 200;

/** How rounding errors grow over one training. */
export function TrainingPlot({ training, id, svg }: TrainingPlotProps) {
  const lines = Object.entries(training.errors);
  const title = <Quoted limit={TITLE}>{training.title}</Quoted>;
  const numbers = <TrainingNumbers training={training} id={id} />;
  if (svg === undefined)
    return (
      <figure class="plot">
        <figcaption>{title}</figcaption>
        <p class="nothing">{withoutLine(training)}</p>
        {numbers}
      </figure>
    );
  return (
    <Plot
      title={title}
      alternative={alternativeOf(training)}
      svg={svg}
      legend={<Legend entries={lines.map(([name], k) => ({ name, series: seriesAt(k) }))} />}
    >
      <Unplotted training={training} />
      {numbers}
    </Plot>
  );
}

function withoutLine({ errors }: Training): string {
  const all = Object.values(errors).flat();
  if (all.length === 0) return "No step was measured.";
  return all.every((error) => error === 0)
    ? "Every step is the exact result, rounded: there is no error to draw."
    : "No error can be drawn on a logarithmic scale: each is 0, or only one of the two values is finite.";
}

function alternativeOf({ title, errors }: Training): string {
  const lines = Object.entries(errors).map(([slot, values]) => {
    const last = values.at(-1);
    const largest = values.includes(null) ? null : Math.max(...(values as number[]));
    return `${slot}: ${last === undefined ? "no steps" : `at most ${ulpsText(largest)} ulp in ${countedText(values.length, "step")}, ${ulpsText(last)} ulp after the last one`}`;
  });
  return `Largest error over steps, ${printedLine(title, TITLE)}. ${lines.join(". ")}. The numbers are in the table below.`;
}

/** Says what a logarithmic scale leaves out. */
function Unplotted({ training: { errors } }: { readonly training: Training }) {
  const missing = Object.entries(errors).map(([slot, values]) => ({ slot, ...unplotted(values) }));
  const stepsWith = (kind: "zero" | "infinite") =>
    missing
      .filter((line) => line[kind] > 0)
      .map((line) => `${line.slot} ${countText(line[kind])}`)
      .join(", ");
  const [zero, infinite] = [stepsWith("zero"), stepsWith("infinite")];
  return (
    <>
      {zero === "" ? null : (
        <p class="remark">Steps without any error, which this scale has no place for: {zero}.</p>
      )}
      {infinite === "" ? null : (
        <p class="remark">Steps where only one of the two values is finite, not drawn: {infinite}.</p>
      )}
    </>
  );
}

function TrainingNumbers({ training: { title, errors }, id }: Pick<TrainingPlotProps, "training" | "id">) {
  const lines = Object.entries(errors);
  const count = Math.max(0, ...lines.map(([, values]) => values.length));
  return (
    <Disclosure summary="Numbers">
      <DataTable
        id={id}
        caption={
          <>
            Largest error in ulps, <Quoted limit={TITLE}>{title}</Quoted>
          </>
        }
        columns={["#Step", ...lines.map(([slot]) => `#${slot}`)]}
      >
        {sampledSteps(count).map((step) => (
          <tr key={step}>
            <th scope="row" class="number">
              {countText(step)}
            </th>
            {lines.map(([slot, values]) => {
              const error = values[step - 1];
              return (
                <td key={slot} class="number">
                  {error === undefined ? "" : ulpsText(error)}
                </td>
              );
            })}
          </tr>
        ))}
      </DataTable>
    </Disclosure>
  );
}
