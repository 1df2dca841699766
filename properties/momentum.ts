import type { Decimal } from "decimal.js";
import type { Dialect, DialectAxes } from "../spec/dialect.js";
import { roundsAtOnce } from "../spec/evaluation.js";
import { float32FromDecimal } from "../src/float32/from-decimal.js";
import { ulp } from "../src/float32/neighbours.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import type { Declaration } from "../src/judge/declaration.js";
import { type Enclosure, EnclosureArithmetic, point } from "../src/oracle/exact/index.js";
import { plainRule } from "./adagrad-schedule.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { CALM_REGIMES } from "./arbitraries/floats.js";
import { STRATA } from "./arbitraries/hyperparameters.js";
import { changedRates, hasMomentum, momentumTraces } from "./arbitraries/momentum-traces.js";
import type { ScheduledTrace } from "./arbitraries/scheduled-traces.js";
import type { Trace } from "./arbitraries/traces.js";
import { withZeroGradients } from "./arbitraries/zero-gradients.js";
import { exactTrace } from "./exact-trace.js";
import {
  failureAt,
  type ObservedRun,
  type ObservedStep,
  observeConforming,
  stepsOf,
} from "./observed-steps.js";
import {
  type Approximate,
  hasPlainDenominator,
  largest,
  negated,
  plainDenominator,
  precisionsOf,
  quotientByRoot,
  sumExcess,
} from "./plain-update.js";
import { EQUALITY_DIGITS, proveEqual } from "./proof.js";
import { property } from "./property.js";
import type { Subject } from "./subject.js";
import { exactText, valueText } from "./value-text.js";

export const momentumBufferAndParameterFollowTheForm = property<Trace>({
  id: "momentum-buffer-and-parameter-follow-the-form",
  clauses: ["RMS-6.1"],
  target: "implementation",
  requires: ["state", "momentum"],
  appliesTo: hasMomentum,
  // With zeros among the gradients: the buffer moves the parameter all the same.
  arbitrary: ({ dialect }) =>
    momentumTraces(dialect, { regimes: CALM_REGIMES, maxSteps: 4, lengths: [1, 2, 4, 9] }).chain((trace) =>
      arb.oneof(arb.constant(trace), withZeroGradients(trace, 2)),
    ),
  check: async (trace, subject) => {
    demandForm(subject, await observeConforming(subject, trace));
  },
});

export const changedLearningRateEntersWhereTheFormSays = property<ScheduledTrace>({
  id: "changed-learning-rate-enters-where-the-form-says",
  clauses: ["RMS-6.3", "RMS-6.1", "RMS-9.4"],
  target: "implementation",
  requires: ["state", "momentum", "set"],
  appliesTo: hasMomentum,
  arbitrary: ({ dialect }) => changedRates(dialect),
  check: async (trace, subject) => {
    demandForm(subject, await observeConforming(subject, trace));
  },
});

export const constantLearningRateInsideOrOutside = property<Trace>({
  id: "constant-learning-rate-inside-or-outside",
  clauses: ["RMS-6.2"],
  target: "specification",
  requires: [],
  weight: 0.3,
  arbitrary: ({ dialect }) => exactMomentumTraces(dialect),
  check: async (trace, { declaration }) => {
    for (const { outside, inside } of FORM_PAIRS) {
      const [out, into] = tracesOf(declaration.dialect, trace, outside, inside);
      const lr = point(trace.hyperparameters.lr);
      trace.parameter.forEach((p, i) => {
        const sums = momentumSums(plainRule(declaration.dialect), trace, i);
        sums.forEach(({ buffer, scale }, k) => {
          const where = `${outside} and ${inside}, step ${k + 1}, element ${i}`;
          const moved = scale
            .mul(ExactDecimal.max(1, lr.hi))
            .mul(k + 1)
            .add(exactDecimal(Math.abs(p)));
          proveEqual(`${where}: the buffer outside is Σ μ^(t−i)·g_i/d_i`, bufferOf(out[k], i), buffer, scale);
          const scaled = AR.multiply(lr, buffer);
          proveEqual(`${where}: the buffer inside is η times that`, bufferOf(into[k], i), scaled, moved);
          proveEqual(`${where}: the parameters`, out[k].parameter[i], into[k].parameter[i], moved);
        });
      });
    }
  },
});

