import { type Rational, rationalOf } from "./rational.js";

/**
 * Why a result is no real number.
 *
 * - "root of a negative number": over the extended reals of IEEE 754 it is NaN, whatever is done with it.
 * - "division by zero": there it is an infinity or NaN, and stays one of them unless something is divided by it.
 * - "division by what is undefined": there it may be anything; 1/∞ is a number again.
 * - "input that is not finite": nothing is said about steps that start outside of the reals.
 * - "undecided": a divisor or radicand whose ends have different signs. The number was not exact any more.
 */
export type UndefinedReason =
  | "root of a negative number"
  | "division by zero"
  | "division by what is undefined"
  | "input that is not finite"
  | "undecided";

/** A real number between two rational ends; known exactly where both ends are the same object. */
export interface Enclosed {
  readonly kind: "enclosed";
  readonly lo: Rational;
  readonly hi: Rational;
}

/** The step leaves the reals here. */
export interface UndefinedOverTheReals {
  readonly kind: "undefined over the reals";
  readonly why: UndefinedReason;
}

export type RationalValue = Enclosed | UndefinedOverTheReals;

export function exactly(x: Rational): Enclosed {
  return { kind: "enclosed", lo: x, hi: x };
}

/** A number as exactly what its 64 bits say. */
export function numberValue(x: number): RationalValue {
  return Number.isFinite(x) ? exactly(rationalOf(x)) : undefinedBecause("input that is not finite");
}

export function undefinedBecause(why: UndefinedReason): UndefinedOverTheReals {
  return { kind: "undefined over the reals", why };
}

export function isExact(x: Enclosed): boolean {
  return x.lo === x.hi;
}

/** The strongest statement first: NaN propagates through everything, and with an unknown operand nothing is known. */
const STRENGTH: readonly UndefinedReason[] = [
  "root of a negative number",
  "input that is not finite",
  "undecided",
  "division by what is undefined",
  "division by zero",
];

/** What an operation gives of which at least one operand is undefined. */
export function undefinedOf(...operands: readonly RationalValue[]): UndefinedOverTheReals {
  const reasons = operands.flatMap((operand) => (operand.kind === "enclosed" ? [] : [operand.why]));
  return undefinedBecause(STRENGTH.find((reason) => reasons.includes(reason)) ?? "undecided");
}
