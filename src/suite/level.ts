import { isFailure, type Verdict } from "../judge/verdict.js";
import { type CaseResult, type CaseVerdict, isSkipped } from "./case-result.js";
import { isValidationFailure } from "./validation.js";

/** What an implementation may claim at each level. */
export const LEVELS = {
  L0: "speaks the protocol",
  L1: "right semantics",
  L2: "certified accuracy",
  L3: "bit-exact to the reference evaluation",
} as const;
/** A level that an implementation may claim; each includes those before it. */
export type Level = keyof typeof LEVELS;

/** The level reached, or none. */
export type ReachedLevel = Level | "none";

/** Failures to speak the protocol, which leave no level, in words. */
const BREAKS_PROTOCOL = {
  crash: "a process that ended before it answered",
  timeout: "no answer in time",
  "protocol-error": "an answer that breaks the protocol",
  "capability-mismatch": "capabilities other than the declared ones",
} as const satisfies Partial<Record<Verdict, string>>;

function breaksProtocol(verdict: CaseVerdict): verdict is keyof typeof BREAKS_PROTOCOL {
  return verdict in BREAKS_PROTOCOL;
}

/**
 * What a level means; where none was reached, what happened.
 * @param results by which it was reached
 */
export function levelText(level: ReachedLevel, results: readonly Pick<CaseResult, "verdict">[]): string {
  if (level !== "none") return LEVELS[level];
  const breaks = results.map(({ verdict }) => verdict).filter(breaksProtocol);
  return [...new Set(breaks)].map((verdict) => BREAKS_PROTOCOL[verdict]).join(", ");
}

/** Failures that leave the semantics right: they only show how much is rounded, or how often. */
const RIGHT_SEMANTICS: readonly Verdict[] = ["inaccurate", "nondeterministic"];

/** What a level needs to know of a case. */
type LevelledCase = Pick<CaseResult, "kind" | "verdict" | "tally"> & {
  readonly failure?: { readonly refusal?: true };
};

/** Whether a case shows something of the implementation, for it or against it. */
export function decides({ kind, verdict, tally, failure }: LevelledCase): boolean {
  if (isSkipped(verdict) || verdict === "inconclusive") return false;
  // They look at answers and not at values, or ask the implementation nothing.
  if (kind === "capability" || kind === "audit" || kind === "self-check") return false;
  // A failure before anything could be judged: the implementation did not run the program.
  return !failure || tally.judged > 0;
}

/**
 * The highest level that no case contradicts. Cases that were not run contradict nothing and are counted apart; which
 * hyperparameters are refused is no matter of level.
 * @param results of the implementation, without self-checks
 */
export function levelOf(results: readonly LevelledCase[], hasReference: boolean): ReachedLevel {
  const run = results.filter((one) => !isSkipped(one.verdict) && !isValidationFailure(one));
  const verdicts = run.map(({ verdict }) => verdict as Verdict);
  if (verdicts.some(breaksProtocol)) return "none";
  // If no case decides anything, no level was shown.
  if (!run.some(decides)) return "L0";
  if (verdicts.some((verdict) => isFailure(verdict) && !RIGHT_SEMANTICS.includes(verdict))) return "L0";
  if (verdicts.some(isFailure)) return "L1";
  const everyBit = run.every(({ tally, failure }) => tally.bitExact === tally.judged && !failure);
  return hasReference && everyBit ? "L3" : "L2";
}

/** Whether a level that was reached satisfies the one that was asked for. */
export function reaches(reached: ReachedLevel, requested: Level): boolean {
  return reached !== "none" && reached >= requested;
}
