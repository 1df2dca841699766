import type { Slot } from "../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { roundsAtOnce } from "../spec/evaluation.js";
import { shownSlots, stepShape } from "../spec/step-shape.js";
import { MIN_SUBNORMAL } from "../src/float32/bits.js";
import type { Declaration } from "../src/judge/declaration.js";
import type { Program } from "../src/program/program.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import {
  anyBits,
  CALM_REGIMES,
  edgeFloat,
  floatWithExponent,
  gridFloat,
  powerOfTwo,
  REGIMES,
  type Regime,
  subnormalFloat,
} from "./arbitraries/floats.js";
import { EVERY_PART, hyperparameters, type Parts, withChanges } from "./arbitraries/hyperparameters.js";
import { type LoadedTrace, loadedProgram, loadedTraces } from "./arbitraries/loaded-traces.js";
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
import { acceptRun, failureOf, type ProgramRun, runProgram, valuesOf } from "./program-run.js";
import { property } from "./property.js";
import { expectSameObservations } from "./same-observations.js";
import { mayFlush } from "./subnormals.js";
import { valueText } from "./value-text.js";

/**
 * Family 11: NaN, infinities, zeros, subnormals, overflow and underflow. Each property first checks the class
 * of the results in words of its own, as far as every declared evaluation agrees on it; the acceptance set
 * decides over the rest.
 */

/** With lerp, ∞ − ∞ makes NaN of an infinite mean square; only the two-term orders keep it. */
const isTwoTerm = ({ evaluation }: Declaration): boolean =>
  evaluation["order.mean-square"].every((order) => order === "weight-first" || order === "square-first");

/** Clause 11.5 ends where flushing is declared. */
const keepsSubnormals = ({ evaluation }: Declaration): boolean => !mayFlush(evaluation);

/** Whether the mean square is zero before the first step, if ε is. */
const startsAtZero = ({ dialect }: Declaration): boolean =>
  dialect.initialAccumulator === "zero" || dialect.initialAccumulator === "first-gradient-squared";

/** Whether a step at μ = 0 adds 0·b to the increment, which is NaN where b is infinite. */
const looksAheadAtZero = ({ dialect }: Declaration): boolean =>
  dialect.zeroMomentum === "buffered" && dialect.momentum.startsWith("nesterov");

const PLAIN: Parts = {};

function tuple<T>(element: DescribedArbitrary<T>, length: number): DescribedArbitrary<T[]> {
  return arb.array(element, { minLength: length, maxLength: length });
}

/** Hyperparameters with `changes` in the end, and no clipping. */
function rule(
  dialect: Dialect,
  parts: Parts,
  changes: Partial<Hyperparameters> = {},
): DescribedArbitrary<Hyperparameters> {
  return withChanges(hyperparameters(dialect, parts), {
    clip_value: Number.POSITIVE_INFINITY,
    ...changes,
  });
}

/** A trace with one special gradient in it. */
interface Struck {
  readonly trace: Trace;
  readonly step: number;
  readonly element: number;
}

function struck(
  dialect: Dialect,
  parts: Parts,
  value: DescribedArbitrary<number>,
  regimes: readonly Regime[] = CALM_REGIMES,
): DescribedArbitrary<Struck> {
  return traces(dialect, { parts, regimes, minSteps: 2, lengths: [1, 2, 4, 5, 9, 17] }).chain((trace) =>
    arb
      .record({
        // Never in the last step, so that what becomes of it is seen.
        step: arb.nat({ max: trace.gradients.length - 2 }),
        element: arb.nat({ max: trace.parameter.length - 1 }),
        value,
      })
      .map(({ step: at, element, value: special }) => ({
        step: at,
        element,
        trace: {
          ...trace,
          gradients: trace.gradients.map((gradient, t) =>
            gradient.map((g, i) => (t === at && i === element ? special : g)),
          ),
        },
      })),
  );
}

/**
 * Check one slot of one observation, element by element.
 * @param wrong says what is wrong with a value, if anything
 */
