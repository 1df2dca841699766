import type { Mark, Spec } from "vega";
import type { LineOf } from "../../model/report-schema.js";
import { frameOf, levelEllipses, type Point } from "./level-ellipses.js";
import { type Series, seriesAt } from "./series.js";

/** Size of a plot in pixels of the drawing, which the page scales. */
const WIDTH = 400;
const HEIGHT = 310;
/** Points of a path that have a dot of their own. */
const MAX_DOTS = 80;

type Path = LineOf<"trajectory">["paths"][number];

/** How a path is drawn. What was got lies upon what is exact, which is broad: both are seen where they agree. */
export interface PathStyle {
  readonly series: Series;
  readonly width: number;
}

export function pathStyles(paths: readonly Path[]): PathStyle[] {
  let dialects = 0;
  return paths.map(({ kind }) => {
    if (kind === "exact") return { series: { colour: "var(--exact)", dash: [] }, width: 6 };
    if (kind === "got") return { series: seriesAt(0), width: 1.8 };
    dialects++;
    return { series: seriesAt(1 + ((dialects - 1) % 5)), width: 1.5 };
  });
}

/** Paths on the contours of a quadratic. */
export function trajectorySpec({
  curvature,
  paths,
}: Pick<LineOf<"trajectory">, "curvature" | "paths">): Spec {
  const frame = frameOf(paths.flatMap(({ points }) => points));
  const contours = levelEllipses(curvature, frame);
  const styles = pathStyles(paths);
  const starts = paths.flatMap(({ points }) => points.slice(0, 1));
  // Broad ones first: the others lie upon them.
  const order = paths.map((_, k) => k).sort((a, b) => styles[b].width - styles[a].width);
  return {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    width: WIDTH,
    height: HEIGHT,
    autosize: { type: "fit", contains: "padding" },
    padding: 2,
    data: [
      ...contours.map((points, k) => ({ name: `contour-${k}`, values: points.map(datumOf) })),
      ...paths.map(({ points }, k) => ({ name: `path-${k}`, values: points.map(datumOf) })),
      { name: "starts", values: starts.slice(0, 1).map(datumOf) },
      { name: "minimum", values: [{ x: 0, y: 0 }] },
    ],
    scales: [
      { name: "x", type: "linear", domain: [frame.low[0], frame.high[0]], range: "width", zero: false },
      { name: "y", type: "linear", domain: [frame.low[1], frame.high[1]], range: "height", zero: false },
    ],
    axes: [
      { scale: "x", orient: "bottom", aria: false, title: "x₀", tickCount: 6, format: "~g" },
      { scale: "y", orient: "left", aria: false, title: "x₁", tickCount: 6, format: "~g" },
    ],
    marks: [
      ...contours.map((_, k) => line(`contour-${k}`, { colour: "var(--contour)", dash: [] }, 1)),
      ...order.map((k) => line(`path-${k}`, styles[k].series, styles[k].width)),
      ...paths.flatMap(({ kind, points }, k) =>
        kind === "got" && points.length <= MAX_DOTS
          ? [symbols(`path-${k}`, "circle", 12, styles[k].series.colour)]
          : [],
      ),
      symbols("starts", "square", 50, "var(--ink)"),
      symbols("minimum", "cross", 90, "var(--ink)"),
    ],
  };
}

function datumOf(point: Point | null) {
  return point === null ? { x: 0, y: 0, gap: true } : { x: point[0], y: point[1] };
}

function place() {
  return { x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" } };
}

function line(data: string, { colour, dash }: Series, width: number): Mark {
  return {
    type: "line",
    aria: false,
    from: { data },
    encode: {
      enter: {
        ...place(),
        defined: { signal: "!datum.gap" },
        stroke: { value: colour },
        strokeDash: { value: [...dash] },
        strokeWidth: { value: width },
        strokeJoin: { value: "round" },
        strokeCap: { value: width > 3 ? "round" : "butt" },
      },
    },
  };
}

function symbols(data: string, shape: string, size: number, colour: string): Mark {
  return {
    type: "symbol",
    aria: false,
    from: { data },
    encode: {
      enter: { ...place(), shape: { value: shape }, size: { value: size }, fill: { value: colour } },
    },
  };
}
