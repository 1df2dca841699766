import type { Decimal } from "decimal.js";
import { DIALECT_AXES, type Dialect, type Hyperparameters } from "../spec/dialect.js";
import { slotsOf, stepShape } from "../spec/step-shape.js";
import { isFloat32 } from "../src/float32/bits.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import { judgeProgram, verdictOf } from "../src/judge/judge-program.js";
import { isFailure } from "../src/judge/verdict.js";
import { type Enclosure, EnclosureArithmetic, exactScalars, point } from "../src/oracle/exact/index.js";
import { vector } from "../src/program/tensor.js";
import { ADAGRAD_PLACEMENTS, adagradChanges, exactAdagradTrace, plainRule } from "./adagrad-schedule.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { CALM_REGIMES, floatWithExponent, powerOfTwo } from "./arbitraries/floats.js";
import { plainHyperparameters } from "./arbitraries/plain-hyperparameters.js";
import type { ScheduledTrace } from "./arbitraries/scheduled-traces.js";
import { programOf, step, type Trace, traces } from "./arbitraries/traces.js";
import { exactRule } from "./exact-rule.js";
import { exactTrace } from "./exact-trace.js";
import { meanSquareForms } from "./mean-square-form.js";
import {
  failureAt,
  type ObservedRun,
  type ObservedStep,
  observeConforming,
  stepsOf,
} from "./observed-steps.js";
import {
  type Approximate,
  approximate,
  hasPlainDenominator,
  inaccuracy,
  isAccurate,
  isNumber,
  largest,
  negated,
  plainDenominator,
  precisionsOf,
  quotientByRoot,
  quotientRoundings,
  relativeErrorOf,
  sumExcess,
  updateError,
} from "./plain-update.js";
import { EQUALITY_DIGITS, proveEqual } from "./proof.js";
import { property } from "./property.js";
import { PropertyFailure } from "./property-failure.js";
import { differenceOf, listsOf } from "./same-bits.js";
import type { Subject } from "./subject.js";
import { exactText, valueText } from "./value-text.js";

/** Family 5: the methods that RMSprop becomes where a hyperparameter reaches its end. */

/** Fewer elements than elsewhere: each one costs an exact root. */
const LENGTHS = [1, 2, 4, 9];

export const adagradIsRmspropWithWeightOneOverT = property<PlacedTrace>({
  id: "adagrad-is-rmsprop-with-weight-one-over-t",
  clauses: ["RMS-5.1"],
  target: "specification",
  requires: [],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    arb.record({
      epsilon: arb.constantFrom(...ADAGRAD_PLACEMENTS),
      trace: traces(plainRule(dialect), {
        regimes: ["normal", "powers of two", "wide"],
        maxSteps: 5,
        lengths: [1, 2],
        hyperparameters: plainHyperparameters(plainRule(dialect)),
      }),
    }),
  check: async ({ epsilon, trace }, { declaration }) => {
    const dialect = { ...plainRule(declaration.dialect), epsilon };
    const steps = exactAdagradTrace(dialect, trace, EQUALITY_DIGITS);
    trace.parameter.forEach((p, i) => {
      const expected = adagrad(dialect, trace, i);
      let moved = exactDecimal(Math.abs(p));
      steps.forEach(({ parameter, update }, k) => {
        const where = `step ${k + 1}, element ${i}, ε ${epsilon}`;
        moved = moved.add(largest(expected[k].update));
        proveEqual(`${where}: the update of AdaGrad`, update[i], expected[k].update);
        proveEqual(`${where}: the parameter of AdaGrad`, parameter[i], expected[k].parameter, moved);
      });
    });
  },
});

export const aProgramCanMakeItAdagrad = property<Trace>({
  id: "a-program-can-make-it-adagrad",
  clauses: ["RMS-5.1", "RMS-9.4"],
  target: "implementation",
  requires: ["state", "set"],
  weight: 0.5,
  appliesTo: (declaration) =>
    hasPlainDenominator(declaration) &&
    (ADAGRAD_PLACEMENTS as readonly string[]).includes(declaration.dialect.epsilon),
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: ["normal", "powers of two"],
      maxSteps: 6,
      lengths: [1, 2],
      hyperparameters: plainHyperparameters(dialect),
    }),
  check: async (trace, subject) => {
    const { dialect } = subject.declaration;
    const scheduled: ScheduledTrace = {
      ...trace,
      changes: trace.gradients.map((_, k) => adagradChanges(dialect.epsilon, trace.hyperparameters, k + 1)),
    };
    const run = await observeConforming(subject, scheduled);
    demandPlainMean(subject, run);
    proveScheduleIsNearAdagrad(dialect, scheduled);
  },
});

