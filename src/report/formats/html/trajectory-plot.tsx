import type { LineOf } from "../../model/report-schema.js";
import { countedText, countText } from "../../text/count-text.js";
import { DataTable } from "./data-table.js";
import { Disclosure } from "./disclosure.js";
import { Legend } from "./legend.js";
import { Plot } from "./plot.js";
import { Quoted } from "./quoted.js";
import { sampledSteps } from "./sampled-steps.js";
import { pathStyles } from "./trajectory-spec.js";
import { printedLine } from "./visible-text.js";

type Trajectory = LineOf<"trajectory">;

interface TrajectoryPlotProps {
  readonly trajectory: Trajectory;
  /** Unique on the page. */
  readonly id: string;
  readonly svg: string;
}

/** Characters of a title, and of a path's name. */
const TITLE = 200;
const NAME = 60;

/** Two parameters on their way down a quadratic. */
export function TrajectoryPlot({ trajectory, id, svg }: TrajectoryPlotProps) {
  const { title, paths } = trajectory;
  const styles = pathStyles(paths);
  return (
    <Plot
      title={<Quoted limit={TITLE}>{title}</Quoted>}
      alternative={alternativeOf(trajectory)}
      svg={svg}
      legend={<Legend entries={paths.map(({ name }, k) => ({ name, ...styles[k] }))} />}
    >
      <p class="remark">
        Contours of (c₀·x₀² + c₁·x₁²)/2 with c = ({trajectory.curvature.join(", ")}). The square is the start,
        the cross the minimum.
      </p>
      <TrajectoryNumbers trajectory={trajectory} id={id} />
    </Plot>
  );
}

function alternativeOf({ title, paths }: Trajectory): string {
  const ends = paths.map(({ name, points }) => {
    const end = points.at(-1);
    return `${printedLine(name, NAME)} ${end === undefined ? "has no points" : `ends at ${pointText(end)} after ${countedText(points.length - 1, "step")}`}`;
  });
  return `Paths on the contours of a quadratic, ${printedLine(title, TITLE)}. ${ends.join("; ")}. The numbers are in the table below.`;
}

function TrajectoryNumbers({ trajectory: { title, paths }, id }: Omit<TrajectoryPlotProps, "svg">) {
  const steps = Math.max(0, ...paths.map(({ points }) => points.length - 1));
  return (
    <Disclosure summary="Numbers">
      <DataTable
        id={id}
        caption={
          <>
            (x₀, x₁) on each path, <Quoted limit={TITLE}>{title}</Quoted>
          </>
        }
        columns={["#Step", ...paths.map(({ name }) => printedLine(name, NAME))]}
      >
        {[0, ...sampledSteps(steps)].map((step) => (
          <tr key={step}>
            <th scope="row" class="number">
              {countText(step)}
            </th>
            {paths.map(({ name, points }) => (
              <td key={name} class="float">
                {points[step] === undefined ? "" : pointText(points[step])}
              </td>
            ))}
          </tr>
        ))}
      </DataTable>
    </Disclosure>
  );
}

function pointText(point: readonly [number, number]): string {
  return `(${point.map((x) => Number(x.toPrecision(6))).join(", ")})`;
}
