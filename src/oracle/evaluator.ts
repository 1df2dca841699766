import type { Arithmetic, Intermediate, Slot, SumSite } from "../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../spec/dialect.js";
import { evaluatedShape } from "../../spec/evaluated-shape.js";
import { evaluationOf, type PinnedEvaluation } from "../../spec/evaluation.js";
import type { StepPart } from "../../spec/step-part.js";
import { type StepInputs, updateRule } from "../../spec/update-rule.js";
import { isFloat32, MIN_NORMAL } from "../float32/bits.js";
import { fma32 } from "../float32/fma.js";
import { hasExactQuotient, hasExactRoot, moved } from "./accuracy.js";
import { mapValues } from "./map-values.js";
import { stepScalars } from "./scalars.js";

/** A rounded value that remembers how it was made, so that a sum can fuse a product. */
interface Rounded {
  readonly value: number;
  /** Whether an operation in binary64 made it. An operation in float32 reads it rounded to float32. */
  readonly wide?: boolean;
  /** Whether it is a scalar that is kept in binary64: an operation with it is done in binary64, then rounded. */
  readonly double?: boolean;
  /** Present when the value is the rounded float32 product of these two. */
  readonly factors?: readonly [number, number];
  /** Present when the value is the root of this. */
  readonly radicand?: Rounded;
}

/**
 * The float32 evaluator: the update rule for one element, interpreted operation by operation under a pinned
 * evaluation. Written for clarity; the enumerated sets are the fast interpreter and are checked against this.
 */
class EvaluatorArithmetic implements Arithmetic<Rounded> {
  readonly stored: Partial<Record<Slot, number>> = {};
  readonly named: Partial<Record<Intermediate, number>> = {};
  private part: StepPart = "gradient";

  constructor(private readonly evaluation: PinnedEvaluation) {}

  /** Take a number in; flushing covers inputs too. */
  input(value: number): Rounded {
    return { value: this.flush(value) };
  }

  scalar(value: number): Rounded {
    return { value: this.flush(value), double: this.evaluation.scalars === "binary64" };
  }

  enter(part: StepPart): void {
    this.part = part;
  }

  negate(x: Rounded): Rounded {
    return { ...x, value: -x.value, ...(x.factors && { factors: [-x.factors[0], x.factors[1]] as const }) };
  }

  multiply(x: Rounded, y: Rounded): Rounded {
    const wide = this.isWide(x, y);
    const [a, b] = [this.read(x, wide), this.read(y, wide)];
    const product = this.result(a.value * b.value, wide);
    return wide ? product : { ...product, factors: [a.value, b.value] };
  }

  add(site: SumSite | null, x: Rounded, y: Rounded): Rounded {
    const isOfBuffer = site === "momentum" || site === "lookahead";
    if (!isOfBuffer || this.evaluation["momentum-buffer"] === "direct") return this.sum(site, x, y);
    return this.negate(this.sum(site, this.negate(x), this.negate(y)));
  }

  subtract(site: SumSite | null, x: Rounded, y: Rounded): Rounded {
    return this.add(site, x, this.negate(y));
  }

  squareRoot(x: Rounded): Rounded {
    const wide = this.isWide(x);
    const radicand = this.read(x, wide);
    const { value } = radicand;
    const root = this.approximate("root", Math.sqrt(value), hasExactRoot(value), wide);
    return { ...root, radicand };
  }

  maximum(x: Rounded, y: Rounded): Rounded {
    return this.chosen(Math.max, x, y);
  }

  minimum(x: Rounded, y: Rounded): Rounded {
    return this.chosen(Math.min, x, y);
  }

  nonNegative(x: Rounded): Rounded {
    return this.maximum(x, { value: 0 });
  }

  decayed(x: Rounded, rates: readonly Rounded[], rate: Rounded, share: Rounded): Rounded {
    switch (this.evaluation["order.decoupled-decay"]) {
      case "one-by-one":
        return this.subtract(
          "weight-decay",
          x,
          rates.reduce((product, one) => this.multiply(product, one), x),
        );
      case "rate-first":
        return this.subtract("weight-decay", x, this.multiply(x, rate));
      case "factor":
        return this.multiply(x, share);
    }
  }

  weightedMean(
    site: "mean-square" | "mean-gradient",
    weight: Rounded,
    complement: Rounded,
    old: Rounded,
    factors: readonly [Rounded] | readonly [Rounded, Rounded],
  ): Rounded {
    const order = this.evaluation[`order.${site}`];
    const [x, y] = factors;
    if (order === "lerp" || order === "lerp-mirrored" || order === "lerp-mirrored-added") {
      this.enter("square");
      const target = y ? this.multiply(x, y) : x;
      this.enter("average");
      const difference = this.subtract(null, target, old);
      if (order === "lerp" || Math.abs(complement.value) < 0.5) {
        return this.add(site, old, this.multiply(complement, difference));
      }
      // Both operands are scalars, so their difference has the precision of scalars.
      const isDouble = this.evaluation.scalars === "binary64";
      const rest = (value: number): Rounded =>
        isDouble ? { value, double: true } : this.result(value, false);
      return order === "lerp-mirrored"
        ? this.subtract(site, target, this.multiply(difference, rest(1 - complement.value)))
        : this.add(site, target, this.multiply(difference, rest(complement.value - 1)));
    }
    this.enter("average");
    const kept = this.multiply(old, weight);
    if (!y) return this.add(site, kept, this.multiply(complement, x));
    this.enter("square");
    const gained =
      order === "square-first"
        ? this.multiply(complement, this.multiply(x, y))
        : this.multiply(this.multiply(complement, x), y);
    this.enter("average");
    return this.add(site, kept, gained);
  }

