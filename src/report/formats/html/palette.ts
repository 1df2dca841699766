/** Colours by what they say. Each pair of text and ground has the contrast of WCAG AA; a test in a browser measures it. */
const LIGHT = {
  paper: "#ffffff",
  panel: "#f5f7f9",
  ink: "#1b1f24",
  soft: "#545d68",
  line: "#dde2e8",
  "line-strong": "#98a2ae",
  link: "#0a569e",
  focus: "#0a569e",
  good: "#116329",
  "good-panel": "#eaf7ee",
  bad: "#a5132b",
  "bad-panel": "#fdeef0",
  warning: "#7d4a00",
  "warning-panel": "#fff5dc",
  none: "#545d68",
  "none-panel": "#f0f2f5",
  contour: "#d3d9e0",
  exact: "#b9c2cc",
  "series-1": "#0a569e",
  "series-2": "#b84a12",
  "series-3": "#187a48",
  "series-4": "#8338ad",
  "series-5": "#a5132b",
  "series-6": "#545d68",
} as const;

const DARK: Readonly<Record<keyof typeof LIGHT, string>> = {
  paper: "#101317",
  panel: "#181c22",
  ink: "#e4e8ed",
  soft: "#9ba6b3",
  line: "#2a3038",
  "line-strong": "#5d6875",
  link: "#7fb8f5",
  focus: "#7fb8f5",
  good: "#5fd07f",
  "good-panel": "#12241a",
  bad: "#ff8a8a",
  "bad-panel": "#2c1519",
  warning: "#e6b450",
  "warning-panel": "#2a2110",
  none: "#9ba6b3",
  "none-panel": "#1d2229",
  contour: "#323a44",
  exact: "#4d5866",
  "series-1": "#7fb8f5",
  "series-2": "#f0955f",
  "series-3": "#62cf93",
  "series-4": "#cf9bf0",
  "series-5": "#ff8a8a",
  "series-6": "#9ba6b3",
};

const declarations = (palette: Readonly<Record<string, string>>) =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(";");

/** Custom properties of both schemes. Paper is light, whatever the screen was. */
export const PALETTE = `:root{color-scheme:light dark;${declarations(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${declarations(DARK)}}}`;
