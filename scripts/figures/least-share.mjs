/** The chance that a comparison fails although nothing has changed is at most twice this. */
export const DELTA = 1e-9;

/** Relative entropy of two coins, in nats. */
function divergence(p, q) {
  const part = (a, b) => (a === 0 ? 0 : a * Math.log(a / b));
  return part(p, q) + part(1 - p, 1 - q);
}

/**
 * Hoeffding (1963, theorem 1): of n independent trials whose chances have the mean q, a share of p < q or less
 * succeeds with a chance of at most exp(−n·D(p‖q)), and a share of p > q or more likewise. So the true mean behind a
 * measured share is at least the q below it where that is DELTA, and a second measurement is at least the p below
 * that q where that is DELTA again.
 *
 * @param share measured in `before` trials
 * @returns the share below which a measurement in `now` trials says that something became worse
 */
export function leastShare(share, before, now) {
  const mean = lowest(share, (q) => before * divergence(share, q));
  return lowest(mean, (p) => now * divergence(p, mean));
}

/** The least x in [0, from] at which the exponent, which falls towards `from`, is at most ln(1/DELTA). */
function lowest(from, exponent) {
  let low = 0;
  let high = from;
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (exponent(middle) > -Math.log(DELTA)) low = middle;
    else high = middle;
  }
  return low;
}
