import { styleText } from "node:util";
import { clauseById } from "../../spec/clauses.js";
import { floatsBetween } from "../float32/neighbours.js";
import { floatText } from "../float32/text.js";
import type { Mismatch } from "../judge/mismatch.js";
import { isNotRun, isSelfCheck } from "../suite/case-result.js";
import { claimOf } from "../suite/claim.js";
import type { ClauseRow, Standing } from "../suite/clause-matrix.js";
import type { Finding } from "../suite/finding.js";
import type { GateResult } from "../suite/gate-result.js";
import { levelText } from "../suite/level.js";
import { countedText, countText } from "./count-text.js";
import { failureRateText } from "./failure-rate-text.js";
import { printable, printableLine } from "./printable.js";
import { programText } from "./program-text.js";

type Style = Parameters<typeof styleText>[0];

/** Accepted values that a card lists before it counts the rest. */
const SHOWN_ACCEPTED = 4;

/** The report for a terminal. The first line says it all; then one card a finding, then clauses. */
export function terminalReport(result: GateResult, colour: boolean): string {
  const paint = (style: Style, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const lines = [
    headline(result, paint),
    ...selfCheckLines(result),
    ...expectationLines(result, paint),
    ...notRunLines(result),
    ...failureRateLines(result),
    "",
  ];
  result.findings.forEach((finding, i) => {
    lines.push(...card(finding, i + 1, paint), "");
  });
  // Of a restricted run, clauses that nothing was selected for say nothing.
  const rows = result.clauses.filter(
    ({ counts }) => result.only === undefined || Object.keys(counts).length > 0,
  );
  lines.push(...matrix(rows, paint));
  // The first line has long scrolled away.
  if (rows.length > 12) lines.push("", headline(result, paint));
  const claim = claimOf(result);
  if (claim !== undefined) lines.push(`claim: ${printableLine(claim)}`);
  return lines.join("\n");
}

/** Verdict, level, cases, not run: one line. */
export function headline(
  result: GateResult,
  paint: (style: Style, text: string) => string = (_, text) => text,
): string {
  const { results, conforms, complete, stopped, decided, planned, only, reached, asked } = result;
  const { hello, tally, multiStep, restarts } = result;
  const notRun = results.filter(({ verdict }) => isNotRun(verdict)).length;
  const selfChecks = results.filter(isSelfCheck).length;
  const expected = result.expectations?.expected.size ?? 0;
  const level = `at ${asked} (reached ${reached}: ${levelText(reached, results)})`;
  // Without a claimed evaluation nothing can equal its bits, and a zero would read like a fault.
  const bitExact = result.declaration.reference ? `${countText(tally.bitExact)} bit-exact, ` : "";
  const verdict = result.selfCheckFailed
    ? `${paint("red", "SELF-CHECK FAILED")}: the suite itself is wrong, not the implementation; no verdict of this run can be relied on`
    : !complete
      ? `${paint("yellow", "INCOMPLETE")} after ${countText(results.length)} of ${countText(planned)} cases, which decides no level: ${printableLine(stopped ?? "stopped")}`
      : !decided
        ? `${paint("yellow", "NOTHING SHOWN")}: no case that was run decides anything`
        : conforms && expected > 0
          ? `${paint("green", "AS EXPECTED")} ${level}, but for ${countedText(expected, "expected failure")}`
          : `${conforms ? paint("green", "CONFORMS") : paint("red", "DOES NOT CONFORM")} ${level}`;
  const standing = (wanted: Standing) => result.clauses.filter((row) => row.standing === wanted).length;
  const overReals = standing("reals-only");
  return [
    verdict,
    ...(only === undefined ? [] : [`only ${only}${selfChecks > 0 ? "" : " (no self-check of the suite)"}`]),
    printableLine(hello.implementation.name),
    `${countedText(results.length - notRun - selfChecks, "case")} run, ${countText(notRun)} not run${selfChecks > 0 ? `, ${countedText(selfChecks, "self-check")}` : ""}`,
    `${standing("shown")} of ${result.clauses.length} clauses shown${overReals > 0 ? `, ${overReals} over the reals only` : ""}`,
    ...(restarts > 0 ? [countedText(restarts, "restart")] : []),
    `${countedText(tally.judged, "observation")} judged (${countText(tally.judged - multiStep.judged)} one-step, ${countText(multiStep.judged)} multi-step): ${bitExact}${countText(tally.weak)} weak, ${countText(tally.indeterminate)} indeterminate, ${countText(tally.rejected)} rejected`,
  ].join(" · ");
}

/** What the suite found wrong with itself. */
function selfCheckLines({ results }: GateResult): string[] {
  return results.flatMap(({ id, kind, failure }) =>
    failure && isSelfCheck({ kind }) ? [`  self-check ${id}: ${printableLine(failure.message)}`] : [],
  );
}

function notRunLines({ results, clauses }: GateResult): string[] {
  const reasons = counted(
    results
      .filter(({ reason, lacking }) => reason !== undefined && !lacking)
      .map(
        ({ verdict, reason }) =>
          `${isNotRun(verdict) ? "not run" : verdict} (${printableLine(reason ?? "")})`,
      ),
  );
  const lacking = results.flatMap((result) => (result.lacking ? [result.lacking] : []));
  const needed = counted(lacking.flat()).sort(([, a], [, b]) => b - a);
  const listed = (wanted: Standing) =>
    clauses
      .filter(({ standing, counts }) => standing === wanted && Object.keys(counts).length > 0)
      .map(({ clause }) => clause)
      .join(", ");
  const unshown = listed("not-shown");
  const overReals = listed("reals-only");
  return [
    ...(lacking.length === 0
      ? []
      : [
          `  not run: ${countedText(lacking.length, "needs", "need")} what is not offered (${needed.map(([capability, count]) => `${capability} ${countText(count)}`).join(", ")})`,
        ]),
    ...reasons.map(([reason, count]) => `  ${reason.replace(" (", `: ${countText(count)} (`)}`),
    ...(unshown === "" ? [] : [`  not shown: ${unshown}`]),
    ...(overReals === ""
      ? []
      : [`  over the reals only, which shows nothing of this implementation: ${overReals}`]),
  ];
}

function failureRateLines({ results }: GateResult): string[] {
  const text = failureRateText(results);
  return text === undefined ? [] : [`  ${text}`];
}

/** How often each text occurs, in the order of the first ones. */
function counted(texts: readonly string[]): [text: string, count: number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts];
}

/** Expectations that do not hold come first: they fail the run although nothing else may. */
function expectationLines(
  { expectations }: GateResult,
  paint: (style: Style, text: string) => string,
): string[] {
  if (!expectations) return [];
  return expectations.breaches.map(
    ({ line, message }) => `  ${paint("red", "expectation")} in line ${line}: ${printableLine(message)}`,
  );
}

/** The card of one finding, in lines of text. */
export function findingText(finding: Finding, number: number): string {
  return card(finding, number, (_, text) => text).join("\n");
}

function card(finding: Finding, number: number, paint: (style: Style, text: string) => string): string[] {
  const { diagnosis, mismatch, minimal, cases, clauses } = finding;
  const lines = [
    paint("bold", `Finding ${number} · ${diagnosis.verdict} · ${hanging(diagnosis.sentence)}`),
    `  ${clauses.map((id) => `${id} ${clauseById(id).statement}`)[0]}`,
  ];
  if (clauses.length > 1) lines.push(`  clauses: ${clauses.join(" ")}`);
  lines.push(
    `  cases: ${cases.slice(0, 6).join(", ")}${cases.length > 6 ? `, … ${cases.length - 6} more` : ""}`,
  );
  for (const alternative of diagnosis.alternatives) {
    lines.push(`  or: ${alternative.map(({ axis, observed }) => `${axis} is ${observed}`).join(", ")}`);
  }
  if (minimal) lines.push("  program:", ...programText(minimal.program).map((line) => `    ${line}`));
  if (mismatch) lines.push(...mismatchLines(mismatch).map((line) => `  ${line}`));
  if (diagnosis.axes.length === 0 && !diagnosis.sentence.startsWith(finding.message))
    lines.push(`  ${hanging(finding.message)}`);
  lines.push(`  replay: ${finding.replay}`);
  return lines;
}

/** Of what somebody else said, later lines stand under the first one, so that none looks like one of the report. */
function hanging(text: string): string {
  return printable(text).replaceAll("\n", "\n      ");
}

function mismatchLines({ slot, parameter, element, step, got, accepted, reference }: Mismatch): string[] {
  const lines = [
    `${slot} of parameter ${parameter}, element ${element}, after step ${step}:`,
    `  got      ${floatText(got)}`,
  ];
  if (accepted.kind === "intervals") lines.push(...accepted.text.map((text) => `  accepted ${text}`));
  else {
    const { values } = accepted;
    const shown = values.slice(0, SHOWN_ACCEPTED).map(floatText).join(", ");
    const rest = values.length - SHOWN_ACCEPTED;
    lines.push(`  accepted ${shown}${rest > 0 ? ` and ${rest} more` : ""}`);
    const distances = values
      .filter((value) => !Number.isNaN(value) && !Number.isNaN(got))
      .map((value) => floatsBetween(got, value));
    if (distances.length > 0)
      lines.push(`  distance ${countText(Math.min(...distances))} ulp to the nearest accepted value`);
  }
  if (reference !== undefined) lines.push(`  reference ${floatText(reference)}`);
  return lines;
}

function matrix(rows: readonly ClauseRow[], paint: (style: Style, text: string) => string): string[] {
  const marks = {
    shown: paint("green", "shown     "),
    failed: paint("red", "FAILED    "),
    "reals-only": paint("yellow", "reals only"),
    "not-shown": paint("yellow", "not shown "),
  };
  return [
    "clause    standing    cases by verdict",
    ...rows.map(({ clause, standing, counts }) => {
      const verdicts = Object.entries(counts).map(([verdict, count]) => `${verdict} ${count}`);
      return `${clause.padEnd(9)} ${marks[standing]}  ${verdicts.join(", ") || "no case ran"}`;
    }),
  ];
}
