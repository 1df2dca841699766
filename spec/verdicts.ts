/** The judgement of what was observed, best first, with what each word says. */
export const VERDICT_MEANINGS = {
  "bit-exact": "equal to the reference evaluation, to the bit",
  certified: "in the acceptance set of what was declared",
  inconclusive: "the acceptance sets are too wide to decide, or every observation is weak",
  inaccurate: "the declared formula, less accurately than any declared choice allows",
  "other-dialect": "what another dialect computes",
  "special-mismatch": "NaN, infinity, finite or the sign of zero where no declared evaluation gives it",
  differs: "nothing known explains it",
  "contract-mismatch": "right or wrong by the contract: a shape, a missing slot, a changed gradient",
  "capability-mismatch": "something declared is not there, or the reverse",
  nondeterministic: "other bits for the same program, from an implementation that claims the same",
  timeout: "no answer in time",
  crash: "the process ended, or the implementation threw, before it answered",
  "protocol-error": "the answer breaks the protocol",
} as const;
/** The judgement on one program. */
export type Verdict = keyof typeof VERDICT_MEANINGS;

/** Best first. */
export const VERDICTS = Object.keys(VERDICT_MEANINGS) as [Verdict, ...Verdict[]];
