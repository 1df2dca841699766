/** One point of a plot of errors. */
export interface ErrorPoint {
  /** Steps so far; the last one of those that the point stands for. */
  readonly step: number;
  /** ulp, above 0. */
  readonly error: number;
}

/** Points of one line; more would be less than a pixel apart. */
const MAX_POINTS = 360;

/**
 * Errors after each step as points on a logarithmic scale. Long traces are cut into runs of steps, of which the largest
 * error stays. Null is what no scale has a place for: an error of zero, or one that is no number. There the line is broken.
 * @param errors ulp after step 1, 2, …; null where only one of two values is finite
 */
export function errorPoints(errors: readonly (number | null)[]): (ErrorPoint | null)[] {
  const size = Math.ceil(errors.length / MAX_POINTS);
  const points: (ErrorPoint | null)[] = [];
  for (let start = 0; start < errors.length; start += size) {
    const run = errors.slice(start, start + size);
    const error = run.includes(null) ? null : Math.max(...(run as number[]));
    points.push(error === null || error === 0 ? null : { step: start + run.length, error });
  }
  return points;
}

/** Steps with no error at all, and steps whose error is no number. */
export function unplotted(errors: readonly (number | null)[]): { zero: number; infinite: number } {
  return {
    zero: errors.filter((error) => error === 0).length,
    infinite: errors.filter((error) => error === null).length,
  };
}
