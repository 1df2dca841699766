import type { GoldenDiff } from "../../suite/golden/diff.js";
import type { GoldenVerification } from "../../suite/golden/verify.js";
import { type FolderVerification, isFolderVerified } from "../../suite/golden/verify-folder.js";
import { type TraceCheck, traceHolds } from "../../suite/onnx/cross-check.js";
import { countText } from "./count-text.js";

/** The outcome of `golden verify`. */
export function goldenVerifyReport(found: FolderVerification): string {
  const { traces, graphs, trainings } = found;
  const verdict = isFolderVerified(found) ? "VERIFIED" : "NOT VERIFIED";
  const judged = [
    ...(traces ? [`${countText(sum(traces, ({ values }) => values))} values of real PyTorch judged`] : []),
    ...(graphs ? [`${countText(graphs.length)} training graphs with their traces`] : []),
    ...(trainings ? [`${countText(trainings.length)} recorded training of a source`] : []),
  ];
  return [
    [verdict, ...judged].join(" · "),
    ...(traces ?? []).map(traceLine),
    ...(graphs ? graphLines(graphs) : []),
  ].join("\n");
}

function traceLine(row: GoldenVerification): string {
  const { kind, capability, cases, values, mismatchingBits, outside, differentFromCorrectRoot, first } = row;
  return (
    `${kind.padEnd(12)} ${capability.padEnd(8)} ${countText(cases).padStart(6)} cases ${countText(values).padStart(12)} values  ` +
    (kind === "correct-root"
      ? `${countText(mismatchingBits)} mismatching bits in the bundled implementation, ${countText(outside)} outside the evaluation`
      : `${countText(outside)} outside the acceptance set, ${share(differentFromCorrectRoot, values)} differ from the correct root`) +
    (first === undefined ? "" : `\n  first: ${first}`)
  );
}

/** One line for all graphs, and one for each whose trace does not hold. */
function graphLines(graphs: readonly TraceCheck[]): string[] {
  const failing = graphs.filter((check) => !traceHolds(check));
  const values = sum(graphs, ({ judgement }) => judgement.tally.judged);
  return [
    `${"onnx".padEnd(21)} ${countText(graphs.length).padStart(6)} graphs ${countText(values).padStart(11)} values  ${countText(failing.length)} traces with other bits than their evaluation, or outside the bounds of their network`,
    ...failing.map(
      ({ graph, verdict, judgement, network }) =>
        `  ${graph}: ${verdict}, ${countText(judgement.tally.rejected)} updates rejected; loss at ${network.loss.share.toPrecision(3)} and gradients at ${network.gradients.share.toPrecision(3)} of their bound`,
    ),
  ];
}

function sum<T>(rows: readonly T[], count: (row: T) => number): number {
  return rows.reduce((total, row) => total + count(row), 0);
}

function share(part: number, whole: number): string {
  return `${countText(part)} (${((100 * part) / Math.max(1, whole)).toFixed(2)} %)`;
}

/** The outcome of `golden diff`. */
export function goldenDiffReport(diff: GoldenDiff): string {
  const lists = [
    ["only before", diff.onlyBefore],
    ["only after", diff.onlyAfter],
    ["another program", diff.changedPrograms],
  ] as const;
  const lines = lists.flatMap(([title, keys]) => keys.map((key) => `${title}: ${key}`));
  for (const { clause, kind, capability, slot, values, largest, nan, missing, example } of diff.moved) {
    const absent = missing > 0 ? `, ${countText(missing)} in one generation only` : "";
    const nans = nan > 0 ? `, ${countText(nan)} to or from NaN` : "";
    const where = example === "" ? "" : ` (${example})`;
    lines.push(
      `${clause} ${kind} ${capability} ${slot}: ${countText(values)} values moved, by up to ${countText(largest)} ulp${where}${nans}${absent}`,
    );
  }
  return lines.length === 0 ? "nothing moved" : lines.join("\n");
}
