/**
 * What a case, a clause or a run comes to, with what each word means. They are the words of pytest and JUnit; a verdict
 * says why, an outcome says what follows.
 */
export const OUTCOMES = {
  passed: "It was run, and what it asks holds.",
  failed: "It was run, and what it asks does not hold.",
  xfailed: "It fails, as the file of known failures says that it will.",
  inconclusive: "It was run, and what was observed decides nothing.",
  skipped: "It was not run, for the reason that is given.",
} as const;
/** The outcome of a case or a run. */
export type Outcome = keyof typeof OUTCOMES;

export const OUTCOME_NAMES = Object.keys(OUTCOMES) as [Outcome, ...Outcome[]];

/** Of a clause that was proved or checked on the specification alone, which shows nothing of an implementation. */
export const SPEC_ONLY = {
  "spec-only": "It was checked on the specification alone: nothing of the implementation was shown.",
} as const;
/** The outcome of a clause. */
export type ClauseOutcome = Outcome | keyof typeof SPEC_ONLY;

export const CLAUSE_OUTCOMES: readonly [ClauseOutcome, ...ClauseOutcome[]] = [...OUTCOME_NAMES, "spec-only"];

/** Why a run concludes nothing about the implementation. */
export const INCONCLUSIVE_CAUSES = {
  "self-check-failed":
    "the suite's own self-check failed: the suite is wrong, not the implementation, and no verdict of this run can be relied on",
  interrupted: "the run was stopped before every case had a result",
  "no-evidence": "no case that was run decides anything",
} as const;
/** One of them. */
export type InconclusiveCause = keyof typeof INCONCLUSIVE_CAUSES;
