import type { Decimal } from "decimal.js";
import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { DIALECTS, dialectById } from "../spec/dialects.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import type { Declaration } from "../src/judge/declaration.js";
import {
  type Enclosure,
  EnclosureArithmetic,
  type ExactInputs,
  exactStep,
  isPoint,
  point,
} from "../src/oracle/exact/index.js";
import { draw } from "./arbitraries/draw.js";
import type { Drawn } from "./arbitraries/drawn.js";
import { floatWithExponent, gridFloat } from "./arbitraries/floats.js";
import { STRATA } from "./arbitraries/hyperparameters.js";
import { traceProgram } from "./arbitraries/traces.js";
import { closedLoop, exactClosedLoop } from "./closed-loop.js";
import { meanSquareScalars } from "./mean-square-form.js";
import { acceptRun, failureOf, runProgram, valuesOf } from "./program-run.js";
import { property } from "./property.js";
import { PropertyFailure } from "./property-failure.js";
import { valueText } from "./value-text.js";

/** Family 13: the examples of the source material, as they are printed there, and what is wrong about them. */

/** The plain rule with the numbers of an example. */
function example(dialect: Dialect, given: Partial<Hyperparameters>): Hyperparameters {
  return {
    ...dialect.defaults,
    momentum: 0,
    weight_decay: 0,
    centered: dialect.centered === "always",
    maximize: false,
    lr_decay: 0,
    clip_value: Number.POSITIVE_INFINITY,
    ...given,
    ...(dialect.epsilon === "none" && { eps: 0 }),
  };
}

/** The examples begin with a mean square of zero. */
const startsAtZero = ({ dialect }: Declaration): boolean => dialect.initialAccumulator === "zero";

/** Nothing but the mean square stands in the denominator. */
const isPlain = ({ dialect }: Declaration): boolean =>
  dialect.biasCorrection === "never" && dialect.centered !== "always";

/** The decimals that are printed of an exact result. */
function printed(x: Enclosure, decimals: number): string {
  // Named, because an end of an enclosure rounds outward by itself.
  const [lo, hi] = [x.lo, x.hi].map((end) => end.toFixed(decimals, ExactDecimal.ROUND_HALF_EVEN));
  if (lo !== hi || x.nan) throw new Error(`too few digits to print ${x.lo.toString()} … ${x.hi.toString()}`);
  return lo;
}

function expectPrinted(what: string, x: Enclosure, text: string): void {
  const decimals = text.split(".")[1].length;
  const got = printed(x, decimals);
  if (got === text) return;
  throw new PropertyFailure(`${what} is ${got} over the reals, not ${text}`, "differs");
}

/** Mean squares of the exact oracle after each gradient, from zero. */
function exactMeanSquares(
  dialect: Dialect,
  h: Hyperparameters,
  gradients: readonly number[],
  digits: number,
) {
  let s = point(0);
  return gradients.map((gradient, k) => {
    const inputs: ExactInputs = { parameter: [0], gradient: [gradient], square_avg: [s] };
    [s] = exactStep(dialect, h, k + 1, inputs, { digits }).square_avg;
    return s;
  });
}

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

/** x = 5 under the gradient 2x. */
const LOOP = { lr: 0.3, alpha: 0.9, eps: 1e-8 } as const;
const LOOP_START = 5;
const LOOP_STEPS = 100;
/** |x| ≤ lr/√(1 − β): from here on a step, which is no longer than that, cannot lead out again. */
const LOOP_RADIUS = LOOP.lr / Math.sqrt(1 - LOOP.alpha);

/** Dialects that differ in what a plain loop does, one of each kind. */
const LOOP_DIALECTS: readonly Dialect[] = DIALECTS.filter(
  (dialect, k) =>
    dialect.centered !== "always" &&
    DIALECTS.findIndex(
      (other) =>
        other.epsilon === dialect.epsilon &&
        other.initialAccumulator === dialect.initialAccumulator &&
        other.biasCorrection === dialect.biasCorrection,
    ) === k,
);

/** f = 0.1·x₁² + 2·x₂². */
const BOWL = { lr: 0.4, alpha: 0.9, eps: 1e-6 } as const;
const BOWL_START = [-5, -2] as const;
const BOWL_STEPS = 20;

const insideRoot = ({ dialect }: Declaration): boolean =>
  dialect.epsilon === "inside" || dialect.epsilon === "subtracted";

/** Gradients c, −c, c, … */
interface Alternation {
  readonly hyperparameters: Hyperparameters;
  readonly c: number;
  readonly steps: number;
}

