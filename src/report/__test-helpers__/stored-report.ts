import { emptyTally } from "../../judge/tally.js";
import type { Verdict } from "../../judge/verdict.js";
import type { CaseOutcome } from "../../suite/expectations/judge-expectations.js";
import { conclusionsOf } from "../model/conclusions.js";
import { reportLines } from "../model/jsonl.js";
import { type MadeUpRun, madeUpRun } from "./made-up-run.js";

/** What a made-up report says. */
export interface MadeUpOutcomes {
  readonly cases: readonly CaseOutcome[];
  readonly findings?: readonly { readonly sentence: string; readonly cases: readonly string[] }[];
  readonly only?: string;
  readonly complete?: boolean;
  readonly platform?: string;
}

/** The lines of a report of a run that never was. Failures that no finding names have one each. */
export function madeUpReport(run: MadeUpOutcomes): string[] {
  const { cases, findings = [], only, complete = true, platform = "linux" } = run;
  const outcomes = cases.map((one) => ({ ...one, clauses: [], tally: emptyTally() }));
  const alone = outcomes.filter(
    ({ id, failure }) => failure && !findings.some(({ cases: members }) => members.includes(id)),
  );
  const reported = [...findings, ...alone.map(({ id }) => ({ sentence: "It differs.", cases: [id] }))];
  const given: MadeUpRun = {
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
    findings: reported.map(({ sentence, cases: members }) => ({
      sentence,
      verdict: outcomes.find(({ id }) => id === members[0])?.verdict as Verdict,
      cases: [...members],
      clauses: [],
      message: "it fails",
      replay: "gate",
    })),
    clauses: [{ outcome: "skipped", counts: {} }],
    footer: { complete },
  };
  const { footer } = conclusionsOf(madeUpRun(given));
  return [...reportLines(madeUpRun({ ...given, footer: { complete, ...footer } }))];
}
