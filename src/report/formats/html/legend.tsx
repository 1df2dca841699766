import { Quoted } from "./quoted.js";
import type { Series } from "./series.js";

interface LegendProps {
  readonly entries: readonly { readonly name: string; readonly series: Series; readonly width?: number }[];
}

/** Characters of a name. */
const NAME = 60;

/** Which line is what; the swatches are only for the eye. */
export function Legend({ entries }: LegendProps) {
  return (
    <ul class="legend">
      {entries.map(({ name, series, width = 1.8 }) => (
        <li key={name}>
          <svg width="30" height="8" aria-hidden="true">
            <path
              d="M0 4h30"
              stroke={series.colour}
              stroke-width={width}
              stroke-dasharray={series.dash.length > 0 ? series.dash.join(" ") : undefined}
            />
          </svg>
          <Quoted limit={NAME}>{name}</Quoted>
        </li>
      ))}
    </ul>
  );
}