function expectEach(
  run: ProgramRun,
  observation: number,
  slot: Slot,
  wrong: (value: number, element: number) => string | undefined,
): void {
  for (const [i, value] of valuesOf(run, observation, slot).entries()) {
    const what = wrong(value, i);
    if (what === undefined) continue;
    const message = `step ${observation + 1}, element ${i}: ${what}, but ${slot} is ${valueText(value)}`;
    throw failureOf(run, "special-mismatch", message);
  }
}

/** A gradient whose square overflows, or nearly, and what follows it. */
interface Overflow {
  readonly hyperparameters: Hyperparameters;
  readonly parameter: readonly number[];
  /** "above" and "below": in every order; "between": depending on the order. */
  readonly kind: "below" | "between" | "above";
  readonly huge: readonly number[];
  readonly later: readonly (readonly number[])[];
}

function overflows(dialect: Dialect): DescribedArbitrary<Overflow> {
  const shape = arb.record({
    hyperparameters: rule(dialect, PLAIN),
    kind: arb.constantFrom("below" as const, "between" as const, "above" as const),
    length: arb.constantFrom(1, 2, 4, 9),
    steps: arb.integer({ min: 0, max: 3 }),
  });
  return shape.chain(({ hyperparameters: h, kind, length, steps }) => {
    // From 2^certain on, (1−β)·g² is at least 2^129; below 2^63, g² is less than 2^126.
    const certain = Math.ceil((129 - Math.log2(1 - h.alpha)) / 2);
    const exponents = { below: [60, 62], between: [63, certain - 1], above: [certain, 110] } as const;
    const [min, max] = exponents[kind];
    return arb.record({
      hyperparameters: arb.constant(h),
      kind: arb.constant(kind),
      parameter: tuple(smallParameter, length),
      huge: tuple(floatWithExponent(min, max), length),
      later: arb.array(tuple(arb.oneof(gridFloat, floatWithExponent(-4, 4)), length), {
        minLength: steps,
        maxLength: steps,
      }),
    });
  });
}

/** Gradients whose squares are less than half the smallest subnormal. */
const vanishing: DescribedArbitrary<number> = floatWithExponent(-126, -77);
/** The same, large enough for lr·g to be a normal float. */
const vanishingButNormal: DescribedArbitrary<number> = floatWithExponent(-100, -77);

/** What stands in the denominator over a zero mean square. */
function epsilonAlone({ epsilon }: Dialect, eps: number): number {
  switch (epsilon) {
    case "outside":
    case "max-clamp":
      return eps;
    case "inside":
    case "subtracted":
      return Math.sqrt(eps);
    case "both":
      return Math.sqrt(eps) + eps;
    case "none":
      return 0;
  }
}

/** The first step of a parameter. */
interface OneStep {
  readonly hyperparameters: Hyperparameters;
  readonly parameter: readonly number[];
  readonly gradient: readonly number[];
}

function oneStepOf(
  hyper: DescribedArbitrary<Hyperparameters>,
  parameter: DescribedArbitrary<number>,
  gradient: DescribedArbitrary<number>,
): DescribedArbitrary<OneStep> {
  return arb.constantFrom(1, 2, 4, 9, 17).chain((length) =>
    arb.record({
      hyperparameters: hyper,
      parameter: tuple(parameter, length),
      gradient: tuple(gradient, length),
    }),
  );
}

function oneStepProgram(dialect: Dialect, { hyperparameters: h, parameter, gradient }: OneStep): Program {
  return programOf(dialect, [init(h, parameter), step(gradient), observeAll(dialect, h)]);
}

/** Subnormals that stay away from zero when they are halved a few times. */
const largerSubnormal: DescribedArbitrary<number> = subnormalFloat.filter(
  (x) => Math.abs(x) >= 64 * MIN_SUBNORMAL,
);

export const nanGradientGivesNan = property<Struck>({
  id: "nan-gradient-gives-nan",
  clauses: ["RMS-11.1"],
  target: "implementation",
  requires: ["state"],
  arbitrary: ({ dialect }) => struck(dialect, EVERY_PART, arb.constant(Number.NaN)),
  check: async ({ trace, step: at, element }, subject) => {
    const { dialect } = subject.declaration;
    const { hyperparameters: h } = trace;
    const slots = ["parameter", ...shownSlots(dialect, h)] as const;
    // A rate of zero is no way out: 0·NaN is NaN.
    const withRate = (lr: number) => traceProgram(dialect, { ...trace, hyperparameters: { ...h, lr } });
    for (const program of subject.accepted([h.lr, 0].map(withRate))) {
      const run = await runProgram(subject, program);
      for (let k = at; k < trace.gradients.length; k++) {
        for (const slot of slots) {
          expectEach(run, k, slot, (value, i) =>
            i === element && !Number.isNaN(value) ? `the gradient was NaN in step ${at + 1}` : undefined,
          );
        }
      }
      acceptRun(subject, run);
    }
  },
});