export const changedLearningRatePartsTheForms = property<{ trace: Trace; lr: number }>({
  id: "changed-learning-rate-parts-the-forms",
  clauses: ["RMS-6.3"],
  target: "specification",
  requires: [],
  weight: 0.3,
  arbitrary: ({ dialect }) =>
    arb.record({
      trace: exactMomentumTraces(dialect),
      lr: arb.constantFrom(...STRATA.dyadic.lr, ...STRATA.decimal.lr),
    }),
  check: async ({ trace, lr }, { declaration }) => {
    const last = trace.gradients.length - 1;
    const scheduled = { ...trace, changes: trace.gradients.map((_, k) => (k === last ? { lr } : {})) };
    for (const { outside, inside, power } of FORM_PAIRS) {
      const [out, into] = tracesOf(declaration.dialect, scheduled, outside, inside);
      const { hyperparameters: h } = trace;
      const change = AR.multiply(AR.subtract(point(lr), point(h.lr)), AR.power(point(h.momentum), power));
      trace.parameter.forEach((p, i) => {
        const { buffer, scale } = momentumSums(plainRule(declaration.dialect), trace, i)[last - 1];
        const parting = AR.subtract(out[last].parameter[i], into[last].parameter[i]);
        proveEqual(
          `${outside} and ${inside}, element ${i}: the parting after η went from ${h.lr} to ${lr}`,
          parting,
          AR.negate(AR.multiply(change, buffer)),
          scale.mul(Math.max(1, h.lr, lr) * trace.gradients.length).add(exactDecimal(Math.abs(p))),
        );
      });
    }
  },
});

/** Family 6: what the momentum buffer collects, how the parameter follows it, and where the learning rate enters. */

export const momentumProperties = [
  momentumBufferAndParameterFollowTheForm,
  changedLearningRateEntersWhereTheFormSays,
  constantLearningRateInsideOrOutside,
  changedLearningRatePartsTheForms,
];

const AR = new EnclosureArithmetic(EQUALITY_DIGITS);

type Form = Exclude<DialectAxes["momentum"], "none" | "ignored">;

/**
 * Forms that differ only in where the learning rate stands. A changed rate parts them by the propagated buffer as
 * often as it is multiplied by μ before it reaches the parameter: looking ahead multiplies it once more.
 */
const FORM_PAIRS = [
  { outside: "lr-outside", inside: "lr-inside", power: 1 },
  { outside: "nesterov-lr-outside", inside: "nesterov", power: 2 },
] as const satisfies readonly { outside: Form; inside: Form; power: number }[];

function exactMomentumTraces(dialect: Dialect): DescribedArbitrary<Trace> {
  const form = { ...plainRule(dialect), momentum: "lr-outside" } as const;
  return momentumTraces(form, {
    regimes: ["normal", "powers of two"],
    minSteps: 2,
    maxSteps: 4,
    lengths: [1, 2],
  });
}

function tracesOf(dialect: Dialect, trace: ScheduledTrace, ...forms: readonly Form[]) {
  return forms.map((momentum) => exactTrace({ ...plainRule(dialect), momentum }, trace, EQUALITY_DIGITS));
}

function bufferOf(step: { readonly momentum_buffer?: Enclosure[] }, i: number): Enclosure {
  if (!step.momentum_buffer) throw new Error("a step with momentum has a buffer");
  return step.momentum_buffer[i];
}

/**
 * Σ μ^(t−i)·g_i/d_i for every t, with d_i from the unrolled mean square; `scale` is the sum of |g_i/d_i|, against
 * which widths are measured where terms cancel.
 */
