import type { Arithmetic, Intermediate, Slot, StateSlot, SumSite } from "../../../spec/arithmetic.js";
import type { EvaluationChoice } from "../../../spec/evaluation.js";
import { type ElementArithmetic, subtract } from "./element-arithmetic.js";

/** Options of the rational interpreter for one step, in addition to its inputs. */
export interface RationalOptions<E> {
  /** weight·old + complement·x, or old + complement·(x − old), which does not read the weight. */
  readonly meanSquare?: "two-term" | "lerp";
  readonly meanGradient?: "two-term" | "lerp";
  /** How decoupled decay meets its scalars. @default "one-by-one" */
  readonly decoupledDecay?: EvaluationChoice<"order.decoupled-decay">;
  /** State that was observed after the step and that later operations read in place of what was computed. */
  readonly observed?: Partial<Record<StateSlot, readonly E[]>>;
}

/**
 * The update rule, element by element, in any arithmetic of elements. A block of one stands for all elements.
 * Sums are sums whatever their site: contraction and order are about rounding.
 */
export class RationalInterpreter<E> implements Arithmetic<readonly E[]> {
  readonly quantities: Partial<Record<Slot | Intermediate, readonly E[]>> = {};

  constructor(
    private readonly elements: ElementArithmetic<E>,
    private readonly options: RationalOptions<E> = {},
  ) {}

  /** Over the reals nothing depends on the part. */
  enter(): void {}

  negate(x: readonly E[]): readonly E[] {
    return x.map((a) => this.elements.negate(a));
  }

  multiply(x: readonly E[], y: readonly E[]): readonly E[] {
    if (x === y) return x.map((a) => this.elements.square(a));
    return pairwise(x, y, (a, b) => this.elements.multiply(a, b));
  }

  add(_site: SumSite | null, x: readonly E[], y: readonly E[]): readonly E[] {
    return pairwise(x, y, (a, b) => this.elements.add(a, b));
  }

  subtract(_site: SumSite | null, x: readonly E[], y: readonly E[]): readonly E[] {
    return pairwise(x, y, (a, b) => subtract(this.elements, a, b));
  }

  squareRoot(x: readonly E[]): readonly E[] {
    return x.map((a) => this.elements.squareRoot(a));
  }

  maximum(x: readonly E[], y: readonly E[]): readonly E[] {
    return pairwise(x, y, (a, b) => this.elements.maximum(a, b));
  }

  minimum(x: readonly E[], y: readonly E[]): readonly E[] {
    return pairwise(x, y, (a, b) => this.elements.minimum(a, b));
  }

  nonNegative(x: readonly E[]): readonly E[] {
    const zero = this.elements.number(0);
    return x.map((a) => this.elements.maximum(a, zero));
  }

  decayed(
    x: readonly E[],
    rates: readonly (readonly E[])[],
    rate: readonly E[],
    share: readonly E[],
  ): readonly E[] {
    const form = this.options.decoupledDecay;
    if (form === "factor") return this.multiply(x, share);
    const lost = (form === "rate-first" ? [rate] : rates).reduce((made, one) => this.multiply(made, one), x);
    return this.subtract("weight-decay", x, lost);
  }

  weightedMean(
    site: "mean-square" | "mean-gradient",
    weight: readonly E[],
    complement: readonly E[],
    old: readonly E[],
    factors: readonly [readonly E[]] | readonly [readonly E[], readonly E[]],
  ): readonly E[] {
    const x = factors.length === 1 ? factors[0] : this.multiply(factors[0], factors[1]);
    const form = site === "mean-square" ? this.options.meanSquare : this.options.meanGradient;
    return form === "lerp"
      ? this.add(site, old, this.multiply(complement, this.subtract(site, x, old)))
      : this.add(site, this.multiply(weight, old), this.multiply(complement, x));
  }

  biasCorrected(x: readonly E[], correction: readonly E[]): readonly E[] {
    return this.quotient(x, correction);
  }

  quotient(x: readonly E[], d: readonly E[]): readonly E[] {
    return pairwise(x, d, (a, b) => this.elements.divide(a, b));
  }

  scaledQuotient(scale: readonly E[], x: readonly E[], d: readonly E[]): readonly E[] {
    return this.quotient(this.multiply(scale, x), d);
  }

  store(slot: Slot, x: readonly E[]): readonly E[] {
    this.quantities[slot] = x;
    return (slot === "parameter" ? undefined : this.options.observed?.[slot]) ?? x;
  }

  name(intermediate: Intermediate, x: readonly E[]): readonly E[] {
    this.quantities[intermediate] = x;
    return x;
  }
}

function pairwise<E>(x: readonly E[], y: readonly E[], operation: (a: E, b: E) => E): readonly E[] {
  if (x.length === 1) return y.map((b) => operation(x[0], b));
  return x.map((a, i) => operation(a, y.length === 1 ? y[0] : y[i]));
}