export const infiniteGradientGivesInfiniteMeanSquareAndNan = property<Struck>({
  id: "infinite-gradient-gives-infinite-mean-square-and-nan",
  clauses: ["RMS-11.2"],
  target: "implementation",
  requires: ["state"],
  arbitrary: ({ dialect }) =>
    struck(
      dialect,
      { momentum: true, centered: true, maximize: true },
      arb.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    ),
  check: async ({ trace, step: at, element }, subject) => {
    const { declaration } = subject;
    const run = await runProgram(subject, traceProgram(declaration.dialect, trace));
    const shape = stepShape(declaration.dialect, trace.hyperparameters);
    const twoTerm = isTwoTerm(declaration);
    // The parameter is NaN from then on, and 0·NaN enters the next gradient where λ = 0 is multiplied.
    const decaysAtZero =
      declaration.dialect.weightDecay === "l2" &&
      declaration.evaluation["zero-weight-decay"].includes("multiplied");
    const cause = `the gradient was infinite in step ${at + 1}`;
    for (let k = at; k < trace.gradients.length; k++) {
      expectEach(run, k, "square_avg", (s, i) =>
        i === element && twoTerm && (k === at || !decaysAtZero) && s !== Number.POSITIVE_INFINITY
          ? `${cause}, so the mean square is infinite`
          : undefined,
      );
      expectEach(run, k, "parameter", (p, i) => {
        if (i !== element) return undefined;
        // A gradient that is clipped after it was squared is a number over an infinite root.
        if (!shape.clipping || shape.centered) {
          return Number.isNaN(p) ? undefined : `${cause}, and ∞/∞ is NaN`;
        }
        return twoTerm && Number.isNaN(p) ? `${cause} and clipped after it was squared` : undefined;
      });
    }
    acceptRun(subject, run);
  },
});

export const overflowingSquareStopsTheParameter = property<Overflow>({
  id: "overflowing-square-stops-the-parameter",
  clauses: ["RMS-11.3"],
  target: "implementation",
  requires: ["state"],
  arbitrary: ({ dialect }) => overflows(dialect),
  check: async ({ hyperparameters: h, parameter: start, kind, huge, later }, subject) => {
    const { declaration } = subject;
    const trace = { hyperparameters: h, parameter: start, gradients: [huge, ...later] };
    const run = await runProgram(subject, traceProgram(declaration.dialect, trace));
    const { centered } = stepShape(declaration.dialect, h);
    const cause = (i: number) => `the first gradient was ${valueText(huge[i])}`;
    if (kind === "above" && isTwoTerm(declaration)) {
      // A mean that is kept in binary64 does not overflow before it is stored, and ∞ − a² may be NaN.
      const stands = roundsAtOnce(declaration.evaluation) && !centered;
      for (const k of trace.gradients.keys()) {
        expectEach(run, k, "square_avg", (s, i) =>
          s === Number.POSITIVE_INFINITY ? undefined : `${cause(i)}, so the mean square is infinite`,
        );
        expectEach(run, k, "parameter", (p, i) =>
          stands && p !== Math.fround(start[i])
            ? `${cause(i)}, so the parameter stays ${valueText(Math.fround(start[i]))}`
            : undefined,
        );
      }
    }
    if (kind === "below") {
      for (const k of trace.gradients.keys()) {
        expectEach(run, k, "square_avg", (s, i) =>
          Number.isFinite(s) ? undefined : `${cause(i)}, whose square does not overflow`,
        );
      }
      expectEach(run, 0, "parameter", (p, i) =>
        !centered && p === Math.fround(start[i])
          ? `${cause(i)}, whose square does not overflow, so the parameter moves`
          : undefined,
      );
    }
    acceptRun(subject, run);
  },
});

