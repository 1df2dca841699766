import type { Decimal } from "decimal.js";
import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { DIALECTS, dialectById } from "../spec/dialects.js";
import { stepShape } from "../spec/step-shape.js";
import { ulp } from "../src/float32/neighbours.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import type { Declaration } from "../src/judge/declaration.js";
import { type Enclosure, EnclosureArithmetic, point } from "../src/oracle/exact/index.js";
import { ADAGRAD_PLACEMENTS, adagradChanges, adagradScalars, plainRule } from "./adagrad-schedule.js";
import { arb } from "./arbitraries/arb.js";
import { traceProgram } from "./arbitraries/traces.js";
import { type ClosedLoop, closedLoop, exactClosedLoop, type Minimization } from "./closed-loop.js";
import { exactRule } from "./exact-rule.js";
import { exactTrace } from "./exact-trace.js";
import { updateError } from "./plain-update.js";
import { acceptRun, failureOf, type ProgramRun, runProgram, valuesOf } from "./program-run.js";
import { property } from "./property.js";
import { PropertyFailure } from "./property-failure.js";
import type { Subject } from "./subject.js";
import {
  type Bounded,
  type BoundedStep,
  type Descent,
  isWithinBound,
  trajectoryBounds,
} from "./trajectory-bounds.js";
import { exactText, valueText } from "./value-text.js";
import { example, expectPrinted, isPlain, startsAtZero } from "./worked-example-support.js";

/**
 * Family 13: examples of the source material that are trajectories of many steps.
 *
 * Printed numbers are proved over the reals. An implementation is held to the same trajectory, within what the
 * roundings of its declared evaluations can add up to.
 */

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

/** x after so many steps over the reals, with ε in either place. */
const LOOP_PRINTED: ReadonlyMap<number, string> = new Map([
  [1, "4.051317"],
  [10, "1.064895"],
  [100, "-0.012525"],
]);

function loopOf(hyperparameters: Hyperparameters): Minimization {
  return { hyperparameters, start: [LOOP_START], gradientAt: ([x]) => [2 * x], steps: LOOP_STEPS };
}

function bowlOf(hyperparameters: Hyperparameters): Minimization {
  const gradientAt = ([x1, x2]: readonly number[]) => [0.2 * x1, 4 * x2];
  return { hyperparameters, start: BOWL_START, gradientAt, steps: BOWL_STEPS };
}

const bowlGradient = ([x1, x2]: readonly Enclosure[]): Enclosure[] => {
  const ar = new EnclosureArithmetic(80);
  return [ar.divide(x1, point(5)), ar.multiply(x2, point(4))];
};

/** What `bowlOf` and `loopOf` compute, as slopes. */
const bowlSlope = (_: number, i: number) => ({ slope: [0.2, 4][i] });
const loopSlope = () => ({ slope: 2 });

/** The generator's example: ten times the same gradient. */
const REPEATED = { lr: 0.1, alpha: 0.9, eps: 1e-8 } as const;
const REPEATED_GRADIENT = [1, 2, 3] as const;
/** −η/√(1 − β^t) */
const REPEATED_UPDATES = [
  "-0.316228",
  "-0.229416",
  "-0.192095",
  "-0.170523",
  "-0.156267",
  "-0.146089",
  "-0.138449",
  "-0.132508",
  "-0.127767",
  "-0.123909",
] as const;

const isComparable = (declaration: Declaration): boolean => startsAtZero(declaration) && isPlain(declaration);

/** Hold every parameter of a loop against the trajectory over the reals. */
function demandTrajectory(subject: Subject, loop: ClosedLoop, descent: Descent): void {
  const alternatives = trajectoryBounds(subject.declaration, descent);
  descent.start.forEach((_, i) => {
    const xs = loop.parameters.map((x) => x[i]);
    demandOneOf(loop, `x${descent.start.length > 1 ? i + 1 : ""}`, alternatives, (bounds) =>
      bounds.map((step, k) => ({ step: k + 1, got: xs[k + 1], bound: step[i].parameter })),
    );
  });
}