function momentumSums(dialect: Dialect, { hyperparameters: h, gradients }: Trace, i: number) {
  const beta = exactDecimal(h.alpha);
  const mu = point(h.momentum);
  const squares = gradients.map((gradient) => exactDecimal(gradient[i]).pow(2));
  const initial = exactDecimal(initialMeanSquare(dialect, h.eps));
  const quotients = gradients.map((gradient, k) => {
    const sum = squares
      .slice(0, k + 1)
      .map((square, j) => square.mul(beta.pow(k - j)))
      .reduce((a, b) => a.add(b));
    const s = beta
      .pow(k + 1)
      .mul(initial)
      .add(ExactDecimal.sub(1, beta).mul(sum));
    const d = plainDenominator(dialect.epsilon, { lo: s, hi: s, nan: false }, point(h.eps), AR);
    return AR.divide(point(gradient[i]), d);
  });
  return quotients.map((_, k) => {
    const terms = quotients.slice(0, k + 1).map((x, j) => AR.multiply(AR.power(mu, k - j), x));
    return {
      buffer: terms.reduce((a, b) => AR.add(a, b)),
      scale: quotients.slice(0, k + 1).reduce((sum, x) => sum.add(largest(x)), exactDecimal(0)),
    };
  });
}

function initialMeanSquare(dialect: Dialect, eps: number): number {
  return dialect.initialAccumulator === "one"
    ? 1
    : dialect.initialAccumulator === "epsilon"
      ? Math.fround(eps)
      : 0;
}

/**
 * Buffer and parameter of every step, each from what was observed: the buffer from the one before and the mean
 * square, the parameter from the buffer. Distances are exact; what is allowed are the roundings of the form.
 */
function demandForm(subject: Subject, run: ObservedRun): void {
  const { declaration } = subject;
  const form = declaration.dialect.momentum as Form;
  const casts = precisionsOf(declaration.evaluation);
  for (const at of stepsOf(run)) {
    const { before, after, gradient, hyperparameters: h } = at;
    // A centered variance that rounding made negative ends in NaN, which the acceptance set has judged.
    if (!Number.isFinite(after.parameter) || !Number.isFinite(after.momentum_buffer)) continue;
    const interpreters = casts.map((cast) => new FormInterpreter(declaration, form, at, cast));
    const buffers = interpreters.map((reading) => reading.buffer());
    const buffer = excessOfAll(0, buffers, after.momentum_buffer);
    if (buffer) {
      const message = `${form}: the buffer went from ${valueText(before.momentum_buffer)} to ${valueText(after.momentum_buffer)} under the gradient ${valueText(gradient)} and the mean square ${valueText(after.square_avg)}; μ = ${h.momentum}, η = ${h.lr} leave it ${exactText(buffer.distance)} from there, and roundings explain ${exactText(buffer.bound)}`;
      throw failureAt(run, at, message);
    }
    const updates = interpreters.map((reading) => {
      const update = reading.update();
      return update && negated(update);
    });
    const parameter = excessOfAll(before.parameter, updates, after.parameter);
    if (!parameter) continue;
    const message = `${form}: the parameter went from ${valueText(before.parameter)} to ${valueText(after.parameter)}; the buffers ${valueText(before.momentum_buffer)} and ${valueText(after.momentum_buffer)} with η = ${h.lr} leave it ${exactText(parameter.distance)} from there, and roundings explain ${exactText(parameter.bound)}`;
    throw failureAt(run, at, message);
  }
}

/** The first excess if no term explains the sum; undefined where one does or one is not known. */
function excessOfAll(before: number, terms: readonly (Approximate | undefined)[], after: number) {
  const excesses = terms.map((term) => term && sumExcess(before, term, after));
  return excesses.includes(undefined) ? undefined : excesses[0];
}

/** One step of a momentum form, in the scalars of one precision. */
class FormInterpreter {
  private readonly mu: number;
  private readonly lr: number;
  private readonly eps: number;
  /** Half an ulp of the stored buffer where later operations may read it unrounded. */
  private readonly kept: Decimal;
  private readonly roundsTwice: boolean;

