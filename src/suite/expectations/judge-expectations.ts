import { type CaseResult, isSkipped } from "../case-result.js";
import type { Expectation, Expectations, ListedCase } from "./expectation-schema.js";
import { casesListedAs, lists } from "./listed-case.js";
import { type Circumstances, holds } from "./when.js";
import { witnessId } from "./witness-cases.js";

/** What expectations are checked against: a result of the gate, or a line of its report. */
export interface CaseOutcome extends Pick<CaseResult, "id" | "kind" | "verdict" | "reason"> {
  /** Present if the case fails, whatever its verdict. */
  readonly failure?: { readonly message: string };
}

/** The run that results are from. */
export interface RunContext extends Circumstances {
  /** Day (UTC) as in 2027-01-31. */
  readonly today: string;
  /** False if the run was interrupted. */
  readonly complete: boolean;
  /** What the cases were restricted to, if they were. */
  readonly only?: string;
}

/** How an entry can be stale. */
export type BreachKind =
  /** A listed case does not fail. */
  | "passes"
  /** It fails with another verdict. */
  | "fails-otherwise"
  /** No case matches it. */
  | "matches-nothing"
  /** It was not run, so nothing shows that it still fails. */
  | "skipped"
  /** Another entry lists it too. */
  | "listed-twice"
  /** The date has passed. */
  | "expired"
  /** The witness does not fail. */
  | "witness-passes"
  /** It fails with another verdict. */
  | "witness-fails-otherwise"
  /** It was not run, so nothing decides. */
  | "witness-skipped";

