import type { Decimal } from "decimal.js";
import { MAX_FLOAT32 } from "./bits.js";
import { roundingCell } from "./neighbours.js";
import { exactDecimal } from "./to-decimal.js";

/**
 * Round a Decimal to float32: to nearest, ties to even, with one rounding. From ±(2^128 − 2^103) on the result
 * is ±∞; a value that underflows keeps its sign. NaN, ±∞ and ±0 stay what they are.
 *
 * The way through binary64 rounds twice. That is wrong only when the binary64 number lies on an edge of a
 * rounding cell, so near an edge the Decimal itself is compared with it, exactly.
 */
export function float32FromDecimal(x: Decimal): number {
  if (x.isNaN()) return Number.NaN;
  const near = x.toNumber();
  const candidate = Math.fround(near);
  const { lower, upper } = roundingCell(candidate);
  // A few ulps of binary64, so that the proof does not lean on how well the engine parses long numerals.
  const reach = Math.abs(near) * 2 ** -50;
  if (Math.abs(near - lower) <= reach) return roundAtEdge(x, lower);
  if (Math.abs(near - upper) <= reach) return roundAtEdge(x, upper);
  return candidate;
}

/** Round x, which lies in one of the two cells that meet at this edge. */
function roundAtEdge(x: Decimal, edge: number): number {
  const even = Math.fround(edge);
  const odd = Number.isFinite(even) ? 2 * edge - even : Math.sign(edge) * MAX_FLOAT32;
  const side = x.comparedTo(exactDecimal(edge));
  if (side === 0) return even;
  return side < 0 ? Math.min(even, odd) : Math.max(even, odd);
}
