import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { dialectById } from "../spec/dialects.js";
import { roundsAtOnce } from "../spec/evaluation.js";
import { MIN_SUBNORMAL } from "../src/float32/bits.js";
import { ExactDecimal } from "../src/float32/to-decimal.js";
import type { Declaration } from "../src/judge/declaration.js";
import { type Enclosure, type ExactInputs, exactStep, isPoint, point } from "../src/oracle/exact/index.js";
import type { Program } from "../src/program/program.js";
import { vector } from "../src/program/tensor.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { CALM_REGIMES, floatWithExponent, gridFloat } from "./arbitraries/floats.js";
import { hyperparameters, STRATA, withChanges } from "./arbitraries/hyperparameters.js";
import {
  init,
  observeAll,
  programOf,
  smallParameter,
  step,
  type Trace,
  traceProgram,
  traces,
} from "./arbitraries/traces.js";
import { acceptRun, failureOf, runProgram, valuesOf } from "./program-run.js";
import { property } from "./property.js";
import { PropertyFailure } from "./property-failure.js";
import { valueText } from "./value-text.js";

/** Family 7: the centered form, its variance over the reals, and what becomes of a negative one. */

const canCenter = ({ dialect }: Declaration): boolean => dialect.centered !== "never";
const keepsNegativeVariance = ({ dialect }: Declaration): boolean =>
  dialect.centered !== "never" && dialect.negativeVariance === "kept";

/** Hyperparameters of the plain centered rule, with `changes` in the end. */
function centeredRule(
  dialect: Dialect,
  changes: Partial<Hyperparameters> = {},
): DescribedArbitrary<Hyperparameters> {
  const plain = { centered: true, clip_value: Number.POSITIVE_INFINITY };
  return withChanges(hyperparameters(dialect, {}), { ...plain, ...changes });
}

/**
 * Gradients of one sign, each near one large value, for so many steps that the squared mean is most of the
 * mean square. ε is small against both.
 */
function steadyTraces(dialect: Dialect): DescribedArbitrary<Trace> {
  // Numbers of steps after which β^t lies between 1/64 and 1/8.
  const decays: readonly (readonly [alpha: number, steps: number])[] = [
    [0.5, 4],
    [0.5, 6],
    [0.75, 8],
    [0.3, 2],
    [0.9, 22],
  ];
  return arb.constantFrom(...decays).chain(([alpha, steps]) =>
    arb.constantFrom(1, 4, 9).chain((length) => {
      const near = arb.array(arb.integer({ min: -3, max: 3 }), { minLength: length, maxLength: length });
      return arb
        .record({
          rule: centeredRule(dialect),
          eps: arb.constantFrom(2 ** -20, 1e-8),
          centers: arb.array(floatWithExponent(6, 9), { minLength: length, maxLength: length }),
          deviations: arb.array(near, { minLength: steps, maxLength: steps }),
        })
        .map(({ rule, eps, centers, deviations }) => ({
          hyperparameters: { ...rule, alpha, eps },
          parameter: centers.map(() => 0),
          gradients: [
            // Bias correction makes the first variance 0, and its step g/ε; a zero gradient takes that step.
            ...(dialect.biasCorrection === "always" ? [centers.map(() => 0)] : []),
            ...deviations.map((row) => row.map((k, i) => Math.fround(centers[i] * (1 + k / 16)))),
          ],
        }));
    }),
  );
}

interface RealTrace {
  readonly alpha: number;
  readonly mean: number;
  /** The mean square starts at mean²·(1 + eighths/8): exact in binary64. */
  readonly eighths: number;
  readonly gradients: readonly number[];
}

/** A state whose mean square lies below the square of its mean gradient, and the gradient that keeps it there. */
interface Deficit {
  readonly hyperparameters: Hyperparameters;
  readonly parameter: readonly number[];
  readonly means: readonly number[];
  /** The mean square is mean²·(1 − deficit·2^-17), rounded. */
  readonly deficits: readonly number[];
}

/**
 * The deficit is between 2^-16 and 2^-11 of the mean square. A step with the mean itself as gradient leaves at
 * least β ≥ 1/2 of it; the roundings of that step and the casts of β and 1 − β, some fifteen of at most 2^-24
 * each, cannot make up for the 2^-17 that are left. So the variance is negative in every evaluation.
 */
