import { arch, cpus, platform } from "node:os";
import { DIALECT_AXES, type Dialect, type DialectAxis } from "../../../spec/dialect.js";
import { DIALECTS } from "../../../spec/dialects.js";
import type { Hello } from "../../adapter/hello.js";
import { offeredDialect } from "../../adapter/offered-dialect.js";
import { hexOf } from "../../float32/bits.js";
import { floatsBetween } from "../../float32/neighbours.js";
import { decimalText } from "../../float32/text.js";
import type { Mismatch } from "../../judge/mismatch.js";
import { packageVersion } from "../../package-info.js";
import { domainText } from "../../program/domain.js";
import { encodeProgram } from "../../program/program-codec.js";
import type { CaseResult, Evidence } from "../../suite/case-result.js";
import type { ExpectationsReport } from "../../suite/expectations/judge-expectations.js";
import { failureRateBound } from "../../suite/failure-rate-bound.js";
import type { Finding } from "../../suite/finding.js";
import type { GateResult } from "../../suite/gate-result.js";
import type { Measurements } from "../../suite/measurements/measurements.js";
import type { CaseWithoutOutcome } from "./case-outcomes.js";
import { claimOf } from "./claim.js";
import { type Conclusions, conclusionsOf } from "./conclusions.js";
import { type LineOf, REPORT_FORMAT } from "./report-schema.js";
import { type SeenElement, seenBefore } from "./seen-before.js";

/** How a run was made; what the result itself does not know. */
export interface RunDescription {
  readonly command: string;
  /** When it began. */
  readonly started: Date;
  /** How long it took. */
  readonly seconds: number;
}

/** Everything that is reported of a run, as data. A report format needs nothing else: report.jsonl holds all of it. */
export interface Report {
  readonly header: LineOf<"header">;
  readonly cases: readonly LineOf<"case">[];
  readonly findings: readonly LineOf<"finding">[];
  readonly clauses: readonly LineOf<"clause">[];
  readonly accuracy: readonly LineOf<"accuracy">[];
  readonly sets: readonly LineOf<"sets">[];
  readonly training: readonly LineOf<"training">[];
  readonly trajectories: readonly LineOf<"trajectory">[];
  readonly footer: LineOf<"footer">;
}

export type ReportFinding = LineOf<"finding">;
export type ReportMismatch = NonNullable<ReportFinding["mismatch"]>;
export type ReportFloat = ReportMismatch["got"];

/** What a gate showed, as a report, with what was measured as well. */
export function reportOf(result: GateResult, run: RunDescription, measured?: Measurements): Report {
  return concludedReport(
    headerOf(result, run),
    {
      cases: result.results.map(reportCase),
      findings: result.findings.map((finding, k) => reportFinding(finding, k + 1)),
      ...measurementLines(measured),
    },
    footerOf(result, run),
  );
}

/** What is known of a run before anything is concluded from its cases. */
export type OpenBody = Omit<Report, "header" | "footer" | "clauses" | "cases"> & {
  readonly cases: readonly CaseWithoutOutcome[];
};
export type OpenFooter = Omit<Report["footer"], keyof Conclusions["footer"] | "findings" | "claim" | "lines">;

/** A report with everything that follows from its cases. */
export function concludedReport(header: Report["header"], body: OpenBody, footer: OpenFooter): Report {
  const concluded = conclusionsOf({ header, cases: body.cases, footer });
  const { cases, clauses } = concluded;
  return completed(
    header,
    { ...body, cases, clauses },
    { ...footer, ...concluded.footer, findings: body.findings.length },
  );
}

/** A report with its last line, which counts the lines and says what may be claimed. */
export function completed(
  header: Report["header"],
  body: Omit<Report, "header" | "footer">,
  footer: Omit<Report["footer"], "claim" | "lines">,
): Report {
  const claim = claimOf({ header, cases: body.cases, footer });
  const lines = bodyLines(body).length + 2;
  return { header, ...body, footer: { ...footer, ...(claim !== undefined && { claim }), lines } };
}

