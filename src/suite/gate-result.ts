import type { Hello } from "../adapter/hello.js";
import type { Declaration } from "../judge/declaration.js";
import { addTally, emptyTally, type Tally } from "../judge/tally.js";
import { type CaseResult, isSelfCheck } from "./case-result.js";
import { type ClauseRow, clauseMatrix } from "./clause-matrix.js";
import { type ExpectationsReport, judgeExpectations } from "./expectations/judge-expectations.js";
import { type Finding, findingsOf } from "./finding.js";
import type { GateOptions } from "./gate-options.js";
import { decides, type Level, levelOf, type ReachedLevel, reaches } from "./level.js";
import { platform } from "./platform.js";
import type { ProfileName } from "./profile.js";

/** Everything that a run showed. */
export interface GateResult {
  readonly hello: Hello;
  /** What it was judged by. */
  readonly declaration: Declaration;
  readonly profile: ProfileName;
  readonly seed: number;
  readonly asked: Level;
  readonly reached: ReachedLevel;
  /** At the level that was asked for, but for failures that are expected. */
  readonly conforms: boolean;
  /** Cases that were selected; fewer have results if the run was interrupted. */
  readonly planned: number;
  /** What the cases were restricted to, if they were. */
  readonly only?: string;
  /** False if something that was selected has no result. */
  readonly complete: boolean;
  /** Why the run is not complete. */
  readonly stopped?: string;
  /** Whether any case says something of the implementation; if none does, nothing was shown. */
  readonly decided: boolean;
  readonly results: readonly CaseResult[];
  readonly findings: readonly Finding[];
  readonly clauses: readonly ClauseRow[];
  readonly tally: Tally;
  /** The part of the tally that was judged by sets carried over several steps. */
  readonly multiStep: Tally;
  /** What became of the expectations, if there are any. */
  readonly expectations?: ExpectationsReport;
  /** Restarts of the implementation's process after faults. */
  readonly restarts: number;
  /** A clause over the reals failed on the oracle: the suite is wrong, not the implementation. */
  readonly selfCheckFailed: boolean;
}

/**
 * Sum up the results of cases.
 * @param stopped why some of those that were planned have none
 */
export async function gateResult(
  options: GateOptions,
  hello: Hello,
  results: readonly CaseResult[],
  planned: number,
  stopped: string | undefined,
): Promise<GateResult> {
  const { adapter, declaration, level, only } = options;
  const complete = results.length === planned;
  const findings = await findingsOf(results, declaration, adapter);
  const diagnosed = results.map((result) => withDiagnosis(result, findings));
  const expectations =
    options.expectations &&
    judgeExpectations(options.expectations, diagnosed, {
      ...platform(),
      profile: options.profile,
      today: new Date().toISOString().slice(0, 10),
      complete,
      ...(only !== undefined && { only }),
    });
  const shown = diagnosed.filter((result) => !isSelfCheck(result));
  const unexpected = shown.filter(({ id }) => !expectations?.expected.has(id));
  const hasReference = declaration.reference !== undefined;
  const selfCheckFailed = results.some((result) => result.failure && isSelfCheck(result));
  const tally = emptyTally();
  const multiStep = emptyTally();
  for (const result of results) {
    addTally(tally, result.tally);
    addTally(multiStep, result.multiStep);
  }
  return {
    hello,
    declaration,
    profile: options.profile,
    seed: options.seed,
    asked: level,
    reached: levelOf(shown, hasReference),
    conforms:
      complete &&
      !selfCheckFailed &&
      (expectations?.breaches.length ?? 0) === 0 &&
      (unexpected.some(decides)
        ? reaches(levelOf(unexpected, hasReference), level)
        : everythingIsExpected(unexpected, expectations)),
    planned,
    ...(only !== undefined && { only }),
    complete,
    ...(stopped !== undefined && { stopped }),
    decided: shown.some(({ failure }) => failure) || shown.some(decides),
    results: diagnosed,
    findings,
    clauses: clauseMatrix(diagnosed),
    tally,
    multiStep,
    ...(expectations && { expectations }),
    restarts: adapter.restarts ?? 0,
    selfCheckFailed,
  };
}

/** A failed case has the verdict of the finding that explains it. */
function withDiagnosis(result: CaseResult, findings: readonly Finding[]): CaseResult {
  const finding = findings.find(({ cases }) => cases.includes(result.id));
  return finding ? { ...result, verdict: finding.diagnosis.verdict } : result;
}

/** Of a restricted run, what fails as expected may be all that there is. */
function everythingIsExpected(
  unexpected: readonly CaseResult[],
  expectations: ExpectationsReport | undefined,
): boolean {
  return (expectations?.expected.size ?? 0) > 0 && !unexpected.some(({ failure }) => failure);
}
