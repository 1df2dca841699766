import { ProgramError } from "../../program/program-error.js";
import { type ReachedLevel, reaches } from "../../suite/level.js";
import { shardText } from "../../suite/shard.js";
import { fails } from "./case-outcomes.js";
import type { Report, ReportFinding } from "./report.js";

/** A value that differs between the two reports. */
export interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** The change of a case. */
export interface CaseChange {
  readonly id: string;
  /** Absent where there was no such case. */
  readonly before?: string;
  readonly after?: string;
}

/** What changed between two reports. */
export interface ReportDiff {
  /** Different settings: changes that they explain are not changes of the implementation. */
  readonly settings: readonly Change[];
  readonly outcome?: Change;
  readonly level?: Change;
  /** Cases that newly fail, or that are no longer run or decided. */
  readonly worse: readonly CaseChange[];
  readonly better: readonly CaseChange[];
  /** Cases that fail in another way, or pass in another way. */
  readonly otherwise: readonly CaseChange[];
  /** Cases that only one report has, and that do not fail. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  readonly newFindings: readonly ReportFinding[];
  readonly resolvedFindings: readonly ReportFinding[];
  readonly clauses: readonly Change[];
  /** Worst errors of one step, in ulps, by slot. */
  readonly accuracy: readonly Change[];
  /** Whether the implementation does worse: a case, the level or the outcome. */
  readonly regressed: boolean;
}

type Case = Report["cases"][number];

/** The fields of the headers that are compared as plain text. */
const SETTINGS = {
  suite: ({ header }: Report) => header.suite,
  implementation: ({ header }: Report) => header.implementation.name,
  version: ({ header }: Report) => header.implementation.version,
  dialect: ({ header }: Report) => header.dialect,
  reference: ({ header }: Report) => header.reference ?? "none",
  axes: ({ header }: Report) => JSON.stringify(header.axes ?? {}),
  evaluation: ({ header }: Report) => JSON.stringify(header.evaluation),
  capabilities: ({ header }: Report) => header.capabilities.join(" "),
  "level asked": ({ header }: Report) => header.level,
  profile: ({ header }: Report) => header.profile,
  only: ({ header }: Report) => header.only ?? "everything",
  seed: ({ header }: Report) => String(header.seed),
  node: ({ header }: Report) => header.environment.node,
  platform: ({ header }: Report) => `${header.environment.platform} ${header.environment.arch}`,
  cpu: ({ header }: Report) => header.environment.cpu,
} as const;

/** Best first. */
const RANKED: readonly Report["footer"]["outcome"][] = ["passed", "xfailed", "inconclusive", "failed"];

/** @throws {ProgramError} for different shards: a case that only one of them ran is neither better nor worse */
export function diffReports(before: Report, after: Report): ReportDiff {
  const [one, other] = [partText(before), partText(after)];
  if (one !== other) {
    const problem = `the first report is of ${one}, the second of ${other}, and they have other cases; merge the shards of each run first`;
    throw new ProgramError("report diff", "", problem);
  }
  const settings = Object.entries(SETTINGS).flatMap(([what, of]) => change(what, of(before), of(after)));
  const [outcome] = change("outcome", before.footer.outcome, after.footer.outcome);
  const [level] = change("level", before.footer.reached, after.footer.reached);
  const cases = caseChanges(before.cases, after.cases);
  const signature = ({ verdict, sentence }: ReportFinding) => `${verdict} ${sentence}`;
  const newIn = (one: Report, other: Report) => {
    const known = new Set(other.findings.map(signature));
    return one.findings.filter((finding) => !known.has(signature(finding)));
  };
  const regressed =
    cases.worse.length > 0 ||
    isLower(after.footer.reached, before.footer.reached) ||
    RANKED.indexOf(after.footer.outcome) > RANKED.indexOf(before.footer.outcome);
  return {
    settings,
    ...(outcome && { outcome }),
    ...(level && { level }),
    ...cases,
    newFindings: newIn(after, before),
    resolvedFindings: newIn(before, after),
    clauses: after.clauses.flatMap(({ clause, outcome }) => {
      const earlier = before.clauses.find((row) => row.clause === clause);
      return change(clause, earlier?.outcome ?? "unknown", outcome);
    }),
    accuracy: after.accuracy.flatMap(({ slot, worst }) => {
      const earlier = before.accuracy.find((one) => one.slot === slot);
      return earlier ? change(slot, ulpsText(earlier.worst.ulps), ulpsText(worst.ulps)) : [];
    }),
    regressed,
  };
}

function partText({ header: { shard } }: Report): string {
  return shard ? shardText(shard) : "all shards";
}

function isLower(level: ReachedLevel, than: ReachedLevel): boolean {
  return than !== "none" && !reaches(level, than);
}

function change(what: string, before: string, after: string): Change[] {
  return before === after ? [] : [{ what, before, after }];
}

function ulpsText(ulps: number | null): string {
  return ulps === null ? "infinite" : String(ulps);
}

function caseChanges(before: readonly Case[], after: readonly Case[]) {
  const earlier = new Map(before.map((one) => [one.id, one]));
  const later = new Map(after.map((one) => [one.id, one]));
  const worse: CaseChange[] = [];
  const better: CaseChange[] = [];
  const otherwise: CaseChange[] = [];
  const onlyBefore: string[] = [];
  const onlyAfter: string[] = [];
  for (const id of new Set([...earlier.keys(), ...later.keys()])) {
    const [a, b] = [earlier.get(id), later.get(id)];
    const one = { id, ...(a && { before: a.verdict }), ...(b && { after: b.verdict }) };
    if (a && b) {
      if (rank(b) > rank(a)) worse.push(one);
      else if (rank(b) < rank(a)) better.push(one);
      else if (a.verdict !== b.verdict) otherwise.push(one);
    } else if (b) {
      if (fails(b)) worse.push(one);
      else onlyAfter.push(id);
    } else if (a) {
      if (fails(a)) better.push(one);
      else onlyBefore.push(id);
    }
  }
  return { worse, better, otherwise, onlyBefore, onlyAfter };
}

/** 0 where it passes, 1 where nothing is decided, 2 where it was not run, 3 where it fails. */
function rank({ outcome }: Case): number {
  if (outcome === "passed") return 0;
  return outcome === "inconclusive" ? 1 : outcome === "skipped" ? 2 : 3;
}
