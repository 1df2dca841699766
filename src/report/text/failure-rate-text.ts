import { isSelfCheck } from "../../suite/case-result.js";
import { CONFIDENCE_TEXT } from "../../suite/failure-rate-bound.js";
import type { Report } from "../model/report.js";
import { countedText } from "./count-text.js";

/** What draws without a failure say of the implementation, in one line; undefined if nothing was drawn. */
export function failureRateText({ cases }: Pick<Report, "cases">): string | undefined {
  const drawn = cases.flatMap((one) => {
    const bound = isSelfCheck(one) ? undefined : one.failureRateBelow;
    return bound === undefined ? [] : [{ bound, runs: one.runs }];
  });
  if (drawn.length === 0) return undefined;
  const total = drawn.reduce((sum, { runs }) => sum + runs, 0);
  const bounds = drawn.map(({ bound }) => bound);
  const [most, fewest] = [Math.min(...bounds), Math.max(...bounds)].map(percentAbove);
  const subject = drawn.length === 1 ? "it" : "each";
  const best = most === fewest ? "" : `, and where most were made in less than ${most}`;
  return `${countedText(drawn.length, "property", "properties")} passed ${countedText(total, "draw")} without a failure: with ${CONFIDENCE_TEXT} confidence ${subject} fails in less than ${fewest} of such draws${best}; report.jsonl says what was drawn`;
}

/** Two digits, rounded up: a bound stays one. */
function percentAbove(share: number): string {
  const percent = 100 * share;
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(percent)));
  const scale = 10 ** decimals;
  return `${(Math.ceil(percent * scale) / scale).toFixed(decimals)} %`;
}
