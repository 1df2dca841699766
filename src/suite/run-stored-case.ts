import { PropertyFailure } from "../../properties/property-failure.js";
import { Subject, UnsupportedProgram } from "../../properties/subject.js";
import type { Adapter } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import { verdictOf } from "../judge/judge-program.js";
import { addTally, emptyTally } from "../judge/tally.js";
import type { Verdict } from "../judge/verdict.js";
import type { Observation, Program } from "../program/program.js";
import type { CaseResult } from "./case-result.js";

/** A program that is kept in a file: a regression or a golden case. */
export interface StoredCase {
  readonly id: string;
  readonly kind: "regression" | "golden";
  readonly clauses: readonly string[];
  readonly program: Program;
  /** What else must hold of the observations. @throws {PropertyFailure} */
  readonly check?: (observations: readonly Observation[]) => void;
}

/** How stored cases are run. */
export interface StoredCaseOptions {
  readonly adapter: Adapter;
  readonly declaration: Declaration;
  readonly demandBitExact: boolean;
  /** How the gate was called, for replay commands. */
  readonly command: string;
}

/** Run one stored case; one that is for another dialect is not run. */
export async function runStoredCase(stored: StoredCase, options: StoredCaseOptions): Promise<CaseResult> {
  const { id, kind, clauses, program } = stored;
  const { declaration } = options;
  const base = { id, kind, clauses };
  const tally = emptyTally();
  if (program.dialect !== declaration.dialect.id) {
    return { ...base, verdict: "not-run", reason: `for dialect ${program.dialect}`, runs: 0, tally };
  }
  let verdict: Verdict = "indeterminate";
  const subject = new Subject(options.adapter, declaration, options.demandBitExact, (judgement) => {
    addTally(tally, judgement.tally);
    verdict = verdictOf(judgement, declaration);
  });
  try {
    const observations = await subject.conforms(program);
    stored.check?.(observations);
    return { ...base, verdict, runs: 1, tally };
  } catch (error) {
    if (error instanceof UnsupportedProgram)
      return { ...base, verdict: "not-run", reason: error.message, runs: 0, tally };
    if (!(error instanceof PropertyFailure)) throw error;
    const failure = {
      message: error.message,
      ...(error.evidence && { minimal: error.evidence }),
      others: [],
      replay: `${options.command} --only ${id}`,
    };
    return { ...base, verdict: error.verdict, runs: 1, tally, failure };
  }
}
