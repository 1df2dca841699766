import { clauseById } from "../../../spec/clauses.js";
import { decodeProgram } from "../../program/program-codec.js";
import type { ReportFinding, ReportFloat, ReportMismatch } from "../model/report.js";
import { countText } from "./count-text.js";
import { type Paint, WITHOUT_COLOUR } from "./headline.js";
import { NOT_ALONE } from "./not-alone-text.js";
import { printable, printableLine } from "./printable.js";
import { programText } from "./program-text.js";

/** Accepted values that a card lists before it counts the rest. */
const SHOWN_ACCEPTED = 4;
/** Cases that a card names before it counts the rest. */
const SHOWN_CASES = 6;

/** The card of one finding, in lines of text. Untrusted text is made printable. */
export function findingText(finding: ReportFinding, paint: Paint = WITHOUT_COLOUR): string {
  const {
    number,
    verdict,
    sentence,
    clauses,
    cases,
    alternatives,
    program,
    alone,
    mismatch,
    axes,
    message,
    replay,
  } = finding;
  const lines = [paint("bold", `Finding ${number} · ${verdict} · ${hanging(sentence)}`)];
  if (clauses.length > 0) lines.push(`  ${clauses[0]} ${clauseById(clauses[0]).statement}`);
  if (clauses.length > 1) lines.push(`  clauses: ${clauses.join(" ")}`);
  const rest = cases.length - SHOWN_CASES;
  const named = cases.slice(0, SHOWN_CASES).map(printableLine).join(", ");
  lines.push(`  cases: ${named}${rest > 0 ? `, … ${rest} more` : ""}`);
  for (const alternative of alternatives)
    lines.push(
      `  or: ${alternative.map(({ axis, observed }) => `${printableLine(axis)} is ${printableLine(observed)}`).join(", ")}`,
    );
  if (program !== undefined)
    lines.push(
      "  program:",
      ...programText(decodeProgram(program, `finding ${number}`)).map((line) => `    ${line}`),
    );
  if (alone === false) lines.push(`  ${NOT_ALONE}`);
  if (mismatch) lines.push(...mismatchText(mismatch).map((line) => `  ${line}`));
  if (axes.length === 0 && !sentence.startsWith(message)) lines.push(`  message: ${hanging(message)}`);
  lines.push(`  replay: ${printableLine(replay)}`);
  return lines.join("\n");
}

/** Later lines of untrusted text are indented under the first one, so that none looks like a line of the report. */
function hanging(text: string): string {
  return printable(text).replaceAll("\n", "\n      ");
}

function mismatchText(mismatch: ReportMismatch): string[] {
  const { slot, parameter, element, step, got, accepted, distance, reference } = mismatch;
  const lines = [
    `${slot} of parameter ${parameter}, element ${element}, after step ${step}:`,
    `  got      ${reportFloatText(got)}`,
  ];
  if (accepted.kind === "intervals")
    lines.push(...accepted.text.map((text) => `  accepted ${printableLine(text)}`));
  else {
    const { values } = accepted;
    const listed = values.slice(0, SHOWN_ACCEPTED).map(reportFloatText).join(", ");
    const rest = values.length - SHOWN_ACCEPTED;
    lines.push(`  accepted ${listed}${rest > 0 ? ` and ${rest} more` : ""}`);
  }
  if (distance !== undefined)
    lines.push(`  distance ${countText(distance)} ulp to the nearest accepted value`);
  if (reference !== undefined) lines.push(`  reference ${reportFloatText(reference)}`);
  return lines;
}

/** Decimal and bits. */
export function reportFloatText({ value, bits }: ReportFloat): string {
  return `${printableLine(value)} (${bits})`;
}
