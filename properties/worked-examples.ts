import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { dialectById } from "../spec/dialects.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import type { Declaration } from "../src/judge/declaration.js";
import { EnclosureArithmetic, exactStep, isPoint } from "../src/oracle/exact/index.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { floatWithExponent, gridFloat } from "./arbitraries/floats.js";
import { STRATA } from "./arbitraries/hyperparameters.js";
import { traceProgram } from "./arbitraries/traces.js";
import { meanSquareScalars } from "./mean-square-form.js";
import { acceptRun, failureOf, runProgram, valuesOf } from "./program-run.js";
import { property } from "./property.js";
import { PropertyFailure } from "./property-failure.js";
import { isWithinBound, trajectoryBounds } from "./trajectory-bounds.js";
import { valueText } from "./value-text.js";
import { exactMeanSquares, example, expectPrinted, isPlain, startsAtZero } from "./worked-example-support.js";

/** Family 13: small examples of the mean square and of one step; those of many steps are in example-trajectories.ts. */

/**
 * What β and 1 − β are after the casts of each declared evaluation. Lerp orders do not read β: they weigh the
 * old value by 1 less the cast 1 − β, which is another number.
 */
function castDecays({ evaluation }: Declaration, alpha: number) {
  return meanSquareScalars(evaluation, alpha).flatMap((scalars) =>
    evaluation["order.mean-square"].map((order) => {
      const isLerp = order === "lerp" || order === "lerp-mirrored";
      return { beta: isLerp ? 1 - scalars.complement : scalars.alpha, complement: scalars.complement };
    }),
  );
}

/** Gradients c, −c, c, … */
interface Alternation {
  readonly hyperparameters: Hyperparameters;
  readonly c: number;
  readonly steps: number;
}

function alternations(dialect: Dialect, centered: boolean): DescribedArbitrary<Alternation> {
  return arb
    .record({
      alpha: arb.constantFrom(...STRATA.dyadic.alpha, ...STRATA.decimal.alpha),
      c: arb.oneof(
        arb.constant(1),
        gridFloat.filter((x) => x !== 0),
        floatWithExponent(-4, 4),
      ),
      steps: arb.integer({ min: 1, max: 24 }),
    })
    .map(({ alpha, c, steps }) => ({
      hyperparameters: example(dialect, {
        alpha,
        lr: 2 ** -5,
        eps: 2 ** -20,
        ...(centered && { centered: true }),
      }),
      c,
      steps,
    }));
}

function alternatingTrace({ hyperparameters: h, c, steps }: Alternation) {
  const gradients = Array.from({ length: steps }, (_, t) => [t % 2 === 0 ? c : -c]);
  return { hyperparameters: h, parameter: [0], gradients };
}

export const oneStepOnTheSquareOverTheReals = property<null>({
  id: "one-step-on-the-square-over-the-reals",
  clauses: ["RMS-13.1"],
  target: "specification",
  requires: [],
  weight: 0,
  arbitrary: () => arb.constant(null),
  check: async () => {
    for (const id of ["textbook", "pytorch"]) {
      const dialect = dialectById(id);
      const h = example(dialect, { lr: 0.1, alpha: 0.9, eps: 1e-8 });
      const exact = exactStep(dialect, h, 1, { parameter: [1], gradient: [2], square_avg: [0] });
      const root = new EnclosureArithmetic(50).squareRoot(exact.square_avg[0]);
      expectPrinted(`${id}: the mean square`, exact.square_avg[0], "0.400000");
      expectPrinted(`${id}: w₁`, exact.parameter[0], "0.683772");
      // What the source prints as the result.
      expectPrinted(`${id}: the root of the mean square`, root, "0.632456");
    }
  },
});

