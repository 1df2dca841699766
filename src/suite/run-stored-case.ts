import { PropertyFailure } from "../../properties/property-failure.js";
import { ProgramNotSent } from "../../properties/subject.js";
import { neededCapabilities, withoutState } from "../adapter/needed-capabilities.js";
import type { Declaration } from "../judge/declaration.js";
import { verdictOf } from "../judge/judge-program.js";
import type { Verdict } from "../judge/verdict.js";
import { outsideDomain } from "../program/domain.js";
import { withKnownHyperparameters } from "../program/known-hyperparameters.js";
import type { Observation } from "../program/observation.js";
import type { Program } from "../program/program.js";
import type { CaseOptions } from "./case-options.js";
import type { CaseKind, CaseResult } from "./case-result.js";
import { CaseRun } from "./case-run.js";

/** A program that is kept in a file: a regression, a golden case or the witness of an expectation. */
export interface StoredCase {
  readonly id: string;
  readonly kind: Extract<CaseKind, "regression" | "golden" | "witness">;
  readonly clauses: readonly string[];
  readonly program: Program;
  /** What else must hold of the observations of the program that was run. @throws {PropertyFailure} */
  readonly check?: (observations: readonly Observation[], program: Program, declaration: Declaration) => void;
}

/**
 * Run one stored case. One that is for another dialect, or needs a capability that the implementation does not offer, is
 * skipped; if the implementation hides its state, only the parameters are observed.
 */
export async function runStoredCase(stored: StoredCase, options: CaseOptions): Promise<CaseResult> {
  const { id, kind, clauses } = stored;
  const { declaration, capabilities } = options;
  const run = new CaseRun({ id, kind, clauses }, options);
  if (stored.program.dialect !== declaration.dialect.id)
    return run.skipped(`for dialect ${stored.program.dialect}`);
  const hidden = !capabilities.includes("state");
  const known = withKnownHyperparameters(stored.program, declaration.dialect);
  const program = hidden ? withoutState(known) : known;
  const missing = neededCapabilities(program, declaration.dialect).filter(
    (capability) => !capabilities.includes(capability),
  );
  if (missing.length > 0) return run.lacking(missing);
  const outside = declaration.domain && outsideDomain(program, declaration.dialect, declaration.domain);
  if (outside !== undefined) return run.skipped(outside, { outsideDomain: 1 });
  let verdict: Verdict = "inconclusive";
  const subject = run.subject({
    judge: options.selfCheck?.judgeOf(id),
    onJudged: (judgement) => {
      run.count(judgement);
      verdict = verdictOf(judgement, declaration);
    },
  });
  try {
    const observations = await subject.conforms(program);
    stored.check?.(observations, subject.sent(program), declaration);
    return run.result(verdict, { runs: 1 });
  } catch (error) {
    if (error instanceof ProgramNotSent) return run.skipped(error.message);
    if (!(error instanceof PropertyFailure)) throw error;
    return run.failed(error, subject, `--only ${id}`, { runs: 1 });
  }
}
