import { stripVTControlCharacters, styleText } from "node:util";
import { LEVELS } from "../../suite/level.js";
import type { SmokeCaseResult, SmokeResult } from "../../suite/smoke/run-smoke.js";
import { printable, printableLine } from "./printable.js";
import { shellText } from "./shell-text.js";

/** Lines of standard error that are shown of a case. */
const SHOWN_STDERR = 10;

/** The outcome of a case, or of all of them. */
type SmokeOutcome = SmokeCaseResult["outcome"] | "inconclusive";

const STYLES = { passed: "green", failed: "red", inconclusive: "yellow", skipped: "yellow" } as const;

export interface SmokeReportOptions {
  /** The requested dialect, if any. */
  readonly dialect?: string;
  readonly colour?: boolean;
}

/**
 * The report for a terminal: the outcome, one line per case, what went wrong, and what the smoke test does not show.
 * @param command what starts the adapter
 */
export function smokeReport(
  result: SmokeResult,
  command: readonly string[],
  { dialect, colour = false }: SmokeReportOptions = {},
): string {
  const outcome = outcomeOf(result);
  const width = Math.max(...result.cases.map(({ id }) => id.length));
  const paint = (style: SmokeOutcome, text: string) =>
    colour ? styleText(STYLES[style], text, { validateStream: false }) : text;
  const run = result.cases.filter((one) => one.outcome !== "skipped");
  const skipped = result.cases.filter((one) => one.outcome === "skipped");
  // One fault may fail many cases in the same way; it is printed once.
  const reported = new Map<string, string>();
  const rows = run.flatMap((one) => [
    `${paint(one.outcome, one.outcome)}  ${one.id.padEnd(width)}  ${one.says}`,
    ...(one.outcome === "failed" ? indented(detailsOnce(one, reported)) : []),
  ]);
  // Once a case is skipped, all later ones are, for the same reason.
  if (skipped.length > 0)
    rows.push(
      `${paint("skipped", "skipped")} ${skipped.length} cases: ${printableLine(skipped[0].message ?? "")}`,
    );
  const again = (name: string) =>
    shellText([
      "npx",
      "rmsprop-conformance",
      name,
      ...(dialect ? ["--dialect", dialect] : []),
      "--",
      ...command,
    ]);
  return [
    paint(outcome, headline(result, outcome)),
    "",
    ...rows,
    "",
    "Smoke judges the adapter and not the mathematics: no computed value was held against a formula.",
    `Passing it means level L0 (${LEVELS.L0}) and nothing more.`,
    `Next: ${
      {
        passed: again("gate"),
        failed: `fix the first failing case, then ${again("smoke")}`,
        inconclusive: `${again("smoke")}, to the end`,
      }[outcome]
    }`,
  ].join("\n");
}

/** The outcome of all cases: without a failure, skipped cases make it inconclusive. */
function outcomeOf({ passed, cases }: SmokeResult): "passed" | "failed" | "inconclusive" {
  if (passed) return "passed";
  return cases.some((one) => one.outcome === "failed") ? "failed" : "inconclusive";
}

function headline({ hello, cases }: SmokeResult, outcome: SmokeOutcome): string {
  const count = (requested: SmokeOutcome) => cases.filter((one) => one.outcome === requested).length;
  const who = hello && `${hello.implementation.name} ${hello.implementation.version}`.trim();
  const counts = `${count("passed")} of ${cases.length} cases passed, ${count("failed")} failed, ${count("skipped")} skipped`;
  return [`SMOKE ${outcome.toUpperCase()}`, ...(who ? [printableLine(who)] : []), counts].join(" · ");
}

/** The details of a failure, or the name of an earlier case that failed in the same way. */
function detailsOnce(one: SmokeCaseResult, described: Map<string, string>): string[] {
  // Requests differ from case to case, and so do the ids in replies.
  const alike = (one.message ?? "").replace(/^sent: .*\n/, "").replace(/\d+/g, "#");
  const before = described.get(alike);
  if (before !== undefined && alike !== "") return [`as ${before}`];
  described.set(alike, one.id);
  return detailsOf(one);
}

function detailsOf({ message = "", stderr = "" }: SmokeCaseResult): string[] {
  const stderrText = printable(stripVTControlCharacters(stderr)).trimEnd();
  const messageLines = printable(message).split("\n");
  if (stderrText === "") return messageLines;
  const lines = stderrText.split("\n");
  const left = Math.max(0, lines.length - SHOWN_STDERR);
  const before = left > 0 ? [`(${left} lines before)`] : [];
  return [...messageLines, "stderr:", ...[...before, ...lines.slice(left)].map((line) => `  ${line}`)];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `        ${line}`);
}
