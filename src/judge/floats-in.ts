import { ordinalOf } from "../float32/neighbours.js";

/**
 * The number of floats in the union of some ranges.
 * @param ranges both ends included; NaN stands alone. The zeros count as one, and so do all NaNs
 */
export function floatsIn(ranges: readonly (readonly [lowest: number, highest: number])[]): number {
  const numbers = ranges
    .filter(([lowest]) => !Number.isNaN(lowest))
    .map((range) => range.map(ordinalOf))
    .sort(([a], [b]) => a - b);
  let count = numbers.length < ranges.length ? 1 : 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [first, last] of numbers) {
    count += Math.max(0, last - Math.max(first - 1, reached));
    reached = Math.max(reached, last);
  }
  return count;
}
