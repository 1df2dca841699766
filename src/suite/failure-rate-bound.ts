import { type CaseResult, isPass } from "./case-result.js";

/** The probability with which a bound may be wrong: all draws pass although the failure rate is above it. */
const SIGNIFICANCE = 0.05;
export const CONFIDENCE_TEXT = "95 %";

/**
 * What independent draws without a failure say of the failure rate: it is at most this, with 95 % confidence. This
 * is the exact one-sided bound of Clopper and Pearson for no failure, 1 − 0.05^(1/N), and less than 3/N.
 *
 * Draws need not be alike: where the k-th fails with probability p_k, all pass with probability
 * ∏(1 − p_k) ≤ (1 − p)^N, in which p is the mean of the p_k; so the bound is one of p.
 * @param draws 1 at least
 * @returns in (0, 1)
 * @throws {RangeError} for no draws
 */
export function zeroFailureBound(draws: number): number {
  if (!Number.isSafeInteger(draws) || draws < 1) throw new RangeError(`${draws} is no number of draws`);
  return -Math.expm1(Math.log(SIGNIFICANCE) / draws);
}

/**
 * The bound on the failure rate of a case, under the distribution that it names. Undefined where nothing was drawn or
 * little was shown: for stored cases, for examples that are run once, and for what failed or is indeterminate.
 */
export function failureRateBound(result: CaseResult): number | undefined {
  if (result.distribution === undefined || result.runs < 2 || !isPass(result)) return undefined;
  return zeroFailureBound(result.runs);
}
