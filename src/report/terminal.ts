import { styleText } from "node:util";
import { clauseById } from "../../spec/clauses.js";
import { floatsBetween } from "../float32/neighbours.js";
import { floatText } from "../float32/text.js";
import type { Mismatch } from "../judge/mismatch.js";
import type { ClauseRow } from "../suite/clause-matrix.js";
import type { Finding } from "../suite/finding.js";
import type { GateResult } from "../suite/gate.js";
import { LEVELS } from "../suite/level.js";
import { countText } from "./count-text.js";
import { programText } from "./program-text.js";

type Style = Parameters<typeof styleText>[0];

/** Accepted values that a card lists before it counts the rest. */
const SHOWN_ACCEPTED = 4;

/** The report for a terminal. The first line says it all; then one card a finding, then clauses. */
export function terminalReport(result: GateResult, colour: boolean): string {
  const paint = (style: Style, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const lines = [headline(result, paint), ...notRunLines(result), ""];
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
  return lines.join("\n");
}

/** Verdict, level, cases, not run: one line. */
export function headline(
  result: GateResult,
  paint: (style: Style, text: string) => string = (_, text) => text,
): string {
  const { results, conforms, complete, decided, planned, only, reached, asked, hello, tally } = result;
  const notRun = results.filter(({ verdict }) => verdict === "not-run").length;
  const level = `at ${asked} (reached ${reached}: ${LEVELS[reached]})`;
  const verdict = !complete
    ? `${paint("yellow", "INCOMPLETE")}: interrupted after ${countText(results.length)} of ${countText(planned)} cases, which decides no level`
    : !decided
      ? `${paint("yellow", "NOTHING SHOWN")}: no case that was run decides anything`
      : `${conforms ? paint("green", "CONFORMS") : paint("red", "DOES NOT CONFORM")} ${level}`;
  const shown = result.clauses.filter(({ standing }) => standing === "shown").length;
  return [
    verdict,
    ...(only === undefined ? [] : [`only ${only}`]),
    hello.implementation.name,
    `${countText(results.length - notRun)} cases run, ${countText(notRun)} not run`,
    `${shown} of ${result.clauses.length} clauses shown`,
    `${countText(tally.judged)} observations judged: ${countText(tally.bitExact)} bit-exact, ${countText(tally.weak)} weak, ${countText(tally.indeterminate)} indeterminate, ${countText(tally.rejected)} rejected`,
  ].join(" · ");
}

function notRunLines({ results, clauses }: GateResult): string[] {
  const reasons = new Map<string, number>();
  for (const { verdict, reason } of results) {
    if (verdict === "not-run" && reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const unshown = clauses.filter(
    ({ standing, counts }) => standing === "not-shown" && Object.keys(counts).length > 0,
  );
  return [
    ...[...reasons].map(([reason, count]) => `  not run: ${count} (${reason})`),
    ...(unshown.length === 0 ? [] : [`  not shown: ${unshown.map(({ clause }) => clause).join(", ")}`]),
  ];
}

function card(finding: Finding, number: number, paint: (style: Style, text: string) => string): string[] {
  const { diagnosis, mismatch, minimal, cases, clauses } = finding;
  const lines = [
    paint("bold", `Finding ${number} · ${diagnosis.verdict} · ${diagnosis.sentence}`),
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
    lines.push(`  ${finding.message}`);
  lines.push(`  replay: ${finding.replay}`);
  return lines;
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
    shown: paint("green", "shown    "),
    failed: paint("red", "FAILED   "),
    "not-shown": paint("yellow", "not shown"),
  };
  return [
    "clause    standing   cases by verdict",
    ...rows.map(({ clause, standing, counts }) => {
      const verdicts = Object.entries(counts).map(([verdict, count]) => `${verdict} ${count}`);
      return `${clause.padEnd(9)} ${marks[standing]}  ${verdicts.join(", ") || "no case ran"}`;
    }),
  ];
}
