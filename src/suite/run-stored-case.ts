import { PropertyFailure } from "../../properties/property-failure.js";
import { Subject, UnsupportedProgram } from "../../properties/subject.js";
import type { Adapter, Capability } from "../adapter/adapter.js";
import { neededCapabilities, withoutState } from "../adapter/needed-capabilities.js";
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
  /** What else must hold of the observations of the program that was run. @throws {PropertyFailure} */
  readonly check?: (observations: readonly Observation[], program: Program) => void;
}

/** How stored cases are run. */
export interface StoredCaseOptions {
  readonly adapter: Adapter;
  readonly capabilities: readonly Capability[];
  readonly declaration: Declaration;
  readonly demandBitExact: boolean;
  /** How the gate was called, for replay commands. */
  readonly command: string;
}

/**
 * Run one stored case. One that is for another dialect, or needs what the implementation does not offer, is not
 * run; of an implementation that hides its state, only the parameters are observed.
 */
export async function runStoredCase(stored: StoredCase, options: StoredCaseOptions): Promise<CaseResult> {
  const { id, kind, clauses } = stored;
  const { declaration, capabilities } = options;
  const base = { id, kind, clauses };
  const tally = emptyTally();
  const notRun = (reason: string): CaseResult => ({ ...base, verdict: "not-run", reason, runs: 0, tally });
  if (stored.program.dialect !== declaration.dialect.id)
    return notRun(`for dialect ${stored.program.dialect}`);
  const hidden = !capabilities.includes("state");
  const program = hidden ? withoutState(stored.program) : stored.program;
  const missing = neededCapabilities(program, declaration.dialect).filter(
    (capability) => !capabilities.includes(capability),
  );
  if (missing.length > 0) return notRun(`the implementation does not offer ${missing.join(", ")}`);
  let verdict: Verdict = "indeterminate";
  const subject = new Subject(
    options.adapter,
    capabilities,
    declaration,
    options.demandBitExact,
    (judgement) => {
      addTally(tally, judgement.tally);
      verdict = verdictOf(judgement, declaration);
    },
  );
  try {
    const observations = await subject.conforms(program);
    stored.check?.(observations, program);
    return { ...base, verdict, runs: 1, tally };
  } catch (error) {
    if (error instanceof UnsupportedProgram) return notRun(error.message);
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