interface Comparison {
  readonly step: number;
  readonly got: number;
  readonly bound: Bounded;
}

/**
 * Demand that what was observed is everywhere within the bounds of one of the ways to cast the scalars.
 * @throws {PropertyFailure} with the first step that is outside for the way that lasts longest
 */
function demandOneOf(
  run: ProgramRun,
  what: string,
  alternatives: readonly BoundedStep[][][],
  compare: (bounds: BoundedStep[][]) => readonly Comparison[],
): void {
  const outside = alternatives.map((bounds) =>
    compare(bounds).find(({ got, bound }) => !isWithinBound(got, bound)),
  );
  if (outside.some((comparison) => comparison === undefined)) return;
  const [last] = (outside as Comparison[]).sort((a, b) => b.step - a.step);
  const { step, got, bound } = last;
  const reals = `over the reals it is ${exactText(bound.value)}, and the roundings of the declared evaluations add up to ${bound.error.toPrecision(2)} at most`;
  throw failureOf(run, "differs", `step ${step}: ${what} is ${valueText(got)}; ${reals}`);
}

export const loopReachesTheStepRadiusOverTheReals = property<null>({
  id: "loop-reaches-the-step-radius-over-the-reals",
  clauses: ["RMS-13.4"],
  target: "specification",
  requires: [],
  weight: 0,
  arbitrary: () => arb.constant(null),
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
});