function deficits(
  dialect: Dialect,
  mean: DescribedArbitrary<number>,
  eps: DescribedArbitrary<number>,
): DescribedArbitrary<Deficit> {
  const alphas = [...STRATA.dyadic.alpha, ...STRATA.decimal.alpha].filter((alpha) => alpha >= 0.5);
  return arb.constantFrom(1, 2, 4, 9).chain((length) => {
    const tuple = <T>(element: DescribedArbitrary<T>) =>
      arb.array(element, { minLength: length, maxLength: length });
    return arb.record({
      hyperparameters: arb
        .tuple(centeredRule(dialect), arb.constantFrom(...alphas), eps)
        .map(([h, alpha, e]) => ({ ...h, alpha, eps: e })),
      parameter: tuple(smallParameter),
      means: tuple(mean),
      deficits: tuple(arb.integer({ min: 2, max: 64 })),
    });
  });
}

function deficitProgram(
  dialect: Dialect,
  { hyperparameters: h, parameter, means, deficits }: Deficit,
): Program {
  const squares = means.map((a, i) => a * a * (1 - deficits[i] * 2 ** -17));
  return programOf(dialect, [
    init(h, parameter),
    {
      op: "load",
      state: [{ parameter: 0, step: 100, square_avg: vector(squares), grad_avg: vector(means) }],
    },
    step(means),
    observeAll(dialect, h),
  ]);
}

export const centeredTracesAreAccepted = property<Trace>({
  id: "centered-traces-are-accepted",
  clauses: ["RMS-7.1"],
  target: "implementation",
  requires: ["state", "centered"],
  appliesTo: canCenter,
  arbitrary: ({ dialect }) => {
    const parts = { momentum: true, weightDecay: true, maximize: true };
    return traces(dialect, {
      regimes: [...CALM_REGIMES, "wide"],
      hyperparameters: withChanges(hyperparameters(dialect, parts), { centered: true }),
    });
  },
  check: async (trace, subject) => {
    const run = await runProgram(subject, traceProgram(subject.declaration.dialect, trace));
    // Without a mean gradient of its own, a rule that is only called centered would pass where it is small.
    for (const k of run.observations.keys()) valuesOf(run, k, "grad_avg");
    acceptRun(subject, run);
  },
});

export const squaredMeanGradientIsSubtracted = property<Trace>({
  id: "squared-mean-gradient-is-subtracted",
  clauses: ["RMS-7.1"],
  target: "implementation",
  requires: ["state", "centered"],
  weight: 0.5,
  appliesTo: canCenter,
  arbitrary: ({ dialect }) => steadyTraces(dialect),
  check: async (trace, subject) => {
    const { dialect } = subject.declaration;
    const { lr, alpha, lr_decay } = trace.hyperparameters;
    const run = await runProgram(subject, traceProgram(dialect, trace));
    let before: ArrayLike<number> = trace.parameter;
    for (const [k, gradient] of trace.gradients.entries()) {
      const after = valuesOf(run, k, "parameter");
      const squares = valuesOf(run, k, "square_avg");
      const means = valuesOf(run, k, "grad_avg");
      const correction = dialect.biasCorrection === "always" ? 1 - alpha ** (k + 1) : 1;
      const rate = dialect.lrDecay === "inverse-time" ? lr / (1 + lr_decay * k) : lr;
      for (const [i, g] of gradient.entries()) {
        const s = squares[i] / correction;
        const v = s - (means[i] / correction) ** 2;
        // Where the variance is at most s/4, its root halves the denominator at least, and where it is at
        // least s/1024, rounding changes it by less than 1/1000: the centered step is about twice the plain
        // one or more, and half as much again separates the two in every evaluation.
        if (!(s > 0 && v <= s / 4 && v >= s / 1024)) continue;
        const plain = (rate * Math.abs(g)) / Math.sqrt(s);
        const moved = Math.abs(after[i] - before[i]);
        // A parameter much larger than the update would swallow it.
        if (moved > 1.5 * plain || Math.abs(before[i]) > 2 ** 12 * plain) continue;
        const state = `square_avg ${valueText(squares[i])}, grad_avg ${valueText(means[i])}`;
        const path = `from ${valueText(before[i])} to ${valueText(after[i])}`;
        const message = `step ${k + 1}, element ${i}: ${state}: the parameter moved ${path}, by ${moved}, where the plain rule moves it by ${plain} and the variance ${v} more than 1.5 times as far`;
        throw failureOf(run, "differs", message);
      }
      before = after;
    }
    acceptRun(subject, run);
  },
});

