import { fromBits } from "../../../float32/bits.js";
import { floatsBetween } from "../../../float32/neighbours.js";
import type { ReportFloat, ReportMismatch } from "../../model/report.js";

/** One accepted value, or one end of a range of them. */
export interface AcceptedRow {
  readonly name: "accepted" | "accepted from" | "accepted to";
  readonly value: ReportFloat;
  /** Floats from here to what was got; undefined if one of the two is NaN. */
  readonly distance: number | undefined;
}

/** What would have been accepted, the nearest values or ranges first. */
export function acceptedRows({ got, accepted }: Pick<ReportMismatch, "got" | "accepted">): AcceptedRow[][] {
  const row = (name: AcceptedRow["name"], value: ReportFloat) => ({
    name,
    value,
    distance: distanceBetween(value, got),
  });
  const groups =
    accepted.kind === "listed"
      ? accepted.values.map((value) => [row("accepted", value)])
      : accepted.ranges.map(([lowest, highest]) =>
          lowest.bits === highest.bits
            ? [row("accepted", lowest)]
            : [row("accepted from", lowest), row("accepted to", highest)],
        );
  return groups
    .map((rows) => ({ rows, distance: Math.min(...rows.map(({ distance = Number.MAX_VALUE }) => distance)) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ rows }) => rows);
}

/** ulps between two floats, infinity being the one beyond the largest; undefined if one of them is NaN. */
export function distanceBetween(a: ReportFloat, b: ReportFloat): number | undefined {
  const [x, y] = [a, b].map(({ bits }) => fromBits(Number.parseInt(bits, 16)));
  return Number.isNaN(x) || Number.isNaN(y) ? undefined : floatsBetween(x, y);
}
