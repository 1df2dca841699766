import type { Verdict } from "../judge/verdict.js";
import type { CaseResult } from "./case-result.js";

/** What an implementation may claim when all verdicts are in. */
export const LEVELS = {
  L0: "runs programs",
  L1: "right semantics",
  L2: "certified accuracy",
  L3: "bit-exact to the reference evaluation",
} as const;
export type Level = keyof typeof LEVELS;

const WRONG_SEMANTICS: readonly Verdict[] = [
  "other-dialect",
  "special-mismatch",
  "differs",
  "contract-mismatch",
];

/** Whether a case shows something of the implementation, for it or against it. */
export function decides({ verdict, tally, failure }: CaseResult): boolean {
  if (verdict === "not-run" || verdict === "indeterminate") return false;
  // A failure before anything could be judged: the implementation did not run the program.
  return !failure || tally.judged > 0;
}

/**
 * The highest level that no case contradicts. Cases that were not run contradict nothing and are counted apart.
 * @param results of the implementation; what the specification proves of itself shows nothing of it
 */
export function levelOf(results: readonly CaseResult[], hasReference: boolean): Level {
  const run = results.filter(({ verdict }) => verdict !== "not-run");
  const verdicts = run.map(({ verdict }) => verdict as Verdict);
  // Nothing decided is nothing shown.
  if (!run.some(decides)) return "L0";
  if (verdicts.some((verdict) => WRONG_SEMANTICS.includes(verdict))) return "L0";
  if (verdicts.includes("inaccurate")) return "L1";
  const everyBit = run.every(({ tally, failure }) => tally.bitExact === tally.judged && !failure);
  return hasReference && everyBit ? "L3" : "L2";
}

/** Whether a level that was reached satisfies the one that was asked for. */
export function reaches(reached: Level, asked: Level): boolean {
  return reached >= asked;
}
