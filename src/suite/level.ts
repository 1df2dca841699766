import { isFailure, type Verdict } from "../judge/verdict.js";
import { type CaseResult, isNotRun } from "./case-result.js";

/** What an implementation may claim when all verdicts are in. */
export const LEVELS = {
  L0: "speaks the protocol",
  L1: "right semantics",
  L2: "certified accuracy",
  L3: "bit-exact to the reference evaluation",
} as const;
export type Level = keyof typeof LEVELS;

/** What was reached may be nothing at all. */
export type ReachedLevel = Level | "none";

export function levelText(level: ReachedLevel): string {
  return level === "none" ? "does not speak the protocol" : LEVELS[level];
}

/** Failures to speak the protocol: no level is left. */
const BREAKS_PROTOCOL: readonly Verdict[] = ["capability-mismatch", "timeout", "crash", "protocol-error"];

/** Failures that leave the semantics right: what they show is how much is rounded, or how often. */
const RIGHT_SEMANTICS: readonly Verdict[] = ["inaccurate", "nondeterministic"];

/** Whether a case shows something of the implementation, for it or against it. */
export function decides({ kind, verdict, tally, failure }: CaseResult): boolean {
  if (isNotRun(verdict) || verdict === "indeterminate") return false;
  // They look at answers and not at values.
  if (kind === "capability" || kind === "audit") return false;
  // A failure before anything could be judged: the implementation did not run the program.
  return !failure || tally.judged > 0;
}

/**
 * The highest level that no case contradicts. Cases that were not run contradict nothing and are counted apart.
 * @param results of the implementation; what the specification proves of itself shows nothing of it
 */
export function levelOf(results: readonly CaseResult[], hasReference: boolean): ReachedLevel {
  const run = results.filter(({ verdict }) => !isNotRun(verdict));
  const verdicts = run.map(({ verdict }) => verdict as Verdict);
  if (verdicts.some((verdict) => BREAKS_PROTOCOL.includes(verdict))) return "none";
  // Nothing decided is nothing shown.
  if (!run.some(decides)) return "L0";
  if (verdicts.some((verdict) => isFailure(verdict) && !RIGHT_SEMANTICS.includes(verdict))) return "L0";
  if (verdicts.some(isFailure)) return "L1";
  const everyBit = run.every(({ tally, failure }) => tally.bitExact === tally.judged && !failure);
  return hasReference && everyBit ? "L3" : "L2";
}

/** Whether a level that was reached satisfies the one that was asked for. */
export function reaches(reached: ReachedLevel, asked: Level): boolean {
  return reached !== "none" && reached >= asked;
}
