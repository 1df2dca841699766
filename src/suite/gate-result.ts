import type { UnexplainedFault } from "../adapter/adapter.js";
import type { Hello } from "../adapter/hello.js";
import type { Declaration } from "../judge/declaration.js";
import { addTally, emptyTally, type Tally } from "../judge/tally.js";
import type { SelfCheck, SelfCheckCounts } from "../self-check/self-check.js";
import { type CaseResult, isSelfCheck } from "./case-result.js";
import { type ClauseRow, clauseMatrix } from "./clause-matrix.js";
import { type Conclusion, conclude } from "./conclusion.js";
import { type ExpectationsReport, judgeExpectations } from "./expectations/judge-expectations.js";
import { type Finding, findingsOf } from "./finding.js";
import type { GateOptions } from "./gate-options.js";
import { judgeChecks } from "./judge-checks.js";
import type { Level } from "./level.js";
import { platform } from "./platform.js";
import type { ProfileName } from "./profile.js";
import { partOf, type Shard } from "./shard.js";

/** The result of a run. */
export interface GateResult extends Conclusion {
  readonly hello: Hello;
  /** What it was judged by. */
  readonly declaration: Declaration;
  readonly profile: ProfileName;
  readonly seed: number;
  readonly requestedLevel: Level;
  /** Cases that were selected; fewer have results if the run was interrupted. */
  readonly planned: number;
  /** What the cases were restricted to, if they were. */
  readonly only?: string;
  /** Which part of the cases was run, if not all. */
  readonly shard?: Shard;
  /** False if something that was selected has no result. */
  readonly complete: boolean;
  /** Why the run is not complete. */
  readonly stopped?: string;
  readonly results: readonly CaseResult[];
  readonly findings: readonly Finding[];
  readonly clauses: readonly ClauseRow[];
  readonly tally: Tally;
  /** The part of the tally that was judged by sets carried over several steps. */
  readonly multiStep: Tally;
  /** The checks of the judge that gave these results. */
  readonly selfCheck: SelfCheckCounts;
  /** What became of the expectations, if there are any. */
  readonly expectations?: ExpectationsReport;
  /** Restarts of the implementation's process after faults. */
  readonly restarts: number;
  /** Faults of that process that no program was found to cause. */
  readonly unexplained: readonly UnexplainedFault[];
}

/**
 * Sum up the results of cases.
 * @param stopped why some of those that were planned have none
 * @param selfCheck what checked the judge while the cases ran
 */
export async function gateResult(
  options: GateOptions,
  hello: Hello,
  cases: readonly CaseResult[],
  planned: number,
  stopped: string | undefined,
  selfCheck: SelfCheck,
): Promise<GateResult> {
  const { adapter, declaration, level, only, shard } = options;
  const complete = cases.length === planned;
  const checks = judgeChecks(selfCheck, options);
  const results = [...cases, ...checks];
  const part = partOf(options);
  // If the suite itself is wrong, its findings about the implementation prove nothing and are left out.
  const suspects = results.filter((result) => result.failure && isSelfCheck(result));
  const findings = await findingsOf(suspects.length > 0 ? suspects : results, declaration, adapter);
  const diagnosed = results.map((result) => withDiagnosis(result, findings));
  const expectations =
    options.expectations &&
    judgeExpectations(options.expectations, diagnosed, {
      ...platform(),
      profile: options.profile,
      today: new Date().toISOString().slice(0, 10),
      complete,
      ...(part !== undefined && { only: part }),
    });
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
    requestedLevel: level,
    ...conclude(diagnosed, {
      requested: level,
      hasReference: declaration.reference !== undefined,
      complete,
      ...(expectations && { expectations }),
    }),
    planned: planned + checks.length,
    ...(only !== undefined && { only }),
    ...(shard && { shard }),
    complete,
    ...(stopped !== undefined && { stopped }),
    results: diagnosed,
    findings,
    clauses: clauseMatrix(diagnosed, new Set(expectations?.expected.keys())),
    tally,
    multiStep,
    selfCheck: selfCheck.counts,
    ...(expectations && { expectations }),
    restarts: adapter.restarts ?? 0,
    unexplained: [...(adapter.unexplained ?? [])],
  };
}

/** A failed case has the verdict of the finding that explains it. */
function withDiagnosis(result: CaseResult, findings: readonly Finding[]): CaseResult {
  const finding = findings.find(({ cases }) => cases.includes(result.id));
  return finding ? { ...result, verdict: finding.diagnosis.verdict } : result;
}
