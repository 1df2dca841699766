import { emptyTally } from "../judge/tally.js";
import { conclude } from "../suite/conclusion.js";
import type { CaseOutcome } from "../suite/expectations/judge-expectations.js";
import { reportLines } from "./jsonl.js";
import { madeUpRun } from "./made-up-run.test-support.js";

/** What a made-up report says. */
export interface MadeUpOutcomes {
  readonly cases: readonly CaseOutcome[];
  readonly findings?: readonly { readonly sentence: string; readonly cases: readonly string[] }[];
  readonly only?: string;
  readonly complete?: boolean;
  readonly platform?: string;
}

/** The lines of a report of a run that never was, and that does not conform. */
export function madeUpReport(run: MadeUpOutcomes): string[] {
  const { cases, findings = [], only, complete = true, platform = "linux" } = run;
  const outcomes = cases.map((one) => ({ ...one, tally: emptyTally() }));
  const { reached } = conclude(outcomes, { asked: "L2", hasReference: false, complete });
  const report = madeUpRun({
    header: {
      environment: { node: "v20", platform, arch: "x64", cpu: "made up" },
      ...(only !== undefined && { only }),
    },
    cases: outcomes.map(({ failure, reason, ...one }) => ({
      ...one,
      clauses: [],
      ...(reason !== undefined && { reason }),
      ...(failure && { message: failure.message }),
    })),
    findings: findings.map(({ sentence, cases }) => ({
      sentence,
      cases: [...cases],
      clauses: [],
      message: "it fails",
      replay: "gate",
    })),
    clauses: [{ standing: "not-shown", counts: {} }],
    footer: { complete, conforms: false, reached },
  });
  return [...reportLines(report)];
}
