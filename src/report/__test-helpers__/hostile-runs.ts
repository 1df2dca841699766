import { conclusionsOf } from "../model/conclusions.js";
import type { Report } from "../model/report.js";
import { type MadeUpRun, madeUpRun } from "./made-up-run.js";

/**
 * Runs that an implementation has put this text into wherever the schema allows any text, and more places than it can
 * reach: reports are read from files too. One stops early; in the other, the suite fails its own self-check.
 */
export function hostileRuns(text: string): readonly [stopped: Report, selfCheckFailed: Report] {
  const header: Partial<Report["header"]> = {
    suite: text,
    implementation: { name: text, version: text, language: text, issues: text },
    dialect: text,
    reference: text,
    capabilities: [text],
    profile: text,
    only: text,
    command: text,
    environment: { node: text, platform: text, arch: text, cpu: text },
  };
  const float = { value: text, bits: "0x3f800000" };
  const mismatch = {
    slot: "parameter",
    parameter: 0,
    element: 0,
    step: 1,
    operation: 1,
    got: float,
  } as const;
  const axis = { kind: "dialect", axis: text, declared: text, observed: text } as const;
  const cases: Partial<Report["cases"][number]>[] = [
    { id: `${text}1`, verdict: "crash", message: text, distribution: text },
    { id: `${text}2`, verdict: "skipped", reason: text, missingCapabilities: [text] },
    { id: `${text}3`, verdict: "skipped", reason: text },
    { id: `${text}4`, verdict: "inconclusive", reason: text },
    { id: `${text}5`, verdict: "differs", message: text },
  ];
  const findings = (...differing: readonly string[]): Partial<Report["findings"][number]>[] => [
    {
      verdict: "crash",
      sentence: text,
      message: text,
      cases: [`${text}1`],
      replay: text,
      firstDiverging: text,
      alternatives: [[axis]],
      mismatch: { ...mismatch, accepted: { kind: "listed", values: [float] }, reference: float },
    },
    {
      sentence: "It differs.",
      // An empty one is not shown, and the shape of the report would be another one.
      message: text || "nothing",
      cases: [...differing],
      mismatch: {
        ...mismatch,
        accepted: { kind: "intervals", text: [text], ranges: [[float, float]] },
      },
    },
  ];
  const footer: Partial<Report["footer"]> = {
    claim: text,
    expectations: { expected: [text], breaches: [{ kind: text, line: 1, message: text }] },
  };
  const clauses = (differs: number) => [
    {
      outcome: "failed" as const,
      counts: { crash: 1, skipped: 2, inconclusive: 1, differs },
    },
  ];
  return [
    consistent({
      header,
      cases,
      findings: findings(`${text}5`),
      clauses: clauses(1),
      footer: {
        ...footer,
        complete: false,
        stopped: text,
        expectations: { expected: [], breaches: [{ kind: text, line: 1, message: text }] },
      },
    }),
    consistent({
      header,
      cases: [...cases, { id: `${text}6`, kind: "self-check", verdict: "differs", message: text }],
      findings: findings(`${text}5`, `${text}6`),
      clauses: clauses(2),
      footer,
    }),
  ];
}

/** A run whose last line says what its cases come to. */
function consistent(run: MadeUpRun): Report {
  return madeUpRun({ ...run, footer: { ...run.footer, ...conclusionsOf(madeUpRun(run)).footer } });
}