export const betaOneKeepsTheInitialMeanSquare = property<Trace>({
  id: "beta-one-keeps-the-initial-mean-square",
  clauses: ["RMS-5.2"],
  target: "implementation",
  requires: ["state"],
  appliesTo: ({ dialect }) => dialect.biasCorrection === "never",
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: [...CALM_REGIMES, "wide"],
      lengths: LENGTHS,
      hyperparameters: plainHyperparameters(dialect, { alpha: 1 }),
    }),
  check: async (trace, subject) => {
    const run = await observeConforming(subject, trace);
    demandGradientDescent(subject, run, 1);
  },
});

export const betaOneFreezesTheMeanSquare = property<ScheduledTrace>({
  id: "beta-one-freezes-the-mean-square",
  clauses: ["RMS-5.2", "RMS-9.4"],
  target: "implementation",
  requires: ["state", "set"],
  appliesTo: ({ dialect }) => dialect.biasCorrection === "never",
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: ["normal", "powers of two"],
      minSteps: 2,
      maxSteps: 5,
      lengths: LENGTHS,
      hyperparameters: plainHyperparameters(dialect),
    }).map((trace) => ({
      ...trace,
      changes: trace.gradients.map((_, k) => (k === 1 ? { alpha: 1 } : {})),
    })),
  check: async (trace, subject) => {
    const run = await observeConforming(subject, trace);
    demandGradientDescent(subject, run, 2);
  },
});

export const dominantEpsilonShortfall = property<{ dominated: Trace; inside: boolean }>({
  id: "dominant-epsilon-shortfall",
  clauses: ["RMS-5.3"],
  target: "specification",
  requires: [],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    arb.record({ dominated: dominatedTraces(plainRule(dialect)), inside: arb.boolean() }),
  check: async ({ dominated, inside }, { declaration }) => {
    const ar = new EnclosureArithmetic(EQUALITY_DIGITS);
    const dialect = { ...plainRule(declaration.dialect), epsilon: inside ? "inside" : "outside" } as const;
    const { hyperparameters: h, gradients } = dominated;
    const eps = point(h.eps);
    exactTrace(dialect, dominated, EQUALITY_DIGITS).forEach(({ update, square_avg }, k) => {
      update.forEach((u, i) => {
        // The share of the step of gradient descent with rate η/ε, or η/√ε where ε is inside the root.
        const full = ar.multiply(point(h.lr), point(gradients[k][i]));
        const share = ar.divide(ar.multiply(u, inside ? ar.squareRoot(eps) : eps), full);
        const s = square_avg[i];
        const root = ar.squareRoot(s);
        const expected = inside
          ? ar.squareRoot(ar.divide(eps, ar.add(s, eps)))
          : ar.subtract(point(1), ar.divide(root, ar.add(root, eps)));
        proveEqual(`step ${k + 1}, element ${i}: the share of gradient descent's step`, share, expected);
      });
    });
  },
});

export const dominantEpsilonIsGradientDescent = property<Trace>({
  id: "dominant-epsilon-is-gradient-descent",
  clauses: ["RMS-5.3"],
  target: "implementation",
  requires: ["state"],
  appliesTo: ({ dialect }) =>
    (dialect.epsilon === "outside" || dialect.epsilon === "inside") &&
    dialect.centered !== "always" &&
    dialect.biasCorrection === "never",
  arbitrary: ({ dialect }) => dominatedTraces(dialect),
  check: async (trace, subject) => {
    const run = await observeConforming(subject, trace);
    demandShortfall(subject, run);
  },
});