export const varianceOverTheRealsIsNotNegative = property<RealTrace>({
  id: "variance-over-the-reals-is-not-negative",
  clauses: ["RMS-7.2"],
  target: "specification",
  requires: [],
  weight: 0.5,
  arbitrary: () => {
    const value = arb.oneof(gridFloat, floatWithExponent(-4, 4));
    return arb.record({
      alpha: arb.constantFrom(0, 1, ...STRATA.dyadic.alpha, ...STRATA.decimal.alpha),
      mean: value,
      eighths: arb.constantFrom(0, 0, 1, 8),
      gradients: arb.oneof(
        arb.array(value, { minLength: 1, maxLength: 4 }),
        // Constant gradients, for which the variance goes to 0 or stays there.
        value.map((g) => [g, g, g, g]),
      ),
    });
  },
  check: async ({ alpha, mean, eighths, gradients }) => {
    const dialect = dialectById("pytorch");
    const h: Hyperparameters = { ...dialect.defaults, alpha, centered: true };
    let s: Enclosure = point(mean * mean * (1 + eighths / 8));
    let a: Enclosure = point(mean);
    gradients.forEach((g, k) => {
      const inputs: ExactInputs = { parameter: [0], gradient: [g], square_avg: [s], grad_avg: [a] };
      // Each step adds at most 53 binary digits to 48: four steps fit, so that s and a are points.
      const exact = exactStep(dialect, h, k + 1, inputs, { digits: 300 });
      [s] = exact.square_avg;
      [a] = exact.grad_avg as Enclosure[];
      if (!isPoint(s) || !isPoint(a)) throw new Error("300 digits do not hold the state exactly");
      const variance = ExactDecimal.sub(s.lo, ExactDecimal.mul(a.lo, a.lo));
      if (variance.isNegative() && !variance.isZero()) {
        const message = `step ${k + 1}: s − a² = ${variance.toString()} for s = ${s.lo.toString()}, a = ${a.lo.toString()}`;
        throw new PropertyFailure(message, "differs");
      }
    });
  },
});

export const negativeVarianceGivesNan = property<Deficit>({
  id: "negative-variance-gives-nan",
  clauses: ["RMS-7.3"],
  target: "implementation",
  requires: ["state", "centered", "load"],
  appliesTo: keepsNegativeVariance,
  // Inside the root, ε is chosen far below the deficit of at least 2^-17·mean², so that it does not lift it.
  arbitrary: ({ dialect }) => {
    const inside = dialect.epsilon === "inside" || dialect.epsilon === "both";
    const eps = dialect.epsilon === "none" ? [0] : inside ? [2 ** -30, 1e-10] : [2 ** -20, 1e-8, 0.5];
    return deficits(dialect, floatWithExponent(0, 6), arb.constantFrom(...eps));
  },
  check: async (deficit, subject) => {
    const run = await runProgram(subject, deficitProgram(subject.declaration.dialect, deficit));
    const [squares, means] = [valuesOf(run, 0, "square_avg"), valuesOf(run, 0, "grad_avg")];
    for (const [i, p] of valuesOf(run, 0, "parameter").entries()) {
      if (Number.isNaN(p)) continue;
      const state = `square_avg ${valueText(squares[i])}, grad_avg ${valueText(means[i])}`;
      const message = `element ${i}: ${state}: the variance is negative and its root NaN, but the parameter is ${valueText(p)}`;
      throw failureOf(run, "special-mismatch", message);
    }
    acceptRun(subject, run);
  },
});

export const clampedVarianceIsZero = property<Deficit>({
  id: "clamped-variance-is-zero",
  clauses: ["RMS-7.3"],
  target: "implementation",
  requires: ["state", "centered", "load"],
  appliesTo: ({ dialect }) => dialect.centered !== "never" && dialect.negativeVariance === "clamped",
  arbitrary: ({ dialect }) => deficits(dialect, floatWithExponent(0, 6), arb.constantFrom(0.5, 1e-3)),
  check: async (deficit, subject) => {
    const run = await runProgram(subject, deficitProgram(subject.declaration.dialect, deficit));
    for (const [i, p] of valuesOf(run, 0, "parameter").entries()) {
      if (!Number.isNaN(p)) continue;
      const message = `element ${i}: the variance is negative, so it is clamped at zero and ε alone is the denominator, but the parameter is NaN`;
      throw failureOf(run, "special-mismatch", message);
    }
    acceptRun(subject, run);
  },
});

