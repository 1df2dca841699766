import { type CaseResult, isSelfCheck } from "../suite/case-result.js";
import { CONFIDENCE_TEXT, failureRateBound } from "../suite/failure-rate-bound.js";
import { countText } from "./count-text.js";

/** What draws without a failure say of the implementation, in one line; undefined if nothing was drawn. */
export function failureRateText(results: readonly CaseResult[]): string | undefined {
  const drawn = results.flatMap((result) => {
    const bound = isSelfCheck(result) ? undefined : failureRateBound(result);
    return bound === undefined ? [] : [{ bound, runs: result.runs }];
  });
  if (drawn.length === 0) return undefined;
  const total = drawn.reduce((sum, { runs }) => sum + runs, 0);
  const bounds = drawn.map(({ bound }) => bound);
  const ends = [...new Set([Math.min(...bounds), Math.max(...bounds)].map(percentAbove))];
  const properties = `${countText(drawn.length)} ${drawn.length === 1 ? "property" : "properties"}`;
  return `${properties} passed ${countText(total)} draws without a failure: each fails in less than ${ends.join(" to ")} of its draws, with ${CONFIDENCE_TEXT} confidence and under the distribution that report.jsonl states`;
}

/** Two digits, rounded up: a bound stays one. */
function percentAbove(share: number): string {
  const percent = 100 * share;
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(percent)));
  const scale = 10 ** decimals;
  return `${(Math.ceil(percent * scale) / scale).toFixed(decimals)} %`;
}