export const betaZeroIsSignDescent = property<Trace>({
  id: "beta-zero-is-sign-descent",
  clauses: ["RMS-5.4"],
  target: "implementation",
  requires: ["state"],
  // A mean gradient of one gradient is that gradient: the variance would be zero.
  appliesTo: ({ dialect }) => dialect.centered !== "always",
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: ["normal", "powers of two"],
      lengths: LENGTHS,
      hyperparameters: plainHyperparameters(dialect, { alpha: 0, eps: 0 }),
    }),
  check: async (trace, subject) => {
    for (const lr of [trace.hyperparameters.lr, SMALL_RATE]) {
      const rated = { ...trace, hyperparameters: { ...trace.hyperparameters, lr } };
      demandSignDescent(subject, await observeConforming(subject, rated));
    }
  },
});

export const momentumZeroIsThePlainRule = property<Trace>({
  id: "momentum-zero-is-the-plain-rule",
  clauses: ["RMS-5.5"],
  target: "implementation",
  requires: ["state", "deterministic"],
  appliesTo: ({ dialect }) => dialect.momentum !== "none",
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: [...CALM_REGIMES, "wide"],
      hyperparameters: plainHyperparameters(dialect, { momentum: 0 }),
    }),
  check: async (trace, subject) => {
    await demandPlainRule(subject, trace);
  },
});

export const everyMomentumFormStartsAsThePlainRule = property<MomentumStep>({
  id: "every-momentum-form-starts-as-the-plain-rule",
  clauses: ["RMS-5.5"],
  target: "specification",
  requires: ["deterministic"],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    arb.record({
      hyperparameters: plainHyperparameters(dialect),
      parameter: powerOfTwo(-4, 0),
      gradient: floatWithExponent(-4, 4),
      meanSquare: floatWithExponent(-4, 4).map(Math.abs),
      buffer: floatWithExponent(-4, 4),
    }),
  check: async (input, { declaration }) => {
    proveEveryFormIsPlain(plainRule(declaration.dialect), input);
  },
});

export const reductionProperties = [
  adagradIsRmspropWithWeightOneOverT,
  aProgramCanMakeItAdagrad,
  betaOneKeepsTheInitialMeanSquare,
  betaOneFreezesTheMeanSquare,
  dominantEpsilonShortfall,
  dominantEpsilonIsGradientDescent,
  betaZeroIsSignDescent,
  momentumZeroIsThePlainRule,
  everyMomentumFormStartsAsThePlainRule,
];

interface PlacedTrace {
  readonly epsilon: (typeof ADAGRAD_PLACEMENTS)[number];
  readonly trace: Trace;
}

interface AdagradStep {
  readonly update: Enclosure;
  readonly parameter: Enclosure;
}

/** AdaGrad from its own definition, for one element: the sum of the squares under the root. */
function adagrad(
  dialect: Dialect,
  { hyperparameters: h, parameter, gradients }: Trace,
  i: number,
): AdagradStep[] {
  const ar = new EnclosureArithmetic(EQUALITY_DIGITS);
  let sum = exactDecimal(0);
  let p = point(parameter[i]);
  return gradients.map((gradient) => {
    const g = exactDecimal(gradient[i]);
    sum = sum.add(g.mul(g));
    const d = plainDenominator(dialect.epsilon, { lo: sum, hi: sum, nan: false }, point(h.eps), ar);
    const update = ar.divide(ar.multiply(point(h.lr), point(gradient[i])), d);
    p = ar.subtract(p, update);
    return { update, parameter: p };
  });
}

/**
 * t·s_t is the sum of the squares up to what casts and roundings add. With s_t = β̂·s_{t−1} + t̂·g_t² + e_t,
 * t·s_t = (t − 1)·s_{t−1} + g_t² + (t·β̂ − (t − 1))·s_{t−1} + (t·t̂ − 1)·g_t² + t·e_t, so the distance from the
 * sum is at most what the last three terms add up to over the steps.
 */
function demandPlainMean(subject: Subject, run: ObservedRun): void {
  for (const steps of run.elements) {
    const squares = steps.map(({ gradient }) => exactDecimal(gradient).pow(2));
    const distances = meanSquareFormsBySchedule(subject, steps);
    let sum = exactDecimal(0);
    steps.forEach((at, k) => {
      sum = sum.add(squares[k]);
      const observed = exactDecimal(at.after.square_avg).mul(at.step);
      const distance = observed.sub(sum).abs();
      if (distances.some((bounds) => distance.lte(bounds[k]))) return;
      const message = `with weight 1/t the mean square is ${valueText(at.after.square_avg)}, and ${at.step} times it is ${exactText(distance)} from the sum of the squares ${exactText(sum)}; at most ${exactText(distances[0][k])} is explained by rounding`;
      throw failureAt(run, at, message);
    });
  }
}

