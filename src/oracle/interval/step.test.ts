import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Arithmetic,
  SLOTS,
  type Slot,
  type StepScalars,
  type SumSite,
} from "../../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import { evaluatedShape } from "../../../spec/evaluated-shape.js";
import {
  EVALUATION_AXES,
  type Evaluation,
  type EvaluationAxis,
  evaluationOf,
} from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import type { StepPart } from "../../../spec/step-part.js";
import { slotsOf, stepShape } from "../../../spec/step-shape.js";
import { type StepInputs, updateRule } from "../../../spec/update-rule.js";
import { fromBits, isFloat32, MIN_NORMAL } from "../../float32/bits.js";
import { fma32 } from "../../float32/fma.js";
import { floatsBetween, fromOrdinal, ordinalOf, ulp } from "../../float32/neighbours.js";
import { mapValues } from "../map-values.js";
import { scalarChoices, stepScalars } from "../scalars.js";
import { accepts, BlockArena, IntervalBlock } from "./block.js";
import { CastRounding, type EndRounding, Float32Rounding, LOWER } from "./end-rounding.js";
import { fusedEnd } from "./remainder.js";
import { type IntervalInput, type IntervalStep, type IntervalStepResult, intervalStep } from "./step.js";

const pytorch = dialectById("pytorch");
const round = Math.fround;

/** Small fast generator with a 32-bit seed (mulberry32). */
function randomFrom(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return {
    bits: next,
    below: (n: number) => next() % n,
    pick: <T>(choices: readonly T[]): T => choices[next() % choices.length],
    /** A float32 with a random significand and sign and an exponent in [low, high]. */
    float: (low: number, high: number) =>
      round(
        (next() & 1 ? -1 : 1) * (1 + (next() >>> 9) * 2 ** -23) * 2 ** (low + (next() % (high - low + 1))),
      ),
  };
}
type Random = ReturnType<typeof randomFrom>;

type State = Record<"parameter" | "gradient" | "square_avg" | "grad_avg" | "momentum_buffer", number>;

/** Where numbers come from: each regime of float32 that an optimizer may meet. */
const REGIMES: Record<string, (r: Random) => State> = {
  normal: (r) => ofExponents(r, -3, 3, -6, 6),
  small: (r) => ofExponents(r, -60, -20, -110, -40),
  subnormal: (r) => ofExponents(r, -149, -60, -149, -120),
  large: (r) => ofExponents(r, 20, 62, 40, 124),
  overflow: (r) => ofExponents(r, 60, 127, 115, 127),
  cancellation: (r) => {
    const state = ofExponents(r, -3, 3, -6, 6);
    const a = r.float(-3, 3);
    const s = fromOrdinal(ordinalOf(round(a * a)) + r.below(7) - 3);
    return {
      ...state,
      grad_avg: a,
      square_avg: s,
      gradient: r.below(2) ? a : fromOrdinal(ordinalOf(a) + r.below(5) - 2),
    };
  },
  "raw bits": (r) => {
    const any = () => fromBits(r.bits());
    return { parameter: any(), gradient: any(), square_avg: any(), grad_avg: any(), momentum_buffer: any() };
  },
  "few-bit grid": (r) => {
    const grid = [
      0,
      -0,
      1,
      -1,
      0.5,
      -2,
      3,
      2 ** -149,
      -(2 ** -126),
      2 ** 127,
      Infinity,
      -Infinity,
      Number.NaN,
    ];
    const any = () => r.pick(grid);
    return { parameter: any(), gradient: any(), square_avg: any(), grad_avg: any(), momentum_buffer: any() };
  },
};

function ofExponents(r: Random, low: number, high: number, sLow: number, sHigh: number): State {
  return {
    parameter: r.float(low, high),
    gradient: r.float(low, high),
    square_avg: Math.abs(r.float(sLow, sHigh)),
    grad_avg: r.float(low, high),
    momentum_buffer: r.float(low, high),
  };
}

function tensors(states: readonly State[]): IntervalStep["inputs"] {
  const of = (slot: keyof State) => Float32Array.from(states, (state) => state[slot]);
  return {
    parameter: of("parameter"),
    gradient: of("gradient"),
    square_avg: of("square_avg"),
    grad_avg: of("grad_avg"),
    momentum_buffer: of("momentum_buffer"),
  };
}

