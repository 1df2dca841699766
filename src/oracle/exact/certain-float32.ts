import { sameFloat } from "../../float32/bits.js";
import { float32FromDecimal } from "../../float32/from-decimal.js";
import { type Enclosure, isNaNOnly } from "./enclosure.js";

/** Digits to try, in order, before an answer stays undecided. */
export const RISING_DIGITS: readonly number[] = [30, 50, 80, 120, 200, 400, 800];

/** The one float32 that every member of an enclosure rounds to. */
export interface CertainFloat32 {
  readonly certain: true;
  readonly value: number;
  /** Digits at which it was certain. */
  readonly digits: number;
}

/** What is known where the last number of digits was not enough. */
export interface UndecidedFloat32 {
  readonly certain: false;
  readonly value: "undecided";
  /** The float32s of both ends: the exact result rounds to one of them or between them. */
  readonly lower: number;
  readonly upper: number;
  /** NaN is possible too. */
  readonly nan: boolean;
  /** The last number of digits that was tried. */
  readonly digits: number;
}

export type RoundedFloat32 = CertainFloat32 | UndecidedFloat32;

/**
 * Round an enclosure to float32: to nearest, ties to even. Rounding keeps order, so the result is certain as
 * soon as both ends round to the same float; −0 and +0 are two. NaN alone is certain.
 */
export function roundEnclosure(x: Enclosure, digits: number): RoundedFloat32 {
  if (isNaNOnly(x)) return { certain: true, value: Number.NaN, digits };
  const lower = float32FromDecimal(x.lo);
  const upper = x.lo === x.hi ? lower : float32FromDecimal(x.hi);
  if (!x.nan && sameFloat(lower, upper)) return { certain: true, value: lower, digits };
  return { certain: false, value: "undecided", lower, upper, nan: x.nan, digits };
}

/**
 * The correctly rounded float32 of an exact result, with as many digits as it takes.
 *
 * @param compute An enclosure of the result at a number of digits.
 * @param rising Digits to try, in order; the last is the limit.
 */
export function certainFloat32(
  compute: (digits: number) => Enclosure,
  rising: readonly number[] = RISING_DIGITS,
): RoundedFloat32 {
  return certainFloat32s(1, (digits) => [compute(digits)], rising)[0];
}

/**
 * The same for a block. Only elements that are still undecided are computed again.
 *
 * @param count Number of elements.
 * @param compute Enclosures of the elements with these indices, in their order, at a number of digits.
 * @param rising Digits to try, in order; the last is the limit.
 * @throws {RangeError} when `rising` is empty.
 */
export function certainFloat32s(
  count: number,
  compute: (digits: number, indices: readonly number[]) => readonly Enclosure[],
  rising: readonly number[] = RISING_DIGITS,
): RoundedFloat32[] {
  if (rising.length === 0) throw new RangeError("name at least one number of digits to try");
  const results = new Array<RoundedFloat32>(count);
  let pending = Array.from(results.keys());
  for (const digits of rising) {
    if (pending.length === 0) break;
    const enclosures = compute(digits, pending);
    pending.forEach((element, i) => {
      results[element] = roundEnclosure(enclosures[i], digits);
    });
    pending = pending.filter((element) => !results[element].certain);
  }
  return results;
}
