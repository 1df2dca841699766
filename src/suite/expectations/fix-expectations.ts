import type { Verdict } from "../../judge/verdict.js";
import { ProgramError } from "../../program/program-error.js";
import { isSelfCheck, isSkipped } from "../case-result.js";
import { type DraftEntry, draftEntries, draftItem, type FailureGroup, inOneLine } from "./draft-entries.js";
import { EXPECTABLE, type Expectation, type Expectations, type ListedCase } from "./expectation-schema.js";
import {
  type Breach,
  type CaseOutcome,
  isFullRun,
  judgeExpectations,
  type RunContext,
} from "./judge-expectations.js";
import { casesListedAs, isListedAs, lists } from "./listed-case.js";
import { readExpectations } from "./read-expectations.js";
import { canBothHold, holds } from "./when.js";
import { witnessId } from "./witness-cases.js";
import { YamlEditor } from "./yaml-editor.js";

/** The run that a known-failures file is fitted to. */
export interface FixOptions {
  /** Path of the known-failures file. */
  readonly source: string;
  /** Name of the report in messages. */
  readonly report: string;
  readonly results: readonly CaseOutcome[];
  readonly findings: readonly FailureGroup[];
  readonly context: RunContext;
  /** Append an entry for each unexpected finding; its reason and issue are left empty. */
  readonly add?: boolean;
}

/** A known-failures file that was fitted to a run. */
export interface FixedExpectations {
  readonly text: string;
  /** One line for each change, with the line of the text before. */
  readonly changes: readonly string[];
  /** What has to be fixed by hand. */
  readonly breaches: readonly Breach[];
  /** Failing cases that no entry expects here. */
  readonly unexpected: readonly string[];
  /** Entries without a reason or an issue: the file is rejected until they are filled in. */
  readonly drafts: readonly Expectation[];
}

const LIST = ["expectations"];

/**
 * Remove from a known-failures file what a full run has shown to be stale: cases that no longer fail, cases that
 * do not exist, and a verdict where all cases of an entry fail with one other verdict. Dates, reasons and issues
 * are for people. Everything else keeps its bytes. Fixing is idempotent.
 * @throws {ProgramError} for a file that cannot be read, a partial run, or a layout that cannot be edited safely
 */
export function fixExpectations(text: string, options: FixOptions): FixedExpectations {
  refusePartialRun(options);
  const { source } = options;
  const before = readExpectations(text, source, true);
  const editor = new YamlEditor(text, source);
  const plans = before.entries
    .filter(({ when }) => holds(when, options.context))
    .map((entry) => planEntry(entry, before, options.results));
  // From the end, so that the indices of earlier entries stay valid.
  for (const plan of plans.toReversed()) carryOut(plan, editor);
  const added = options.add ? unlisted(before, options) : [];
  if (added.length > 0) editor.append(LIST, added.map(draftItem));
  const message = added.map(
    ({ sentence, ids, verdict }) =>
      `added ${ids.length} case${ids.length === 1 ? "" : "s"} as ${verdict}: ${inOneLine(sentence)}`,
  );
  const after = readExpectations(editor.text, source, true);
  const { breaches, unexpected } = judgeExpectations(after, options.results, options.context);
  return {
    text: editor.text,
    changes: [...plans.flatMap((plan) => plan.messages), ...message],
    breaches,
    unexpected,
    drafts: after.entries.filter(({ reason, issue }) => reason.trim() === "" || issue.trim() === ""),
  };
}

/**
 * Cases that a partial run does not reach would look as if they were gone, and if the specification itself fails,
 * failures are not the implementation's.
 */
function refusePartialRun({ report, results, context }: FixOptions): void {
  if (!isFullRun(context)) {
    const part = context.complete ? `was restricted to ${context.only}` : "was not completed";
    throw new ProgramError(report, "", `the run ${part}; known failures are fixed from a full run only`);
  }
  const wrong = results.find((result) => result.failure && isSelfCheck(result));
  if (!wrong) return;
  const problem = `${wrong.id} failed: the suite itself is wrong, so no failure here is known to be the implementation's`;
  throw new ProgramError(report, "", problem);
}

/** The planned change of an entry. */
interface EntryPlan {
  readonly entry: Expectation;
  /** For each listed case, what replaces it. */
  readonly cases: readonly (readonly string[])[];
  readonly verdict: Verdict;
  readonly messages: readonly string[];
}

