import { hexOf } from "./bits.js";

/** A float32 for people: a short decimal that is this float, and its bits. */
export function floatText(x: number): string {
  return `${decimalText(x)} (${hexOf(x)})`;
}

/** A short decimal that is this float32; NaN, Infinity or -Infinity. */
export function decimalText(x: number): string {
  return Object.is(x, -0) ? "-0" : shortestFloat32(x);
}

/**
 * Of the decimals of 1, 2, … 9 digits that are nearest to x, the first that rounds to the same float32. Infinities and NaN
 * have one text at any number of digits.
 */
function shortestFloat32(x: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(x.toPrecision(digits));
    if (Math.fround(text) === x) return String(text);
  }
  return String(Number(x.toPrecision(9)));
}