  biasCorrected(x: Rounded, correction: Rounded): Rounded {
    return this.evaluation["bias-correction"] === "division"
      ? this.divide(x, correction)
      : this.multiply(x, this.divide({ value: 1 }, correction));
  }

  quotient(x: Rounded, d: Rounded): Rounded {
    switch (this.evaluation.quotient) {
      case "division":
        return this.divide(x, d);
      case "reciprocal":
        return this.multiply(x, this.divide({ value: 1 }, d));
      case "reciprocal-root":
        return this.multiply(x, d.radicand ? this.reciprocalRoot(d.radicand) : this.divide({ value: 1 }, d));
    }
  }

  scaledQuotient(scale: Rounded, x: Rounded, d: Rounded): Rounded {
    switch (this.evaluation["order.update"]) {
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

  store(slot: Slot, x: Rounded): Rounded {
    this.stored[slot] = x.wide ? this.toFloat32(x.value) : x.value;
    return x.wide ? x : { value: x.value };
  }

  name(intermediate: Intermediate, x: Rounded): Rounded {
    this.named[intermediate] = x.value;
    return x;
  }

  /** Whether an operation of the part that was entered is done in binary64. */
  private isWide(...operands: readonly Rounded[]): boolean {
    const own = this.evaluation[`intermediates.${this.part}`];
    if (own === "promoted") return operands.some(({ wide, double }) => wide || double);
    return (own === "inherit" ? this.evaluation.intermediates : own) === "binary64";
  }

  /** An operand as an operation reads it. */
  private read(x: Rounded, wide: boolean): Rounded {
    return x.wide && !wide ? { value: this.toFloat32(x.value) } : x;
  }

  private result(value: number, wide: boolean): Rounded {
    return wide ? { value, wide } : { value: this.toFloat32(value) };
  }

  private sum(site: SumSite | null, x: Rounded, y: Rounded): Rounded {
    const wide = this.isWide(x, y);
    const [a, b] = [this.read(x, wide), this.read(y, wide)];
    const contraction = site === null ? "none" : this.evaluation[`contraction.${site}`];
    const unfused = a.value + b.value;
    if (!wide && contraction === "left" && a.factors) return this.fused(a.factors, b.value, unfused);
    if (!wide && contraction === "right" && b.factors) return this.fused(b.factors, a.value, unfused);
    return this.result(unfused, wide);
  }

  /** The larger or the smaller operand, which rounds nothing. */
  private chosen(choose: (a: number, b: number) => number, x: Rounded, y: Rounded): Rounded {
    const wide = this.isWide(x, y);
    return { value: choose(this.read(x, wide).value, this.read(y, wide).value), wide };
  }

  private divide(x: Rounded, d: Rounded): Rounded {
    const wide = this.isWide(x, d);
    const [a, b] = [this.read(x, wide).value, this.read(d, wide).value];
    return this.approximate("division", a / b, hasExactQuotient(a, b), wide);
  }

  private reciprocalRoot(x: Rounded): Rounded {
    const wide = this.isWide(x);
    const { value } = this.read(x, wide);
    return this.approximate("reciprocal-root", 1 / Math.sqrt(value), hasExactRoot(value), wide);
  }

  /** What is some floats off is a float32, also where other intermediates are kept. */
  private approximate(
    axis: "root" | "reciprocal-root" | "division",
    nearest: number,
    isExact: boolean,
    wide: boolean,
  ): Rounded {
    const choice = this.evaluation[axis];
    if (choice === "correct" || isExact) return this.result(nearest, wide);
    const value = this.isTinyEarly(nearest) ? nearest * 0 : this.flush(moved(Math.fround(nearest), choice));
    return { value, wide };
  }

  private fused([a, b]: readonly [number, number], c: number, unfused: number): Rounded {
    if (!isFloat32(a) || !isFloat32(b) || !isFloat32(c)) return this.result(unfused, false);
    // The binary64 sum says whether the exact one is tiny, but for a hair's breadth of 2^-179 below 2^-126.
    const sum = a * b + c;
    return { value: this.isTinyEarly(sum) ? sum * 0 : this.flush(fma32(a, b, c)) };
  }

  private toFloat32(x: number): number {
    return this.isTinyEarly(x) ? x * 0 : this.flush(Math.fround(x));
  }

  private isTinyEarly(x: number): boolean {
    return this.evaluation.subnormals === "flushed-early" && Math.abs(x) < MIN_NORMAL;
  }

  private flush(x: number): number {
    return this.evaluation.subnormals !== "kept" && Math.abs(x) < MIN_NORMAL ? x * 0 : x;
  }
}

/** One element after a step, with the intermediates that have a name. Slots that the step does not write are absent. */
export interface EvaluatedStep {
  readonly stored: Readonly<Partial<Record<Slot, number>>>;
  readonly named: Readonly<Partial<Record<Intermediate, number>>>;
}

/**
 * One step of one element under a pinned evaluation.
 * @param step counted from 1
 */
export function evaluateStep(
  dialect: DialectAxes,
  hyperparameters: Hyperparameters,
  step: number,
  evaluation: PinnedEvaluation,
  inputs: StepInputs<number>,
): EvaluatedStep {
  const arithmetic = new EvaluatorArithmetic(evaluation);
  const shape = evaluatedShape(dialect, hyperparameters, evaluationOf(evaluation));
  const scalars = stepScalars(dialect, hyperparameters, step, evaluation);
  updateRule(
    arithmetic,
    dialect,
    shape,
    mapValues(scalars, (value) => arithmetic.scalar(value)),
    mapValues(inputs, (value) => arithmetic.input(value)),
  );
  return arithmetic;
}