/** For each form of the mean square: the bound after each step. */
function meanSquareFormsBySchedule(subject: Subject, steps: readonly ObservedStep[]): Decimal[][] {
  const forms = steps.map(({ hyperparameters }) =>
    meanSquareForms(subject.declaration.evaluation, hyperparameters),
  );
  return forms[0].map((_, f) => {
    let bound = exactDecimal(0);
    return steps.map(({ step: t, before, gradient, after }, k) => {
      const { decay, complement, roundingError } = forms[k][f];
      const kept = decay
        .mul(t)
        .sub(t - 1)
        .abs()
        .mul(exactDecimal(before.square_avg));
      const gained = complement.mul(t).sub(1).abs().mul(exactDecimal(gradient).pow(2));
      const rounded = roundingError(before.square_avg, gradient, after.square_avg).mul(t);
      bound = bound.add(kept).add(gained).add(rounded);
      return bound;
    });
  });
}

/**
 * The program's schedule is made of binary64 numbers, so over the reals it is AdaGrad's only nearly.
 *
 * With w = 2^-53: η_t·√t/η and ε_t·√t/ε (or ε_t·t/ε) have two roundings, one of them in a divisor, and are within
 * 3w of 1. β_i has two, each at most w/2, so |β_i − (1 − 1/i)| ≤ w, and 1 − β_i is exact; t·s_t misses the sum
 * by Σ i·w·|s_{i−1} − g_i²| at most, which is within w·t(t+1)/2 of it, because neither s_{i−1} nor g_i² is above
 * the sum. With δ the larger of the two, the update lies between (1 − δ)/(1 + δ) and (1 + δ)/(1 − δ) times
 * AdaGrad's.
 */
function proveScheduleIsNearAdagrad(dialect: Dialect, trace: ScheduledTrace): void {
  const steps = exactTrace(dialect, trace, EQUALITY_DIGITS);
  trace.parameter.forEach((_, i) => {
    const expected = adagrad(dialect, trace, i);
    let allowed = exactDecimal(0);
    steps.forEach(({ parameter }, k) => {
      const t = k + 1;
      const delta = exactDecimal(Math.max(3, (t * (t + 1)) / 2) * 2 ** -53);
      // Divided by 1 − δ, rounded up.
      const share = delta.mul(2).mul(ExactDecimal.add(1, delta.mul(2)));
      allowed = allowed.add(largest(expected[k].update).mul(share));
      const distance = largest(DIFFERENCES.subtract(parameter[i], expected[k].parameter));
      if (distance.lte(allowed)) return;
      const message = `step ${t}, element ${i}: with the schedule in binary64 the parameter is ${exactText(distance)} from AdaGrad's; its roundings explain ${exactText(allowed)}`;
      throw new PropertyFailure(message, "differs");
    });
  });
}

const DIFFERENCES = new EnclosureArithmetic(EQUALITY_DIGITS);

/**
 * From a step on, the mean square keeps its bits: t̂ is exactly 0, so t̂·g² is +0 in every order, and 1·s + 0 is s;
 * by lerp nothing is added to s. What is left is gradient descent with the rate η/d, d from the frozen s.
 */
function demandGradientDescent(subject: Subject, run: ObservedRun, from: number): void {
  const reading = subject.declaration;
  for (const at of stepsOf(run)) {
    if (at.step < from) continue;
    const { before, after, gradient, hyperparameters: h } = at;
    if (!Object.is(after.square_avg, before.square_avg)) {
      const message = `with β = 1 the mean square went from ${valueText(before.square_avg)} to ${valueText(after.square_avg)} under the gradient ${valueText(gradient)}`;
      throw failureAt(run, at, message);
    }
    if (!hasPlainDenominator(reading)) continue;
    const updates = precisionsOf(reading.evaluation).map((cast) =>
      quotientByRoot(reading, { eps: cast(h.eps) }, before.square_avg, gradient, cast(h.lr)),
    );
    demandUpdate(run, at, updates, "gradient descent with the rate η/d");
  }
}