export const loopReachesTheStepRadius = property<null>({
  id: "loop-reaches-the-step-radius",
  clauses: ["RMS-13.4"],
  target: "implementation",
  requires: ["state", "deterministic"],
  weight: 0,
  // A centered denominator is smaller than the bound on the step assumes.
  appliesTo: ({ dialect }) => dialect.centered !== "always",
  arbitrary: () => arb.constant(null),
  check: async (_, subject) => {
    const h = example(subject.declaration.dialect, LOOP);
    const loop = await closedLoop(subject, loopOf(h));
    const xs = loop.parameters.map(([x]) => x);
    // The share of the last gradient in the mean square is off by three roundings and the cast of 1 − β, at most
    // five of 2^-24; its root by half of that, and the cast of the learning rate by one.
    const radius = LOOP_RADIUS * (1 + updateError(subject.declaration).toNumber() + 6 * 2 ** -24);
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
});

export const bowlOverTheReals = property<null>({
  id: "bowl-over-the-reals",
  clauses: ["RMS-13.5"],
  target: "specification",
  requires: [],
  weight: 0,
  arbitrary: () => arb.constant(null),
  check: async () => {
    // ε outside the root turns the last printed digit, which is how the source's placement is known.
    const results = [
      ["textbook", "-0.010599", "0.000000"],
      ["pytorch", "-0.010598", "0.000000"],
    ] as const;
    for (const [id, first, second] of results) {
      const dialect = dialectById(id);
      const loop = exactClosedLoop(dialect, example(dialect, BOWL), BOWL_START, bowlGradient, 80);
      for (let t = 0; t < BOWL_STEPS; t++) loop.next();
      const [x1, x2] = loop.next().value;
      expectPrinted(`${id}: x₁ after ${BOWL_STEPS} steps`, x1, first);
      expectPrinted(`${id}: x₂ after ${BOWL_STEPS} steps`, x2, second);
    }
  },
});

export const bowl = property<null>({
  id: "bowl",
  clauses: ["RMS-13.5"],
  target: "implementation",
  requires: ["deterministic"],
  weight: 0,
  appliesTo: isComparable,
  arbitrary: () => arb.constant(null),
  check: async (_, subject) => {
    const h = example(subject.declaration.dialect, BOWL);
    const loop = await closedLoop(subject, bowlOf(h));
    const schedule = Array.from({ length: BOWL_STEPS }, () => h);
    demandTrajectory(subject, loop, { schedule, start: BOWL_START, gradient: bowlSlope });
    acceptRun(subject, loop);
  },
});

export const repeatedGradientOverTheReals = property<null>({
  id: "repeated-gradient-over-the-reals",
  clauses: ["RMS-13.8"],
  target: "specification",
  requires: [],
  weight: 0,
  arbitrary: () => arb.constant(null),
  check: async () => {
    const ar = new EnclosureArithmetic(60);
    for (const id of ["textbook", "pytorch"]) {
      const dialect = dialectById(id);
      const gradients = REPEATED_UPDATES.map(() => REPEATED_GRADIENT);
      const trace = { hyperparameters: example(dialect, REPEATED), parameter: [0, 0, 0], gradients };
      let before: readonly Enclosure[] = trace.parameter.map(point);
      exactTrace(dialect, trace, 60).forEach(({ parameter }, k) => {
        const power = ar.subtract(point(1), powerOf(ar, REPEATED.alpha, k + 1));
        const form = ar.negate(ar.divide(point(REPEATED.lr), ar.squareRoot(power)));
        expectPrinted(`−η/√(1 − β^${k + 1})`, form, REPEATED_UPDATES[k]);
        parameter.forEach((x, i) => {
          const what = `${id}: update ${k + 1} under the gradient ${REPEATED_GRADIENT[i]}`;
          expectPrinted(what, ar.subtract(x, before[i]), REPEATED_UPDATES[k]);
        });
        before = parameter;
      });
    }
  },
});

export const repeatedGradient = property<null>({
  id: "repeated-gradient",
  clauses: ["RMS-13.8"],
  target: "implementation",
  requires: [],
  weight: 0,
  appliesTo: isComparable,
  arbitrary: () => arb.constant(null),
  check: async (_, subject) => {
    const { dialect } = subject.declaration;
    const h = example(dialect, REPEATED);
    const start = REPEATED_GRADIENT.map(() => 0);
    const gradients = REPEATED_UPDATES.map(() => REPEATED_GRADIENT);
    const trace = { hyperparameters: h, parameter: start, gradients };
    const observe = subject.offers("state") ? "everything" : "parameter";
    const run = await runProgram(subject, traceProgram(dialect, trace, observe));
    const bounds = trajectoryBounds(subject.declaration, {
      schedule: gradients.map(() => h),
      start,
      gradient: (_, i) => ({ value: REPEATED_GRADIENT[i] }),
    });
    REPEATED_GRADIENT.forEach((gradient, i) => {
      demandOneOf(run, `the update under the gradient ${gradient}`, bounds, (steps) =>
        steps.map((step, k) => {
          const after = valuesOf(run, k, "parameter")[i];
          // The difference of two float32s within a factor of 2^29 is exact in binary64.
          const got = after - (k === 0 ? 0 : valuesOf(run, k - 1, "parameter")[i]);
          const { value, error } = step[i].update;
          return { step: k + 1, got, bound: { value: value.neg(), error: error + ulp(after) / 2 } };
        }),
      );
    });
    acceptRun(subject, run);
  },
});

export const adagradBowlOverTheReals = property<null>({
  id: "adagrad-bowl-over-the-reals",
  clauses: ["RMS-13.9", "RMS-5.1"],
  target: "specification",
  requires: [],
  weight: 0,
  arbitrary: () => arb.constant(null),
  check: async () => {
    const ar = new EnclosureArithmetic(80);
    const plain = plainRule(dialectById("textbook"));
    const h = example(dialectById("textbook"), BOWL);
    let state = { parameter: BOWL_START.map(point), square_avg: BOWL_START.map(() => point(0)) };
    let sums = BOWL_START.map(() => point(0));
    let adagrad = BOWL_START.map(point);
    for (let t = 1; t <= BOWL_STEPS; t++) {
      const scalars = adagradScalars(ar, plain.epsilon, h, t);
      const inputs = { ...state, gradient: bowlGradient(state.parameter) };
      state = exactRule(80, plain, stepShape(plain, h), scalars, inputs) as typeof state;
      // AdaGrad itself, as its source has it: the sum of squares, and ε inside the root.
      const gradient = bowlGradient(adagrad);
      sums = sums.map((sum, i) => ar.add(sum, ar.multiply(gradient[i], gradient[i])));
      adagrad = adagrad.map((x, i) => {
        const d = ar.squareRoot(ar.add(sums[i], point(h.eps)));
        return ar.subtract(x, ar.divide(ar.multiply(point(h.lr), gradient[i]), d));
      });
    }
    for (const [what, x] of [
      ["AdaGrad", adagrad],
      ["RMSprop under AdaGrad's schedule", state.parameter],
    ] as const) {
      expectPrinted(`${what}: x₁ after ${BOWL_STEPS} steps`, x[0], "-2.382563");
      expectPrinted(`${what}: x₂ after ${BOWL_STEPS} steps`, x[1], "-0.158591");
    }
  },
});

export const adagradBowl = property<null>({
  id: "adagrad-bowl",
  clauses: ["RMS-13.9", "RMS-9.4"],
  target: "implementation",
  requires: ["set", "deterministic"],
  weight: 0,
  appliesTo: (declaration) =>
    isComparable(declaration) &&
    (ADAGRAD_PLACEMENTS as readonly string[]).includes(declaration.dialect.epsilon),
  arbitrary: () => arb.constant(null),
  check: async (_, subject) => {
    const { dialect } = subject.declaration;
    const h = example(dialect, BOWL);
    const changes = Array.from({ length: BOWL_STEPS }, (_, k) => adagradChanges(dialect.epsilon, h, k + 1));
    const loop = await closedLoop(subject, { ...bowlOf(h), changes });
    const schedule = changes.map((change) => ({ ...h, ...change }));
    demandTrajectory(subject, loop, { schedule, start: BOWL_START, gradient: bowlSlope });
    acceptRun(subject, loop);
  },
});

export const loopTrajectoryOverTheReals = property<null>({
  id: "loop-trajectory-over-the-reals",
  clauses: ["RMS-13.10"],
  target: "specification",
  requires: [],
  weight: 0,
  arbitrary: () => arb.constant(null),
  check: async () => {
    for (const id of ["textbook", "pytorch"]) {
      const dialect = dialectById(id);
      const double = (x: readonly Enclosure[]) => x.map((e) => new EnclosureArithmetic(80).add(e, e));
      const loop = exactClosedLoop(dialect, example(dialect, LOOP), [LOOP_START], double, 80);
      for (let t = 0; t <= LOOP_STEPS; t++) {
        const [x] = loop.next().value;
        const text = LOOP_PRINTED.get(t);
        if (text) expectPrinted(`${id}: x after ${t} steps`, x, text);
      }
    }
  },
});

export const loopTrajectory = property<null>({
  id: "loop-trajectory",
  clauses: ["RMS-13.10"],
  target: "implementation",
  requires: ["deterministic"],
  weight: 0,
  appliesTo: isComparable,
  arbitrary: () => arb.constant(null),
  check: async (_, subject) => {
    const h = example(subject.declaration.dialect, LOOP);
    const loop = await closedLoop(subject, loopOf(h));
    const schedule = Array.from({ length: LOOP_STEPS }, () => h);
    demandTrajectory(subject, loop, { schedule, start: [LOOP_START], gradient: loopSlope });
    acceptRun(subject, loop);
  },
});

export const exampleTrajectoryProperties = [
  loopReachesTheStepRadiusOverTheReals,
  loopReachesTheStepRadius,
  bowlOverTheReals,
  bowl,
  repeatedGradientOverTheReals,
  repeatedGradient,
  adagradBowlOverTheReals,
  adagradBowl,
  loopTrajectoryOverTheReals,
  loopTrajectory,
];

function powerOf(ar: EnclosureArithmetic, base: number, exponent: number): Enclosure {
  let power = point(1);
  for (let k = 0; k < exponent; k++) power = ar.multiply(power, point(base));
  return power;
}
