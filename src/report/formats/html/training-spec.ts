import type { Spec } from "vega";
import type { LineOf } from "../../model/report-schema.js";
import { errorPoints } from "./error-growth.js";
import { seriesAt } from "./series.js";

/** Size of a plot in pixels of the drawing, which the page scales. Chosen so that text is readable on a phone. */
const WIDTH = 400;
const HEIGHT = 250;
/** Labels of the logarithmic axis at most. */
const MAX_LABELS = 6;

/** Error over steps on a logarithmic scale, one line a slot. Undefined if no error can be drawn. */
export function trainingSpec({ errors }: Pick<LineOf<"training">, "errors">): Spec | undefined {
  const lines = Object.values(errors).map(errorPoints);
  const drawn = lines.flat().flatMap((point) => (point === null ? [] : [point]));
  if (drawn.length === 0) return undefined;
  const steps = Math.max(...Object.values(errors).map(({ length }) => length));
  const exponents = drawn.map(({ error }) => Math.log10(error));
  const low = Math.floor(Math.min(...exponents));
  const high = Math.max(low + 1, Math.ceil(Math.max(...exponents)));
  return {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    width: WIDTH,
    height: HEIGHT,
    autosize: { type: "fit", contains: "padding" },
    padding: 2,
    data: lines.map((points, k) => ({
      name: `line-${k}`,
      values: points.map((point) => point ?? { step: 1, error: 1, gap: true }),
    })),
    scales: [
      { name: "step", type: "linear", domain: [1, Math.max(2, steps)], range: "width", zero: false },
      { name: "error", type: "log", domain: [10 ** low, 10 ** high], range: "height" },
    ],
    axes: [
      {
        scale: "step",
        orient: "bottom",
        aria: false,
        title: "step",
        tickCount: 6,
        format: "~d",
        grid: false,
      },
      {
        scale: "error",
        orient: "left",
        aria: false,
        title: "largest error (ulp)",
        values: decades(low, high),
        format: "~g",
        grid: true,
      },
    ],
    marks: lines.map((_, k) => ({
      type: "line",
      aria: false,
      from: { data: `line-${k}` },
      encode: {
        enter: {
          x: { scale: "step", field: "step" },
          y: { scale: "error", field: "error" },
          defined: { signal: "!datum.gap" },
          stroke: { value: seriesAt(k).colour },
          strokeDash: { value: [...seriesAt(k).dash] },
          strokeWidth: { value: 1.8 },
          strokeJoin: { value: "round" },
        },
      },
    })),
  };
}

/** Powers of ten from low to high, every second or third one where they are many. */
function decades(low: number, high: number): number[] {
  const every = Math.ceil((high - low + 1) / MAX_LABELS);
  const values: number[] = [];
  for (let exponent = low; exponent <= high; exponent += every) values.push(10 ** exponent);
  return values;
}
