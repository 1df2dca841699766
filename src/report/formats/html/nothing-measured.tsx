import type { Report } from "../../model/report.js";

interface NothingMeasuredProps {
  readonly report: Report;
  /** What is not there, as in `No accuracy`. */
  readonly what: string;
}

/** Says that a measurement is missing, and the possible reason, so that no section disappears. */
export function NothingMeasured({ report: { header, footer }, what }: NothingMeasuredProps) {
  const restricted = header.only !== undefined || header.shard !== undefined;
  const why = !footer.complete
    ? "the run is not complete, and what is measured is measured at its end"
    : restricted
      ? "the run was restricted to a part of the cases; a whole run measures it"
      : "the run made no measurements, or none was possible with what the implementation offers";
  return (
    <p class="nothing">
      {what} was measured: {why}.
    </p>
  );
}
