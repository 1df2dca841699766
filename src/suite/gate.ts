import { PROPERTIES } from "../../properties/index.js";
import type { Adapter, Hello } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import { addTally, emptyTally, type Tally } from "../judge/tally.js";
import type { CaseResult } from "./case-result.js";
import { type ClauseRow, clauseMatrix } from "./clause-matrix.js";
import { type Finding, findingsOf } from "./finding.js";
import { goldenCases } from "./golden/gate-cases.js";
import { decides, type Level, levelOf, reaches } from "./level.js";
import { isSelected, NothingSelected } from "./only.js";
import { PROFILES, type ProfileName } from "./profile.js";
import { regressionCases } from "./regression.js";
import { Interrupted, runProperty } from "./run-property.js";
import { runStoredCase } from "./run-stored-case.js";

export interface GateOptions {
  readonly adapter: Adapter;
  readonly declaration: Declaration;
  /** The level that must be reached. */
  readonly level: Level;
  readonly profile: ProfileName;
  readonly seed: number;
  /** Run only what this selects: a clause, a family or a case id with `*`. */
  readonly only?: string;
  /** Folders of stored cases; a folder that is left out is not run. */
  readonly regressions?: string;
  readonly goldens?: string;
  /** How this gate was called, for replay commands. */
  readonly command: string;
  /** Called after each case. */
  readonly onCase?: (result: CaseResult, done: number, total: number) => void;
  /** Stop; the result is then incomplete. */
  readonly signal?: AbortSignal;
}

/** Everything that a run showed. */
export interface GateResult {
  readonly hello: Hello;
  readonly asked: Level;
  readonly reached: Level;
  readonly conforms: boolean;
  /** False if the run was interrupted. */
  readonly complete: boolean;
  readonly results: readonly CaseResult[];
  readonly findings: readonly Finding[];
  readonly clauses: readonly ClauseRow[];
  readonly tally: Tally;
  /** A clause over the reals failed on the oracle: the suite is wrong, not the implementation. */
  readonly selfCheckFailed: boolean;
}

/** Something that can be run and gives one result. */
interface PlannedCase {
  readonly id: string;
  readonly clauses: readonly string[];
  run(): Promise<CaseResult>;
}

/**
 * Run regressions, goldens and properties against an implementation.
 * @throws {ProgramError} for stored cases that cannot be read
 * @throws {NothingSelected} if `only` selects nothing
 */
export async function runGate(options: GateOptions): Promise<GateResult> {
  const hello = await options.adapter.hello();
  const planned = plan(options, hello).filter(({ id, clauses }) => isSelected(options.only, id, clauses));
  if (planned.length === 0) throw new NothingSelected(options.only);
  const results: CaseResult[] = [];
  for (const planCase of planned) {
    if (options.signal?.aborted) break;
    const result = await planCase.run().catch((error: unknown) => {
      if (error instanceof Interrupted) return undefined;
      throw error;
    });
    if (!result) break;
    results.push(result);
    options.onCase?.(result, results.length, planned.length);
    // Let timers and signals have their turn: in-process cases never wait for anything.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const complete = results.length === planned.length;
  const findings = await findingsOf(results, options.declaration, options.adapter);
  const diagnosed = results.map((result) => withDiagnosis(result, findings));
  const shown = diagnosed.filter(({ id }) => !isSpecification(id));
  const reached = levelOf(shown, options.declaration.reference !== undefined);
  const selfCheckFailed = results.some(({ id, failure }) => failure && isSpecification(id));
  const tally = emptyTally();
  for (const result of results) addTally(tally, result.tally);
  return {
    hello,
    asked: options.level,
    reached,
    conforms: complete && !selfCheckFailed && shown.some(decides) && reaches(reached, options.level),
    complete,
    results: diagnosed,
    findings,
    clauses: clauseMatrix(diagnosed),
    tally,
    selfCheckFailed,
  };
}

/** A failed case has the verdict of the finding that explains it. */
function withDiagnosis(result: CaseResult, findings: readonly Finding[]): CaseResult {
  const finding = findings.find(({ cases }) => cases.includes(result.id));
  return finding ? { ...result, verdict: finding.diagnosis.verdict } : result;
}

function plan(options: GateOptions, hello: Hello): PlannedCase[] {
  const { adapter, declaration, level, command } = options;
  const demandBitExact = level === "L3";
  const claimed = demandBitExact ? declaration.reference?.name : undefined;
  const stored = [
    ...(options.regressions ? regressionCases(options.regressions) : []),
    ...(options.goldens ? goldenCases(options.goldens, claimed) : []),
  ];
  return [
    ...stored.map((one) => ({
      ...one,
      run: () =>
        runStoredCase(one, {
          adapter,
          capabilities: hello.capabilities,
          declaration,
          demandBitExact,
          command,
        }),
    })),
    ...PROPERTIES.map((property) => ({
      id: property.id,
      clauses: property.clauses,
      run: () =>
        runProperty(property, {
          adapter,
          capabilities: hello.capabilities,
          declaration,
          demandBitExact,
          seed: options.seed,
          runs: PROFILES[options.profile],
          command,
          ...(options.signal && { signal: options.signal }),
        }),
    })),
  ];
}

function isSpecification(id: string): boolean {
  return PROPERTIES.some((property) => property.id === id && property.of === "specification");
}