  constructor(
    private readonly declaration: Declaration,
    private readonly form: Form,
    private readonly at: ObservedStep,
    cast: (scalar: number) => number,
  ) {
    const { momentum, lr, eps } = at.hyperparameters;
    this.mu = cast(momentum);
    this.lr = cast(lr);
    this.eps = cast(eps);
    this.roundsTwice = declaration.evaluation.scalars.includes("binary64");
    const keeps = !roundsAtOnce(declaration.evaluation);
    this.kept = keeps ? halfUlp(at.after.momentum_buffer) : exactDecimal(0);
  }

  /** μ·b_{t−1} and what the form collects; undefined where the denominator is not that of the plain rule. */
  buffer(): Approximate | undefined {
    const collected = this.collected();
    if (!collected) return undefined;
    const propagated = this.propagatedBuffer();
    return {
      value: AR.add(propagated.value, collected.value),
      error: propagated.error.add(collected.error),
    };
  }

  /** What the form takes off the parameter, from the observed buffers. */
  update(): Approximate | undefined {
    const b = exactDecimal(this.at.after.momentum_buffer);
    switch (this.form) {
      case "lr-outside":
        return this.timesRate({ value: exact(b), error: this.kept });
      case "lr-inside":
        return { value: exact(b), error: this.kept };
      case "raw-gradient": {
        if (!hasPlainDenominator(this.declaration)) return undefined;
        return this.quotient(this.at.after.momentum_buffer, this.lr, this.kept.isZero() ? 0 : 1);
      }
      case "nesterov":
        return this.ahead();
      case "nesterov-lr-outside":
        return this.timesRate(this.ahead());
    }
  }

  private collected(): Approximate | undefined {
    const { gradient } = this.at;
    if (this.form === "raw-gradient") return { value: point(gradient), error: exactDecimal(0) };
    if (!hasPlainDenominator(this.declaration)) return undefined;
    const isInside = this.form === "lr-inside" || this.form === "nesterov";
    return this.quotient(gradient, isInside ? this.lr : 1);
  }

  private quotient(x: number, scale: number, roundingsOfX = 0): Approximate {
    const { square_avg } = this.at.after;
    return quotientByRoot(this.declaration, { eps: this.eps }, square_avg, x, scale, roundingsOfX);
  }

  private propagatedBuffer(): Approximate {
    return this.product(this.mu, this.at.before.momentum_buffer);
  }

  /**
   * μ·b_t and the increment, which is not observed but is b_t − μ·b_{t−1} up to the roundings of that sum and
   * that product. Where b_t fused the increment's own product, the increment that is added here was rounded.
   */
  private ahead(): Approximate {
    const propagated = this.propagatedBuffer();
    const b = this.at.after.momentum_buffer;
    const again = this.product(this.mu, b);
    const increment = this.rounded({
      value: AR.subtract(point(b), propagated.value),
      error: propagated.error.add(halfUlp(b)),
    });
    const unrounded = this.kept.mul(exactDecimal(this.mu));
    return this.rounded({
      value: AR.add(again.value, increment.value),
      error: again.error.add(increment.error).add(unrounded),
    });
  }

  private timesRate({ value, error }: Approximate): Approximate {
    const rate = exactDecimal(this.lr);
    return this.rounded({ value: AR.multiply(point(this.lr), value), error: error.mul(rate) });
  }

  /** A product that may be rounded to float32. */
  private product(scalar: number, x: number): Approximate {
    return this.rounded({ value: AR.multiply(point(scalar), point(x)), error: exactDecimal(0) });
  }

  /**
   * A result that may be rounded once more: by half an ulp of the largest that it can be. Where a scalar is a
   * binary64, rounding to binary64 comes first: 2^-53 of the value is 2^-28 of half an ulp.
   */
  private rounded({ value, error }: Approximate): Approximate {
    const half = halfUlp(float32FromDecimal(largest(value).add(error)));
    return { value, error: error.add(this.roundsTwice ? half.mul(TWICE) : half) };
  }
}

const TWICE = exactDecimal(1 + 2 ** -28);

function exact(x: Decimal): Enclosure {
  return { lo: x, hi: x, nan: false };
}

function halfUlp(x: number): Decimal {
  return exactDecimal(x === 0 ? 0 : ulp(x) / 2);
}
