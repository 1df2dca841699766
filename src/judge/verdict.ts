/** What can be said of observations, best first. */
export const VERDICTS = [
  /** Equal to the reference evaluation, to the bit. */
  "bit-exact",
  /** In the acceptance set of what was declared. */
  "certified",
  /** The sets are too wide to decide, or every observation was weak. */
  "indeterminate",
  /** The declared formula, less accurately than any declared choice allows. */
  "inaccurate",
  /** What another dialect computes. */
  "other-dialect",
  /** Another class of value (NaN, infinity, finite, sign of zero) than every declared evaluation gives. */
  "special-mismatch",
  /** Nothing known explains it. */
  "differs",
  /** A value is right or wrong by the contract rather than by arithmetic: shape, missing slot, mutated gradient. */
  "contract-mismatch",
  /** Something declared is not there, or something that is not declared is. */
  "capability-mismatch",
  /** Other bits for the same program, from an implementation that claims the same. */
  "nondeterministic",
  /** No answer within the budget. */
  "timeout",
  /** The process ended, or an in-process implementation threw, before it answered. */
  "crash",
  /** The answer breaks the protocol. */
  "protocol-error",
] as const;

/** The judgement on one program. */
export type Verdict = (typeof VERDICTS)[number];

/** Verdicts that fail a run at any level. */
export function isFailure(verdict: Verdict): boolean {
  return VERDICTS.indexOf(verdict) >= VERDICTS.indexOf("inaccurate");
}
