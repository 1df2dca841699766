import type { Finding } from "../../suite/finding.js";
import { type GraphChecks, graphsConform, settingsText } from "../../suite/onnx/check-graphs.js";
import { CLAIMED, type CrossCheck, type TraceCheck } from "../../suite/onnx/cross-check.js";
import { reportFinding } from "../model/report.js";
import { countedText, countText } from "./count-text.js";
import { findingText } from "./finding-text.js";
import { printableLine } from "./printable.js";

/** The outcome of `onnx`: first the verdict, then findings, then a line for each graph and setting. */
export function onnxReport(result: GraphChecks, findings: readonly Finding[]): string {
  const { traces, checks, failed, skipped } = result;
  return [
    onnxHeadline(result),
    ...skipped.map(
      ({ provider, reason, remedy }) =>
        `  skipped: ${provider}: ${printableLine(reason)}. ${printableLine(remedy)}`,
    ),
    ...checks
      .filter(({ otherLossesOnDevice = 0 }) => otherLossesOnDevice > 0)
      .map(
        ({ graph, settings, otherLossesOnDevice = 0 }) =>
          `  ${graph} on ${settingsText(settings)}: ${countedText(otherLossesOnDevice, "loss", "losses")} of other bits when the state stays on the device`,
      ),
    ...failed.map(
      ({ graph, settings, message }) =>
        `  failed: ${graph} on ${settingsText(settings)}: ${printableLine(message)}`,
    ),
    "",
    ...findings.flatMap((finding, k) => [findingText(reportFinding(finding, k + 1)), ""]),
    ...table(traces, checks),
  ].join("\n");
}

/** Verdict, what was run, what was found: one line. */
export function onnxHeadline(result: GraphChecks): string {
  const { checks, traces, complete, skipped, failed } = result;
  const verdict = !complete
    ? "INCONCLUSIVE"
    : checks.length + failed.length === 0
      ? "SKIPPED"
      : graphsConform(result)
        ? "PASSED"
        : "FAILED";
  const sum = (count: (check: CrossCheck) => number) => checks.reduce((all, check) => all + count(check), 0);
  return [
    verdict,
    countedText(traces.length, "exported graph"),
    `${countedText(checks.length, "run")}`,
    ...(skipped.length > 0 ? [`skipped on ${skipped.map(({ provider }) => provider).join(", ")}`] : []),
    `${countText(sum(({ judgement }) => judgement.tally.judged))} values of updates judged: ` +
      `${countText(sum(({ judgement }) => judgement.tally.bitExact))} bit-exact (${CLAIMED}), ` +
      `${countText(sum(({ judgement }) => judgement.tally.rejected))} rejected`,
    `${countText(sum(({ bundled }) => bundled.otherBits))} of ${countText(sum(({ bundled }) => bundled.values))} bits other than the bundled implementation's`,
  ].join(" · ");
}

const HEADINGS = ["graph", "run", "update", "loss", "gradients", "from PyTorch's", "drift"] as const;

function table(traces: readonly TraceCheck[], checks: readonly CrossCheck[]): string[] {
  const rows = traces.flatMap(({ graph, verdict, network }) => [
    [
      graph,
      "PyTorch, eager",
      verdict,
      shareText(network.loss.share),
      shareText(network.gradients.share),
      "",
      "",
    ],
    ...checks.filter((check) => check.graph === graph).map(checkRow),
  ]);
  if (rows.length === 0) return [];
  const widths = HEADINGS.map((heading, k) => Math.max(heading.length, ...rows.map((row) => row[k].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, k) => cell.padEnd(widths[k]))
      .join("  ")
      .trimEnd();
  return [
    line(HEADINGS),
    ...rows.map(line),
    "",
    "update: each step judged from the run's own gradients and state before.",
    "loss, gradients: the farthest value from the exact one, as a share of the proven bound of float32; over 1 fails.",
    "from PyTorch's: the farthest gradient from PyTorch's, in floats; both from PyTorch's state before the step.",
    "drift: the farthest parameter from PyTorch's after the last step of a run of its own, in floats; not judged.",
  ];
}

function checkRow({ graph, settings, verdict, network, drift }: CrossCheck): string[] {
  const last = drift.at(-1);
  return [
    graph,
    settingsText(settings),
    verdict,
    shareText(network.loss.share),
    shareText(network.gradients.share),
    `${countText(network.mostFloats)}`,
    last ? `${countText(last.floats)} after ${last.step}` : "",
  ];
}

function shareText(share: number): string {
  return share.toPrecision(2);
}

/** Loss and drift of every step, a line each. */
export function driftText({ graph, settings, drift }: CrossCheck): string {
  const rows = drift.map(
    ({ step, loss, pytorchLoss, parameters, floats }) =>
      `  ${String(step).padStart(3)}  ${String(loss).padEnd(22)} ${String(pytorchLoss).padEnd(22)} ${parameters.toExponential(2).padStart(9)}  ${countText(floats)}`,
  );
  const head = `  step ${"loss".padEnd(21)} ${"PyTorch's loss".padEnd(22)} farthest parameter, and in floats`;
  return [`${graph} on ${settingsText(settings)}`, head, ...rows].join("\n");
}
