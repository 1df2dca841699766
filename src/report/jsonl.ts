import { floatText } from "../float32/text.js";
import type { Mismatch } from "../judge/mismatch.js";
import { packageVersion } from "../package-info.js";
import { encodeProgram } from "../program/program-codec.js";
import { isNotRun } from "../suite/case-result.js";
import { claimOf } from "../suite/claim.js";
import { failureRateBound } from "../suite/failure-rate-bound.js";
import type { Finding } from "../suite/finding.js";
import type { GateResult } from "../suite/gate-result.js";
import { type ReportLine, reportLineSchema } from "./report-schema.js";

/** How a run was made; what the result itself does not know. */
export interface RunDescription {
  readonly command: string;
  readonly seconds: number;
}

/** The report as JSON Lines, each checked against the schema. */
export function* reportLines(result: GateResult, run: RunDescription): Generator<string> {
  for (const line of linesOf(result, run)) yield JSON.stringify(reportLineSchema.parse(line));
}

function* linesOf(result: GateResult, run: RunDescription): Generator<ReportLine> {
  const { name, version, language, issues } = result.hello.implementation;
  yield {
    type: "header",
    format: "rmsprop-report/1",
    suite: packageVersion(),
    implementation: { name, version, language, ...(issues !== undefined && { issues }) },
    dialect: result.declaration.dialect.id,
    ...(result.declaration.reference && { reference: result.declaration.reference.name }),
    evaluation: Object.fromEntries(
      Object.entries(result.declaration.evaluation).map(([axis, choices]) => [axis, [...choices]]),
    ),
    capabilities: [...result.hello.capabilities],
    level: result.asked,
    profile: result.profile,
    ...(result.only !== undefined && { only: result.only }),
    seed: result.seed,
    command: run.command,
    environment: { node: process.version, platform: process.platform, arch: process.arch },
  };
  for (const one of result.results) {
    const { id, kind, clauses, verdict, reason, runs, distribution, tally, failure } = one;
    const failureRateBelow = failureRateBound(one);
    yield {
      type: "case",
      id,
      kind,
      clauses: [...clauses],
      verdict,
      ...(reason !== undefined && { reason }),
      runs,
      ...(distribution !== undefined && { distribution }),
      ...(failureRateBelow !== undefined && { failureRateBelow }),
      tally: { ...tally },
      ...(failure && { message: failure.message }),
    };
  }
  for (const [i, finding] of result.findings.entries()) yield findingLine(finding, i + 1);
  for (const { clause, standing, counts } of result.clauses)
    yield { type: "clause", clause, standing, counts };
  const claim = claimOf(result);
  yield {
    type: "footer",
    complete: result.complete,
    ...(result.stopped !== undefined && { stopped: result.stopped }),
    conforms: result.conforms,
    reached: result.reached,
    decided: result.decided,
    planned: result.planned,
    cases: result.results.length,
    notRun: result.results.filter(({ verdict }) => isNotRun(verdict)).length,
    findings: result.findings.length,
    tally: { ...result.tally },
    multiStep: { ...result.multiStep },
    ...(result.expectations && {
      expectations: {
        expected: [...result.expectations.expected],
        breaches: result.expectations.breaches.map(({ kind, message }) => ({ kind, message })),
      },
    }),
    restarts: result.restarts,
    ...(claim !== undefined && { claim }),
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
