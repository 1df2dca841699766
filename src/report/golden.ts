import type { GoldenDiff } from "../suite/golden/diff.js";
import { type GoldenVerification, isVerified } from "../suite/golden/verify.js";
import { countText } from "./count-text.js";

/** The outcome of `golden verify`. */
export function goldenVerifyReport(rows: readonly GoldenVerification[]): string {
  const total = rows.reduce((sum, { values }) => sum + values, 0);
  const lines = rows.map(
    ({ kind, capability, cases, values, mismatchingBits, outside, differentFromCorrectRoot, first }) =>
      `${kind.padEnd(12)} ${capability.padEnd(8)} ${countText(cases).padStart(6)} cases ${countText(values).padStart(12)} values  ` +
      (kind === "correct-root"
        ? `${countText(mismatchingBits)} mismatching bits in the bundled implementation, ${countText(outside)} outside the evaluation`
        : `${countText(outside)} outside the acceptance set, ${share(differentFromCorrectRoot, values)} differ from the correct root`) +
      (first === undefined ? "" : `\n  first: ${first}`),
  );
  const verdict = isVerified(rows) ? "VERIFIED" : "NOT VERIFIED";
  return [`${verdict} · ${countText(total)} values of real PyTorch judged`, ...lines].join("\n");
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
