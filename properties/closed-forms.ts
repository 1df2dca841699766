import type { Decimal } from "decimal.js";
import { ulp } from "../src/float32/neighbours.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import { type Enclosure, EnclosureArithmetic, point } from "../src/oracle/exact/index.js";
import { exactAdagradTrace, plainRule } from "./adagrad-schedule.js";
import { arb } from "./arbitraries/arb.js";
import { CALM_REGIMES, floatWithExponent, powerOfTwo } from "./arbitraries/floats.js";
import { plainHyperparameters } from "./arbitraries/plain-hyperparameters.js";
import { type Trace, traces } from "./arbitraries/traces.js";
import { exactTrace } from "./exact-trace.js";
import { type MeanSquareForm, meanSquareForms } from "./mean-square-form.js";
import { failureAt, type ObservedRun, type ObservedStep, observeConforming } from "./observed-steps.js";
import { hasPlainDenominator, precisionsOf, quotientByRoot } from "./plain-update.js";
import { proveAll } from "./proof.js";
import { property } from "./property.js";
import type { Subject } from "./subject.js";
import { exactText, valueText } from "./value-text.js";

/**
 * Family 4: closed forms of the mean square, and forgetting.
 *
 * An observed s_t is compared with the closed form in the scalars that the evaluation uses: β̂ and t̂, cast, with
 * β̂ + t̂ ≠ 1. If step i misses the rule by at most B_i (`MeanSquareForm.roundingError`), then s_t misses the
 * closed form by at most Σ β̂^(t−i)·B_i: errors are forgotten as gradients are. Everything is exact; there is no
 * other tolerance.
 */

/** An exact number and how far from it the observed one may be. */
interface Expectation {
  readonly value: Decimal;
  readonly error: Decimal;
}

const LENGTHS = [1, 2, 4];

export const constantGradientClosedForm = property<Trace>({
  id: "constant-gradient-closed-form",
  clauses: ["RMS-4.1"],
  target: "implementation",
  requires: ["state"],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      maxSteps: 1,
      lengths: LENGTHS,
      regimes: CALM_REGIMES,
      hyperparameters: plainHyperparameters(dialect),
    }).chain((trace) =>
      arb
        .integer({ min: 1, max: 20 })
        .map((steps) => ({ ...trace, gradients: Array(steps).fill(trace.gradients[0]) })),
    ),
  check: async (trace, subject) => {
    const run = await observeConforming(subject, trace);
    const forms = meanSquareForms(subject.declaration.evaluation, trace.hyperparameters);
    for (const steps of run.elements) {
      const expected = forms.map((form) => constantGradientForm(form, steps));
      steps.forEach((at, k) => {
        const got = exactDecimal(at.after.square_avg);
        if (expected.some((list, f) => isNear(got.mul(ONE.sub(forms[f].decay)), list[k]))) return;
        const unscaled = scaledBy(ONE.div(ONE.sub(forms[0].decay)), expected[0][k]);
        const message = `after ${k + 1} gradients ${valueText(at.gradient)} the mean square is ${valueText(at.after.square_avg)}, not ${expectationText(unscaled)}`;
        throw failureAt(run, at, message);
      });
    }
  },
});

export const weightedSumOfSquares = property<Trace>({
  id: "weighted-sum-of-squares",
  clauses: ["RMS-4.2"],
  target: "implementation",
  requires: ["state"],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      maxSteps: 20,
      lengths: LENGTHS,
      regimes: CALM_REGIMES,
      hyperparameters: plainHyperparameters(dialect),
    }),
  check: async (trace, subject) => {
    const run = await observeConforming(subject, trace);
    const forms = meanSquareForms(subject.declaration.evaluation, trace.hyperparameters);
    for (const steps of run.elements) {
      const at = steps[steps.length - 1];
      const expected = forms.map((form) => weightedSum(form, steps));
      if (expected.some((expectation) => isNear(exactDecimal(at.after.square_avg), expectation))) continue;
      const message = `the mean square is ${valueText(at.after.square_avg)}; the weighted sum of the squared gradients is ${expectationText(expected[0])}`;
      throw failureAt(run, at, message);
    }
  },
});

