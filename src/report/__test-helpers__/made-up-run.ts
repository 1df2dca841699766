import { emptyTally } from "../../judge/tally.js";
import { type CaseWithoutOutcome, withOutcomes } from "../model/case-outcomes.js";
import { bodyLines, completed, type Report, type ReportFinding } from "../model/report.js";
import { type LineOf, REPORT_FORMAT, reportLineSchema } from "../model/report-schema.js";

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
  const given = (run.cases ?? [{ id: "first" }, { id: "second" }]).map(
    (given, k): CaseWithoutOutcome => ({
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
  const cases = withOutcomes(given, new Set(run.footer?.expectations?.expected));
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
      outcome: "passed",
      counts: { certified: 2 },
      ...given,
    }),
  );
  const report = completed(
    {
      type: "header",
      format: REPORT_FORMAT,
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
      ...outcomeOf(cases, run.footer),
      reached: "L2",
      validation: "skipped",
      planned: cases.length,
      cases: cases.length,
      skipped: 0,
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

/** As far as it is not given; findings and levels do not count. */
function outcomeOf(
  cases: readonly LineOf<"case">[],
  { complete = true, expectations }: Partial<LineOf<"footer">> = {},
): Pick<LineOf<"footer">, "outcome" | "inconclusive"> {
  if (cases.some(({ kind, outcome }) => kind === "self-check" && outcome === "failed"))
    return { outcome: "inconclusive", inconclusive: "self-check-failed" };
  if (!complete) return { outcome: "inconclusive", inconclusive: "interrupted" };
  return { outcome: (expectations?.expected.length ?? 0) > 0 ? "xfailed" : "passed" };
}
