import { PROPERTIES } from "../../properties/index.js";
import type { Hello } from "../adapter/hello.js";
import { BUNDLED_SOURCE_TRAINING } from "../package-info.js";
import { SelfCheck } from "../self-check/self-check.js";
import { capabilityCases, runCapabilityCase } from "./capability-cases.js";
import type { CaseOptions } from "./case-options.js";
import type { CaseResult } from "./case-result.js";
import { DeterminismAudit } from "./determinism-audit.js";
import { witnessCases } from "./expectations/witness-cases.js";
import { FaultBudget } from "./fault-budget.js";
import type { GateOptions } from "./gate-options.js";
import { goldenCases } from "./golden/gate-cases.js";
import { sourceTrainingCases } from "./golden/source-training.js";
import { isSelected, NothingSelected } from "./only.js";
import { platform } from "./platform.js";
import { PROFILES } from "./profile.js";
import { regressionCases } from "./regression.js";
import { runProperty } from "./run-property.js";
import { runStoredCase } from "./run-stored-case.js";
import { shardOf } from "./shard.js";

/** Something that can be run and gives one result. */
export interface PlannedCase {
  readonly id: string;
  readonly clauses: readonly string[];
  run(): Promise<CaseResult>;
}

/** What a gate runs: cases in any order, then the audit of their answers. */
export interface Plan {
  readonly cases: readonly PlannedCase[];
  readonly audit?: PlannedCase;
  /** Checks the judge in all of them. */
  readonly selfCheck: SelfCheck;
}

/**
 * Everything that a gate with these options runs against an implementation with this declaration.
 * @throws {ProgramError} for stored cases that cannot be read
 * @throws {NothingSelected} if `only` selects nothing
 */
export function planOf(options: GateOptions, hello: Hello): Plan {
  const { declaration, level, replay = describeSelection } = options;
  const demandBitExact = level === "L3";
  const audit = new DeterminismAudit();
  const faultBudget = new FaultBudget();
  const selfCheck = new SelfCheck(options.seed);
  const careful = faultBudget.watch(options.adapter);
  const caseOptions = (): CaseOptions => ({
    adapter: audit.watch(careful),
    faultBudget,
    capabilities: hello.capabilities,
    declaration,
    demandBitExact,
    replay,
    selfCheck,
  });
  const claimed = demandBitExact ? declaration.reference?.name : undefined;
  const stored = [
    ...(options.expectations
      ? witnessCases(options.expectations, { ...platform(), profile: options.profile })
      : []),
    ...(options.regressions ? regressionCases(options.regressions) : []),
    ...(options.goldens
      ? [...goldenCases(options.goldens, claimed), ...sourceTrainingCases(BUNDLED_SOURCE_TRAINING)]
      : []),
  ];
  const selected = ({ id, clauses }: PlannedCase) => isSelected(options.only, id, clauses);
  const all: PlannedCase[] = [
    ...capabilityCases(declaration.dialect).map((one) => ({
      ...one,
      run: () => runCapabilityCase(one, caseOptions()),
    })),
    ...stored.map((one) => ({ ...one, run: () => runStoredCase(one, caseOptions()) })),
    ...PROPERTIES.filter(({ id }) => !options.generatedOnly || isGenerated(id)).map((property) => ({
      id: property.id,
      clauses: property.clauses,
      run: () =>
        runProperty(property, {
          ...caseOptions(),
          seed: options.seed,
          runs: PROFILES[options.profile],
          shrink: options.shrink ?? true,
          ...(options.signal && { signal: options.signal }),
        }),
    })),
  ].filter(selected);
  const audited: PlannedCase = {
    id: DeterminismAudit.id,
    clauses: DeterminismAudit.clauses,
    run: () => audit.run({ ...caseOptions(), adapter: options.adapter }),
  };
  const cases = options.shard ? shardOf(all, options.shard) : all;
  if (all.length === 0)
    throw new NothingSelected(
      options.only,
      selected(audited)
        ? "it looks at what other cases were answered, so it runs with all of them"
        : undefined,
    );
  return { cases, ...(selected(audited) && { audit: audited }), selfCheck };
}

/** Whether a case that is not run yet will be a self-check, which asks the implementation nothing. */
export function isSpecification(id: string): boolean {
  return PROPERTIES.some((property) => property.id === id && property.target === "specification");
}

/** Whether a case is a property of which many inputs are drawn, so that it depends on the seed. */
export function isGenerated(id: string): boolean {
  return PROPERTIES.some((property) => property.id === id && property.weight !== 0);
}

export function describeSelection(selection: string): string {
  return `again: ${selection}`;
}
