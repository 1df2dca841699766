import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import { EnclosureArithmetic, point } from "../src/oracle/exact/index.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { CALM_REGIMES } from "./arbitraries/floats.js";
import { plainHyperparameters } from "./arbitraries/plain-hyperparameters.js";
import { type Trace, traceProgram, traces } from "./arbitraries/traces.js";
import { exactTrace } from "./exact-trace.js";
import { firstStepBound } from "./first-step-bound.js";
import { meanSquareBound, squareAbove } from "./mean-square-bound.js";
import { failureAt, observe, stepsOf } from "./observed-steps.js";
import { EQUALITY_DIGITS, type Inequality, proveAll, proveEqual } from "./proof.js";
import { property } from "./property.js";
import { PropertyFailure } from "./property-failure.js";
import { valueText } from "./value-text.js";

/** Family 2: what the mean square and the step can never exceed, over the reals and with every rounding. */

/** ε as generated or 0, where nothing but the mean square stands in the denominator and bounds are reached. */
function epsMayVanish(h: DescribedArbitrary<Hyperparameters>): DescribedArbitrary<Hyperparameters> {
  return arb.tuple(h, arb.boolean()).map(([given, vanishes]) => (vanishes ? { ...given, eps: 0 } : given));
}

export const meanSquareLiesWithinItsData = property<Trace>({
  id: "mean-square-lies-within-its-data",
  clauses: ["RMS-2.1"],
  target: "specification",
  requires: [],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: [...CALM_REGIMES, "wide"],
      lengths: [1, 2],
      hyperparameters: plainHyperparameters(dialect),
    }),
  check: async (trace, { declaration: { dialect } }) => {
    const initial = initialMeanSquare(dialect, trace.hyperparameters);
    proveAll((digits) =>
      exactTrace(dialect, trace, digits).flatMap(({ square_avg }, k) =>
        square_avg.flatMap((s, i): Inequality[] => {
          const squares = trace.gradients
            .slice(0, k + 1)
            .map((gradient) => ExactDecimal.mul(exactDecimal(gradient[i]), exactDecimal(gradient[i])));
          const most = ExactDecimal.max(initial ?? squares[0], ...squares);
          const what = `step ${k + 1}, element ${i}: the mean square within its data`;
          return [
            { what, left: point(0), right: s },
            { what, left: s, right: { lo: most, hi: most, nan: false } },
          ];
        }),
      ),
    );
  },
});

export const meanSquareStaysBelowItsRoundedBound = property<Trace>({
  id: "mean-square-stays-below-its-rounded-bound",
  clauses: ["RMS-2.2"],
  target: "implementation",
  requires: ["state"],
  arbitrary: ({ dialect }) =>
    arb.oneof(
      traces(dialect, {
        regimes: [...CALM_REGIMES, "wide", "subnormal", "underflow", "overflow"],
        hyperparameters: plainHyperparameters(dialect),
      }),
      // Under a constant gradient the mean square comes to rest where only roundings decide.
      traces(dialect, {
        regimes: CALM_REGIMES,
        maxSteps: 1,
        lengths: [1, 4, 9],
        hyperparameters: plainHyperparameters(dialect),
      }).chain((trace) =>
        arb
          .integer({ min: 1, max: 24 })
          .map((steps) => ({ ...trace, gradients: Array(steps).fill(trace.gradients[0]) })),
      ),
    ),
  check: async (trace, subject) => {
    const { evaluation } = subject.declaration;
    const run = await observe(subject, trace);
    for (const at of stepsOf(run)) {
      const s = at.after.square_avg;
      const most = Math.max(at.before.square_avg, squareAbove(at.gradient));
      // From ∞ nothing is bounded, and lerp may take ∞ − ∞.
      if (!Number.isFinite(most) || !Number.isFinite(at.before.square_avg)) continue;
      const bound = meanSquareBound(evaluation, at.hyperparameters.alpha, most);
      if (s >= 0 && s <= bound) continue;
      const message = `the mean square is ${valueText(s)}; from ${valueText(at.before.square_avg)} and the gradient ${valueText(at.gradient)} it is at least 0 and at most ${valueText(bound)}`;
      throw failureAt(run, at, message);
    }
  },
});

