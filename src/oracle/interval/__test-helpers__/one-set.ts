import { FINITE, IntervalBlock, MINUS_INFINITY, NOT_A_NUMBER, PLUS_INFINITY } from "../block.js";

/** A set of one element: the hull of some values, infinities and NaN as flags. */
export function set(...values: number[]): IntervalBlock {
  const block = new IntervalBlock(1);
  for (const x of values) block.include(0, x);
  return block;
}

/** The same as a set of results wider than float32. */
export function kept(...values: number[]): IntervalBlock {
  const block = set(...values);
  block.wide = true;
  return block;
}

/** "[lower, upper]", and the infinities and NaN of the set; −0 and +0 differ. */
export function describeSet(block: IntervalBlock): string {
  const flags = block.flags[0];
  const text = (x: number) => (Object.is(x, -0) ? "-0" : String(x));
  return [
    flags & FINITE ? `[${text(block.lower[0])}, ${text(block.upper[0])}]` : "",
    flags & PLUS_INFINITY ? "+inf" : "",
    flags & MINUS_INFINITY ? "-inf" : "",
    flags & NOT_A_NUMBER ? "nan" : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** Ends and flags of the one element; −0 and +0 differ. */
export function parts(block: IntervalBlock): number[] {
  return [block.lower[0], block.upper[0], block.flags[0]];
}
