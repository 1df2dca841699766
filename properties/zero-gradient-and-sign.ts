import type { Hyperparameters } from "../spec/dialect.js";
import type { Evaluation } from "../spec/evaluation.js";
import { MAX_FLOAT32, MIN_NORMAL } from "../src/float32/bits.js";
import { fma32 } from "../src/float32/fma.js";
import type { Observation } from "../src/program/observation.js";
import type { Program } from "../src/program/program.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { ALL_REGIMES, CALM_REGIMES, floatWithExponent, subnormalFloat } from "./arbitraries/floats.js";
import { plainHyperparameters } from "./arbitraries/plain-hyperparameters.js";
import { smallParameter, type Trace, traceProgram, traces } from "./arbitraries/traces.js";
import { withZeroGradients } from "./arbitraries/zero-gradients.js";
import { meanSquareScalars } from "./mean-square-form.js";
import { failureAt, observeConforming, stepsOf } from "./observed-steps.js";
import { property } from "./property.js";
import { PropertyFailure } from "./property-failure.js";
import type { Subject } from "./subject.js";
import { alwaysFlushes, mayFlush } from "./subnormals.js";
import { valueText } from "./value-text.js";

export const zeroGradientLeavesTheParameter = property<Trace>({
  id: "zero-gradient-leaves-the-parameter",
  clauses: ["RMS-3.1"],
  target: "implementation",
  requires: [],
  arbitrary: ({ dialect, evaluation }) =>
    traces(dialect, {
      regimes: ["normal", "powers of two"],
      maxSteps: 5,
      parameter: anyFinite(evaluation),
      hyperparameters: plainHyperparameters(dialect),
      // Without ε only an earlier gradient keeps the denominator from zero.
    }).chain((trace) => withZeroGradients(trace, dialect.epsilon === "none" ? 2 : 1)),
  check: async (trace, subject) => {
    const { program, observations, moves } = await parameterMoves(subject, trace);
    for (const { step, element, gradient, before, after } of moves) {
      // −0 − (−0) is +0, and −0 + (−0) is −0: which of the two is computed is the evaluation's business.
      const stays = Object.is(after, before) || (Object.is(before, -0) && after === 0);
      if (gradient !== 0 || stays) continue;
      const message = `step ${step}, element ${element}: the gradient ${valueText(gradient)} moved the parameter from ${valueText(before)} to ${valueText(after)}`;
      throw new PropertyFailure(message, "differs", { program, observations });
    }
  },
});

export const zeroGradientDecaysTheMeanSquare = property<Trace>({
  id: "zero-gradient-decays-the-mean-square",
  clauses: ["RMS-3.2"],
  target: "implementation",
  requires: ["state"],
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: [...CALM_REGIMES, "underflow", "subnormal"],
      minSteps: 2,
      maxSteps: 5,
      hyperparameters: plainHyperparameters(dialect),
    }).chain((trace) => withZeroGradients(trace, 2)),
  check: async (trace, subject) => {
    const run = await observeConforming(subject, trace);
    for (const at of stepsOf(run)) {
      if (at.gradient !== 0) continue;
      const allowed = decayedMeanSquares(
        subject.declaration.evaluation,
        at.hyperparameters,
        at.before.square_avg,
      );
      const got = at.after.square_avg;
      if (allowed.some((value) => Object.is(value, got))) continue;
      const message = `under a zero gradient the mean square went from ${valueText(at.before.square_avg)} to ${valueText(got)}; β times it is ${allowed.map(valueText).join(" or ")}`;
      throw failureAt(run, at, message);
    }
  },
});

