import { isFailure, type Verdict } from "../../judge/verdict.js";
import { isSkipped } from "../../suite/case-result.js";
import { conclusionsOf } from "./conclusions.js";
import type { Report } from "./report.js";

/**
 * A contradiction in a report, in one sentence: a line may have been edited without the others.
 * Undefined where every line agrees with the cases.
 */
export function contradictionIn(report: Report): string | undefined {
  return (
    first(report.cases, contradictionInCase) ??
    contradictionInFindings(report) ??
    contradictionInConclusions(report)
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
  if (!hasMessage && !isSkipped(verdict) && isFailure(verdict))
    return `case ${id} has the verdict ${verdict}, but no message says what failed`;
  if (hasMessage && (isSkipped(verdict) || verdict === "bit-exact"))
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

/** What follows from the cases is what the report says. */
function contradictionInConclusions(report: Report): string | undefined {
  const { cases, clauses, footer } = conclusionsOf(report);
  const outcomes = new Map(cases.map(({ id, outcome }) => [id, outcome]));
  const rows = new Map(clauses.map((row) => [row.clause, row]));
  return (
    first(report.cases, ({ id, outcome }) =>
      outcome === outcomes.get(id)
        ? undefined
        : `case ${id} has the outcome ${outcome}, but its verdict makes it ${outcomes.get(id)}`,
    ) ??
    first(report.clauses, ({ clause, outcome, counts }) => {
      const derived = rows.get(clause);
      if (derived === undefined) return undefined;
      if (derived.outcome !== outcome)
        return `clause ${clause} has the outcome ${outcome}, but its cases make it ${derived.outcome}`;
      const verdicts = Object.keys({ ...derived.counts, ...counts }) as (keyof typeof counts)[];
      const other = verdicts.find((verdict) => (derived.counts[verdict] ?? 0) !== (counts[verdict] ?? 0));
      if (other === undefined) return undefined;
      return `clause ${clause} counts ${counts[other] ?? 0} cases as ${other}, but there are ${derived.counts[other] ?? 0}`;
    }) ??
    first(Object.entries(footer), ([name, value]) => {
      const stated = report.footer[name as keyof typeof footer];
      const [says, shows] = [stated, value].map((one) => JSON.stringify(one));
      return says === shows ? undefined : `the footer says ${name} ${says}, but the cases show ${shows}`;
    })
  );
}