export const oneStepOnTheSquare = property<null>({
  id: "one-step-on-the-square",
  clauses: ["RMS-13.1"],
  target: "implementation",
  requires: ["state"],
  weight: 0,
  appliesTo: (declaration) => startsAtZero(declaration) && isPlain(declaration),
  arbitrary: () => arb.constant(null),
  check: async (_, subject) => {
    const { dialect } = subject.declaration;
    const h = example(dialect, { lr: 0.1, alpha: 0.9, eps: 1e-8 });
    const trace = { hyperparameters: h, parameter: [1], gradients: [[2]] };
    const run = await runProgram(subject, traceProgram(dialect, trace));
    const [x] = valuesOf(run, 0, "parameter");
    const bounds = trajectoryBounds(subject.declaration, {
      schedule: [h],
      start: trace.parameter,
      gradient: () => ({ value: 2 }),
    });
    if (!bounds.some(([[{ parameter }]]) => isWithinBound(x, parameter))) {
      const hint = x.toFixed(3) === "0.632" ? "; 0.632 is the root of the mean square" : "";
      throw failureOf(run, "differs", `w₁ must be 0.683772, but is ${valueText(x)}${hint}`);
    }
    // 0.4 is 5e-7 from where the sixth decimal turns; the casts and roundings of one step are below 2e-7.
    const [s] = valuesOf(run, 0, "square_avg");
    if (s.toFixed(6) !== "0.400000") {
      throw failureOf(run, "differs", `the mean square must be 0.400000, but is ${valueText(s)}`);
    }
    acceptRun(subject, run);
  },
});

export const twoGradientsForEveryDecayOverTheReals = property<number>({
  id: "two-gradients-for-every-decay-over-the-reals",
  clauses: ["RMS-13.2"],
  target: "specification",
  requires: [],
  arbitrary: () =>
    arb.oneof(
      arb.integer({ min: 0, max: 128 }).map((k) => k / 128),
      arb.integer({ min: 0, max: 1000 }).map((k) => k / 1000),
      arb.double({ min: 2 ** -60, max: 1 }),
    ),
  check: async (alpha) => {
    const dialect = dialectById("textbook");
    // γ has at most 113 binary digits after the point, and (4γ + 9)(1 − γ) twice as many.
    const [, s] = exactMeanSquares(dialect, example(dialect, { alpha }), [2, 3], 260);
    if (!isPoint(s)) throw new Error("260 digits do not hold the mean square exactly");
    const gamma = exactDecimal(alpha);
    const form = ExactDecimal.mul(
      ExactDecimal.add(ExactDecimal.mul(gamma, 4), 9),
      ExactDecimal.sub(1, gamma),
    );
    if (s.lo.eq(form)) return;
    const message = `γ = ${alpha}: the mean square is ${s.lo.toString()}, and (4γ + 9)(1 − γ) is ${form.toString()}`;
    throw new PropertyFailure(message, "differs");
  },
});

export const twoGradientsForEveryDecay = property<number>({
  id: "two-gradients-for-every-decay",
  clauses: ["RMS-13.2"],
  target: "implementation",
  requires: ["state"],
  appliesTo: startsAtZero,
  arbitrary: () =>
    arb.oneof(
      arb.integer({ min: 1, max: 127 }).map((k) => k / 128),
      arb.integer({ min: 1, max: 999 }).map((k) => k / 1000),
    ),
  check: async (alpha, subject) => {
    const { declaration } = subject;
    const { dialect } = declaration;
    const h = example(dialect, { alpha });
    const trace = { hyperparameters: h, parameter: [0], gradients: [[2], [3]] };
    const run = await runProgram(subject, traceProgram(dialect, trace));
    const [s] = valuesOf(run, 1, "square_avg");
    const forms = castDecays(declaration, h.alpha).map(({ beta, complement }) => complement * (4 * beta + 9));
    // Doubling is exact, so 4(1 − γ) is; γ·s, (1−γ)·3·3 and the sum round four times in all: below 5·2^-24.
    if (!forms.some((form) => Math.abs(s - form) <= form * 5 * 2 ** -24)) {
      const message = `γ = ${alpha}: after gradients 2 and 3 the mean square is ${valueText(s)}, and (4γ + 9)(1 − γ) is ${forms[0]}`;
      throw failureOf(run, "differs", message);
    }
    acceptRun(subject, run);
  },
});

export const gradientsOneTwoThreeOverTheReals = property<null>({
  id: "gradients-one-two-three-over-the-reals",
  clauses: ["RMS-13.3"],
  target: "specification",
  requires: [],
  weight: 0,
  arbitrary: () => arb.constant(null),
  check: async () => {
    const dialect = dialectById("textbook");
    const h = example(dialect, { lr: 0.1, alpha: 0.9 });
    const squares = exactMeanSquares(dialect, h, [1, 2, 3], 50);
    squares.forEach((s, k) => {
      expectPrinted(`the mean square after step ${k + 1}`, s, ["0.100000", "0.490000", "1.341000"][k]);
    });
  },
});