const pinnedFused = evaluationOf(PINNED_EVALUATIONS.fused);
const pinnedUnfused = evaluationOf(PINNED_EVALUATIONS.unfused);

describe("a pinned evaluation of points gives one value", () => {
  /** PyTorch's kernels written out by hand, element by element. */
  function torchStep(x: State, h: Hyperparameters, fused: boolean): Partial<Record<Slot, number>> {
    const [lr, alpha, eps, mu, lambda] = [h.lr, h.alpha, h.eps, h.momentum, h.weight_decay].map(round);
    const t = round(1 - h.alpha);
    const { parameter: p, square_avg, grad_avg, momentum_buffer } = x;
    let g = h.maximize ? -x.gradient : x.gradient;
    if (lambda !== 0) g = fused ? fma32(p, lambda, g) : round(g + round(p * lambda));
    const tg = round(t * g);
    const kept = round(square_avg * alpha);
    const s = fused ? fma32(tg, g, kept) : round(kept + round(tg * g));
    const out: Partial<Record<Slot, number>> = { square_avg: s };
    let v = s;
    if (h.centered) {
      const d = round(g - grad_avg);
      let a: number;
      if (t < 0.5) a = fused ? fma32(t, d, grad_avg) : round(grad_avg + round(t * d));
      else a = fused ? fma32(round(t - 1), d, g) : round(g - round(d * round(1 - t)));
      out.grad_avg = a;
      v = fused ? fma32(-a, a, s) : round(s - round(a * a));
    }
    const denominator = round(round(Math.sqrt(v)) + eps);
    if (mu > 0) {
      const b = round(round(momentum_buffer * mu) + round(g / denominator));
      out.momentum_buffer = b;
      out.parameter = fused ? fma32(b, -lr, p) : round(p + round(b * -lr));
    } else {
      out.parameter = round(p + round(round(-lr * g) / denominator));
    }
    return out;
  }

  for (const [name, evaluation] of Object.entries({ fused: pinnedFused, unfused: pinnedUnfused })) {
    it(`PyTorch's kernels, ${name}, in every regime`, () => {
      const r = randomFrom(name === "fused" ? 1 : 2);
      const arena = new BlockArena(64);
      for (const regime of Object.keys(REGIMES)) {
        for (let k = 0; k < 24; k++) {
          const h: Hyperparameters = {
            ...pytorch.defaults,
            alpha: r.pick([0.99, 0.5, 0.25, 0, 0.875]),
            momentum: r.pick([0, 0.9]),
            weight_decay: r.pick([0, 1e-4, 0.5]),
            centered: r.below(2) === 1,
            maximize: r.below(2) === 1,
          };
          const states = Array.from({ length: 64 }, () => REGIMES[regime](r));
          const inputs = tensors(states);
          const result = intervalStep({
            dialect: pytorch,
            hyperparameters: h,
            step: 1,
            evaluation,
            inputs,
            arena,
          });
          states.forEach((state, i) => {
            const expected = torchStep(state, h, name === "fused");
            for (const [slot, value] of Object.entries(expected)) {
              const { flags, lower, upper } = result[slot as Slot] as IntervalBlock;
              const point = IntervalBlock.of([value]);
              if (flags[i] !== point.flags[0] || lower[i] !== point.lower[0] || upper[i] !== point.upper[0]) {
                const got = `[${lower[i]}, ${upper[i]}] flags ${flags[i]}`;
                expect.fail(`${slot}: ${got} instead of ${value}: ${regime} ${JSON.stringify(state)}`);
              }
            }
          });
        }
      }
    });
  }
});

interface Sample {
  readonly value: number;
  /** Made by operations wider than float32. */
  readonly wide?: boolean;
  /** A scalar that is kept in binary64. */
  readonly double?: boolean;
  readonly factors?: readonly [number, number];
  readonly radicand?: Sample;
}

/**
 * A random implementation: for every operation of every element it takes any of the choices that an evaluation
 * allows. With one choice on each axis there is nothing random about it.
 */