export const influenceOfOneGradientDecays = property<{
  trace: Trace;
  from: number;
  replacement: readonly number[];
}>({
  id: "influence-of-one-gradient-decays",
  clauses: ["RMS-4.3"],
  target: "implementation",
  // Both runs must come to the changed gradient with the same mean square.
  requires: ["state", "deterministic"],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      minSteps: 2,
      maxSteps: 12,
      lengths: LENGTHS,
      regimes: CALM_REGIMES,
      hyperparameters: plainHyperparameters(dialect),
    }).chain((trace) =>
      arb.record({
        trace: arb.constant(trace),
        from: arb.nat({ max: Math.min(2, trace.gradients.length - 1) }),
        replacement: arb.array(floatWithExponent(-4, 4), {
          minLength: trace.parameter.length,
          maxLength: trace.parameter.length,
        }),
      }),
    ),
  check: async ({ trace, from, replacement }, subject) => {
    const gradients = trace.gradients.map((gradient, k) => (k === from ? replacement : gradient));
    const run = await observeConforming(subject, trace);
    const changed = await observeConforming(subject, { ...trace, gradients });
    const forms = meanSquareForms(subject.declaration.evaluation, trace.hyperparameters);
    changed.elements.forEach((steps, element) => {
      const original = run.elements[element];
      const expected = forms.map((form) => influence(form, from, original, steps));
      steps.forEach((at, k) => {
        const was = original[k].after.square_avg;
        const is = at.after.square_avg;
        const difference = exactDecimal(is).sub(exactDecimal(was));
        if (expected.some((list) => isNear(difference, list[k]))) return;
        const message = `with gradient ${from + 1} changed from ${valueText(original[from].gradient)} to ${valueText(steps[from].gradient)} the mean square went from ${valueText(was)} to ${valueText(is)}, which is not ${expectationText(expected[0][k])} more`;
        throw failureAt(changed, at, message);
      });
    });
  },
});

export const rateRecoversAfterABurst = property<Burst>({
  id: "rate-recovers-after-a-burst",
  clauses: ["RMS-4.4"],
  target: "implementation",
  requires: ["state"],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    arb.record({
      // At least 2^6, so that the root stands above every ε that is generated.
      burst: floatWithExponent(6, 10),
      quiet: powerOfTwo(-2, 1),
      trace: traces(dialect, {
        minSteps: 4,
        maxSteps: 9,
        lengths: LENGTHS,
        // Not zero: without ε the parameter would become NaN before the burst.
        regimes: ["normal"],
        hyperparameters: plainHyperparameters(dialect),
      }),
    }),
  check: async (burst, subject) => {
    const run = await observeConforming(subject, burstTrace(burst));
    const forms = meanSquareForms(subject.declaration.evaluation, burst.trace.hyperparameters);
    for (const at of run.elements.flat()) {
      const { before, after, gradient } = at;
      if (!forms.every((form) => mustFall(form, at)) || after.square_avg < before.square_avg) continue;
      const message = `the mean square ${valueText(before.square_avg)} is above the square of the gradient ${valueText(gradient)} and did not fall: it is ${valueText(after.square_avg)}`;
      throw failureAt(run, at, message);
    }
    if (hasPlainDenominator(subject.declaration)) demandLongerSteps(subject, run);
  },
});