/** An expectation that the run contradicts, or that has expired. It fails the run. */
export interface Breach {
  readonly kind: BreachKind;
  /** The entry's place in the file, from 1. */
  readonly entry: number;
  /** One line: what is wrong and how to fix it. */
  readonly message: string;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** The outcome of the expectations in a run. */
export interface ExpectationsReport {
  /** Ids of the cases, witnesses among them, that fail as expected. */
  readonly expected: ReadonlySet<string>;
  readonly breaches: readonly Breach[];
  /** Entries whose `when` does not hold here: they were not checked. */
  readonly open: readonly Expectation[];
  /** Entries that a partial run could not decide. */
  readonly inconclusive: readonly Expectation[];
  /** Ids of failing cases that no entry lists for here. */
  readonly unexpected: readonly string[];
}

/** Whether every case was run. What was not reached breaches nothing. */
export function isFullRun({ complete, only }: Pick<RunContext, "complete" | "only">): boolean {
  return complete && only === undefined;
}

/**
 * Check expectations against results. Each listed case must fail with exactly the expected verdict; with a
 * witness, the witness must, and a case that happens to pass is no breach. An entry that has expired, or whose
 * witness does not fail as expected, excuses no failure.
 */
export function judgeExpectations(
  { entries }: Expectations,
  results: readonly CaseOutcome[],
  context: RunContext,
): ExpectationsReport {
  const inForce = entries.filter(({ when }) => holds(when, context));
  const judged = inForce.map((entry) => judgeEntry(entry, results, context));
  return {
    expected: new Set(judged.flatMap(({ failing }) => failing)),
    breaches: [...judged.flatMap(({ breaches }) => breaches), ...listedTwice(inForce, results)].sort(
      (a, b) => a.line - b.line,
    ),
    open: entries.filter((entry) => !inForce.includes(entry)),
    inconclusive: inForce.filter((_, k) => judged[k].inconclusive),
    unexpected: results
      .filter(({ kind, failure }) => failure && kind !== "witness")
      .map(({ id }) => id)
      .filter((id) => !inForce.some((entry) => lists(entry, id))),
  };
}

/** The result of an entry, or of a part of it. */
interface Judged {
  /** Ids that fail as expected. */
  readonly failing: readonly string[];
  readonly breaches: readonly Breach[];
  /** Whether something was not reached. */
  readonly inconclusive: boolean;
}

function judgeEntry(entry: Expectation, results: readonly CaseOutcome[], context: RunContext): Judged {
  const full = isFullRun(context);
  const expiry = judgeDate(entry, context.today);
  const witness = judgeWitness(entry, results, full);
  const listed = entry.cases.map((one) => judgeListed(entry, one, results, full));
  const parts = [expiry, witness, ...listed];
  const excuses = expiry.breaches.length === 0 && witness.breaches.length === 0;
  return {
    failing: excuses ? parts.flatMap(({ failing }) => failing) : [],
    breaches: parts.flatMap(({ breaches }) => breaches),
    inconclusive: parts.some(({ inconclusive }) => inconclusive),
  };
}

const SILENT: Judged = { failing: [], breaches: [], inconclusive: false };

function judgeDate({ number, line, until }: Expectation, today: string): Judged {
  if (until === undefined || today <= until) return SILENT;
  const message = `the entry was valid until ${until}; fix the failure or set a later date`;
  return { ...SILENT, breaches: [{ kind: "expired", entry: number, message, line }] };
}

function judgeWitness(entry: Expectation, results: readonly CaseOutcome[], full: boolean): Judged {
  const { witness } = entry;
  if (witness === undefined) return SILENT;
  const proof = results.find(({ id }) => id === witnessId(witness));
  if (!proof && !full) return { ...SILENT, inconclusive: true };
  const breach = (kind: BreachKind, found: string): Judged => {
    const message = `the witness ${witness} must fail as ${entry.verdict}, but ${found}`;
    return { ...SILENT, breaches: [{ kind, entry: entry.number, message, line: entry.line }] };
  };
  if (!proof || isSkipped(proof.verdict)) {
    const why = proof?.reason ?? "it has no result";
    return breach("witness-skipped", `was not run (${why}); replace it, or restrict the entry with \`when\``);
  }
  if (!proof.failure) {
    const remedy = "remove the entry if the failure is fixed, otherwise replace the witness";
    return breach("witness-passes", `does not fail (${proof.verdict}); ${remedy}`);
  }
  if (proof.verdict !== entry.verdict) {
    return breach("witness-fails-otherwise", `fails as ${proof.verdict}; ${OTHER_FAILURE}`);
  }
  return { ...SILENT, failing: [proof.id] };
}

const OTHER_FAILURE = "fix the new failure, or correct the verdict";

function judgeListed(
  entry: Expectation,
  { pattern, line }: ListedCase,
  results: readonly CaseOutcome[],
  full: boolean,
): Judged {
  const breach = (kind: BreachKind, message: string): Breach => ({
    kind,
    entry: entry.number,
    message,
    line,
  });
  const listed = casesListedAs(pattern, results);
  const run = listed.filter(({ verdict }) => !isSkipped(verdict));
  if (run.length === 0) {
    if (!full) return { ...SILENT, inconclusive: true };
    const why = listed[0]?.reason ?? "without a reason";
    const stale =
      listed.length === 0
        ? breach("matches-nothing", `no case matches ${pattern}; correct or remove it`)
        : breach("skipped", `${pattern} was not run (${why}); remove it, or restrict it with \`when\``);
    return { ...SILENT, breaches: [stale] };
  }
  const breaches: Breach[] = [];
  for (const { id, verdict, failure } of run) {
    const expectation = `${id} is expected to fail as ${entry.verdict}, but`;
    if (failure && verdict !== entry.verdict) {
      breaches.push(breach("fails-otherwise", `${expectation} fails as ${verdict}; ${OTHER_FAILURE}`));
    }
    // With a witness, inputs that happen not to show the failure prove nothing.
    if (!failure && entry.witness === undefined) {
      breaches.push(breach("passes", `${expectation} does not fail (${verdict}); remove it`));
    }
  }
  const failing = run.filter(({ verdict, failure }) => failure && verdict === entry.verdict);
  return { ...SILENT, failing: failing.map(({ id }) => id), breaches };
}

/** Cases that more than one entry lists. Only the run knows the cases, so only it can tell where patterns overlap. */
function listedTwice(entries: readonly Expectation[], results: readonly CaseOutcome[]): Breach[] {
  const first = new Map<string, Expectation>();
  const breaches: Breach[] = [];
  for (const entry of entries) {
    for (const { pattern, line } of entry.cases) {
      for (const { id } of casesListedAs(pattern, results)) {
        const other = first.get(id) ?? entry;
        first.set(id, other);
        if (other === entry) continue;
        const message = `${id} is also listed by the entry on line ${other.line}; list it once`;
        breaches.push({ kind: "listed-twice", entry: entry.number, message, line });
      }
    }
  }
  return breaches;
}