export const vanishingSquareLeavesTheMeanSquare = property<Trace>({
  id: "vanishing-square-leaves-the-mean-square",
  clauses: ["RMS-11.4"],
  target: "implementation",
  requires: ["state", "deterministic"],
  arbitrary: ({ dialect }) =>
    traces(dialect, { hyperparameters: rule(dialect, PLAIN), maxSteps: 3 }).chain((trace) =>
      arb
        .array(tuple(arb.oneof(vanishing, subnormalFloat), trace.parameter.length), {
          minLength: trace.gradients.length,
          maxLength: trace.gradients.length,
        })
        .map((gradients) => ({ ...trace, gradients })),
    ),
  check: async (trace, subject) => {
    const { dialect } = subject.declaration;
    const zero = { ...trace, gradients: trace.gradients.map((gradient) => gradient.map(() => 0)) };
    const expected = await subject.run(traceProgram(dialect, zero));
    const run = await runProgram(subject, traceProgram(dialect, trace));
    const why = "squares below 2^-150 against zero gradients";
    expectSameObservations(run, expected, why, { slots: ["square_avg"] });
    acceptRun(subject, run);
  },
});

export const epsilonAloneUnderAVanishingSquare = property<OneStep>({
  id: "epsilon-alone-under-a-vanishing-square",
  clauses: ["RMS-11.4", "RMS-1.2"],
  target: "implementation",
  requires: ["state"],
  appliesTo: (declaration) => startsAtZero(declaration) && !looksAheadAtZero(declaration),
  // A zero ε divides by zero; a subnormal one is a number where subnormals are kept.
  arbitrary: (declaration) => {
    const { dialect } = declaration;
    // A square that is kept in binary64 is not below such an ε.
    const tiny = roundsAtOnce(declaration.evaluation)
      ? [0, ...(keepsSubnormals(declaration) ? [1e-38] : [])]
      : [];
    const rules = [rule(dialect, PLAIN), ...tiny.map((eps) => rule(dialect, PLAIN, { eps }))];
    return arb.oneof(...rules.map((h) => oneStepOf(h, arb.constant(0), vanishingButNormal)));
  },
  check: async (input, subject) => {
    const { dialect } = subject.declaration;
    const { hyperparameters: h, gradient } = input;
    const run = await runProgram(subject, oneStepProgram(dialect, input));
    const d = epsilonAlone(dialect, h.eps);
    expectEach(run, 0, "parameter", (p, i) => {
      const exact = (-h.lr * gradient[i]) / d;
      // Two casts, two roots or sums, three products and quotients: fewer than sixteen errors of 2^-24.
      if (p === exact || Math.abs(p - exact) <= Math.abs(exact) * 2 ** -20) return undefined;
      return `over a mean square of zero ${valueText(gradient[i])} moves the parameter from 0 to ${exact}`;
    });
    acceptRun(subject, run);
  },
});

export const subnormalGradientsMoveTheParameter = property<OneStep>({
  id: "subnormal-gradients-move-the-parameter",
  clauses: ["RMS-11.5"],
  target: "implementation",
  requires: ["state"],
  appliesTo: keepsSubnormals,
  arbitrary: ({ dialect }) => oneStepOf(rule(dialect, PLAIN, { lr: 1 }), arb.constant(0), largerSubnormal),
  check: async (input, subject) => {
    const run = await runProgram(subject, oneStepProgram(subject.declaration.dialect, input));
    // The denominator is at most 1 + ε < 2, so that g/d is at least half of g.
    expectEach(run, 0, "parameter", (p, i) => {
      const g = input.gradient[i];
      return Math.sign(p) === -Math.sign(g) ? undefined : `the subnormal ${valueText(g)} moves the parameter`;
    });
    acceptRun(subject, run);
  },
});

