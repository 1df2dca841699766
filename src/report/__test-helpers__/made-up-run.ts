import { emptyTally } from "../../judge/tally.js";
import { bodyLines, completed, type Report, type ReportFinding } from "../model/report.js";
import { type LineOf, reportLineSchema } from "../model/report-schema.js";

/** What differs from a run of two cases, one of which passes. */
export interface MadeUpRun {
  readonly header?: Partial<LineOf<"header">>;
  readonly cases?: readonly Partial<LineOf<"case">>[];
  readonly findings?: readonly Partial<ReportFinding>[];
  readonly clauses?: readonly Partial<LineOf<"clause">>[];
  readonly footer?: Partial<LineOf<"footer">>;
}

/** The report of a run that never was. It conforms unless it is told otherwise. Every line fits the schema. */
export function madeUpRun(run: MadeUpRun = {}): Report {
  const cases = (run.cases ?? [{ id: "first" }, { id: "second" }]).map(
    (given, k): LineOf<"case"> => ({
      type: "case",
      id: `case-${k + 1}`,
      kind: "property",
      clauses: ["RMS-1.1"],
      verdict: "certified",
      runs: 1,
      tally: { ...emptyTally(), judged: 1 },
      multiStep: emptyTally(),
      ...given,
    }),
  );
  const findings = (run.findings ?? []).map(
    (given, k): ReportFinding => ({
      type: "finding",
      number: k + 1,
      verdict: "differs",
      sentence: "It differs.",
      axes: [],
      alternatives: [],
      clauses: ["RMS-1.1"],
      cases: [],
      message: "it differs",
      replay: "gate --only first",
      ...given,
    }),
  );
  const clauses = (run.clauses ?? [{}]).map(
    (given): LineOf<"clause"> => ({
      type: "clause",
      clause: "RMS-1.1",
      standing: "shown",
      counts: { certified: 2 },
      ...given,
    }),
  );
  const report = completed(
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
      seed: 1,
      command: "gate",
      started: "2030-01-02T03:04:05.000Z",
      environment: { node: "v20", platform: "linux", arch: "x64", cpu: "made up" },
      ...run.header,
    },
    { cases, findings, clauses, accuracy: [], sets: [], training: [], trajectories: [] },
    {
      type: "footer",
      complete: true,
      conforms: true,
      reached: "L2",
      decided: true,
      planned: cases.length,
      cases: cases.length,
      notRun: 0,
      findings: findings.length,
      tally: emptyTally(),
      multiStep: emptyTally(),
      restarts: 0,
      seconds: 1,
      ...run.footer,
    },
  );
  const made = { ...report, footer: { ...report.footer, ...run.footer } };
  for (const line of [made.header, ...bodyLines(made), made.footer]) reportLineSchema.parse(line);
  return made;
}