class RandomImplementation implements Arithmetic<Sample> {
  readonly stored: Partial<Record<Slot, number>> = {};
  private exact: EndRounding = new Float32Rounding();
  private part: StepPart = "gradient";
  /** The precisions that the present operation may have. */
  private precisions: readonly string[] = ["float32"];

  constructor(
    private readonly evaluation: Evaluation,
    private readonly random: Random,
  ) {}

  load(x: number): Sample {
    return { value: this.maybeFlushed(x) };
  }

  scalar(x: number): Sample {
    return { ...this.load(x), double: this.evaluation.scalars[0] === "binary64" };
  }

  enter(part: StepPart): void {
    this.part = part;
  }

  negate(x: Sample): Sample {
    return { ...x, value: -x.value, ...(x.factors && { factors: [-x.factors[0], x.factors[1]] as const }) };
  }

  multiply(first: Sample, second: Sample): Sample {
    const [x, y] = this.begin(first, second);
    const exactly = () => this.exact.product(x.value, y.value, LOWER);
    return { ...this.result(x.value * y.value, exactly), factors: [x.value, y.value] };
  }

  add(site: SumSite | null, first: Sample, second: Sample): Sample {
    const [x, y] = this.begin(first, second);
    const contraction: string =
      site === null ? "none" : this.random.pick(this.evaluation[`contraction.${site}`]);
    const [product, other] = contraction === "left" ? [x, y] : [y, x];
    if (contraction !== "none" && product.factors) {
      const [a, b] = product.factors;
      const float32s = isFloat32(a) && isFloat32(b);
      const single = this.onlySingle();
      if (single && float32s) {
        const value = isFloat32(other.value)
          ? fma32(a, b, other.value)
          : this.exact.fusedSum(a, b, other.value, LOWER);
        return { value: this.maybeFlushed(value) };
      }
      const madeAlike = single === !product.wide;
      if (!single && madeAlike && this.random.below(2) && [a, b, other.value].every(Number.isFinite)) {
        const end = new Float64Array(2);
        fusedEnd(a, b, other.value, end);
        return this.result(end[0], () => round(end[0]));
      }
    }
    return this.result(x.value + y.value, () => this.exact.sum(x.value, y.value, LOWER));
  }

  subtract(site: SumSite | null, x: Sample, y: Sample): Sample {
    return this.add(site, x, this.negate(y));
  }

  squareRoot(operand: Sample): Sample {
    const [x] = this.begin(operand);
    const h = Math.sqrt(x.value);
    const exactly = () => this.exact.root(x.value, LOWER);
    return { ...this.near(h, exactly, this.evaluation.root), radicand: x };
  }

  maximum(first: Sample, second: Sample): Sample {
    const [x, y] = this.begin(first, second);
    return this.selected(Math.max(x.value, y.value));
  }

  minimum(first: Sample, second: Sample): Sample {
    const [x, y] = this.begin(first, second);
    return this.selected(Math.min(x.value, y.value));
  }

  nonNegative(x: Sample): Sample {
    return this.maximum(x, { value: 0 });
  }

  decayed(x: Sample, rates: readonly Sample[], rate: Sample, share: Sample): Sample {
    const [order] = this.evaluation["order.decoupled-decay"];
    if (order === "factor") return this.multiply(x, share);
    const product =
      order === "rate-first" ? this.multiply(x, rate) : rates.reduce((p, r) => this.multiply(p, r), x);
    return this.subtract("weight-decay", x, product);
  }

  /** Choose the precision of an operation, and give its operands as it reads them. */
  private begin<S extends readonly Sample[]>(...operands: S): S {
    const [own] = this.evaluation[`intermediates.${this.part}`];
    const isWide = operands.some(({ wide, double }) => wide || double);
    const { intermediates } = this.evaluation;
    const promoted = isWide ? (intermediates[0] === "wider" ? "wider" : "binary64") : "float32";
    this.precisions = own === "inherit" ? intermediates : [own === "promoted" ? promoted : own];
    // Scalars kept in binary64 make float32 operations double ones with a cast; any mixture has both.
    const casts = this.onlySingle() && this.evaluation.scalars[0] === "binary64";
    this.exact = casts ? new CastRounding() : new Float32Rounding();
    if (!this.onlySingle()) return operands;
    return operands.map((x) => (x.wide ? { value: this.maybeFlushed(round(x.value)) } : x)) as unknown as S;
  }