export const subnormalParametersAreKept = property<OneStep>({
  id: "subnormal-parameters-are-kept",
  clauses: ["RMS-11.5", "RMS-3.1"],
  target: "implementation",
  requires: ["state"],
  // Without ε a zero gradient over a zero mean square is NaN.
  appliesTo: (declaration) => keepsSubnormals(declaration) && declaration.dialect.epsilon !== "none",
  arbitrary: ({ dialect }) =>
    oneStepOf(rule(dialect, { momentum: true }), subnormalFloat, arb.constantFrom(0, 0, -0, 1, -0.5)),
  check: async (input, subject) => {
    const run = await runProgram(subject, oneStepProgram(subject.declaration.dialect, input));
    expectEach(run, 0, "parameter", (p, i) => {
      const was = Math.fround(input.parameter[i]);
      if (input.gradient[i] !== 0 || Object.is(p, was)) return undefined;
      return `a zero gradient leaves the subnormal ${valueText(was)} as it is`;
    });
    acceptRun(subject, run);
  },
});

export const subnormalSquaresAccumulate = property<OneStep>({
  id: "subnormal-squares-accumulate",
  clauses: ["RMS-11.5", "RMS-1.1"],
  target: "implementation",
  requires: ["state"],
  appliesTo: (declaration) =>
    keepsSubnormals(declaration) && declaration.dialect.initialAccumulator === "zero",
  // (1−β)·g² lies between 2^-146 and 2^-126, or is one of the smallest floats.
  arbitrary: ({ dialect }) =>
    arb.oneof(
      oneStepOf(rule(dialect, PLAIN), smallParameter, floatWithExponent(-68, -64)),
      oneStepOf(rule(dialect, PLAIN, { alpha: 0.5 }), smallParameter, floatWithExponent(-74, -73)),
    ),
  check: async (input, subject) => {
    const run = await runProgram(subject, oneStepProgram(subject.declaration.dialect, input));
    expectEach(run, 0, "square_avg", (s, i) =>
      s > 0 ? undefined : `the square of ${valueText(input.gradient[i])} is not zero`,
    );
    acceptRun(subject, run);
  },
});

export const subnormalStateIsKept = property<LoadedTrace>({
  id: "subnormal-state-is-kept",
  clauses: ["RMS-11.5"],
  target: "implementation",
  requires: ["state", "load"],
  appliesTo: keepsSubnormals,
  arbitrary: ({ dialect }) =>
    loadedTraces(
      zeroGradients(dialect, rule(dialect, { momentum: true, centered: true })),
      largerSubnormal.map(Math.abs),
      largerSubnormal,
    ),
  check: async (loaded, subject) => {
    const { dialect } = subject.declaration;
    const run = await runProgram(subject, loadedProgram(dialect, loaded));
    // A zero gradient leaves β·s, β·a and μ·b, with β ≥ 0.3 and μ ≥ 0.5.
    for (const slot of shownSlots(dialect, loaded.trace.hyperparameters)) {
      expectEach(run, 0, slot, (value, i) =>
        value === 0 ? `the subnormal ${valueText(loaded[slot][i])} decays but does not vanish` : undefined,
      );
    }
    acceptRun(subject, run);
  },
});

export const zeroOverZeroIsNan = property<OneStep>({
  id: "zero-over-zero-is-nan",
  clauses: ["RMS-11.6"],
  target: "implementation",
  requires: ["state"],
  appliesTo: (declaration) =>
    startsAtZero(declaration) || declaration.dialect.initialAccumulator === "epsilon",
  arbitrary: (declaration) => {
    const parts = { momentum: true, centered: true, maximize: true };
    // 2^-150 and 1e-46 are zero once they are cast to float32.
    const casts = declaration.evaluation.scalars.every((kept) => kept === "float32");
    const eps = casts ? arb.constantFrom(0, 0, 2 ** -150, 1e-46) : arb.constant(0);
    const hyper = arb.tuple(rule(declaration.dialect, parts), eps).map(([h, e]) => ({ ...h, eps: e }));
    return oneStepOf(hyper, smallParameter, arb.constantFrom(0, -0));
  },
  check: async (input, subject) => {
    const run = await runProgram(subject, oneStepProgram(subject.declaration.dialect, input));
    const { eps } = input.hyperparameters;
    expectEach(run, 0, "parameter", (p) => (Number.isNaN(p) ? undefined : `0/0 is NaN with ε = ${eps}`));
    acceptRun(subject, run);
  },
});

