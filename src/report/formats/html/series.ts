/** The style of a line in a plot: a colour and a dash pattern, so that either is enough to identify it. */
export interface Series {
  readonly colour: string;
  /** Lengths of dash and gap; empty for a line without gaps. */
  readonly dash: readonly number[];
}

const SERIES: readonly Series[] = [
  { colour: "var(--series-1)", dash: [] },
  { colour: "var(--series-2)", dash: [7, 3] },
  { colour: "var(--series-3)", dash: [2, 2] },
  { colour: "var(--series-4)", dash: [9, 3, 2, 3] },
  { colour: "var(--series-5)", dash: [4, 4] },
  { colour: "var(--series-6)", dash: [1, 3] },
];

/** The k-th series, cyclically. */
export function seriesAt(k: number): Series {
  return SERIES[k % SERIES.length];
}