  private selected(h: number): Sample {
    return this.onlySingle() ? { value: this.maybeFlushed(h) } : this.result(h, () => round(h));
  }

  weightedMean(
    site: "mean-square" | "mean-gradient",
    weight: Sample,
    complement: Sample,
    old: Sample,
    [x, y]: readonly [Sample] | readonly [Sample, Sample],
  ): Sample {
    const [order]: readonly string[] = this.evaluation[`order.${site}`];
    if (order === "lerp" || order === "lerp-mirrored" || order === "lerp-mirrored-added") {
      this.enter("square");
      const target = y ? this.multiply(x, y) : x;
      this.enter("average");
      const difference = this.subtract(null, target, old);
      if (order === "lerp" || complement.value < 0.5) {
        return this.add(site, old, this.multiply(complement, difference));
      }
      const isDouble = this.evaluation.scalars[0] === "binary64";
      const rest = (value: number): Sample => ({ value: isDouble ? value : round(value), double: isDouble });
      return order === "lerp-mirrored"
        ? this.subtract(site, target, this.multiply(difference, rest(1 - complement.value)))
        : this.add(site, target, this.multiply(difference, rest(complement.value - 1)));
    }
    this.enter(y ? "square" : "average");
    const fresh = !y
      ? this.multiply(complement, x)
      : order === "square-first"
        ? this.multiply(complement, this.multiply(x, y))
        : this.multiply(this.multiply(complement, x), y);
    this.enter("average");
    return this.add(site, this.multiply(weight, old), fresh);
  }

  biasCorrected(x: Sample, correction: Sample): Sample {
    return this.evaluation["bias-correction"][0] === "division"
      ? this.divide(x, correction)
      : this.multiply(x, this.divide({ value: 1 }, correction));
  }

  quotient(x: Sample, d: Sample): Sample {
    if (this.evaluation.quotient[0] === "division") return this.divide(x, d);
    if (this.evaluation.quotient[0] === "reciprocal" || d.radicand === undefined) {
      return this.multiply(x, this.divide({ value: 1 }, d));
    }
    const [{ value: v }] = this.begin(d.radicand);
    const h = 1 / Math.sqrt(v);
    const exactly = () => (v > 0 && v < Infinity ? this.exact.reciprocalRoot(v, LOWER) : h);
    return this.multiply(x, this.near(h, exactly, this.evaluation["reciprocal-root"]));
  }

  scaledQuotient(scale: Sample, x: Sample, d: Sample): Sample {
    switch (this.evaluation["order.update"][0]) {
      case "scale-first":
        return this.quotient(this.multiply(scale, x), d);
      case "quotient-first":
        return this.multiply(scale, this.quotient(x, d));
      case "ratio-first":
        return this.multiply(this.quotient(scale, d), x);
      case "inverse":
        return this.divide(x, this.divide(d, scale));
    }
  }

  store(slot: Slot, x: Sample): Sample {
    const stored = this.maybeFlushed(round(x.value));
    this.stored[slot] = stored;
    if (!x.wide) return { value: stored };
    const mayReread = this.evaluation.intermediates.length > 1 && this.random.below(2) === 1;
    return mayReread ? { value: this.maybeFlushed(stored) } : x;
  }

  name(_: unknown, x: Sample): Sample {
    return x;
  }

  private divide(first: Sample, second: Sample): Sample {
    const [x, y] = this.begin(first, second);
    const finite = Number.isFinite(x.value) && Number.isFinite(y.value) && y.value !== 0;
    const h = x.value / y.value;
    const exactly = () => (finite ? this.exact.quotient(x.value, y.value, LOWER) : h);
    const choice = this.random.pick(this.evaluation.division);
    if (choice === "correct" || !finite || x.value === 0) return this.result(h, exactly);
    const sign = x.value > 0 === y.value > 0 ? 1 : -1;
    const value = this.maybeFlushed(sign * this.moved(Math.abs(exactly()), choice));
    return { value, wide: !this.onlySingle() };
  }