export const zeroOverALoadedZeroIsNan = property<LoadedTrace>({
  id: "zero-over-a-loaded-zero-is-nan",
  clauses: ["RMS-11.6"],
  target: "implementation",
  requires: ["state", "load"],
  weight: 0.5,
  arbitrary: ({ dialect }) => {
    const hyper = rule(dialect, { momentum: true, maximize: true }, { eps: 0 });
    return loadedTraces(zeroGradients(dialect, hyper), arb.constant(0), arb.constant(0));
  },
  check: async (loaded, subject) => {
    const run = await runProgram(subject, loadedProgram(subject.declaration.dialect, loaded));
    const why = "0/0 is NaN with ε = 0, over a loaded mean square of 0";
    expectEach(run, 0, "parameter", (p) => (Number.isNaN(p) ? undefined : why));
    acceptRun(subject, run);
  },
});

export const anyBitsAreJudged = property<Trace>({
  id: "any-bits-are-judged",
  clauses: ["RMS-11.7"],
  target: "implementation",
  requires: ["state"],
  weight: 2,
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      parts: EVERY_PART,
      regimes: ["bits", "special", "edges", "overflow", "underflow", "subnormal"],
      parameter: arb.oneof(smallParameter, anyBits, edgeFloat),
    }),
  check: async (trace, subject) => {
    await subject.conforms(traceProgram(subject.declaration.dialect, trace));
  },
});

export const anyBitsInTheStateAreJudged = property<LoadedTrace>({
  id: "any-bits-in-the-state-are-judged",
  clauses: ["RMS-11.7"],
  target: "implementation",
  requires: ["state", "load"],
  arbitrary: ({ dialect }) =>
    loadedTraces(
      traces(dialect, {
        parts: EVERY_PART,
        regimes: ["bits", "special", "edges", "grid", "powers of two"],
        parameter: arb.oneof(smallParameter, anyBits, edgeFloat),
        maxSteps: 2,
        hyperparameters: arb.oneof(
          hyperparameters(dialect, EVERY_PART),
          withChanges(hyperparameters(dialect, EVERY_PART), { alpha: 1 }),
        ),
      }),
      arb.oneof(
        anyBits.map(Math.abs),
        anyBits,
        powerOfTwo(-20, 20).map(Math.abs),
        edgeFloat,
        REGIMES.special.map(Math.abs),
      ),
      arb.oneof(anyBits, REGIMES.special),
    ),
  check: async (loaded, subject) => {
    const { dialect } = subject.declaration;
    await subject.conforms(loadedProgram(dialect, loaded));
    for (const [alpha, square] of TELLING_SQUARES) {
      const trace = { ...loaded.trace, hyperparameters: { ...loaded.trace.hyperparameters, alpha } };
      const square_avg = loaded.square_avg.map(() => square);
      await subject.conforms(loadedProgram(dialect, { ...loaded, trace, square_avg }));
    }
  },
});

export const specialValueProperties = [
  nanGradientGivesNan,
  infiniteGradientGivesInfiniteMeanSquareAndNan,
  overflowingSquareStopsTheParameter,
  vanishingSquareLeavesTheMeanSquare,
  epsilonAloneUnderAVanishingSquare,
  subnormalGradientsMoveTheParameter,
  subnormalParametersAreKept,
  subnormalSquaresAccumulate,
  subnormalStateIsKept,
  zeroOverZeroIsNan,
  zeroOverALoadedZeroIsNan,
  anyBitsAreJudged,
  anyBitsInTheStateAreJudged,
];

/** Decays and loaded mean squares that must be seen in what follows. */
const TELLING_SQUARES = [
  [0, Number.POSITIVE_INFINITY], // 0·∞ is NaN: a weight of zero does not make the old state go away
  [0.5, -(2 ** 60)], // stays negative under all but the largest gradients, and has no root
] as const;

/** One step with zero gradients. */
function zeroGradients(
  dialect: Dialect,
  rules: DescribedArbitrary<Hyperparameters>,
): DescribedArbitrary<Trace> {
  return traces(dialect, { hyperparameters: rules, maxSteps: 1 }).map((trace) => ({
    ...trace,
    gradients: [trace.parameter.map(() => 0)],
  }));
}