function planEntry(
  entry: Expectation,
  expectations: Expectations,
  results: readonly CaseOutcome[],
): EntryPlan {
  const plans = entry.cases.map((listed) => planCase(listed, entry, expectations, results));
  const cases = plans.map(({ ids }) => ids);
  const printed = plans.flatMap((plan) => plan.said ?? []);
  const place = `line ${entry.line}`;
  if (cases.flat().length === 0) {
    const witness = entry.witness === undefined ? "" : `; its witness ${entry.witness} is no longer needed`;
    printed.push(`${place}: removed the entry, which lists no other case${witness}`);
    return { entry, cases, verdict: entry.verdict, messages: printed };
  }
  const verdict = agreedVerdict(entry, results) ?? entry.verdict;
  if (verdict !== entry.verdict)
    printed.push(`${place}: changed the verdict from ${entry.verdict} to ${verdict}`);
  return { entry, cases, verdict, messages: printed };
}

/** What replaces a listed case, and why if that is something else. */
function planCase(
  { pattern, line }: ListedCase,
  entry: Expectation,
  { entries }: Expectations,
  results: readonly CaseOutcome[],
): { readonly ids: readonly string[]; readonly said?: string } {
  const stays = { ids: [pattern] };
  const listed = casesListedAs(pattern, results);
  const place = `line ${line}`;
  if (listed.length === 0) return { ids: [], said: `${place}: removed ${pattern}: no case matches it` };
  const run = listed.filter(({ verdict }) => !isSkipped(verdict));
  const passing = run.filter(({ failure }) => !failure);
  if (passing.length === 0) return stays;
  // A witness decides: while it fails, or is not known to pass, cases that happen not to fail prove nothing.
  const proof = proofOf(entry, results);
  if (entry.witness !== undefined && (!proof || proof.failure || isSkipped(proof.verdict))) return stays;
  const ids = run.filter(({ failure }) => failure).map(({ id }) => id);
  if (ids.length === 0) {
    const verdicts = [...new Set(passing.map(({ verdict }) => verdict))].join(", ");
    return { ids, said: `${place}: removed ${pattern}: it does not fail (${verdicts})` };
  }
  // Where patterns overlap, the user first has to decide which one covers the case.
  const patterns = entries
    .filter(({ when }) => canBothHold(when, entry.when))
    .flatMap(({ cases }) => cases.map((one) => one.pattern));
  if (ids.some((id) => patterns.filter((one) => isListedAs(one, id)).length > 1)) return stays;
  const count = `${passing.length} of ${run.length} cases do not fail`;
  return { ids, said: `${place}: replaced ${pattern} by ${ids.join(", ")}: ${count}` };
}

/** The verdict of all failing cases of an entry, if they have the same one. */
function agreedVerdict(entry: Expectation, results: readonly CaseOutcome[]): Verdict | undefined {
  const proof = proofOf(entry, results);
  if (entry.witness !== undefined && !proof?.failure) return undefined;
  const cases = entry.cases.flatMap(({ pattern }) => casesListedAs(pattern, results));
  const failing = [...cases, ...(proof ? [proof] : [])].filter(({ failure }) => failure);
  const [verdict, ...others] = new Set(failing.map((one) => one.verdict));
  return others.length === 0 ? EXPECTABLE.find((one) => one === verdict) : undefined;
}

function proofOf({ witness }: Expectation, results: readonly CaseOutcome[]): CaseOutcome | undefined {
  return witness === undefined ? undefined : results.find(({ id }) => id === witnessId(witness));
}

function carryOut({ entry, cases, verdict }: EntryPlan, editor: YamlEditor): void {
  const path = [...LIST, entry.number - 1];
  if (cases.flat().length === 0) {
    editor.removeItem(LIST, entry.number - 1);
    return;
  }
  const list = [...path, "cases"];
  for (const [k, { pattern }] of [...entry.cases.entries()].toReversed()) {
    const ids = cases[k];
    if (ids.length === 1 && ids[0] === pattern) continue;
    if (editor.has(list)) {
      if (ids.length === 0) editor.removeItem(list, k);
      else editor.replaceItem(list, k, ids);
    } else if (ids.length === 1) editor.replaceText(path, "case", ids[0]);
    else editor.replaceByList(path, "case", "cases", ids);
  }
  if (verdict !== entry.verdict) editor.replaceText(path, "verdict", verdict);
}

/** Cases of entries that do not hold here are left out: their `when` may only be too narrow. */
function unlisted({ entries }: Expectations, { findings, results }: FixOptions): DraftEntry[] {
  const open = results.filter(({ id }) => !entries.some((entry) => lists(entry, id)));
  return findings.flatMap((finding) => draftEntries(finding, open));
}