/** The parameter moved by one of these updates, as exactly as its roundings allow. */
function demandUpdate(
  run: ObservedRun,
  at: ObservedStep,
  updates: readonly Approximate[],
  method: string,
): void {
  const { before, after, gradient } = at;
  if (!updates.every(isNumber) || !Number.isFinite(before.parameter)) return;
  const excesses = updates.map((update) => sumExcess(before.parameter, negated(update), after.parameter));
  if (excesses.includes(undefined)) return;
  const [{ value }] = updates;
  const [excess] = excesses;
  const message = `the gradient ${valueText(gradient)} moved the parameter from ${valueText(before.parameter)} to ${valueText(after.parameter)}; ${method} takes ${exactText(value.lo)} off, which is ${exactText(excess!.distance)} elsewhere, and roundings explain ${exactText(excess!.bound)}`;
  throw failureAt(run, at, message);
}

/** Traces whose ε is several times the root of the mean square. */
function dominatedTraces(dialect: Dialect): DescribedArbitrary<Trace> {
  const eps = arb.constantFrom(2 ** 8, 2 ** 12, 1000);
  return eps.chain((value) =>
    traces(dialect, {
      regimes: ["normal"],
      lengths: [1, 2],
      parameter: arb.constant(0),
      hyperparameters: plainHyperparameters(dialect, { eps: value }),
    }),
  );
}

/** The step is the one of gradient descent, η·g/ε, less the share √s/(√s + ε), or its like for ε inside. */
function demandShortfall(subject: Subject, run: ObservedRun): void {
  const reading = subject.declaration;
  const ar = DIFFERENCES;
  for (const at of stepsOf(run)) {
    const { after, gradient, hyperparameters: h } = at;
    const updates = precisionsOf(reading.evaluation).map((cast) => {
      const eps = point(cast(h.eps));
      const s = point(after.square_avg);
      const full = ar.multiply(point(cast(h.lr)), point(gradient));
      if (reading.dialect.epsilon === "inside") {
        const kept = ar.squareRoot(ar.divide(eps, ar.add(s, eps)));
        return ar.multiply(ar.divide(full, ar.squareRoot(eps)), kept);
      }
      const root = ar.squareRoot(s);
      const missing = ar.divide(root, ar.add(root, eps));
      return ar.multiply(ar.divide(full, eps), ar.subtract(point(1), missing));
    });
    const error = updateError(reading);
    demandUpdate(
      run,
      at,
      updates.map((update) => approximate(update, error)),
      "gradient descent with the rate η/ε, less its shortfall,",
    );
  }
}

/**
 * s is fl(g²) to the bit, since 0·s is 0 and 1·g² is rounded once; and the correctly rounded root of fl(g²) is
 * |g|, which binary arithmetic guarantees where nothing under- or overflows. So d is exact and only the quotient
 * is rounded. Where |g| is a power of two not even that is, and the step is η to the bit, except as g/(d/η), or
 * where η is a binary64: both round η itself. Lerp with w = 1 takes s ⊕ (q ⊖ s), which need not be q; a reciprocal
 * root reads fl(g²), not g.
 */
/** Below the sixth decimal, where a learning rate that travels as text may end. */
const SMALL_RATE = 1.5 * 2 ** -21;

function demandSignDescent(subject: Subject, run: ObservedRun): void {
  const { evaluation } = subject.declaration;
  if (evaluation["order.mean-square"].includes("lerp")) return;
  const readsSquare = evaluation.quotient.includes("reciprocal-root");
  const isCorrect = isAccurate(evaluation);
  const inverts = evaluation["order.update"].includes("inverse");
  const roundings = quotientRoundings(evaluation) + (readsSquare ? 1 : 0) + inaccuracy(evaluation.root);
  for (const at of stepsOf(run)) {
    const { after, gradient, hyperparameters: h } = at;
    const square = Math.fround(gradient * gradient);
    if (!Object.is(after.square_avg, square)) {
      const message = `with β = 0 the mean square is ${valueText(after.square_avg)} and not the squared gradient ${valueText(square)}`;
      throw failureAt(run, at, message);
    }
    const updates = precisionsOf(evaluation).map((cast) => {
      const lr = cast(h.lr);
      const keepsRate = isFloat32(lr) && (!inverts || isPowerOfTwo(lr));
      const isExact = isCorrect && keepsRate && isPowerOfTwo(gradient);
      return approximate(point(Math.sign(gradient) * lr), relativeErrorOf(isExact ? 0 : roundings));
    });
    demandUpdate(run, at, updates, "sign descent");
  }
}

