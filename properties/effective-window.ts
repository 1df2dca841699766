import type { Decimal } from "decimal.js";
import { dialectById } from "../spec/dialects.js";
import { exactDecimal } from "../src/float32/to-decimal.js";
import { EnclosureArithmetic } from "../src/oracle/exact/enclosure-arithmetic.js";
import { type Enclosure, point } from "../src/oracle/exact/index.js";
import { arb } from "./arbitraries/arb.js";
import { STRATA } from "./arbitraries/hyperparameters.js";
import { type MeanSquareForm, meanSquareForms } from "./mean-square-form.js";
import { failureAt, type ObservedStep, observeConforming } from "./observed-steps.js";
import { EQUALITY_DIGITS, proveEqual } from "./proof.js";
import { property } from "./property.js";
import { exactText } from "./value-text.js";
import { exactMeanSquares, example, expectPrinted, startsAtZero } from "./worked-example-support.js";

/**
 * RMS-4.5: how far back the mean square looks.
 *
 * After one gradient of 1 and then zeros, the mean square is the weight of a term that is so many steps old. So the
 * rule itself, or the implementation, says what its weights are; the clause says what they add up to.
 */

/** Steps after which 0.9^t, the weight of everything older, is below 1e-13. */
const LONG = 300;

interface Impulse {
  readonly alpha: number;
  readonly steps: number;
}

export const lastTermsAndMeanAgeOverTheReals = property<null>({
  id: "last-terms-and-mean-age-over-the-reals",
  clauses: ["RMS-4.5"],
  target: "specification",
  requires: [],
  weight: 0,
  arbitrary: () => arb.constant(null),
  check: async () => {
    const ar = new EnclosureArithmetic(EQUALITY_DIGITS);
    const dialect = dialectById("textbook");
    const h = example(dialect, { alpha: 0.9 });
    const weights = exactMeanSquares(dialect, h, impulse(LONG), EQUALITY_DIGITS);
    const gamma = point(h.alpha);
    const one = point(1);
    const sum = (terms: readonly Enclosure[]) => terms.reduce((a, b) => ar.add(a, b), point(0));
    const power = (n: number) =>
      Array.from({ length: n }).reduce<Enclosure>((p) => ar.multiply(p, gamma), one);
    for (const n of [1, 5, 10, 20]) {
      const last = sum(weights.slice(0, n));
      proveEqual(`the weight of the last ${n} terms`, last, ar.subtract(one, power(n)));
      if (n === 10) expectPrinted("the weight of the last 10 terms", last, "0.651322");
    }
    const age = sum(weights.map((weight, k) => ar.multiply(weight, point(k))));
    const forever = ar.divide(gamma, ar.subtract(one, gamma));
    // What is older than the last LONG steps weighs γ^LONG and is LONG + γ/(1 − γ) steps old in the mean.
    const older = ar.multiply(power(LONG), ar.add(point(LONG), forever));
    proveEqual("the mean age", age, ar.subtract(forever, older));
    expectPrinted("the mean age", age, "9.000000");
  },
});

export const lastTermsAndMeanAge = property<Impulse>({
  id: "last-terms-and-mean-age",
  clauses: ["RMS-4.5"],
  target: "implementation",
  requires: ["state"],
  weight: 0.5,
  appliesTo: startsAtZero,
  arbitrary: () =>
    arb.record({
      alpha: arb.constantFrom(...STRATA.dyadic.alpha, ...STRATA.decimal.alpha),
      steps: arb.integer({ min: 2, max: 40 }),
    }),
  check: async ({ alpha, steps: count }, subject) => {
    const { dialect, evaluation } = subject.declaration;
    const h = example(dialect, { alpha, lr: 2 ** -5, eps: 2 ** -10 });
    const gradients = impulse(count).map((g) => [g]);
    const run = await observeConforming(subject, { hyperparameters: h, parameter: [0], gradients });
    const [steps] = run.elements;
    const failures = meanSquareForms(evaluation, h).map((form) => firstWrong(form, steps));
    if (failures.includes(undefined)) return;
    const [{ at, message }] = failures as NonNullable<(typeof failures)[number]>[];
    throw failureAt(run, at, message);
  },
});

export const effectiveWindowProperties = [lastTermsAndMeanAgeOverTheReals, lastTermsAndMeanAge];

/** One gradient of 1, then zeros. */
function impulse(steps: number): number[] {
  return Array.from({ length: steps }, (_, k) => (k === 0 ? 1 : 0));
}

/**
 * Where the observed weights add up to something else than 1 − γ^n, or the ages to something else than the mean age.
 * With cast scalars 1 − γ^n is t̂·(1 − β̂^n)/(1 − β̂). Both sides are multiplied by the denominators: without a
 * division, every number here is exact.
 */
function firstWrong({ decay, complement, roundingError }: MeanSquareForm, steps: readonly ObservedStep[]) {
  const one = exactDecimal(1);
  const forgotten = one.sub(decay);
  const squared = forgotten.mul(forgotten);
  let share = exactDecimal(0);
  let age = exactDecimal(0);
  let propagated: Decimal = exactDecimal(0);
  let shareError = exactDecimal(0);
  let ageError = exactDecimal(0);
  for (const [k, at] of steps.entries()) {
    const { before, gradient, after } = at;
    const weight = exactDecimal(after.square_avg);
    propagated = propagated.mul(decay).add(roundingError(before.square_avg, gradient, after.square_avg));
    share = share.add(weight);
    shareError = shareError.add(propagated);
    age = age.add(weight.mul(k));
    ageError = ageError.add(propagated.mul(k));
    const n = k + 1;
    const older = decay.pow(n);
    const expectedShare = complement.mul(one.sub(older));
    if (share.mul(forgotten).sub(expectedShare).abs().gt(shareError.mul(forgotten))) {
      const message = `the last ${n} terms weigh ${exactText(share)}, and 1 − γ^${n} is ${exactText(expectedShare.div(forgotten))}`;
      return { at, message };
    }
    const expectedAge = complement.mul(decay.sub(older.mul(decay.add(forgotten.mul(n)))));
    if (age.mul(squared).sub(expectedAge).abs().gt(ageError.mul(squared))) {
      const message = `weight times age of the last ${n} terms adds up to ${exactText(age)}, and should to ${exactText(expectedAge.div(squared))}`;
      return { at, message };
    }
  }
  return undefined;
}
