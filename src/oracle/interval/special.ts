import { FINITE, MINUS_INFINITY, NOT_A_NUMBER, PLUS_INFINITY, type Product } from "./block.js";

/** How infinities and NaN travel through sums and products. Functions return flags other than FINITE. */

/** The flags of −x. */
export function negatedFlags(flags: number): number {
  return (
    (flags & (FINITE | NOT_A_NUMBER)) |
    (flags & PLUS_INFINITY ? MINUS_INFINITY : 0) |
    (flags & MINUS_INFINITY ? PLUS_INFINITY : 0)
  );
}

/** What x + y may be besides finite. */
export function sumSpecials(f: number, g: number): number {
  let specials = (f | g) & NOT_A_NUMBER;
  if (f & PLUS_INFINITY && g & MINUS_INFINITY) specials |= NOT_A_NUMBER;
  if (f & MINUS_INFINITY && g & PLUS_INFINITY) specials |= NOT_A_NUMBER;
  const notMinus = FINITE | PLUS_INFINITY;
  if ((f & PLUS_INFINITY && g & notMinus) || (g & PLUS_INFINITY && f & notMinus)) specials |= PLUS_INFINITY;
  const notPlus = FINITE | MINUS_INFINITY;
  if ((f & MINUS_INFINITY && g & notPlus) || (g & MINUS_INFINITY && f & notPlus)) specials |= MINUS_INFINITY;
  return specials;
}

/** What x·y may be besides finite, for element i, before an overflow of finite factors. */
export function productSpecials({ x, y, dependent }: Product, i: number): number {
  const f = x.flags[i];
  const g = y.flags[i];
  let specials = (f | g) & NOT_A_NUMBER;
  const infinite = PLUS_INFINITY | MINUS_INFINITY;
  if ((f | g) & infinite) {
    // An empty finite part has lower > 0 > upper, so that no comparison finds a number in it.
    const xZero = x.lower[i] <= 0 && x.upper[i] >= 0;
    const yZero = y.lower[i] <= 0 && y.upper[i] >= 0;
    if (!dependent && ((f & infinite && yZero) || (g & infinite && xZero))) specials |= NOT_A_NUMBER;
    const xPlus = (f & FINITE && x.upper[i] > 0) || f & PLUS_INFINITY;
    const xMinus = (f & FINITE && x.lower[i] < 0) || f & MINUS_INFINITY;
    const yPlus = (g & FINITE && y.upper[i] > 0) || g & PLUS_INFINITY;
    const yMinus = (g & FINITE && y.lower[i] < 0) || g & MINUS_INFINITY;
    if ((f & PLUS_INFINITY && yPlus) || (f & MINUS_INFINITY && yMinus)) specials |= PLUS_INFINITY;
    if ((g & PLUS_INFINITY && xPlus) || (g & MINUS_INFINITY && xMinus)) specials |= PLUS_INFINITY;
    if ((f & PLUS_INFINITY && yMinus) || (f & MINUS_INFINITY && yPlus)) specials |= MINUS_INFINITY;
    if ((g & PLUS_INFINITY && xMinus) || (g & MINUS_INFINITY && xPlus)) specials |= MINUS_INFINITY;
  }
  return specials;
}
