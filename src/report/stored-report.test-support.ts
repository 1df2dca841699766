import { emptyTally } from "../judge/tally.js";
import { conclude } from "../suite/conclusion.js";
import type { CaseOutcome } from "../suite/expectations/judge-expectations.js";
import { type ReportLine, reportLineSchema } from "./report-schema.js";

/** What a made-up report says. */
export interface MadeUpRun {
  readonly cases: readonly CaseOutcome[];
  readonly findings?: readonly { readonly sentence: string; readonly cases: readonly string[] }[];
  readonly only?: string;
  readonly complete?: boolean;
  readonly platform?: string;
}

/** The lines of a report of a run that never was. */
export function madeUpReport(run: MadeUpRun): string[] {
  const { cases, findings = [], only, complete = true, platform = "linux" } = run;
  const outcomes = cases.map((one) => ({ ...one, tally: emptyTally() }));
  const { reached } = conclude(outcomes, { asked: "L2", hasReference: false, complete });
  const lines: ReportLine[] = [
    {
      type: "header",
      format: "rmsprop-report/1",
      suite: "0.1.0",
      implementation: { name: "made up", version: "1", language: "none" },
      dialect: "pytorch",
      evaluation: {},
      capabilities: [],
      level: "L2",
      profile: "ci",
      ...(only !== undefined && { only }),
      seed: 1,
      command: "gate",
      started: "2030-01-02T03:04:05.000Z",
      environment: { node: "v20", platform, arch: "x64", cpu: "made up" },
    },
    ...cases.map(
      ({ id, kind, verdict, reason, failure }): ReportLine => ({
        type: "case",
        id,
        kind,
        clauses: [],
        verdict,
        ...(reason !== undefined && { reason }),
        runs: 1,
        tally: emptyTally(),
        multiStep: emptyTally(),
        ...(failure && { message: failure.message }),
      }),
    ),
    ...findings.map(
      ({ sentence, cases }, k): ReportLine => ({
        type: "finding",
        number: k + 1,
        verdict: "differs",
        sentence,
        axes: [],
        alternatives: [],
        clauses: [],
        cases: [...cases],
        message: "it fails",
        replay: "gate",
      }),
    ),
    { type: "clause", clause: "RMS-1.1", standing: "not-shown", counts: {} },
    {
      type: "footer",
      complete,
      conforms: false,
      reached,
      decided: true,
      planned: cases.length,
      cases: cases.length,
      notRun: 0,
      findings: findings.length,
      tally: emptyTally(),
      multiStep: emptyTally(),
      restarts: 0,
      seconds: 1,
      lines: cases.length + findings.length + 3,
    },
  ];
  return lines.map((line) => JSON.stringify(reportLineSchema.parse(line)));
}