function alternations(dialect: Dialect, centered: boolean): Drawn<Alternation> {
  return draw
    .record({
      alpha: draw.constantFrom(...STRATA.dyadic.alpha, ...STRATA.decimal.alpha),
      c: draw.oneof(
        draw.constant(1),
        gridFloat.filter((x) => x !== 0),
        floatWithExponent(-4, 4),
      ),
      steps: draw.integer({ min: 1, max: 24 }),
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

export const workedExampleProperties = [
  property<null>({
    id: "one-step-on-the-square-over-the-reals",
    clauses: ["RMS-13.1"],
    of: "specification",
    needs: [],
    weight: 0,
    arbitrary: () => draw.constant(null),
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
  }),
  property<null>({
    id: "one-step-on-the-square",
    clauses: ["RMS-13.1"],
    of: "implementation",
    needs: ["state"],
    weight: 0,
    appliesTo: (declaration) => startsAtZero(declaration) && isPlain(declaration),
    arbitrary: () => draw.constant(null),
    check: async (_, subject) => {
      const { dialect } = subject.declaration;
      const h = example(dialect, { lr: 0.1, alpha: 0.9, eps: 1e-8 });
      const trace = { hyperparameters: h, parameter: [1], gradients: [[2]] };
      const run = await runProgram(subject, traceProgram(dialect, trace));
      // w₁ = 0.68377223… is 2.6e-7 from where the sixth decimal turns; one step's casts and roundings are below 2e-7.
      for (const [slot, text] of [
        ["parameter", "0.683772"],
        ["square_avg", "0.400000"],
      ] as const) {
        const [x] = valuesOf(run, 0, slot);
        if (x.toFixed(6) === text) continue;
        const hint = x.toFixed(3) === "0.632" ? "; 0.632 is the root of the mean square" : "";
        throw failureOf(run, "differs", `${slot} must be ${text}, but is ${valueText(x)}${hint}`);
      }
      acceptRun(subject, run);
    },
  }),
  property<number>({
    id: "two-gradients-for-every-decay-over-the-reals",
    clauses: ["RMS-13.2"],
    of: "specification",
    needs: [],
    arbitrary: () =>
      draw.oneof(
        draw.integer({ min: 0, max: 128 }).map((k) => k / 128),
        draw.integer({ min: 0, max: 1000 }).map((k) => k / 1000),
        draw.double({ min: 2 ** -60, max: 1 }),
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
  }),
  property<number>({
    id: "two-gradients-for-every-decay",
    clauses: ["RMS-13.2"],
    of: "implementation",
    needs: ["state"],
    appliesTo: startsAtZero,
    arbitrary: () =>
      draw.oneof(
        draw.integer({ min: 1, max: 127 }).map((k) => k / 128),
        draw.integer({ min: 1, max: 999 }).map((k) => k / 1000),
      ),
    check: async (alpha, subject) => {
      const { declaration } = subject;
      const { dialect } = declaration;
      const h = example(dialect, { alpha });
      const trace = { hyperparameters: h, parameter: [0], gradients: [[2], [3]] };
      const run = await runProgram(subject, traceProgram(dialect, trace));
      const [s] = valuesOf(run, 1, "square_avg");
      const forms = castDecays(declaration, h.alpha).map(
        ({ beta, complement }) => complement * (4 * beta + 9),
      );
      // Doubling is exact, so 4(1 − γ) is; γ·s, (1−γ)·3·3 and the sum round four times in all: below 5·2^-24.
      if (!forms.some((form) => Math.abs(s - form) <= form * 5 * 2 ** -24)) {
        const message = `γ = ${alpha}: after gradients 2 and 3 the mean square is ${valueText(s)}, and (4γ + 9)(1 − γ) is ${forms[0]}`;
        throw failureOf(run, "differs", message);
      }
      acceptRun(subject, run);
    },
  }),
  property<null>({
    id: "gradients-one-two-three-over-the-reals",
    clauses: ["RMS-13.3"],
    of: "specification",
    needs: [],
    weight: 0,
    arbitrary: () => draw.constant(null),
    check: async () => {
      const dialect = dialectById("textbook");
      const h = example(dialect, { lr: 0.1, alpha: 0.9 });
      const squares = exactMeanSquares(dialect, h, [1, 2, 3], 50);
      squares.forEach((s, k) => {
        expectPrinted(`the mean square after step ${k + 1}`, s, ["0.100000", "0.490000", "1.341000"][k]);
      });
    },
  }),
  property<null>({
    id: "gradients-one-two-three",
    clauses: ["RMS-13.3"],
    of: "implementation",
    needs: ["state"],
    weight: 0,
    appliesTo: startsAtZero,
    arbitrary: () => draw.constant(null),
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
  }),
  property<null>({
    id: "loop-reaches-the-step-radius-over-the-reals",
    clauses: ["RMS-13.4"],
    of: "specification",
    needs: [],
    weight: 0,
    arbitrary: () => draw.constant(null),
    check: async () => {
      const { lr, alpha } = LOOP;
      // x² ≤ lr²/(1 − β) without the root, and so without rounding.
      const square = ExactDecimal.mul(exactDecimal(lr), exactDecimal(lr));
      const complement = ExactDecimal.sub(1, exactDecimal(alpha));
      const withinRadius = (x: Decimal) => ExactDecimal.mul(ExactDecimal.mul(x, x), complement).lte(square);
      for (const dialect of LOOP_DIALECTS) {
        const h = example(dialect, LOOP);
        const double = (x: readonly Enclosure[]) => x.map((e) => new EnclosureArithmetic(60).add(e, e));
        let t = 0;
        for (const [x] of exactClosedLoop(dialect, h, [LOOP_START], double, 60)) {
          if (withinRadius(x.lo) && withinRadius(x.hi)) break;
          if (++t <= LOOP_STEPS) continue;
          const message = `${dialect.id}: x is still ${x.lo.toString()} after ${LOOP_STEPS} steps`;
          throw new PropertyFailure(message, "differs");
        }
      }
    },
  }),
  property<null>({
    id: "loop-reaches-the-step-radius",
    clauses: ["RMS-13.4"],
    of: "implementation",
    needs: ["state", "deterministic"],
    weight: 0,
    // A centered denominator is smaller than the bound on the step assumes.
    appliesTo: ({ dialect }) => dialect.centered !== "always",
    arbitrary: () => draw.constant(null),
    check: async (_, subject) => {
      const h = example(subject.declaration.dialect, LOOP);
      const loop = await closedLoop(subject, h, [LOOP_START], ([x]) => [2 * x], LOOP_STEPS);
      const xs = loop.parameters.map(([x]) => x);
      // The update has fewer than sixteen roundings and casts of 2^-24; the difference rounds once more.
      const radius = LOOP_RADIUS * (1 + 2 ** -20);
      for (let t = 1; t < xs.length; t++) {
        const moved = Math.abs(xs[t] - xs[t - 1]);
        if (moved <= radius + Math.abs(xs[t]) * 2 ** -24) continue;
        const path = `from ${valueText(xs[t - 1])} to ${valueText(xs[t])}`;
        const message = `step ${t} goes ${path}, farther than lr/√(1 − β) = ${LOOP_RADIUS}`;
        throw failureOf(loop, "differs", message);
      }
      const entry = xs.findIndex((x) => Math.abs(x) <= radius);
      if (entry < 0) {
        const message = `x is still ${valueText(xs[LOOP_STEPS])} after ${LOOP_STEPS} steps`;
        throw failureOf(loop, "differs", message);
      }
      const left = xs.findIndex((x, t) => t > entry && !(Math.abs(x) <= radius * (1 + 2 ** -24)));
      if (left >= 0) {
        const message = `x was within ${LOOP_RADIUS} of 0 after step ${entry} and is ${valueText(xs[left])} after step ${left}`;
        throw failureOf(loop, "differs", message);
      }
      acceptRun(subject, loop);
    },
  }),
  property<null>({
    id: "bowl-over-the-reals",
    clauses: ["RMS-13.5"],
    of: "specification",
    needs: [],
    weight: 0,
    arbitrary: () => draw.constant(null),
    check: async () => {
      // ε outside the root turns the last printed digit, which is how the source's placement is known.
      const results = [
        ["textbook", "-0.010599", "0.000000"],
        ["pytorch", "-0.010598", "0.000000"],
      ] as const;
      for (const [id, first, second] of results) {
        const dialect = dialectById(id);
        const ar = new EnclosureArithmetic(80);
        const gradientAt = ([x1, x2]: readonly Enclosure[]) => [
          ar.divide(x1, point(5)),
          ar.multiply(x2, point(4)),
        ];
        const loop = exactClosedLoop(dialect, example(dialect, BOWL), BOWL_START, gradientAt, 80);
        for (let t = 0; t < BOWL_STEPS; t++) loop.next();
        const [x1, x2] = loop.next().value;
        expectPrinted(`${id}: x₁ after ${BOWL_STEPS} steps`, x1, first);
        expectPrinted(`${id}: x₂ after ${BOWL_STEPS} steps`, x2, second);
      }
    },
  }),
  property<null>({
    id: "bowl",
    clauses: ["RMS-13.5"],
    of: "implementation",
    needs: ["state"],
    weight: 0,
    appliesTo: (declaration) => insideRoot(declaration) && startsAtZero(declaration) && isPlain(declaration),
    arbitrary: () => draw.constant(null),
    check: async (_, subject) => {
      const h = example(subject.declaration.dialect, BOWL);
      const gradientAt = ([x1, x2]: readonly number[]) => [0.2 * x1, 4 * x2];
      acceptRun(subject, await closedLoop(subject, h, BOWL_START, gradientAt, BOWL_STEPS));
    },
  }),
  property<Alternation>({
    id: "alternating-gradients-do-not-cancel-in-the-mean-square",
    clauses: ["RMS-13.7"],
    of: "implementation",
    needs: ["state"],
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
  }),
  property<Alternation>({
    id: "alternating-gradients-cancel-in-the-mean-gradient",
    clauses: ["RMS-13.7", "RMS-7.1"],
    of: "implementation",
    needs: ["state", "centered"],
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
  }),
];
