import type { Arithmetic, Slot, SumSite } from "../../../spec/arithmetic.js";
import { type Evaluation, type EvaluationChoice, roundsAtOnce } from "../../../spec/evaluation.js";
import { type Enclosure, isNaNOnly, point } from "../exact/enclosure.js";
import type { EnclosureArithmetic } from "../exact/enclosure-arithmetic.js";
import { hull } from "./enclosed-numbers.js";
import { isCalm, type RoundingErrors } from "./rounding-error.js";

const ZERO = point(0);
const ONE = point(1);
const HALF = point(0.5);

type WeightedMeanSite = "mean-square" | "mean-gradient";
type Order = EvaluationChoice<`order.${WeightedMeanSite}`>;

/** An enclosure of computed values, and what they are roots of. */
export interface Computed {
  readonly value: Enclosure;
  readonly radicand?: Enclosure;
}

/**
 * The update rule for one element over the reals, with an error: every operation is done in decimal enclosures, and its
 * result is widened by the largest error that the declared choices allow the operation. Whatever an implementation that
 * makes these choices computes lies in the result, and so does the exact value. Where several orders are declared, the
 * result is the hull of theirs.
 *
 * A fused product is not rounded and an unfused one is; the enclosure of the unfused one holds both, so contractions
 * are not read. For the same reason every intermediate is widened as if it were rounded to float32.
 */
export class ErrorArithmetic implements Arithmetic<Computed> {
  readonly stored: Partial<Record<Slot, Enclosure>> = {};
  private readonly isWide: boolean;

  constructor(
    private readonly exact: EnclosureArithmetic,
    private readonly errors: RoundingErrors,
    private readonly evaluation: Evaluation,
    private readonly observed: Readonly<Partial<Record<Slot, number>>>,
  ) {
    this.isWide = !roundsAtOnce(evaluation);
  }

  /** Every part is widened alike. */
  enter(): void {}

  input(x: Enclosure): Computed {
    return { value: this.errors.input(x) };
  }

  negate({ value }: Computed): Computed {
    return { value: this.exact.negate(value) };
  }

  multiply(x: Computed, y: Computed): Computed {
    return this.rounded(x === y ? this.exact.square(x.value) : this.exact.multiply(x.value, y.value));
  }

  add(_: SumSite | null, x: Computed, y: Computed): Computed {
    return this.rounded(this.exact.add(x.value, y.value));
  }

  subtract(_: SumSite | null, x: Computed, y: Computed): Computed {
    return this.rounded(this.exact.subtract(x.value, y.value));
  }

  squareRoot({ value }: Computed): Computed {
    const root = this.exact.squareRoot(value);
    return { value: this.errors.approximate(root, this.evaluation.root), radicand: value };
  }

  maximum(x: Computed, y: Computed): Computed {
    return { value: this.exact.maximum(x.value, y.value) };
  }

  minimum(x: Computed, y: Computed): Computed {
    return { value: this.exact.minimum(x.value, y.value) };
  }

  nonNegative(x: Computed): Computed {
    return this.maximum(x, { value: ZERO });
  }

  decayed(x: Computed, rates: readonly Computed[], rate: Computed, share: Computed): Computed {
    const orders = this.evaluation["order.decoupled-decay"];
    return hullOf(orders.map((order) => this.decayedInOrder(order, x, rates, rate, share)));
  }

  biasCorrected(x: Computed, correction: Computed): Computed {
    const methods = this.evaluation["bias-correction"];
    return hullOf(methods.map((method) => this.quotientBy(method, x, correction)));
  }

  weightedMean(
    site: WeightedMeanSite,
    weight: Computed,
    complement: Computed,
    old: Computed,
    factors: readonly [Computed] | readonly [Computed, Computed],
  ): Computed {
    const orders: readonly Order[] = this.evaluation[`order.${site}`];
    return hullOf(orders.map((each) => this.meanInOrder(each, weight, complement, old, factors)));
  }

  quotient(x: Computed, d: Computed): Computed {
    return hullOf(this.evaluation.quotient.map((method) => this.quotientBy(method, x, d)));
  }

  scaledQuotient(scale: Computed, x: Computed, d: Computed): Computed {
    const orders = this.evaluation["order.update"];
    if ([scale, x, d].every(({ value }) => isCalm(value))) {
      // Whatever the order is, it is one rounded product and two rounded quotients, or the like, and none cancels.
      const { root, division, "reciprocal-root": reciprocalRoot } = this.evaluation;
      const exact = this.exact.divide(this.exact.multiply(scale.value, x.value), d.value);
      return { value: this.errors.threeOperations(exact, [...root, ...division, ...reciprocalRoot]) };
    }
    return hullOf(orders.map((each) => this.scaledInOrder(each, scale, x, d)));
  }