export const gradientsOneTwoThree = property<null>({
  id: "gradients-one-two-three",
  clauses: ["RMS-13.3"],
  target: "implementation",
  requires: ["state"],
  weight: 0,
  appliesTo: startsAtZero,
  arbitrary: () => arb.constant(null),
  check: async (_, subject) => {
    const { dialect } = subject.declaration;
    const h = example(dialect, { lr: 0.1, alpha: 0.9 });
    const trace = { hyperparameters: h, parameter: [0], gradients: [[1], [2], [3]] };
    const run = await runProgram(subject, traceProgram(dialect, trace));
    // The fifth decimal turns 5e-6 away; the casts and roundings of three steps are 1e-6 at most, of 1.341.
    for (const [k, text] of ["0.10000", "0.49000", "1.34100"].entries()) {
      const [s] = valuesOf(run, k, "square_avg");
      if (s.toFixed(5) === text) continue;
      const message = `the mean square after step ${k + 1} must be ${text}, but is ${valueText(s)}`;
      throw failureOf(run, "differs", message);
    }
    acceptRun(subject, run);
  },
});

export const alternatingGradientsDoNotCancelInTheMeanSquare = property<Alternation>({
  id: "alternating-gradients-do-not-cancel-in-the-mean-square",
  clauses: ["RMS-13.7"],
  target: "implementation",
  requires: ["state"],
  weight: 0.5,
  appliesTo: startsAtZero,
  arbitrary: ({ dialect }) => alternations(dialect, false),
  check: async (input, subject) => {
    const { declaration } = subject;
    const { dialect } = declaration;
    const { hyperparameters: h, c, steps } = input;
    const run = await runProgram(subject, traceProgram(dialect, alternatingTrace(input)));
    const scalars = castDecays(declaration, h.alpha);
    for (let t = 1; t <= steps; t++) {
      const s = valuesOf(run, t - 1, "square_avg")[0];
      const forms = scalars.map(
        ({ beta, complement }) => (complement * c * c * (1 - beta ** t)) / (1 - beta),
      );
      // Four roundings a step, each at most 2^-24 of what is at most c² in the end; and a little for their products.
      const error = 5 * t * c * c * 2 ** -24;
      if (forms.some((form) => Math.abs(s - form) <= error)) continue;
      const message = `step ${t}: under gradients ±${valueText(c)} the mean square is ${valueText(s)}, and c²(1 − β^t) is ${forms[0]}`;
      throw failureOf(run, "differs", message);
    }
    acceptRun(subject, run);
  },
});

export const alternatingGradientsCancelInTheMeanGradient = property<Alternation>({
  id: "alternating-gradients-cancel-in-the-mean-gradient",
  clauses: ["RMS-13.7", "RMS-7.1"],
  target: "implementation",
  requires: ["state", "centered"],
  weight: 0.5,
  appliesTo: ({ dialect }) => dialect.centered !== "never",
  arbitrary: ({ dialect }) => alternations(dialect, true),
  check: async (input, subject) => {
    const { dialect } = subject.declaration;
    const { hyperparameters: h, c, steps } = input;
    const run = await runProgram(subject, traceProgram(dialect, alternatingTrace(input)));
    const { alpha } = h;
    for (let t = 1; t <= steps; t++) {
      const a = valuesOf(run, t - 1, "grad_avg")[0];
      const sign = t % 2 === 0 ? -1 : 1;
      const form = (sign * c * (1 - alpha) * (1 - (-alpha) ** t)) / (1 + alpha);
      // Three roundings a step of at most |c|·2^-24, and the casts of β and 1 − β.
      const error = 5 * t * Math.abs(c) * 2 ** -24;
      const bound = (1 - alpha) * Math.abs(c) + error;
      if (Math.abs(a - form) <= error && Math.abs(a) <= bound) continue;
      const message = `step ${t}: under gradients ±${valueText(c)} the mean gradient is ${valueText(a)}, and ±c(1−β)(1 − (−β)^t)/(1+β) is ${form}`;
      throw failureOf(run, "differs", message);
    }
    acceptRun(subject, run);
  },
});

export const workedExampleProperties = [
  oneStepOnTheSquareOverTheReals,
  oneStepOnTheSquare,
  twoGradientsForEveryDecayOverTheReals,
  twoGradientsForEveryDecay,
  gradientsOneTwoThreeOverTheReals,
  gradientsOneTwoThree,
  alternatingGradientsDoNotCancelInTheMeanSquare,
  alternatingGradientsCancelInTheMeanGradient,
];
