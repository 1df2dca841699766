import type { Arithmetic, Intermediate, Slot, SumSite } from "../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../spec/dialect.js";
import type { PinnedChoice, PinnedEvaluation } from "../../spec/evaluation.js";
import { stepShape } from "../../spec/step-shape.js";
import { type StepInputs, updateRule } from "../../spec/update-rule.js";
import { isFloat32, MIN_NORMAL } from "../float32/bits.js";
import { fma32 } from "../float32/fma.js";
import { hasExactQuotient, hasExactRoot, moved } from "./accuracy.js";
import { stepScalars } from "./scalars.js";

/** A rounded value that remembers how it was made, so that a sum can fuse a product. */
interface Rounded {
  readonly value: number;
  /** Present when the value is the rounded product of these two. */
  readonly factors?: readonly [number, number];
  /** Present when the value is the root of this. */
  readonly radicand?: number;
}

/**
 * The float32 evaluator: the update rule for one element, read operation by operation under a pinned
 * evaluation. Written for clearness; the enumerated sets are the fast reading and are checked against this.
 */
class EvaluatorArithmetic implements Arithmetic<Rounded> {
  readonly stored: Partial<Record<Slot, number>> = {};
  readonly named: Partial<Record<Intermediate, number>> = {};

  constructor(private readonly evaluation: PinnedEvaluation) {}

  /** Take a number in; flushing covers inputs too. */
  input(value: number): Rounded {
    return { value: this.flush(value) };
  }

  negate(x: Rounded): Rounded {
    return x.factors ? { value: -x.value, factors: [-x.factors[0], x.factors[1]] } : { value: -x.value };
  }

  multiply(x: Rounded, y: Rounded): Rounded {
    return { value: this.round(x.value * y.value), factors: [x.value, y.value] };
  }

  add(site: SumSite | null, x: Rounded, y: Rounded): Rounded {
    const contraction = site === null ? "none" : this.evaluation[`contraction.${site}`];
    if (contraction === "left" && x.factors) return this.fused(x.factors, y.value, x.value + y.value);
    if (contraction === "right" && y.factors) return this.fused(y.factors, x.value, x.value + y.value);
    return { value: this.round(x.value + y.value) };
  }

  subtract(site: SumSite | null, x: Rounded, y: Rounded): Rounded {
    return this.add(site, x, this.negate(y));
  }

  squareRoot(x: Rounded): Rounded {
    const value = this.approximate(this.evaluation.root, Math.sqrt(x.value), hasExactRoot(x.value));
    return { value, radicand: x.value };
  }

  maximum(x: Rounded, y: Rounded): Rounded {
    return { value: Math.max(x.value, y.value) };
  }

  minimum(x: Rounded, y: Rounded): Rounded {
    return { value: Math.min(x.value, y.value) };
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
    if (order === "lerp" || order === "lerp-mirrored") {
      const target = y ? this.multiply(x, y) : x;
      const difference = this.subtract(null, target, old);
      if (order === "lerp" || Math.abs(complement.value) < 0.5) {
        return this.add(site, old, this.multiply(complement, difference));
      }
      // Both are scalars, so their difference has the precision of scalars.
      const weightOfOld =
        this.evaluation.scalars === "binary64"
          ? { value: 1 - complement.value }
          : this.subtract(null, { value: 1 }, complement);
      return this.subtract(site, target, this.multiply(difference, weightOfOld));
    }
    const kept = this.multiply(old, weight);
    if (!y) return this.add(site, kept, this.multiply(complement, x));
    const gained =
      order === "square-first"
        ? this.multiply(complement, this.multiply(x, y))
        : this.multiply(this.multiply(complement, x), y);
    return this.add(site, kept, gained);
  }

  quotient(x: Rounded, d: Rounded): Rounded {
    switch (this.evaluation.quotient) {
      case "division":
        return this.divide(x, d);
      case "reciprocal":
        return this.multiply(x, this.divide({ value: 1 }, d));
      case "reciprocal-root": {
        const { radicand } = d;
        const reciprocal =
          radicand === undefined
            ? this.divide({ value: 1 }, d)
            : { value: this.round(1 / Math.sqrt(radicand)) };
        return this.multiply(x, reciprocal);
      }
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
    const value = this.toFloat32(x.value);
    this.stored[slot] = value;
    return this.evaluation.intermediates === "binary64" ? { value: x.value } : { value };
  }

  name(intermediate: Intermediate, x: Rounded): Rounded {
    this.named[intermediate] = x.value;
    return x;
  }

  private divide(x: Rounded, d: Rounded): Rounded {
    const isExact = hasExactQuotient(x.value, d.value);
    return { value: this.approximate(this.evaluation.division, x.value / d.value, isExact) };
  }

  /** What is some floats off is a float32, also where other intermediates are kept. */
  private approximate(choice: PinnedChoice<"root" | "division">, nearest: number, isExact: boolean): number {
    if (choice === "correct" || isExact) return this.round(nearest);
    return this.isTinyEarly(nearest) ? nearest * 0 : this.flush(moved(Math.fround(nearest), choice));
  }

  private fused([a, b]: readonly [number, number], c: number, unfused: number): Rounded {
    const fusible =
      this.evaluation.intermediates === "float32" && isFloat32(a) && isFloat32(b) && isFloat32(c);
    if (!fusible) return { value: this.round(unfused) };
    // The binary64 sum says whether the exact one is tiny, but for a hair's breadth of 2^-179 below 2^-126.
    const sum = a * b + c;
    return { value: this.isTinyEarly(sum) ? sum * 0 : this.flush(fma32(a, b, c)) };
  }

  private round(x: number): number {
    return this.evaluation.intermediates === "binary64" ? x : this.toFloat32(x);
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

/** One element after a step, with the intermediates that have a name. Slots that the step has not are absent. */
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
  const shape = stepShape(dialect, hyperparameters);
  const scalars = stepScalars(dialect, hyperparameters, step, evaluation.scalars, evaluation.complement);
  const take = <K extends string>(record: Readonly<Partial<Record<K, number>>>) =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [name, arithmetic.input(value as number)]),
    ) as Record<K, Rounded>;
  updateRule(arithmetic, dialect, shape, take(scalars), take({ ...inputs }) as StepInputs<Rounded>);
  return arithmetic;
}