export const adagradRateNeverRisesRmspropRateDoes = property<PlacedTrace>({
  id: "adagrad-rate-never-rises-rmsprop-rate-does",
  clauses: ["RMS-4.4"],
  target: "specification",
  requires: [],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    arb.record({
      epsilon: arb.constantFrom("outside", "inside", "none"),
      trace: traces(plainRule(dialect), {
        minSteps: 2,
        maxSteps: 5,
        lengths: [1, 2],
        // A zero gradient would leave AdaGrad's rate as it is, which no number of digits decides.
        regimes: ["normal", "powers of two"],
        hyperparameters: plainHyperparameters(plainRule(dialect)),
      }),
    }),
  check: async ({ epsilon, trace }, { declaration }) => {
    const dialect = { ...plainRule(declaration.dialect), epsilon };
    const pairs = <T>(list: readonly T[]) => list.slice(1).map((next, k) => [list[k], next, k + 2] as const);
    proveAll((digits) => {
      const ar = new EnclosureArithmetic(digits);
      const adagrad = pairs(exactAdagradTrace(dialect, trace, digits)).flatMap(([before, after, t]) =>
        after.denominator.map((d, i) => {
          // η_t/d_t with η_t = η/√t
          const scaled = (x: Enclosure, step: number) => ar.multiply(x, ar.squareRoot(point(step)));
          const what = `step ${t}, element ${i}: AdaGrad's effective rate does not rise`;
          return { what, left: scaled(before.denominator[i], t - 1), right: scaled(d, t), strict: true };
        }),
      );
      const rmsprop = pairs(exactTrace(dialect, trace, digits)).flatMap(([before, after, t]) =>
        after.denominator.flatMap((d, i) => {
          if (!square(trace.gradients[t - 1][i]).lt(before.square_avg[i].lo)) return [];
          const what = `step ${t}, element ${i}: RMSprop's effective rate rises`;
          return [{ what, left: d, right: before.denominator[i], strict: true }];
        }),
      );
      return [...adagrad, ...rmsprop];
    });
  },
});

export const closedFormProperties = [
  constantGradientClosedForm,
  weightedSumOfSquares,
  influenceOfOneGradientDecays,
  rateRecoversAfterABurst,
  adagradRateNeverRisesRmspropRateDoes,
];

interface PlacedTrace {
  readonly epsilon: "outside" | "inside" | "none";
  readonly trace: Trace;
}

const ONE = exactDecimal(1);

function isNear(got: Decimal, { value, error }: Expectation): boolean {
  return got.sub(value).abs().lte(error);
}

function scaledBy(factor: Decimal, { value, error }: Expectation): Expectation {
  return { value: value.mul(factor), error: error.mul(factor) };
}

function expectationText({ value, error }: Expectation): string {
  return `${exactText(value)} ± ${exactText(error)}`;
}

function square(x: number): Decimal {
  return ExactDecimal.mul(exactDecimal(x), exactDecimal(x));
}

/** 1, β, β², … up to β^count. */
function powers(base: Decimal, count: number): Decimal[] {
  const list = [ONE];
  while (list.length <= count) list.push(list[list.length - 1].mul(base));
  return list;
}

function roundingErrors(form: MeanSquareForm, steps: readonly ObservedStep[]): Decimal[] {
  return steps.map(({ before, gradient, after }) =>
    form.roundingError(before.square_avg, gradient, after.square_avg),
  );
}

/** Σ β^(t−i)·B_i for every t, by β times the one before: what is left of the errors so far. */
function propagatedErrors(form: MeanSquareForm, steps: readonly ObservedStep[]): Decimal[] {
  let propagated = exactDecimal(0);
  return roundingErrors(form, steps).map((error) => {
    propagated = propagated.mul(form.decay).add(error);
    return propagated;
  });
}

/** (1 − β)·s_t = t̂·g²·(1 − β^t) + (1 − β)·β^t·s_0 for every t: multiplied by 1 − β, it needs no division. */
function constantGradientForm(form: MeanSquareForm, steps: readonly ObservedStep[]): Expectation[] {
  const forgotten = ONE.sub(form.decay);
  const limit = form.complement.mul(square(steps[0].gradient));
  const initial = forgotten.mul(exactDecimal(steps[0].before.square_avg));
  const decayed = powers(form.decay, steps.length);
  return propagatedErrors(form, steps).map((error, k) => {
    const left = decayed[k + 1];
    return { value: limit.mul(ONE.sub(left)).add(initial.mul(left)), error: error.mul(forgotten) };
  });
}

