import type { Outcome } from "../../spec/outcomes.js";
import type { Judgement } from "../judge/judge-program.js";
import type { Tally } from "../judge/tally.js";
import type { Verdict } from "../judge/verdict.js";
import type { Observation } from "../program/observation.js";
import type { Program } from "../program/program.js";

/** A program that shows a failure, with what the implementation answered. */
export interface Evidence {
  readonly program: Program;
  readonly observations: readonly Observation[];
  readonly judgement?: Judgement;
}

/** Everything needed to explain a failure and to reproduce it. */
export interface Failure {
  readonly message: string;
  /** The smallest program that shows it; absent where the specification itself fails. */
  readonly minimal?: Evidence;
  /** Other failing programs: what explains the failure must explain them too. */
  readonly others: readonly Evidence[];
  /** A command that reproduces it. */
  readonly replay: string;
  /** It is about which hyperparameters are refused, which lowers no level. */
  readonly refusal?: true;
}

/**
 * How an implementation is tested: by a stored program, a property, or its own declaration. A self-check does not run
 * the implementation: it checks the specification against the exact oracle.
 */
export const CASE_KINDS = [
  "regression",
  "golden",
  "property",
  "capability",
  "audit",
  "witness",
  "self-check",
] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** A case that was not run has no verdict. It has a reason, is counted, and is never part of a pass. */
export const SKIPPED = "skipped";

/** The verdict of a case on what was observed, if it was run. */
export type CaseVerdict = Verdict | typeof SKIPPED;

export function isSkipped(verdict: CaseVerdict): verdict is typeof SKIPPED {
  return verdict === SKIPPED;
}

/** The result of one case. */
export interface CaseResult {
  readonly id: string;
  readonly kind: CaseKind;
  readonly clauses: readonly string[];
  readonly verdict: CaseVerdict;
  /** Why it was not run, or does not decide anything. */
  readonly reason?: string;
  /** The capabilities that it would need, where it was not run for the lack of them. */
  readonly missingCapabilities?: readonly string[];
  /** Draws of a property, without those that were passed over; of a stored case, 1 if its program was run. */
  readonly runs: number;
  /** What was drawn, in one line; absent where nothing was. */
  readonly distribution?: string;
  /** Programs that were not sent because a hyperparameter is outside the declared domain, if there were any. */
  readonly outsideDomain?: number;
  /** What is left out of it because more rounding is declared than by default. */
  readonly lessJudged?: string;
  readonly tally: Tally;
  /** The part of the tally that was judged by propagated sets, because the state was not observed. */
  readonly multiStep: Tally;
  readonly failure?: Failure;
}

/** Whether a case shows that its requirement holds. */
export function isPass({
  verdict,
  failure,
}: Pick<CaseResult, "verdict"> & { readonly failure?: object }): boolean {
  return !failure && (verdict === "bit-exact" || verdict === "certified");
}

/** Whether a case is about the suite itself and shows nothing of an implementation. */
export function isSelfCheck({ kind }: Pick<CaseResult, "kind">): boolean {
  return kind === "self-check";
}

/**
 * A failed self-check is never xfailed: the suite is wrong, whatever an implementer knows.
 * @param expected ids of the cases that are known to fail
 */
export function outcomeOfCase(
  { id, kind, verdict, failure }: Pick<CaseResult, "id" | "kind" | "verdict"> & { readonly failure?: object },
  expected: ReadonlySet<string>,
): Outcome {
  if (failure) return expected.has(id) && !isSelfCheck({ kind }) ? "xfailed" : "failed";
  return isSkipped(verdict) || verdict === "inconclusive" ? verdict : "passed";
}
