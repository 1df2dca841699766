import { nextDown, nextUp } from "../../../src/float32/neighbours.js";

/** The next float32 away from zero, or towards it. Zeros, infinities and NaN stay. */
export function nudged(x: number, direction: "away" | "towards zero"): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  return (direction === "away") === x > 0 ? nextUp(x) : nextDown(x);
}
