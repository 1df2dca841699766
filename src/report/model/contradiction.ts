import type { Verdict } from "../../judge/verdict.js";
import { isNotRun } from "../../suite/case-result.js";
import { clauseMatrix } from "../../suite/clause-matrix.js";
import { reaches } from "../../suite/level.js";
import { fails } from "./case-count.js";
import { conclusionOf, outcomesOf } from "./case-outcome.js";
import type { Report } from "./report.js";

/**
 * What in a report cannot be true at once, in one sentence: somebody may have mended one line and not the others.
 * Undefined where every line agrees with the cases.
 */
export function contradictionIn(report: Report): string | undefined {
  return (
    first(report.cases, contradictionInCase) ??
    contradictionInFindings(report) ??
    contradictionInClauses(report) ??
    overclaim(report)
  );
}

function first<T>(items: readonly T[], contradiction: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = contradiction(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function contradictionInCase(one: Report["cases"][number]): string | undefined {
  const { id, verdict, message, tally } = one;
  const hasMessage = message !== undefined;
  const { judged, bitExact, weak, indeterminate, rejected } = tally;
  if (!hasMessage && fails(one))
    return `case ${id} has the verdict ${verdict}, but no message says what failed`;
  if (hasMessage && (isNotRun(verdict) || verdict === "bit-exact"))
    return `case ${id} has the verdict ${verdict}, but a message says what failed`;
  if (!hasMessage && rejected > 0)
    return `case ${id} passes, but ${rejected} of its observations were rejected`;
  if (verdict === "bit-exact" && bitExact < judged)
    return `case ${id} is bit-exact, but only ${bitExact} of its ${judged} observations are`;
  if (Math.max(bitExact, weak + indeterminate) + rejected > judged)
    return `case ${id} counts more observations than were judged`;
  return undefined;
}

/** Every case that fails is in a finding that says its verdict, and no other case is in one. */
function contradictionInFindings({ cases, findings }: Report): string | undefined {
  const verdictsByCase = new Map<string, Set<Verdict>>();
  for (const { cases: members, verdict } of findings)
    for (const id of members)
      verdictsByCase.set(id, (verdictsByCase.get(id) ?? new Set()).add(verdict as Verdict));
  const failing = new Map(cases.flatMap((one) => (one.message === undefined ? [] : [[one.id, one]])));
  const passing = [...verdictsByCase.keys()].find((id) => !failing.has(id));
  if (passing !== undefined) return `a finding names case ${passing}, which does not fail`;
  return first([...failing.values()], ({ id, verdict }) => {
    const verdicts = verdictsByCase.get(id);
    if (verdicts === undefined) return `case ${id} fails, but no finding names it`;
    if (verdicts.has(verdict as Verdict)) return undefined;
    return `case ${id} has the verdict ${verdict}, but its finding says ${[...verdicts].join(" and ")}`;
  });
}

function contradictionInClauses({ cases, clauses }: Report): string | undefined {
  const rows = new Map(clauseMatrix(outcomesOf(cases)).map((row) => [row.clause, row]));
  return first(clauses, ({ clause, standing, counts }) => {
    const derived = rows.get(clause);
    if (derived === undefined) return undefined;
    if (derived.standing !== standing)
      return `clause ${clause} is said to be ${standing}, but by its cases it is ${derived.standing}`;
    const verdicts = Object.keys({ ...derived.counts, ...counts }) as (keyof typeof counts)[];
    const other = verdicts.find((verdict) => (derived.counts[verdict] ?? 0) !== (counts[verdict] ?? 0));
    if (other === undefined) return undefined;
    return `clause ${clause} counts ${counts[other] ?? 0} cases as ${other}, but there are ${derived.counts[other] ?? 0}`;
  });
}

/** A footer says no more than its cases show. */
function overclaim(report: Report): string | undefined {
  const { footer } = report;
  const observed = conclusionOf(report);
  const text = footer.conforms && !observed.conforms ? "the implementation conforms" : undefined;
  const higher = footer.reached !== "none" && !reaches(observed.reached, footer.reached);
  const claim = text ?? (higher ? `it reaches ${footer.reached}` : undefined);
  if (claim === undefined) return undefined;
  return `the footer says that ${claim}, but the cases show ${observed.reached === "none" ? "no level" : observed.reached}`;
}
