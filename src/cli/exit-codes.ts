import type { Report } from "../report/model/report.js";

/** What the exit status of a command means. */
export const EXIT = {
  passed: 0,
  /** Conformance failure, or goldens that do not hold. */
  failed: 1,
  /** Bad input: arguments, files, programs. */
  usage: 2,
  /** The adapter cannot start or fails its smoke test. */
  adapter: 3,
  /** Interrupted, or no case that was run decides anything. */
  inconclusive: 4,
  /** The suite's own self-check failed, or it broke. */
  selfCheck: 5,
} as const;

/** The exit status of a run. */
export function exitCodeOf({ footer }: Report): number {
  switch (footer.outcome) {
    case "passed":
    case "xfailed":
      return EXIT.passed;
    case "failed":
      return EXIT.failed;
    case "inconclusive":
      return footer.inconclusive === "self-check-failed" ? EXIT.selfCheck : EXIT.inconclusive;
  }
}
