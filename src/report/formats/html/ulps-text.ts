/** Digits of an error that are shown. */
const DIGITS = 4;

/** An error in ulps, rounded up: what is shown is a bound. Null is one that no number measures. */
export function ulpsText(ulps: number | null): string {
  if (ulps === null) return "∞";
  if (ulps === 0) return "0";
  const scale = 10 ** (DIGITS - 1 - Math.floor(Math.log10(ulps)));
  const up = Number((Math.ceil(ulps * scale) / scale).toPrecision(DIGITS));
  // Beyond the doubles' integers the scale itself is rounded; to shorten is then all that can be done.
  const bound = up >= ulps ? up : ulps;
  return bound >= 1e9 || bound < 1e-4
    ? bound.toExponential(DIGITS - 1)
    : bound.toLocaleString("en-US", { maximumSignificantDigits: DIGITS });
}
