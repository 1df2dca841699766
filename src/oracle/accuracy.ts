import type { EvaluationChoice, PinnedChoice } from "../../spec/evaluation.js";
import { bitsOf } from "../float32/bits.js";
import { fromOrdinal, ordinalOf } from "../float32/neighbours.js";

/**
 * Which float32s an approximate root or quotient may be. All of it is about magnitudes: a root has no sign, and a
 * quotient keeps that of its operands.
 *
 * Two ulps are counted from the correctly rounded result r, an ulp being the distance from r to the next larger
 * float32. That covers counting them from the exact result x: a float32 y with |y − x| ≤ 2 ulp(x) is within
 * 2.5 ulp(r) of r, and is further away than two ulps only where y = r − 2.5 ulp(r) is a float32 and x a tie that was
 * rounded to r. There r is the float above a power of two, which is odd, and no tie is rounded to it. It covers
 * counting floats as well: two floats above r are more than two ulps where a power of two lies between.
 */
export type Accuracy = EvaluationChoice<"root" | "division">;

/** The most floats that two ulps are: below a power of two, floats are half as far apart. */
export const MAX_FLOATS_BELOW = 4;
export const FLOATS_ABOVE = 2;

const INFINITY_ORDINAL = ordinalOf(Number.POSITIVE_INFINITY);

/** How many floats lie within two ulps below a float32 ≥ 0. Infinity counts two; what is below zero counts too. */
export function floatsBelow(magnitude: number): number {
  const bits = bitsOf(magnitude);
  const exponent = bits >>> 23;
  // Below the smallest normal number floats are as far apart as above it.
  if (exponent <= 1 || exponent === 255) return 2;
  const fraction = bits & 0x7fffff;
  return fraction === 0 ? MAX_FLOATS_BELOW : fraction === 1 ? 3 : 2;
}

/** The float32 that is a number of floats above another one ≥ 0: not below zero, not beyond infinity. */
export function movedBy(magnitude: number, floats: number): number {
  if (floats === 0) return magnitude;
  return fromOrdinal(Math.max(0, Math.min(INFINITY_ORDINAL, ordinalOf(magnitude) + floats)));
}

/** A correctly rounded result moved as one choice says; it keeps its sign, that of a zero too. */
export function moved(rounded: number, choice: PinnedChoice<"root" | "division">): number {
  return movedInMagnitude(rounded, choice === "correct" ? 0 : choice === "one-ulp-low" ? -1 : 1);
}

/** A float32 moved away from zero by a number of floats; it keeps its sign, that of a zero too. */
export function movedInMagnitude(x: number, floats: number): number {
  return x < 0 || Object.is(x, -0) ? -movedBy(-x, floats) : movedBy(x, floats);
}

/** Whether the root of x is 0, ∞ or NaN: exact, and never moved. */
export function hasExactRoot(x: number): boolean {
  return !(x > 0 && x < Number.POSITIVE_INFINITY);
}

/** Whether x/d is 0, ∞ or NaN over the extended reals: exact, and never moved. */
export function hasExactQuotient(x: number, d: number): boolean {
  return x === 0 || d === 0 || x - x !== 0 || d - d !== 0;
}

/** Which magnitudes the declared choices can make of correctly rounded ones. */
export class Reach {
  /** Whether nothing is moved. */
  readonly isNone: boolean;
  /** Whether the correct result is among the choices. */
  readonly mayBeCorrect: boolean;
  private readonly low: number;
  private readonly high: number;
  private readonly twoUlps: boolean;

  constructor(choices: readonly Accuracy[]) {
    this.twoUlps = choices.includes("within-two-ulps");
    const high = choices.includes("one-ulp-high");
    const low = choices.includes("one-ulp-low");
    this.mayBeCorrect = this.twoUlps || choices.includes("correct");
    this.isNone = !this.twoUlps && !high && !low;
    this.low = low ? -1 : this.mayBeCorrect ? 0 : 1;
    this.high = this.twoUlps ? FLOATS_ABOVE : high ? 1 : this.mayBeCorrect ? 0 : -1;
  }

  /** The smallest result, where the correctly rounded one is in [lower, upper], lower ≥ 0. */
  smallest(lower: number, upper: number): number {
    if (!this.twoUlps) return movedBy(lower, this.low);
    const least = movedBy(lower, -floatsBelow(lower));
    if (upper === lower) return least;
    // The next float may be a power of two, from which two ulps reach further down.
    const next = movedBy(lower, 1);
    return Math.min(least, movedBy(next, -floatsBelow(next)));
  }

  /** The largest result, where the largest correctly rounded one is `upper` ≥ 0. */
  largest(upper: number): number {
    return movedBy(upper, this.high);
  }
}