export const stepIsBoundedByItsOwnShare = property<Trace>({
  id: "step-is-bounded-by-its-own-share",
  clauses: ["RMS-2.3"],
  target: "specification",
  requires: [],
  weight: 0.5,
  arbitrary: ({ dialect }) => {
    const plain = { ...dialect, centered: "never", momentum: "none" } as const;
    return traces(plain, {
      regimes: ["normal", "powers of two", "wide"],
      lengths: [1, 2],
      maxSteps: 3,
      hyperparameters: epsMayVanish(plainHyperparameters(plain)),
    });
  },
  check: async (trace, { declaration }) => {
    const dialect = { ...declaration.dialect, centered: "never", momentum: "none" } as const;
    const { hyperparameters: h } = trace;
    const bound = (digits: number) => {
      const ar = new EnclosureArithmetic(digits);
      return ar.divide(point(h.lr), ar.squareRoot(ar.subtract(point(1), point(h.alpha))));
    };
    const steps = (digits: number) =>
      exactTrace(dialect, trace, digits).flatMap(({ update }, k) =>
        update.map(({ lo, hi, nan }, i) => ({
          what: `step ${k + 1}, element ${i}: the length of the step within η/√(1−β)`,
          // No step here is zero, so its enclosure has one sign.
          left: lo.s < 0 ? { lo: hi.negated(), hi: lo.negated(), nan } : { lo, hi, nan },
          right: bound(digits),
        })),
      );
    // With nothing in the denominator but (1−β)·g², the step is the bound: no number of digits decides ≤.
    const reached = trace.gradients[0].map((g) => reachesBound(dialect, h, g));
    const first = trace.parameter.length;
    steps(EQUALITY_DIGITS).forEach(({ what, left, right }, k) => {
      if (reached[k]) proveEqual(`${what}, which it reaches`, left, right);
    });
    proveAll((digits) => steps(digits).filter((_, k) => k >= first || !reached[k]));
  },
});

export const firstStepStaysBelowItsRoundedBound = property<Trace>({
  id: "first-step-stays-below-its-rounded-bound",
  clauses: ["RMS-2.4", "RMS-2.3"],
  target: "implementation",
  requires: [],
  appliesTo: ({ dialect, evaluation }) =>
    dialect.centered !== "always" &&
    evaluation["order.mean-square"].every((order) => order === "weight-first" || order === "square-first"),
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: ["normal", "powers of two", "wide"],
      maxSteps: 1,
      parameter: arb.constant(0),
      hyperparameters: epsMayVanish(plainHyperparameters(dialect)),
    }),
  check: async (trace, subject) => {
    const program = traceProgram(subject.declaration.dialect, trace, "parameter");
    const observations = await subject.run(program);
    const [gradient] = trace.gradients;
    const moved = observations[0].parameters[0].parameter?.values;
    gradient.forEach((g, i) => {
      const bound = firstStepBound(subject.declaration.evaluation, trace.hyperparameters, g);
      const got = moved?.[i] ?? Number.NaN;
      if (Math.abs(got) <= bound) return;
      const message = `element ${i} went from 0 to ${valueText(got)} under the gradient ${valueText(g)}, farther than ${valueText(bound)}`;
      throw new PropertyFailure(message, "differs", { program, observations });
    });
  },
});

export const boundsProperties = [
  meanSquareLiesWithinItsData,
  meanSquareStaysBelowItsRoundedBound,
  stepIsBoundedByItsOwnShare,
  firstStepStaysBelowItsRoundedBound,
];

/** Whether the first step is as long as the bound: nothing but the gradient's own share is in the denominator. */
function reachesBound(dialect: Dialect, h: Hyperparameters, gradient: number): boolean {
  if (dialect.biasCorrection !== "never" || !initialMeanSquare(dialect, h)?.isZero()) return false;
  if (h.eps === 0 || dialect.epsilon === "none") return true;
  const share = ExactDecimal.sub(1, exactDecimal(h.alpha)).mul(exactDecimal(gradient).pow(2));
  return dialect.epsilon === "max-clamp" && share.gte(exactDecimal(h.eps).pow(2));
}

/** s_0 as an exact number; undefined where the first gradient sets it. */
function initialMeanSquare(dialect: Dialect, h: Hyperparameters) {
  switch (dialect.initialAccumulator) {
    case "zero":
      return exactDecimal(0);
    case "one":
      return exactDecimal(1);
    case "epsilon":
      return exactDecimal(Math.fround(h.eps));
    default:
      return undefined;
  }
}
