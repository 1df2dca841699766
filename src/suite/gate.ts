import { PROPERTIES } from "../../properties/index.js";
import type { Adapter, Hello } from "../adapter/adapter.js";
import type { Declaration } from "../judge/declaration.js";
import { addTally, emptyTally, type Tally } from "../judge/tally.js";
import type { CaseResult } from "./case-result.js";
import { type ClauseRow, clauseMatrix } from "./clause-matrix.js";
import { type Finding, findingsOf } from "./finding.js";
import { goldenCases } from "./golden/gate-cases.js";
import { decides, LEVELS, type Level, levelOf, reaches } from "./level.js";
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
  /** How this gate was called, for replay commands; left out, they say what to run again in words. */
  readonly command?: string;
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
  /** Cases that were selected; fewer have results if the run was interrupted. */
  readonly planned: number;
  /** What the cases were restricted to, if they were. */
  readonly only?: string;
  /** False if the run was interrupted. */
  readonly complete: boolean;
  /** Whether any case says something of the implementation; if none does, nothing was shown. */
  readonly decided: boolean;
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
 * @throws {RangeError} for an unknown level or profile, or a seed that is no integer
 */
export async function runGate(options: GateOptions): Promise<GateResult> {
  checkOptions(options);
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
    planned: planned.length,
    ...(options.only !== undefined && { only: options.only }),
    complete,
    decided: shown.some(({ failure }) => failure) || shown.some(decides),
    results: diagnosed,
    findings,
    clauses: clauseMatrix(diagnosed),
    tally,
    selfCheckFailed,
  };
}

/** @throws {RangeError} for what a type checker would have refused */
function checkOptions({ level, profile, seed }: GateOptions): void {
  if (!(level in LEVELS)) throw new RangeError(`level is ${level}; known: ${Object.keys(LEVELS).join(", ")}`);
  if (!(profile in PROFILES))
    throw new RangeError(`profile is ${profile}; known: ${Object.keys(PROFILES).join(", ")}`);
  if (!Number.isInteger(seed)) throw new RangeError(`seed is ${seed}; it must be an integer`);
}

/** A failed case has the verdict of the finding that explains it. */
function withDiagnosis(result: CaseResult, findings: readonly Finding[]): CaseResult {
  const finding = findings.find(({ cases }) => cases.includes(result.id));
  return finding ? { ...result, verdict: finding.diagnosis.verdict } : result;
}

function plan(options: GateOptions, hello: Hello): PlannedCase[] {
  const { adapter, declaration, level, command = "again:" } = options;
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