  private near(h: number, exactly: () => number, choices: Evaluation["root"]): Sample {
    const choice = this.random.pick(choices);
    const special = !(h > 0) || h === Infinity;
    if (choice === "correct" || special) return this.result(h, () => (Number.isFinite(h) ? exactly() : h));
    return { value: this.maybeFlushed(this.moved(exactly(), choice)), wide: !this.onlySingle() };
  }

  /** A magnitude some floats off, counted here in ulps of what is moved. */
  private moved(magnitude: number, choice: Evaluation["root"][number]): number {
    if (choice !== "within-two-ulps") {
      return fromOrdinal(clamp(ordinalOf(magnitude) + (choice === "one-ulp-low" ? -1 : 1)));
    }
    const near = [-4, -3, -2, -1, 0, 1, 2].map((by) => fromOrdinal(clamp(ordinalOf(magnitude) + by)));
    const isNear = (x: number) => x >= magnitude || magnitude - x <= 2 * ulp(magnitude);
    return this.random.pick(magnitude === Infinity ? near.slice(2) : near.filter(isNear));
  }

  private maySingle(): boolean {
    return this.precisions.includes("float32");
  }

  private onlySingle(): boolean {
    return this.precisions.length === 1 && this.precisions[0] === "float32";
  }

  /** One rounding of a result of which h is the nearest double. */
  private result(h: number, exactly: () => number): Sample {
    const keep = !this.maySingle() || (!this.onlySingle() && this.random.below(2) === 1);
    const wide = !this.onlySingle();
    if (keep || h - h !== 0) return { value: h, wide };
    const cast = !this.onlySingle() && this.random.below(2) === 1;
    return { value: this.maybeFlushed(cast ? round(h) : exactly()), wide };
  }

  private maybeFlushed(x: number): number {
    if (!this.evaluation.subnormals.includes("flushed")) return x;
    if (!(Math.abs(x) < MIN_NORMAL) || x === 0 || this.random.below(2)) return x;
    return this.random.below(2) ? 0 : -0;
  }
}

const clamp = (ordinal: number) => Math.max(0, Math.min(ordinalOf(Infinity), ordinal));

const SINGLE: readonly EvaluationAxis[] = [
  "scalars",
  "complement",
  "correction",
  "decay-rate",
  "zero-weight-decay",
  "order.decoupled-decay",
  "bias-correction",
  "intermediates.gradient",
  "intermediates.square",
  "intermediates.average",
  "intermediates.denominator",
  "intermediates.update",
  "order.mean-square",
  "order.mean-gradient",
  "order.update",
  "quotient",
];

function randomFreedom(r: Random): Evaluation {
  const isUniform = r.below(2) === 1;
  const entries = (Object.keys(EVALUATION_AXES) as EvaluationAxis[]).map((axis) => {
    const all: readonly string[] = EVALUATION_AXES[axis];
    if (axis.startsWith("intermediates.") && isUniform) return [axis, ["inherit"]];
    if (axis === "intermediates" && !isUniform) return [axis, [r.pick(all)]];
    if (SINGLE.includes(axis)) return [axis, [r.pick(all)]];
    const some = all.filter(() => r.below(2));
    return [axis, some.length ? some : [all[0]]];
  });
  return Object.fromEntries(entries) as Evaluation;
}

function narrowed(evaluation: Evaluation, r: Random): Evaluation {
  const entries = Object.entries(evaluation).map(([axis, choices]) => {
    const some = (choices as readonly string[]).filter(() => r.below(2));
    return [axis, some.length ? some : [r.pick(choices as readonly string[])]];
  });
  return Object.fromEntries(entries) as Evaluation;
}

function randomHyperparameters(dialect: Dialect, r: Random): Hyperparameters {
  return {
    lr: r.pick([0.01, 2 ** -5, 0.3, 1, 0]),
    alpha: r.pick([0.99, 0.9, 0.5, 0.25, 0.75, 0, 1]),
    eps: r.pick([1e-8, 2 ** -20, 0, 1e-3, 1]),
    momentum: dialect.momentum === "none" ? 0 : r.pick([0, 0.9, 0.5]),
    weight_decay: r.pick([0, 0, 1e-2, 0.5]),
    centered: r.below(2) === 1,
    maximize: r.below(2) === 1,
    lr_decay: r.pick([0, 0.1]),
    clip_value: r.pick([Infinity, 1, 5.1]),
  };
}

