import type { Judgement } from "../judge/judge-program.js";
import type { Tally } from "../judge/tally.js";
import type { Verdict } from "../judge/verdict.js";
import type { Observation, Program } from "../program/program.js";

/** A program that shows a failure, with what the implementation answered. */
export interface Evidence {
  readonly program: Program;
  readonly observations: readonly Observation[];
  readonly judgement?: Judgement;
}

/** What is needed to explain a failure and to see it again. */
export interface Failure {
  readonly message: string;
  /** The smallest program that shows it; absent where the specification itself fails. */
  readonly minimal?: Evidence;
  /** Other failing programs: what explains the failure must explain them too. */
  readonly others: readonly Evidence[];
  /** A command that shows it again. */
  readonly replay: string;
}

/** What a regression, a golden case or a property showed. */
export interface CaseResult {
  readonly id: string;
  readonly kind: "regression" | "golden" | "property";
  readonly clauses: readonly string[];
  /** `not-run` with a reason is counted and never part of a pass. */
  readonly verdict: Verdict | "not-run";
  readonly reason?: string;
  /** Programs that were run. */
  readonly runs: number;
  readonly tally: Tally;
  readonly failure?: Failure;
}
