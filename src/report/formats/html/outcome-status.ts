import type { Outcome } from "../../text/headline.js";
import type { StatusKind } from "./status.js";

/** How the outcome of a run is marked. */
export const OUTCOME_STATUS: Readonly<Record<Outcome, StatusKind>> = {
  conforms: "good",
  "as-expected": "good",
  fails: "bad",
  "self-check-failed": "bad",
  incomplete: "unsure",
  "nothing-shown": "unsure",
};
