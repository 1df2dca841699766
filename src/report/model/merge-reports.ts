import { decodeProgram } from "../../program/program-codec.js";
import { ProgramError } from "../../program/program-error.js";
import { programSize } from "../../program/program-size.js";
import { type CaseResult, isSkipped } from "../../suite/case-result.js";
import { DeterminismAudit } from "../../suite/determinism-audit.js";
import type { ExpectationsReport } from "../../suite/expectations/judge-expectations.js";
import { JUDGE_CHECKS } from "../../suite/judge-checks.js";
import { unshard } from "../../suite/shard.js";
import { concludedReport, type Report, type ReportFinding } from "./report.js";

/** A report and its name in errors. */
export interface NamedReport {
  readonly source: string;
  readonly report: Report;
}

/** What identifies a run: the shards of one run agree in all of it. */
const SAME = [
  "suite",
  "implementation",
  "dialect",
  "reference",
  "axes",
  "evaluation",
  "capabilities",
  "domain",
  "validates",
  "gradient",
  "level",
  "profile",
  "only",
  "seed",
] as const;

/**
 * The report of a whole run, merged from the reports of all its shards.
 * @param judge checks expectations against the cases of all shards; if left out, the results of the shards are combined,
 *   but no single shard can tell which cases are gone
 * @throws {ProgramError} unless each shard of one run is given exactly once
 */
export function mergeReports(
  shards: readonly NamedReport[],
  judge?: (report: Report) => ExpectationsReport,
): Report {
  const inOrder = orderedShards(shards);
  const [{ header: first }] = inOrder;
  const { shard: _, ...header } = {
    ...first,
    command: first.command.replace(/ --shard \d+\/\d+/, ""),
    started: inOrder.map((report) => report.header.started).sort()[0],
    environment: mergedEnvironment(inOrder),
  };
  const cases = mergedCases(inOrder);
  const body = {
    cases,
    findings: mergedFindings(inOrder.flatMap(({ findings }) => findings)),
    accuracy: inOrder.flatMap(({ accuracy }) => accuracy),
    sets: inOrder.flatMap(({ sets }) => sets),
    training: inOrder.flatMap(({ training }) => training),
    trajectories: inOrder.flatMap(({ trajectories }) => trajectories),
  };
  const footers = inOrder.map(({ footer }) => footer);
  const stopped = footers.flatMap((footer) => footer.stopped ?? [])[0];
  const sum = (of: (footer: Report["footer"]) => number) =>
    footers.reduce((total, footer) => total + of(footer), 0);
  const notReproduced = footers.flatMap((footer) => footer.notReproduced ?? []);
  // Cases that every shard has are merged into one.
  const joined = inOrder.flatMap((report) => report.cases).length - cases.length;
  const selfCheck = mergedSelfCheck(footers);
  const mergedWith = (expectations: Report["footer"]["expectations"]) =>
    concludedReport(header, body, {
      type: "footer",
      complete: footers.every((footer) => footer.complete),
      ...(stopped !== undefined && { stopped }),
      planned: sum((footer) => footer.planned) - joined,
      ...(selfCheck && { selfCheck }),
      ...(expectations && { expectations }),
      restarts: sum((footer) => footer.restarts),
      ...(notReproduced.length > 0 && { notReproduced }),
      seconds: sum((footer) => footer.seconds),
    });
  const merged = mergedWith(mergedExpectations(inOrder));
  if (!judge) return merged;
  const { expected, breaches } = judge(merged);
  return mergedWith({
    expected: [...expected.keys()],
    breaches: breaches.map(({ kind, line, message }) => ({ kind, line, message })),
  });
}

/** @throws {ProgramError} */
function orderedShards(shards: readonly NamedReport[]): Report[] {
  const [first, ...rest] = shards;
  if (first === undefined) throw new ProgramError("report merge", "", "no report was given");
  const of = first.report.header.shard;
  for (const { source, report } of shards) {
    const { shard } = report.header;
    if (shard === undefined || of === undefined) {
      const problem =
        "the report is of a whole run and no shard; shards come from gate --shard 1/3, 2/3, 3/3";
      throw new ProgramError(report.header.shard === undefined ? source : first.source, "shard", problem);
    }
    if (shard.count !== of.count) {
      const problem = `one of ${shard.count} shards, while ${first.source} is one of ${of.count}; they are of different runs`;
      throw new ProgramError(source, "shard", problem);
    }
  }
  for (const { source, report } of rest) {
    for (const field of SAME) {
      const [mine, others] = [report.header[field], first.report.header[field]].map((x) => JSON.stringify(x));
      if (mine === others) continue;
      const problem = `is ${mine ?? "absent"} here and ${others ?? "absent"} in ${first.source}; only shards of one run can be merged`;
      throw new ProgramError(source, field, problem);
    }
  }
  return Array.from({ length: of?.count ?? 0 }, (_, k) => {
    const own = shards.filter(({ report }) => report.header.shard?.index === k + 1);
    if (own.length === 0) {
      const problem = `shard ${k + 1} of ${of?.count} is missing; give the reports of all shards`;
      throw new ProgramError("report merge", "", problem);
    }
    if (own.length > 1) {
      const problem = `is shard ${k + 1} of ${of?.count}, and so is ${own[0].source}; give each shard once`;
      throw new ProgramError(own[1].source, "shard", problem);
    }
    refuseUnfinished(own[0]);
    return own[0].report;
  });
}