/** One step of a random implementation on one element. */
function sampledStep(
  dialect: Dialect,
  h: Hyperparameters,
  step: number,
  evaluation: Evaluation,
  state: State,
  r: Random,
): Partial<Record<Slot, number>> {
  const ar = new RandomImplementation(evaluation, r);
  const numbers = stepScalars(dialect, h, step, scalarChoices(evaluation));
  const load = (record: object) =>
    Object.fromEntries(Object.entries(record).map(([name, x]) => [name, ar.load(x as number)]));
  const scalars = mapValues(numbers, (x) => ar.scalar(x)) as StepScalars<Sample>;
  updateRule(
    ar,
    dialect,
    evaluatedShape(dialect, h, evaluation),
    scalars,
    load(state) as unknown as StepInputs<Sample>,
  );
  return ar.stored;
}

function requireAccepted(
  result: IntervalStepResult,
  i: number,
  stored: Partial<Record<Slot, number>>,
  label: () => string,
): void {
  for (const slot of SLOTS) {
    const value = stored[slot];
    if (value === undefined) continue;
    const block = result[slot] as IntervalBlock;
    if (!accepts(block, i, value)) {
      const set = `[${block.lower[i]}, ${block.upper[i]}] flags ${block.flags[i]}`;
      expect.fail(`${slot} = ${value} is not in ${set}: ${label()}`);
    }
  }
}

const seed = fc.integer({ min: 0, max: 0x7fffffff });
const regime = fc.constantFrom(...Object.keys(REGIMES));
const dialect = fc.constantFrom(...DIALECTS);
const N = 8;