function isPowerOfTwo(x: number): boolean {
  return Number.isInteger(Math.log2(Math.abs(x)));
}

/**
 * Where the dialect does not feed the buffer at μ = 0: one that is there stays zero, and the results are those of a
 * dialect without momentum. Where it does, the acceptance sets have the buffer, with the NaN and −0 that 0·b can give.
 */
async function demandPlainRule(subject: Subject, trace: Trace): Promise<void> {
  const { declaration } = subject;
  const { dialect } = declaration;
  const { hyperparameters: h } = trace;
  const isFed = dialect.zeroMomentum === "buffered";
  const slots = [...new Set([...slotsOf(stepShape(dialect, h)), "momentum_buffer" as const])];
  const programWith = (given: Partial<Hyperparameters>) =>
    programOf(dialect, [
      { op: "init", groups: [{ hyperparameters: given, parameters: [vector(trace.parameter)] }] },
      ...trace.gradients.flatMap((gradient) => [
        step(gradient),
        { op: "observe" as const, slots: ["parameter" as const, ...slots] },
      ]),
    ]);
  const program = programWith(h);
  const observations = await subject.run(program);
  observations.forEach(({ parameters }, k) => {
    const filled = parameters[0]?.momentum_buffer?.values.find((value) => value !== 0);
    if (isFed || filled === undefined) return;
    const message = `step ${k + 1}: with momentum 0 the momentum buffer holds ${valueText(filled)}`;
    throw new PropertyFailure(message, "contract-mismatch", { program, observations });
  });
  subject.accept(program, observations);
  const plain = { ...declaration, dialect: { ...dialect, momentum: "none" as const } };
  const judgement = judgeProgram(program, observations, plain);
  if (!isFed && isFailure(verdictOf(judgement, plain))) {
    const [{ slot, step: at, got }] = judgement.rejected;
    const message = `step ${at}: with momentum 0 ${slot} is ${valueText(got)}, which the rule without momentum does not give`;
    throw new PropertyFailure(message, "differs", { program, observations, judgement });
  }
  if (dialect.defaults.momentum !== 0) return;
  const { momentum, ...withoutMomentum } = h;
  const defaults = programWith(withoutMomentum);
  const byDefault = await subject.run(defaults);
  observations.forEach(({ parameters }, k) => {
    const difference = differenceOf(listsOf(parameters[0]), listsOf(byDefault[k].parameters[0]));
    if (difference === undefined) return;
    const message = `step ${k + 1}: leaving momentum out is not momentum ${momentum}: ${difference}`;
    throw new PropertyFailure(message, "contract-mismatch", { program: defaults, observations: byDefault });
  });
}

interface MomentumStep {
  readonly hyperparameters: Hyperparameters;
  readonly parameter: number;
  readonly gradient: number;
  readonly meanSquare: number;
  readonly buffer: number;
}

/** Every form of the axis, made to take its momentum branch with μ = 0 and a buffer that is not zero. */
function proveEveryFormIsPlain(dialect: Dialect, input: MomentumStep): void {
  const { hyperparameters: h } = input;
  const scalars = exactScalars(DIFFERENCES, dialect, { ...h, momentum: 0 }, 1);
  const shape = stepShape(dialect, h);
  const inputs = {
    parameter: [point(input.parameter)],
    gradient: [point(input.gradient)],
    square_avg: [point(input.meanSquare)],
  };
  const plain = exactRule(EQUALITY_DIGITS, dialect, shape, scalars, inputs);
  for (const momentum of DIALECT_AXES.momentum) {
    if (momentum === "none" || momentum === "ignored") continue;
    const form = exactRule(EQUALITY_DIGITS, { ...dialect, momentum }, { ...shape, momentum: true }, scalars, {
      ...inputs,
      momentum_buffer: [point(input.buffer)],
    });
    proveEqual(`${momentum} at μ = 0: the update of the plain rule`, form.update[0], plain.update[0]);
  }
}
