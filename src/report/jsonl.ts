import { floatText } from "../float32/text.js";
import type { Mismatch } from "../judge/mismatch.js";
import { packageVersion } from "../package-info.js";
import { encodeProgram } from "../program/program-codec.js";
import type { Finding } from "../suite/finding.js";
import type { GateResult } from "../suite/gate.js";
import { type ReportLine, reportLineSchema } from "./report-schema.js";

/** How a run was made; what the result itself does not know. */
export interface RunDescription {
  readonly seed: number;
  readonly profile: string;
  readonly command: string;
  readonly seconds: number;
}

/** The report as JSON Lines, each checked against the schema. */
export function* reportLines(result: GateResult, run: RunDescription): Generator<string> {
  for (const line of linesOf(result, run)) yield JSON.stringify(reportLineSchema.parse(line));
}

function* linesOf(result: GateResult, run: RunDescription): Generator<ReportLine> {
  const { name, version, language } = result.hello.implementation;
  yield {
    type: "header",
    format: "rmsprop-report/1",
    suite: packageVersion(),
    implementation: { name, version, language },
    level: result.asked,
    profile: run.profile,
    ...(result.only !== undefined && { only: result.only }),
    seed: run.seed,
    command: run.command,
    environment: { node: process.version, platform: process.platform, arch: process.arch },
  };
  for (const { id, kind, clauses, verdict, reason, runs, tally, failure } of result.results) {
    yield {
      type: "case",
      id,
      kind,
      clauses: [...clauses],
      verdict,
      ...(reason !== undefined && { reason }),
      runs,
      tally: { ...tally },
      ...(failure && { message: failure.message }),
    };
  }
  for (const [i, finding] of result.findings.entries()) yield findingLine(finding, i + 1);
  for (const { clause, standing, counts } of result.clauses)
    yield { type: "clause", clause, standing, counts };
  yield {
    type: "footer",
    complete: result.complete,
    conforms: result.conforms,
    reached: result.reached,
    decided: result.decided,
    planned: result.planned,
    cases: result.results.length,
    notRun: result.results.filter(({ verdict }) => verdict === "not-run").length,
    findings: result.findings.length,
    tally: { ...result.tally },
    seconds: run.seconds,
  };
}

function findingLine(finding: Finding, number: number): ReportLine {
  const { diagnosis, minimal, mismatch } = finding;
  return {
    type: "finding",
    number,
    verdict: diagnosis.verdict,
    sentence: diagnosis.sentence,
    axes: [...diagnosis.axes],
    alternatives: diagnosis.alternatives.map((axes) => [...axes]),
    ...(diagnosis.firstDiverging && { firstDiverging: diagnosis.firstDiverging }),
    clauses: [...finding.clauses],
    cases: [...finding.cases],
    message: finding.message,
    ...(mismatch && { mismatch: mismatchFields(mismatch) }),
    ...(minimal && { program: encodeProgram(minimal.program) }),
    replay: finding.replay,
  };
}

function mismatchFields({ slot, parameter, element, step, got, accepted, reference }: Mismatch) {
  return {
    slot,
    parameter,
    element,
    step,
    got: floatText(got),
    accepted: accepted.kind === "listed" ? accepted.values.map(floatText) : [...accepted.text],
    ...(reference !== undefined && { reference: floatText(reference) }),
  };
}
