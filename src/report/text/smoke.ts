import { stripVTControlCharacters, styleText } from "node:util";
import { LEVELS } from "../../suite/level.js";
import type { SmokeCaseResult, SmokeResult } from "../../suite/smoke/run-smoke.js";
import { printable, printableLine } from "./printable.js";
import { shellText } from "./shell-text.js";

/** Lines of standard error that are shown of a case. */
const SHOWN_STDERR = 10;

type Verdict = SmokeCaseResult["verdict"];

const HEADLINES = { passed: "SMOKE PASSED", failed: "SMOKE FAILED", "not-run": "SMOKE INCOMPLETE" };
const STYLES = { passed: "green", failed: "red", "not-run": "yellow" } as const;

export interface SmokeReportOptions {
  /** The dialect that was asked for, if any was. */
  readonly dialect?: string;
  readonly colour?: boolean;
}

/**
 * The report for a terminal: a verdict, one line a case, what went wrong, and what smoke does not show.
 * @param command what starts the adapter
 */
export function smokeReport(
  result: SmokeResult,
  command: readonly string[],
  { dialect, colour = false }: SmokeReportOptions = {},
): string {
  const verdict = verdictOf(result);
  const width = Math.max(...result.cases.map(({ id }) => id.length));
  const paint = (style: Verdict, text: string) =>
    colour ? styleText(STYLES[style], text, { validateStream: false }) : text;
  const run = result.cases.filter(({ verdict }) => verdict !== "not-run");
  const notRun = result.cases.filter(({ verdict }) => verdict === "not-run");
  // One fault fails many cases in the same way: it is told once.
  const reported = new Map<string, string>();
  const rows = run.flatMap((one) => [
    `${paint(one.verdict, one.verdict)}  ${one.id.padEnd(width)}  ${one.says}`,
    ...(one.verdict === "failed" ? indented(detailsOnce(one, reported)) : []),
  ]);
  // Nothing is run any more once one is not, and all for the same reason.
  if (notRun.length > 0)
    rows.push(
      `${paint("not-run", "not run")} ${notRun.length} cases: ${printableLine(notRun[0].message ?? "")}`,
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
    paint(verdict, headline(result, verdict)),
    "",
    ...rows,
    "",
    "Smoke judges the adapter and not the mathematics: no computed value was held against a formula.",
    `Passing it means level L0 (${LEVELS.L0}) and nothing more.`,
    `Next: ${
      {
        passed: again("gate"),
        failed: `mend the first case that failed, then ${again("smoke")}`,
        "not-run": `${again("smoke")}, to the end`,
      }[verdict]
    }`,
  ].join("\n");
}

/** Of all cases together: without a failure, what was not run leaves it open. */
function verdictOf({ passed, cases }: SmokeResult): Verdict {
  if (passed) return "passed";
  return cases.some(({ verdict }) => verdict === "failed") ? "failed" : "not-run";
}

function headline({ hello, cases }: SmokeResult, verdict: Verdict): string {
  const count = (requested: Verdict) => cases.filter((one) => one.verdict === requested).length;
  const who = hello && `${hello.implementation.name} ${hello.implementation.version}`.trim();
  const counts = `${count("passed")} of ${cases.length} cases passed, ${count("failed")} failed, ${count("not-run")} not run`;
  return [HEADLINES[verdict], ...(who ? [printableLine(who)] : []), counts].join(" · ");
}

/** The details of a failure; where another case failed in the same way, its name. */
function detailsOnce(one: SmokeCaseResult, described: Map<string, string>): string[] {
  // What was sent differs from case to case, and the ids in what came back.
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