export const parameterNeverFollowsTheGradient = property<Trace>({
  id: "parameter-never-follows-the-gradient",
  clauses: ["RMS-3.3"],
  target: "implementation",
  requires: [],
  arbitrary: ({ dialect, evaluation }) =>
    traces(dialect, {
      regimes: ALL_REGIMES,
      parameter: arb.oneof(
        { weight: 3, arbitrary: smallParameter },
        { weight: 1, arbitrary: anyFinite(evaluation) },
      ),
    }),
  check: async (trace, subject) => {
    const { program, observations, moves } = await parameterMoves(subject, trace);
    for (const { step, element, gradient, before, after } of moves) {
      const follows =
        (gradient > 0 && after > before) ||
        (gradient < 0 && after < before) ||
        (gradient === 0 && Math.abs(after - before) > 0);
      if (!follows) continue;
      const message = `step ${step}, element ${element}: the parameter went from ${valueText(before)} to ${valueText(after)} under the gradient ${valueText(gradient)}`;
      throw new PropertyFailure(message, "differs", { program, observations });
    }
  },
});

/** Family 3: what a zero gradient does, and on which side of its old value a parameter may land. */

export const zeroGradientAndSignProperties = [
  zeroGradientLeavesTheParameter,
  zeroGradientDecaysTheMeanSquare,
  parameterNeverFollowsTheGradient,
];

/** Finite parameters of any size; subnormal ones only where they are not flushed when they are read. */
function anyFinite(evaluation: Evaluation): DescribedArbitrary<number> {
  return arb.oneof(
    smallParameter,
    floatWithExponent(-120, 120),
    arb.constantFrom(0, -0, MIN_NORMAL, MAX_FLOAT32, -MAX_FLOAT32),
    mayFlush(evaluation) ? arb.constant(0) : subnormalFloat,
  );
}

interface ParameterMove {
  readonly step: number;
  readonly element: number;
  readonly gradient: number;
  readonly before: number;
  readonly after: number;
}

interface ParameterRun {
  readonly program: Program;
  readonly observations: readonly Observation[];
  readonly moves: readonly ParameterMove[];
}

/** Run a trace and look at nothing but the parameter, which every implementation shows. */
async function parameterMoves(subject: Subject, trace: Trace): Promise<ParameterRun> {
  const program = traceProgram(subject.declaration.dialect, trace, "parameter");
  const observations = await subject.run(program);
  let before: ArrayLike<number> = Float32Array.from(trace.parameter);
  const moves = trace.gradients.flatMap((gradient, k) => {
    const values = observations[k]?.parameters[0]?.parameter?.values;
    if (values?.length !== gradient.length) {
      const message = `step ${k + 1}: no parameter of ${gradient.length} elements was returned`;
      throw new PropertyFailure(message, "contract-mismatch", { program, observations });
    }
    const old = before;
    before = values;
    return gradient.map((g, i) => ({
      step: k + 1,
      element: i,
      gradient: g,
      before: old[i],
      after: values[i],
    }));
  });
  return { program, observations, moves };
}

/**
 * Every float32 that the declared evaluations give for a mean square after a zero gradient: β̂⊗s in two terms,
 * whatever is fused, since the other term is +0; s ⊖ w⊗s by lerp, rounded once or twice.
 */
function decayedMeanSquares(
  evaluation: Evaluation,
  h: Pick<Hyperparameters, "alpha">,
  before: number,
): number[] {
  const flushes = mayFlush(evaluation);
  const s = alwaysFlushes(evaluation) && before < MIN_NORMAL ? 0 : before;
  const results = meanSquareScalars(evaluation, h.alpha).flatMap(({ alpha, complement: w }) =>
    evaluation["order.mean-square"].flatMap((order) => {
      if (order === "weight-first" || order === "square-first") return [Math.fround(alpha * s)];
      if (order === "lerp-mirrored" && w >= 0.5) {
        return [Math.fround(s * (1 - w)), Math.fround(s * Math.fround(1 - w))];
      }
      const twice = Math.fround(s - Math.fround(w * s));
      // A share of s that is flushed takes nothing off.
      const whole = flushes && w * s < MIN_NORMAL ? [s] : [];
      return [...whole, twice, Math.fround(s - w * s), ...(w === Math.fround(w) ? [fma32(-w, s, s)] : [])];
    }),
  );
  // Looked for before rounding, also what would be rounded up to the smallest normal number is tiny.
  const flushed = flushes && results.some((x) => x <= MIN_NORMAL) ? [0] : [];
  return [...new Set([...results, ...flushed])];
}
