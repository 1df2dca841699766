import type { Config, Spec } from "vega";

/** Colours come from the page, so that one plot serves light and dark. */
const CONFIG: Config = {
  background: "transparent",
  axis: {
    domainColor: "var(--line-strong)",
    tickColor: "var(--line-strong)",
    gridColor: "var(--line)",
    labelColor: "var(--soft)",
    titleColor: "var(--soft)",
    labelFont: "system-ui, sans-serif",
    titleFont: "system-ui, sans-serif",
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    tickSize: 4,
  },
};

/** A plot as SVG, without names for its parts: the figure has a text that stands for it. Vega is loaded here, so that only those who plot wait for it. */
export async function vegaSvg(spec: Spec): Promise<string> {
  const { parse, View, Error: ERRORS_ONLY } = await import("vega");
  const view = new View(parse(spec, CONFIG), { renderer: "none", logLevel: ERRORS_ONLY });
  try {
    const svg = await view.toSVG();
    // Sized by the page: a fixed width would be wider than a phone.
    return svg.replace(/^<svg ([^>]*?) width="[^"]*" height="[^"]*"/, '<svg $1 focusable="false"');
  } finally {
    view.finalize();
  }
}
