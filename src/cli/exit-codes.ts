import type { Report } from "../report/model/report.js";
import { type Outcome, outcomeOf } from "../report/text/headline.js";

/** What the exit status of a command means. */
export const EXIT = {
  conforms: 0,
  /** Conformance failure, or goldens that do not hold. */
  failure: 1,
  /** Bad input: arguments, files, programs. */
  usage: 2,
  /** The adapter cannot start or fails its smoke test. */
  adapter: 3,
  /** Interrupted, or nothing that was run decides anything. */
  incomplete: 4,
  /** The suite's own self-check failed, or it broke. */
  selfCheck: 5,
} as const;

const OF_OUTCOME = {
  conforms: EXIT.conforms,
  "as-expected": EXIT.conforms,
  fails: EXIT.failure,
  incomplete: EXIT.incomplete,
  "nothing-shown": EXIT.incomplete,
  "self-check-failed": EXIT.selfCheck,
} as const satisfies Record<Outcome, number>;

/** The exit status of a run. */
export function exitCodeOf(report: Report): number {
  return OF_OUTCOME[outcomeOf(report)];
}