/** β^t·s_0 + t̂·Σ β^(t−i)·g_i² after the last step. */
function weightedSum(form: MeanSquareForm, steps: readonly ObservedStep[]): Expectation {
  const count = steps.length;
  const decayed = powers(form.decay, count);
  const weighted = (terms: readonly Decimal[]) =>
    ExactDecimal.sum(0, ...terms.map((term, k) => term.mul(decayed[count - 1 - k])));
  const sum = weighted(steps.map(({ gradient }) => square(gradient)));
  const initial = decayed[count].mul(exactDecimal(steps[0].before.square_avg));
  return { value: initial.add(form.complement.mul(sum)), error: weighted(roundingErrors(form, steps)) };
}

/**
 * What a change of gradient `from` changes in s: nothing before, then t̂·β^k·(g′² − g²). Up to that step the two
 * traces have the same bits, so only later roundings count, those of both.
 */
function influence(
  form: MeanSquareForm,
  from: number,
  original: readonly ObservedStep[],
  changed: readonly ObservedStep[],
): Expectation[] {
  const zero = exactDecimal(0);
  const increase = square(changed[from].gradient).sub(square(original[from].gradient));
  const decayed = powers(form.decay, changed.length);
  const errors = [original, changed].map((steps) => propagatedErrors(form, steps.slice(from)));
  return changed.map((_, k) => {
    if (k < from) return { value: zero, error: zero };
    const value = form.complement.mul(decayed[k - from]).mul(increase);
    return { value, error: errors[0][k - from].add(errors[1][k - from]) };
  });
}

/** A trace whose second gradient is large and whose later ones are equal and small. */
interface Burst {
  readonly trace: Trace;
  readonly burst: number;
  readonly quiet: number;
}

const BURST = 1;

function burstTrace({ trace, burst, quiet }: Burst): Trace {
  const gradients = trace.gradients.map((gradient, k) =>
    k < BURST ? gradient : gradient.map(() => (k === BURST ? burst : quiet)),
  );
  return { ...trace, gradients };
}

/**
 * Whether s_t < s_{t−1} whatever is rounded: the rule falls by more than the roundings of the step. The last one
 * is taken as half an ulp of s_{t−1}, since a sum that is farther than that below s_{t−1} is rounded to below it.
 */
function mustFall(form: MeanSquareForm, { before, gradient }: ObservedStep): boolean {
  const s = exactDecimal(before.square_avg);
  const fall = ONE.sub(form.decay)
    .mul(s)
    .sub(form.complement.mul(square(gradient)));
  return fall.gt(form.roundingError(before.square_avg, gradient, before.square_avg));
}

/**
 * The rate as the parameter shows it: under equal gradients the last step is longer than the first after the
 * burst, where η/d over the reals is longer by more than both steps can be rounded.
 */
function demandLongerSteps(subject: Subject, run: ObservedRun): void {
  for (const steps of run.elements) {
    const first = steps[BURST + 1];
    const last = steps[steps.length - 1];
    const isEvident = precisionsOf(subject.declaration.evaluation).every((cast) => {
      const [early, late] = [first, last].map(({ after, gradient, hyperparameters: h }) => {
        const scalars = { ...h, eps: cast(h.eps) };
        const length = Math.abs(gradient);
        const { value, error } = quotientByRoot(
          subject.declaration,
          scalars,
          after.square_avg,
          length,
          cast(h.lr),
        );
        const rounding = error.add(exactDecimal(ulp(after.parameter) / 2));
        return { least: value.lo.sub(rounding), most: value.hi.add(rounding) };
      });
      return late.least.gt(early.most);
    });
    const [early, late] = [first, last].map(({ before, after }) =>
      exactDecimal(before.parameter).sub(exactDecimal(after.parameter)).abs(),
    );
    if (!isEvident || late.gt(early)) continue;
    const message = `after the burst ${valueText(steps[BURST].gradient)} the gradient ${valueText(first.gradient)} moved the parameter by ${exactText(early)} at step ${first.step} and by ${exactText(late)} now, though the mean square fell from ${valueText(first.after.square_avg)} to ${valueText(last.after.square_avg)}`;
    throw failureAt(run, last, message);
  }
}