/** All lines between the header and the footer, in the order of the file. */
export function bodyLines(report: Omit<Report, "header" | "footer">) {
  const { cases, findings, clauses, accuracy, sets, training, trajectories } = report;
  return [...cases, ...findings, ...clauses, ...accuracy, ...sets, ...training, ...trajectories];
}

function headerOf(result: GateResult, run: RunDescription): LineOf<"header"> {
  const { hello, declaration } = result;
  const { domain, validates } = declaration;
  const { name, version, language, issues } = hello.implementation;
  return {
    type: "header",
    format: REPORT_FORMAT,
    suite: packageVersion(),
    implementation: { name, version, language, ...(issues !== undefined && { issues }) },
    dialect: declaration.dialect.id,
    ...declaredAxes(declaration.dialect, hello),
    ...(declaration.reference && { reference: declaration.reference.name }),
    evaluation: Object.fromEntries(
      Object.entries(declaration.evaluation).map(([axis, choices]) => [axis, [...choices]]),
    ),
    capabilities: [...hello.capabilities],
    ...(domain && domainText(domain) !== "" && { domain: domainText(domain) }),
    ...(validates && {
      validates: { negative: [...(validates.negative ?? [])], nan: [...(validates.nan ?? [])] },
    }),
    ...(declaration.gradient && { gradient: declaration.gradient }),
    level: result.requestedLevel,
    profile: result.profile,
    ...(result.only !== undefined && { only: result.only }),
    seed: result.seed,
    ...(result.shard && { shard: { ...result.shard } }),
    command: run.command,
    started: run.started.toISOString(),
    environment: {
      node: process.version,
      platform: platform(),
      arch: arch(),
      cpu: cpus()[0]?.model.trim() ?? "unknown",
    },
  };
}

/** What one case showed. */
export function reportCase(result: CaseResult): CaseWithoutOutcome {
  const {
    id,
    kind,
    clauses,
    verdict,
    reason,
    missingCapabilities,
    runs,
    distribution,
    tally,
    multiStep,
    failure,
  } = result;
  const { outsideDomain, lessJudged } = result;
  const failureRateBelow = failureRateBound(result);
  return {
    type: "case",
    id,
    kind,
    clauses: [...clauses],
    verdict,
    ...(reason !== undefined && { reason }),
    ...(missingCapabilities !== undefined && { missingCapabilities: [...missingCapabilities] }),
    runs,
    ...(outsideDomain !== undefined && { outsideDomain }),
    ...(lessJudged !== undefined && { lessJudged }),
    ...(distribution !== undefined && { distribution }),
    ...(failureRateBelow !== undefined && { failureRateBelow }),
    tally: { ...tally },
    multiStep: { ...multiStep },
    ...(failure && { message: failure.message }),
    ...(failure?.refusal && { refusal: true as const }),
  };
}

/** @param number counted from 1 */
export function reportFinding(finding: Finding, number: number): ReportFinding {
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
    ...(mismatch && { mismatch: reportMismatch(mismatch, minimal) }),
    ...(minimal && { program: encodeProgram(minimal.program), alone: finding.alone }),
    replay: finding.replay,
  };
}

function reportMismatch(mismatch: Mismatch, shownBy: Evidence | undefined): ReportMismatch {
  const { slot, parameter, element, step, operation, got, accepted, reference } = mismatch;
  const distance = nearest(mismatch);
  const seen = shownBy ? seenBefore(shownBy, mismatch) : [];
  return {
    slot,
    parameter,
    element,
    step,
    operation,
    got: reportFloat(got),
    accepted:
      accepted.kind === "listed"
        ? { kind: "listed", values: accepted.values.map(reportFloat) }
        : {
            kind: "intervals",
            text: [...accepted.text],
            ranges: accepted.ranges.map(([lowest, highest]) => [reportFloat(lowest), reportFloat(highest)]),
          },
    ...(distance !== undefined && { distance }),
    ...(reference !== undefined && { reference: reportFloat(reference) }),
    ...(seen.length > 0 && { seen: seen.map(reportSeen) }),
  };
}