describe("whatever an implementation chooses among the allowed, its results are accepted", () => {
  it("one step, state not observed", () => {
    fc.assert(
      fc.property(dialect, regime, seed, (rule, name, s) => {
        const r = randomFrom(s);
        const evaluation = randomFreedom(r);
        const h = randomHyperparameters(rule, r);
        const states = Array.from({ length: N }, () => REGIMES[name](r));
        const step = 1 + r.below(3);
        const result = intervalStep({
          dialect: rule,
          hyperparameters: h,
          step,
          evaluation,
          inputs: tensors(states),
        });
        states.forEach((state, i) => {
          for (let k = 0; k < 6; k++) {
            const stored = sampledStep(rule, h, step, evaluation, state, r);
            requireAccepted(result, i, stored, () => JSON.stringify({ rule: rule.id, h, state, evaluation }));
          }
        });
      }),
      { seed: 2024, numRuns: 900 },
    );
  });

  it("one step, each state slot observed", () => {
    fc.assert(
      fc.property(dialect, regime, seed, (rule, name, s) => {
        const r = randomFrom(s);
        const evaluation = randomFreedom(r);
        const h = randomHyperparameters(rule, r);
        const states = Array.from({ length: N }, () => REGIMES[name](r));
        const outcomes = states.map((state) => sampledStep(rule, h, 1, evaluation, state, r));
        const observed: Partial<Record<Slot, Float32Array>> = {};
        for (const slot of slotsOf(stepShape(rule, h))) {
          observed[slot] = Float32Array.from(outcomes, (stored) => stored[slot] as number);
        }
        const inputs = tensors(states);
        const result = intervalStep({
          dialect: rule,
          hyperparameters: h,
          step: 1,
          evaluation,
          inputs,
          observed,
        });
        outcomes.forEach((stored, i) => {
          requireAccepted(result, i, stored, () =>
            JSON.stringify({ rule: rule.id, h, state: states[i], evaluation }),
          );
        });
      }),
      { seed: 2025, numRuns: 1200 },
    );
  });

  it("many steps, sets carried along", () => {
    fc.assert(
      fc.property(dialect, regime, seed, (rule, name, s) => {
        const r = randomFrom(s);
        const evaluation = randomFreedom(r);
        const h = randomHyperparameters(rule, r);
        let states = Array.from({ length: N }, () => REGIMES[name](r));
        let inputs = tensors(states);
        const arena = new BlockArena(N);
        for (let step = 1; step <= 12; step++) {
          const gradients = states.map(() => REGIMES[name](r).gradient);
          states = states.map((state, i) => ({ ...state, gradient: gradients[i] }));
          inputs = { ...inputs, gradient: Float32Array.from(gradients) };
          const result = intervalStep({ dialect: rule, hyperparameters: h, step, evaluation, inputs, arena });
          states = states.map((state, i) => {
            const stored = sampledStep(rule, h, step, evaluation, state, r);
            requireAccepted(result, i, stored, () =>
              JSON.stringify({ rule: rule.id, step, h, state, evaluation }),
            );
            return { ...state, ...stored };
          });
          inputs = { ...inputs, ...result };
        }
      }),
      { seed: 2026, numRuns: 200 },
    );
  });

  it("a mirrored lerp whose last sum fuses g·g, which its difference takes rounded", () => {
    const evaluation = {
      ...pinnedUnfused,
      intermediates: ["float32", "binary64"],
      "order.mean-square": ["lerp-mirrored"],
      "contraction.mean-square": ["none", "left"],
    } as unknown as Evaluation;
    const h = { ...pytorch.defaults, alpha: 0.25 };
    const r = randomFrom(8);
    const states = Array.from({ length: 64 }, () => REGIMES.cancellation(r));
    // The example that was once rejected, then its like.
    states[0] = { ...states[0], gradient: -0.5594533085823059, square_avg: 0.3129879832267761 };
    const result = intervalStep({
      dialect: pytorch,
      hyperparameters: h,
      step: 1,
      evaluation,
      inputs: tensors(states),
    });
    states.forEach((state, i) => {
      for (let k = 0; k < 100; k++) {
        const stored = sampledStep(pytorch, h, 1, evaluation, state, r);
        requireAccepted(result, i, stored, () => JSON.stringify(state));
      }
    });
  });

  it("and a float beyond the ends of a one-step set is not, so that the sets are not just wide", () => {
    // Normal numbers, default contraction: no set of the parameter is wider than a few floats.
    const r = randomFrom(77);
    const states = Array.from({ length: 256 }, () => REGIMES.normal(r));
    const evaluation: Evaluation = { ...pinnedUnfused, "contraction.mean-square": ["none", "left", "right"] };
    const result = intervalStep({
      dialect: pytorch,
      hyperparameters: pytorch.defaults,
      step: 1,
      evaluation,
      inputs: tensors(states),
    });
    let widest = 0;
    for (let i = 0; i < 256; i++) {
      widest = Math.max(widest, floatsBetween(result.square_avg.lower[i], result.square_avg.upper[i]));
      expect(accepts(result.square_avg, i, fromOrdinal(ordinalOf(result.square_avg.upper[i]) + 1))).toBe(
        false,
      );
    }
    expect(widest).toBeLessThanOrEqual(2);
    expect(widest).toBeGreaterThan(0);
  });
});

describe("isotony: more freedoms never give a smaller set", () => {
  it("over random evaluations and random narrowings", () => {
    fc.assert(
      fc.property(dialect, regime, seed, (rule, name, s) => {
        const r = randomFrom(s);
        const wide = randomFreedom(r);
        const narrow = narrowed(wide, r);
        const h = randomHyperparameters(rule, r);
        const states = Array.from({ length: N }, () => REGIMES[name](r));
        const request = { dialect: rule, hyperparameters: h, step: 1 };
        const smaller = intervalStep({ ...request, inputs: tensors(states), evaluation: narrow });
        const larger = intervalStep({ ...request, inputs: tensors(states), evaluation: wide });
        // A second step from the sets of the first: wider inputs never give smaller sets either.
        const again = (evaluation: Evaluation, from: IntervalStepResult) =>
          intervalStep({ ...request, step: 2, inputs: { ...tensors(states), ...from }, evaluation });
        requireSubset(smaller, larger, { rule: rule.id, h, states, narrow, wide });
        requireSubset(again(narrow, smaller), again(wide, larger), {
          rule: rule.id,
          h,
          states,
          narrow,
          wide,
        });
      }),
      { seed: 31, numRuns: 1000 },
    );
  });

  function requireSubset(small: IntervalStepResult, large: IntervalStepResult, context: unknown): void {
    for (const slot of SLOTS) {
      const a = small[slot];
      const b = large[slot];
      if (!a || !b) continue;
      for (let i = 0; i < a.length; i++) {
        const inside =
          (a.flags[i] & ~b.flags[i]) === 0 && a.lower[i] >= b.lower[i] && a.upper[i] <= b.upper[i];
        if (!inside) {
          const text = (x: IntervalBlock) => `[${x.lower[i]}, ${x.upper[i]}] flags ${x.flags[i]}`;
          expect.fail(`${slot}[${i}]: ${text(a)} is not within ${text(b)}: ${JSON.stringify(context)}`);
        }
      }
    }
  }
});

