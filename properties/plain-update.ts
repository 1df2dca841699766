import type { Decimal } from "decimal.js";
import type { Dialect, DialectAxes, Hyperparameters } from "../spec/dialect.js";
import type { Evaluation } from "../spec/evaluation.js";
import { ulp } from "../src/float32/neighbours.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import { type Enclosure, isReal, point } from "../src/oracle/exact/enclosure.js";
import { EnclosureArithmetic } from "../src/oracle/exact/enclosure-arithmetic.js";

import { conversions } from "./intermediate-precision.js";

/** Digits in which an observation is compared with a closed form; the forms have fewer roots than that needs. */
const ar = new EnclosureArithmetic(60);

/** Half an ulp of 1: no rounding to nearest changes a normal result by more than this share. */
const U = exactDecimal(2 ** -24);

/**
 * The denominator over the reals, written apart from the update rule: uncentered and without bias correction.
 *
 * @param s mean square
 */
export function plainDenominator(
  placement: DialectAxes["epsilon"],
  s: Enclosure,
  eps: Enclosure,
  elements: EnclosureArithmetic = ar,
): Enclosure {
  switch (placement) {
    case "outside":
      return elements.add(elements.squareRoot(s), eps);
    case "inside":
    case "subtracted":
      return elements.squareRoot(elements.add(s, eps));
    case "both":
      return elements.add(elements.squareRoot(elements.add(s, eps)), eps);
    case "max-clamp":
      return elements.maximum(elements.squareRoot(s), eps);
    case "none":
      return elements.squareRoot(s);
  }
}

/** A dialect and the way in which it is rounded. */
export interface UpdateInterpreter {
  readonly dialect: Dialect;
  readonly evaluation: Evaluation;
}

/** Whether the denominator of a dialect is `plainDenominator` for hyperparameters that are not centered. */
export function hasPlainDenominator({ dialect }: Pick<UpdateInterpreter, "dialect">): boolean {
  return dialect.centered !== "always" && dialect.biasCorrection === "never";
}

/** How the declared evaluations take a scalar to a tensor: cast to float32, or as it is. */
export function precisionsOf(evaluation: Evaluation): ((scalar: number) => number)[] {
  return evaluation.scalars.map((precision) => (precision === "float32" ? Math.fround : (x) => x));
}

/**
 * Roundings between a stored mean square and the denominator: the root, and each sum with ε. All terms are
 * positive, so a relative error does not grow in the sums.
 */
function denominatorRoundings({ dialect, evaluation }: UpdateInterpreter): number {
  const sums = { outside: 1, inside: 1, subtracted: 1, both: 2, "max-clamp": 0, none: 0 }[dialect.epsilon];
  return sums + 1 + inaccuracy(evaluation.root) + conversions(evaluation);
}

/**
 * Roundings that an approximate result counts more than a correct one. A float is 2u away at most, u being 2^-24, and
 * 1/(1 − 2u) < (1 + u)³; two ulps are 4u, and 1/(1 − 4u) < (1 + u)⁵.
 */
export function inaccuracy(choices: Evaluation["root"]): number {
  if (choices.includes("within-two-ulps")) return 5;
  return choices.every((choice) => choice === "correct") ? 0 : 3;
}

/** Whether every declared root and quotient is the correctly rounded one. */
export function isAccurate({ root, division, "reciprocal-root": reciprocalRoot }: Evaluation): boolean {
  return [...root, ...division, ...reciprocalRoot].every((choice) => choice === "correct");
}

/**
 * Roundings in η·x/d: two operations, or three with a reciprocal. A reciprocal root is one of these and stands
 * for the denominator's root too. One of them is a division, or both are.
 */
export function quotientRoundings(evaluation: Evaluation): number {
  const operations = evaluation.quotient.some((method) => method !== "division") ? 3 : 2;
  const divisions = evaluation["order.update"].includes("inverse") ? 2 : 1;
  const roots = evaluation.quotient.includes("reciprocal-root")
    ? inaccuracy(evaluation["reciprocal-root"])
    : 0;
  return operations + divisions * inaccuracy(evaluation.division) + roots;
}

/**
 * The largest relative error of a result that was rounded so often, no intermediate being subnormal. Each
 * rounding, in a product or in a divisor, changes the result by a factor from 1/(1 + u) to 1 + u, u = 2^-24. The
 * binary64 rounding that precedes some of them is 2^-53, less than what u leaves over u/(1 + u).
 */
export function relativeErrorOf(roundings: number): Decimal {
  return ExactDecimal.sub(ExactDecimal.pow(ExactDecimal.add(1, U), roundings), 1);
}

/** An exact value and how far from it a rounded one may be. */
export interface Approximate {
  readonly value: Enclosure;
  readonly error: Decimal;
}

/**
 * x/d with d from an observed mean square.
 *
 * @param scale η where the learning rate is a factor, 1 otherwise
 * @param roundingsOfX roundings between the x that was computed with and the one that is given
 */
export function quotientByRoot(
  reading: UpdateInterpreter,
  scalars: Pick<Hyperparameters, "eps">,
  s: number,
  x: number,
  scale: number,
  roundingsOfX = 0,
): Approximate {
  const d = plainDenominator(reading.dialect.epsilon, point(s), point(scalars.eps));
  return approximate(ar.divide(ar.multiply(point(scale), point(x)), d), updateError(reading, roundingsOfX));
}

/** The largest relative error of x/d or η·x/d that is computed from a stored mean square. */
export function updateError(reading: UpdateInterpreter, roundingsOfX = 0): Decimal {
  const roundings = denominatorRoundings(reading) + quotientRoundings(reading.evaluation);
  return relativeErrorOf(roundings + roundingsOfX);
}

/** A value with a relative error. */
export function approximate(value: Enclosure, relativeError: Decimal): Approximate {
  return { value, error: ExactDecimal.mul(largest(value), relativeError) };
}

/** The same value with the other sign. */
export function negated({ value, error }: Approximate): Approximate {
  return { value: ar.negate(value), error };
}

/** Whether the exact value is a number: not 0/0, nor a quotient by zero. */
export function isNumber({ value }: Approximate): boolean {
  return isReal(value);
}

/**
 * Whether `after` can be the float32 sum of `before` and a term: its distance from the exact sum is at most the
 * term's error and half an ulp of its own.
 *
 * @returns the distance and the bound if it cannot, otherwise undefined
 */
export function sumExcess(
  before: number,
  term: Approximate,
  after: number,
): { distance: Decimal; bound: Decimal } | undefined {
  const difference = ar.subtract(point(after), ar.add(point(before), term.value));
  const distance = smallest(difference);
  const bound = ExactDecimal.add(term.error, exactDecimal(after === 0 ? 0 : ulp(after) / 2));
  return distance.lte(bound) ? undefined : { distance, bound };
}

/** The largest magnitude in an enclosure. */
export function largest({ lo, hi }: Enclosure): Decimal {
  return ExactDecimal.max(lo.abs(), hi.abs());
}

/** The smallest magnitude in an enclosure; NaN inside makes it NaN, which is at most nothing. */
function smallest({ lo, hi, nan }: Enclosure): Decimal {
  if (nan) return new ExactDecimal(Number.NaN);
  if (lo.s !== hi.s) return new ExactDecimal(0);
  return ExactDecimal.min(lo.abs(), hi.abs());
}