  store(slot: Slot, x: Computed): Computed {
    // What is kept in a higher precision is rounded when it is stored.
    const stored = this.isWide ? this.rounded(x.value) : { value: x.value };
    this.stored[slot] = stored.value;
    const seen = this.observed[slot];
    if (seen === undefined) return stored;
    // A kept value stands where it rounds to what was stored, and what was stored where it was read again.
    return this.isWide ? hullOf([x, { value: point(seen) }]) : { value: point(seen) };
  }

  name(_: unknown, x: Computed): Computed {
    return x;
  }

  private rounded(exact: Enclosure): Computed {
    return { value: this.errors.nearest(exact) };
  }

  private divide(x: Computed, d: Computed): Computed {
    const quotient = this.exact.divide(x.value, d.value);
    return { value: this.errors.approximate(quotient, this.evaluation.division) };
  }

  private quotientBy(method: EvaluationChoice<"quotient">, x: Computed, d: Computed): Computed {
    switch (method) {
      case "division":
        return this.divide(x, d);
      case "reciprocal":
        return this.multiply(x, this.divide({ value: ONE }, d));
      case "reciprocal-root": {
        const { radicand } = d;
        if (!radicand) return this.multiply(x, this.divide({ value: ONE }, d));
        const reciprocal = this.exact.divide(ONE, this.exact.squareRoot(radicand));
        return this.multiply(x, {
          value: this.errors.approximate(reciprocal, this.evaluation["reciprocal-root"]),
        });
      }
    }
  }

  private decayedInOrder(
    order: EvaluationChoice<"order.decoupled-decay">,
    x: Computed,
    rates: readonly Computed[],
    rate: Computed,
    share: Computed,
  ): Computed {
    switch (order) {
      case "one-by-one": {
        const lost = rates.reduce((made, one) => this.multiply(made, one), x);
        return this.subtract(null, x, lost);
      }
      case "rate-first":
        return this.subtract(null, x, this.multiply(x, rate));
      case "factor":
        return this.multiply(x, share);
    }
  }

  private scaledInOrder(
    each: EvaluationChoice<"order.update">,
    scale: Computed,
    x: Computed,
    d: Computed,
  ): Computed {
    switch (each) {
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

  private meanInOrder(
    each: Order,
    weight: Computed,
    complement: Computed,
    old: Computed,
    [x, y]: readonly [Computed] | readonly [Computed, Computed],
  ): Computed {
    const target = () => (y ? this.multiply(x, y) : x);
    switch (each) {
      case "two-term":
      case "weight-first": {
        const scaled = this.multiply(complement, x);
        return this.add(null, this.multiply(old, weight), y ? this.multiply(scaled, y) : scaled);
      }
      case "square-first":
        return this.add(null, this.multiply(old, weight), this.multiply(complement, target()));
      case "lerp":
        return this.lerp(complement, old, target());
      // The two forms are one over the reals.
      case "lerp-mirrored":
      case "lerp-mirrored-added": {
        const { value } = complement;
        const from = this.exact.subtract(HALF, this.exact.maximum(value, this.exact.negate(value)));
        // Neither is certain where |t| may be ½ and less.
        const direct = isNaNOnly(from) || !from.hi.isNegative() || from.hi.isZero();
        const mirrored = isNaNOnly(from) || !from.lo.isPositive() || from.lo.isZero();
        return hullOf([
          ...(direct ? [this.lerp(complement, old, target())] : []),
          ...(mirrored ? [this.mirroredLerp(complement, old, target())] : []),
        ]);
      }
    }
  }

  private lerp(complement: Computed, old: Computed, target: Computed): Computed {
    return this.add(null, old, this.multiply(complement, this.subtract(null, target, old)));
  }

  private mirroredLerp(complement: Computed, old: Computed, target: Computed): Computed {
    const kept = this.subtract(null, { value: ONE }, complement);
    return this.subtract(null, target, this.multiply(this.subtract(null, target, old), kept));
  }
}

function hullOf(all: readonly Computed[]): Computed {
  return all.length === 1 ? all[0] : { value: hull(all.map(({ value }) => value)) };
}