export const epsilonInsideLiftsANegativeVariance = property<Deficit>({
  id: "epsilon-inside-lifts-a-negative-variance",
  clauses: ["RMS-7.3", "RMS-1.2"],
  target: "implementation",
  requires: ["state", "centered", "load"],
  weight: 0.5,
  appliesTo: ({ dialect }) =>
    dialect.centered !== "never" &&
    (dialect.epsilon === "inside" || dialect.epsilon === "both") &&
    // Dividing both means by 1 − β^t widens the deficit beyond what is derived here.
    dialect.biasCorrection === "never",
  // The deficit is at most 2^-11·mean² < 2^-7, and what rounding adds is less than that.
  arbitrary: ({ dialect }) => deficits(dialect, floatWithExponent(-2, 1), arb.constantFrom(0.5, 0.1)),
  check: async (deficit, subject) => {
    const run = await runProgram(subject, deficitProgram(subject.declaration.dialect, deficit));
    for (const [i, p] of valuesOf(run, 0, "parameter").entries()) {
      // The step lr·g/√(v + ε) is at least 2^-10·2^-2 and shows in a parameter below 2.
      const was = Math.fround(deficit.parameter[i]);
      if (Number.isFinite(p) && p !== was) continue;
      const message = `element ${i}: ε lifts the negative variance, so the parameter moves from ${valueText(was)} and stays finite, but it is ${valueText(p)}`;
      throw failureOf(run, "special-mismatch", message);
    }
    acceptRun(subject, run);
  },
});

export const varianceSignDecidesOverNan = property<Trace>({
  id: "variance-sign-decides-over-nan",
  clauses: ["RMS-7.3", "RMS-7.1"],
  target: "implementation",
  requires: ["state", "centered"],
  weight: 0.5,
  appliesTo: keepsNegativeVariance,
  // Under a constant gradient s and a² meet, and their difference becomes a few ulps of either sign: after so
  // many steps that β^t is below 2^-24, it is negative in every evaluation for a tenth of all gradients or more.
  arbitrary: ({ dialect }) =>
    arb
      .constantFrom<readonly [number, number]>([0.3, 18], [0.1, 10], [0.05, 8], [0.01, 6])
      .chain(([alpha, steps]) => {
        const rules = centeredRule(dialect, { alpha });
        const start = traces(dialect, { regimes: ["normal"], maxSteps: 1, hyperparameters: rules });
        return start.map((trace) => ({
          ...trace,
          gradients: Array.from({ length: steps }, () => trace.gradients[0]),
        }));
      }),
  check: async (trace, subject) => {
    const { dialect, evaluation } = subject.declaration;
    const run = await runProgram(subject, traceProgram(dialect, trace));
    // What was stored must be what stands under the root for its sign to be known from outside.
    const visible = dialect.biasCorrection === "never" && roundsAtOnce(evaluation);
    const negativeIsNaN = dialect.epsilon === "outside" || dialect.epsilon === "none";
    const othersAreNumbers = trace.hyperparameters.eps > 0 && dialect.epsilon !== "subtracted";
    let before: ArrayLike<number> = trace.parameter;
    for (const k of visible ? run.observations.keys() : []) {
      const squares = valuesOf(run, k, "square_avg");
      const means = valuesOf(run, k, "grad_avg");
      const after = valuesOf(run, k, "parameter");
      for (const [i, p] of after.entries()) {
        const sign = varianceSign(squares[i], means[i]);
        const mustBeNaN = Number.isNaN(before[i]) || (sign < 0 && negativeIsNaN);
        // An infinite step may stay in a buffer that is fed without momentum, and 0·∞ is NaN.
        const mustBeNumber = !mustBeNaN && sign > 0 && othersAreNumbers && Number.isFinite(before[i]);
        if (Number.isNaN(p) ? !mustBeNumber : !mustBeNaN) continue;
        const path = `from ${valueText(before[i])} to ${valueText(p)}`;
        const state = `square_avg ${valueText(squares[i])}, grad_avg ${valueText(means[i])}`;
        const message = `step ${k + 1}, element ${i}: the parameter goes ${path}, but must${mustBeNaN ? "" : " not"} become NaN over the variance of ${state}`;
        throw failureOf(run, "special-mismatch", message);
      }
      before = after;
    }
    acceptRun(subject, run);
  },
});

export const centeredProperties = [
  centeredTracesAreAccepted,
  squaredMeanGradientIsSubtracted,
  varianceOverTheRealsIsNotNegative,
  negativeVarianceGivesNan,
  clampedVarianceIsZero,
  epsilonInsideLiftsANegativeVariance,
  varianceSignDecidesOverNan,
];

/**
 * The sign of the rounded s − a² where it is the same in every evaluation: −1 where it is negative and 1 where it
 * is not; NaN where it depends on the evaluation.
 */
function varianceSign(s: number, a: number): number {
  // The square of a float32 is exact in binary64, and so is the sign of the difference.
  const exact = s - a * a;
  const unfused = s - Math.fround(a * a);
  if (exact <= -MIN_SUBNORMAL && unfused < 0) return -1;
  return exact >= 0 && unfused >= 0 ? 1 : Number.NaN;
}