describe("sets carried along a trace stay narrow", () => {
  /** Widest set of s and median set of p, in float32 steps, after 100 steps of 128 elements. */
  function widths(order: string, contraction: readonly string[], alpha: number, mode: readonly string[]) {
    const r = randomFrom(4);
    const n = 128;
    const normal = () => (r.bits() + r.bits() + r.bits() + r.bits()) * 2 ** -32 - 2;
    const evaluation = {
      ...evaluationOf(PINNED_EVALUATIONS["operation-by-operation"]),
      "order.mean-square": [order],
      "contraction.mean-square": contraction,
      intermediates: mode,
    } as unknown as Evaluation;
    const h: Hyperparameters = { ...pytorch.defaults, alpha };
    const arena = new BlockArena(n);
    let inputs: Record<string, IntervalInput> & IntervalStep["inputs"] = {
      parameter: Float32Array.from({ length: n }, normal),
      gradient: new Float32Array(n),
      square_avg: new Float32Array(n),
    };
    for (let step = 1; step <= 100; step++) {
      const gradient = Float32Array.from({ length: n }, normal);
      const result = intervalStep({
        dialect: pytorch,
        hyperparameters: h,
        step,
        evaluation,
        inputs: { ...inputs, gradient },
        arena,
      });
      inputs = { parameter: result.parameter, gradient, square_avg: result.square_avg };
    }
    const widest = (block: IntervalBlock) =>
      Math.max(...Array.from(block.lower, (lower, i) => floatsBetween(lower, block.upper[i])));
    return {
      s: widest(inputs.square_avg as IntervalBlock),
      p: medianWidth(inputs.parameter as IntervalBlock),
    };
  }

  function medianWidth(block: IntervalBlock): number {
    const all = Array.from(block.lower, (lower, i) => floatsBetween(lower, block.upper[i])).sort(
      (a, b) => a - b,
    );
    return all[all.length >> 1];
  }

  const BOTH = ["float32", "binary64"];
  const ANY = ["none", "left", "right"];
  const cases: [order: string, contraction: string[], alpha: number, mode: string[], s: number, p: number][] =
    [
      ["weight-first", ANY, 0.99, ["float32"], 20, 8],
      ["weight-first", ANY, 0.6, ["float32"], 3, 1],
      ["weight-first", ANY, 0.5, ["float32"], 2, 0],
      ["weight-first", ANY, 0.99, BOTH, 20, 14],
      ["square-first", ANY, 0.99, ["float32"], 20, 8],
      ["lerp", ANY, 0.99, ["float32"], 3, 0],
      ["lerp", ANY, 0.6, ["float32"], 9, 1],
      ["lerp", ANY, 0.5, ["float32"], 0, 0],
      ["lerp", ANY, 0.99, BOTH, 4, 7],
      ["lerp", ANY, 0.6, BOTH, 9, 5],
      ["lerp", ANY, 0.5, BOTH, 8, 4],
      ["lerp-mirrored", ANY, 0.4, ["float32"], 3, 0],
      ["lerp-mirrored", ANY, 0.4, BOTH, 3, 3],
    ];
  for (const [order, contraction, alpha, mode, s, p] of cases) {
    it(`${order}, alpha ${alpha}, ${mode.join(" or ")}`, () => {
      const width = widths(order, contraction, alpha, mode);
      expect(width.s).toBeLessThanOrEqual(s);
      expect(width.p).toBeLessThanOrEqual(p);
    });
  }
});