/** It is unknown which cases of an interrupted shard are missing, so the order of the cases would be wrong. */
function refuseUnfinished({ source, report }: NamedReport): void {
  const { complete, stopped = "stopped" } = report.footer;
  if (complete) return;
  const problem = `the shard was not completed (${stopped}); run it again, then merge`;
  throw new ProgramError(source, "", problem);
}

function mergedEnvironment(reports: readonly Report[]): Report["header"]["environment"] {
  const all = (of: (environment: Report["header"]["environment"]) => string) =>
    [...new Set(reports.map(({ header }) => of(header.environment)))].join(" and ");
  return {
    node: all(({ node }) => node),
    platform: all(({ platform }) => platform),
    arch: all(({ arch }) => arch),
    cpu: all(({ cpu }) => cpu),
  };
}

/** Cases that every shard has, because they look at all others. */
const OF_EVERY_SHARD: readonly string[] = [DeterminismAudit.id, ...JUDGE_CHECKS];

/** In the order of a whole run; a case that all shards have is one case, which fails if one of them fails. */
function mergedCases(reports: readonly Report[]): Report["cases"] {
  const cases = unshard(
    reports.map((report) => report.cases.filter(({ id }) => !OF_EVERY_SHARD.includes(id))),
  );
  const joined = OF_EVERY_SHARD.flatMap((shared) => {
    const alike = reports.flatMap((report) => report.cases.filter(({ id }) => id === shared));
    if (alike.length === 0) return [];
    const worst = alike.find(({ message }) => message !== undefined) ?? leastTelling(alike);
    return [{ ...worst, runs: alike.reduce((total, { runs }) => total + runs, 0) }];
  });
  return [...cases, ...joined];
}

function mergedSelfCheck(footers: readonly Report["footer"][]): Report["footer"]["selfCheck"] {
  const all = footers.flatMap(({ selfCheck }) => selfCheck ?? []);
  return all.length === 0
    ? undefined
    : all.reduce((sum, next) => ({
        judged: sum.judged + next.judged,
        bounded: sum.bounded + next.bounded,
        emulated: sum.emulated + next.emulated,
        negative: sum.negative + next.negative,
        rejected: sum.rejected + next.rejected,
        positive: sum.positive + next.positive,
        accepted: sum.accepted + next.accepted,
        seconds: sum.seconds + next.seconds,
      }));
}

/** Without a failure, one inconclusive shard makes it inconclusive; one without programs does not count. */
function leastTelling(audits: Report["cases"]): Report["cases"][number] {
  const rank = (verdict: CaseResult["verdict"]) =>
    verdict === "inconclusive" ? 0 : isSkipped(verdict) ? 2 : 1;
  return [...audits].sort((a, b) => rank(a.verdict) - rank(b.verdict))[0];
}

/** Merge equal findings of several shards into one, with the smallest program. */
function mergedFindings(findings: readonly ReportFinding[]): ReportFinding[] {
  const groups = new Map<string, ReportFinding[]>();
  for (const finding of findings) {
    const { verdict, sentence, axes, firstDiverging } = finding;
    // These verdicts' sentences describe one program; they are grouped by the first diverging slot, as in a whole run.
    const ofOneProgram = firstDiverging && (verdict === "special-mismatch" || verdict === "differs");
    const what = axes.length > 0 || ofOneProgram ? axes : sentence;
    const key = JSON.stringify([verdict, what, firstDiverging]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()]
    .map((alike) => {
      const [smallest] = [...alike].sort((a, b) => size(a) - size(b));
      return {
        ...smallest,
        clauses: [...new Set([smallest, ...alike].flatMap(({ clauses }) => clauses))],
        cases: [...new Set([smallest, ...alike].flatMap(({ cases }) => cases))],
      };
    })
    .sort((a, b) => b.cases.length - a.cases.length)
    .map((finding, k) => ({ ...finding, number: k + 1 }));
}

function size({ program }: ReportFinding): number {
  return program === undefined
    ? Number.POSITIVE_INFINITY
    : programSize(decodeProgram(program, "the program of a finding"));
}

function mergedExpectations(reports: readonly Report[]): Report["footer"]["expectations"] {
  const all = reports.flatMap(({ footer }) => (footer.expectations ? [footer.expectations] : []));
  if (all.length === 0) return undefined;
  const breaches = new Map(
    all.flatMap((one) => one.breaches).map((breach) => [JSON.stringify(breach), breach]),
  );
  return {
    expected: [...new Set(all.flatMap(({ expected }) => expected))],
    breaches: [...breaches.values()],
  };
}