function reportSeen({ operation, values }: SeenElement) {
  const floats = Object.entries(values).map(([slot, value]) => [slot, reportFloat(value)] as const);
  return { operation, values: Object.fromEntries(floats) };
}

function nearest({ got, accepted }: Mismatch): number | undefined {
  if (accepted.kind !== "listed" || Number.isNaN(got)) return undefined;
  const distances = accepted.values
    .filter((value) => !Number.isNaN(value))
    .map((value) => floatsBetween(got, value));
  return distances.length > 0 ? Math.min(...distances) : undefined;
}

export function reportFloat(x: number): ReportFloat {
  return { value: decimalText(x), bits: hexOf(x) };
}

function measurementLines(measured: Measurements | undefined) {
  return {
    accuracy: (measured?.accuracy ?? []).map(({ slot, elementSteps, median, p99, worst }) => ({
      type: "accuracy" as const,
      slot,
      elementSteps,
      median: finite(median),
      p99: finite(p99),
      worst: {
        ...worst,
        ulps: finite(worst.ulps),
        got: reportFloat(worst.got),
        program: encodeProgram(worst.program),
      },
    })),
    sets: (measured?.sets ?? []).map((sizes) => ({ type: "sets" as const, ...sizes })),
    training: (measured?.training ?? []).map(({ id, title, errors }) => ({
      type: "training" as const,
      id,
      title,
      errors: Object.fromEntries(
        Object.entries(errors).map(([slot, values]) => [slot, values.map(finite)]),
      ) as LineOf<"training">["errors"],
    })),
    trajectories: (measured?.trajectories ?? []).map(({ title, curvature, paths }) => ({
      type: "trajectory" as const,
      title,
      curvature: [curvature[0], curvature[1]] as [number, number],
      paths: paths.map(({ name, kind, points }) => ({
        name,
        kind,
        points: points.map(([x, y]): [number, number] => [x, y]),
      })),
    })),
  };
}

/** JSON has no infinity. */
function finite(ulps: number): number | null {
  return Number.isFinite(ulps) ? ulps : null;
}

function footerOf(result: GateResult, run: RunDescription): OpenFooter {
  return {
    type: "footer",
    complete: result.complete,
    ...(result.stopped !== undefined && { stopped: result.stopped }),
    planned: result.planned,
    selfCheck: selfCheckOf(result.selfCheck),
    ...(result.expectations && { expectations: expectationsOf(result.expectations) }),
    restarts: result.restarts,
    ...(result.unexplained.length > 0 && {
      notReproduced: result.unexplained.map(({ verdict, message }) => ({ verdict, message })),
    }),
    seconds: run.seconds,
  };
}

function selfCheckOf({ controls, ...counts }: GateResult["selfCheck"]) {
  return { ...counts, ...controls };
}

function expectationsOf({ expected, breaches }: ExpectationsReport) {
  return {
    expected: [...expected.keys()],
    breaches: breaches.map(({ kind, line, message }) => ({ kind, line, message })),
  };
}

/** The formula axes on which an implementation differs from its dialect, if there are any. */
function declaredAxes(dialect: Dialect, { capabilities }: Hello): { axes?: Record<string, string> } {
  // A test may judge by a dialect that the catalogue does not have.
  const known = DIALECTS.find(({ id }) => id === dialect.id);
  const usual = known && offeredDialect(known, capabilities);
  const axes = (Object.keys(DIALECT_AXES) as DialectAxis[]).filter(
    (axis) => usual && dialect[axis] !== usual[axis],
  );
  return axes.length === 0 ? {} : { axes: Object.fromEntries(axes.map((axis) => [axis, dialect[axis]])) };
}
