import type { Arithmetic, Intermediate, Slot, StateSlot, SumSite } from "../../../spec/arithmetic.js";
import type { EvaluationChoice } from "../../../spec/evaluation.js";
import { type Enclosure, isPoint, isReal, point } from "./enclosure.js";
import type { EnclosureArithmetic } from "./enclosure-arithmetic.js";

/**
 * The two forms of a weighted mean that are one function only when weight + complement is exactly 1:
 * weight·old + complement·x, and old + complement·(x − old), which does not read the weight.
 */
export type MeanForm = "two-term" | "lerp";

const ONE = point(1);
const ZERO = point(0);

/** What the exact reading can be told about one step. */
export interface ExactOptions {
  /** @default "two-term" */
  readonly meanSquare?: MeanForm;
  /** @default "two-term" */
  readonly meanGradient?: MeanForm;
  /** Matters only where cast scalars make λ·η, its cast and 1 less the cast share three numbers. @default "one-by-one" */
  readonly decoupledDecay?: EvaluationChoice<"order.decoupled-decay">;
  /**
   * State that was observed after the step, one enclosure an element: later operations read it in place of
   * what was computed. The computed values are still what `written` holds.
   */
  readonly observed?: Partial<Record<StateSlot, readonly Enclosure[]>>;
}

/**
 * The update rule over the reals. A block has one enclosure an element; a block of one stands for all elements.
 * Contraction and the order of operations mean nothing here and are not read, except the form of the means.
 */
export class ExactArithmetic implements Arithmetic<Enclosure[]> {
  readonly written: Partial<Record<Slot, Enclosure[]>> = {};
  readonly named: Partial<Record<Intermediate, Enclosure[]>> = {};

  constructor(
    private readonly elements: EnclosureArithmetic,
    private readonly reading: ExactOptions = {},
  ) {}

  /** Over the reals nothing depends on the part. */
  enter(): void {}

  negate(x: Enclosure[]): Enclosure[] {
    return x.map((e) => this.elements.negate(e));
  }

  multiply(x: Enclosure[], y: Enclosure[]): Enclosure[] {
    // One block twice is one value twice.
    if (x === y) return x.map((e) => this.elements.square(e));
    return broadcast(x, y, (a, b) => this.elements.multiply(a, b));
  }

  add(_site: SumSite | null, x: Enclosure[], y: Enclosure[]): Enclosure[] {
    return broadcast(x, y, (a, b) => this.elements.add(a, b));
  }

  subtract(_site: SumSite | null, x: Enclosure[], y: Enclosure[]): Enclosure[] {
    return broadcast(x, y, (a, b) => this.elements.subtract(a, b));
  }

  squareRoot(x: Enclosure[]): Enclosure[] {
    return x.map((e) => this.elements.squareRoot(e));
  }

  maximum(x: Enclosure[], y: Enclosure[]): Enclosure[] {
    return broadcast(x, y, (a, b) => this.elements.maximum(a, b));
  }

  minimum(x: Enclosure[], y: Enclosure[]): Enclosure[] {
    return broadcast(x, y, (a, b) => this.elements.minimum(a, b));
  }

  nonNegative(x: Enclosure[]): Enclosure[] {
    return this.maximum(x, [ZERO]);
  }

  decayed(x: Enclosure[], rates: readonly Enclosure[][], rate: Enclosure[], share: Enclosure[]): Enclosure[] {
    const form = this.reading.decoupledDecay;
    if (form === "factor") return this.multiply(x, share);
    const lost = (form === "rate-first" ? [rate] : rates).reduce((made, one) => this.multiply(made, one), x);
    return this.subtract("weight-decay", x, lost);
  }

  weightedMean(
    site: "mean-square" | "mean-gradient",
    weight: Enclosure[],
    complement: Enclosure[],
    old: Enclosure[],
    factors: readonly [Enclosure[]] | readonly [Enclosure[], Enclosure[]],
  ): Enclosure[] {
    const x = factors.length === 1 ? factors[0] : this.multiply(factors[0], factors[1]);
    const form = site === "mean-square" ? this.reading.meanSquare : this.reading.meanGradient;
    if (form !== "lerp") {
      return this.add(null, this.multiply(weight, old), this.multiply(complement, x));
    }
    return old.map((o, i) => this.lerp(o, x[i], complement.length === 1 ? complement[0] : complement[i]));
  }

  biasCorrected(x: Enclosure[], correction: Enclosure[]): Enclosure[] {
    return this.quotient(x, correction);
  }

  quotient(x: Enclosure[], d: Enclosure[]): Enclosure[] {
    return broadcast(x, d, (a, b) => this.elements.divide(a, b));
  }

  scaledQuotient(scale: Enclosure[], x: Enclosure[], d: Enclosure[]): Enclosure[] {
    return this.quotient(this.multiply(scale, x), d);
  }

  store(slot: Slot, x: Enclosure[]): Enclosure[] {
    this.written[slot] = x;
    const observed = slot === "parameter" ? undefined : this.reading.observed?.[slot];
    return observed ? [...observed] : x;
  }

  name(intermediate: Intermediate, x: Enclosure[]): Enclosure[] {
    this.named[intermediate] = x;
    return x;
  }

  private lerp(old: Enclosure, x: Enclosure, t: Enclosure): Enclosure {
    const ar = this.elements;
    if (isPoint(old) || !isReal(old) || !isReal(x) || !isReal(t)) {
      return ar.add(old, ar.multiply(t, ar.subtract(x, old)));
    }
    // Naming `old` once keeps the enclosure from growing at every step; over the reals it is the same function.
    return ar.add(ar.multiply(ar.subtract(ONE, t), old), ar.multiply(t, x));
  }
}

function broadcast(
  x: readonly Enclosure[],
  y: readonly Enclosure[],
  operation: (a: Enclosure, b: Enclosure) => Enclosure,
): Enclosure[] {
  if (x.length === 1) return y.map((b) => operation(x[0], b));
  if (y.length === 1) return x.map((a) => operation(a, y[0]));
  if (x.length !== y.length) {
    throw new RangeError(`blocks of ${x.length} and ${y.length} elements do not match`);
  }
  return x.map((a, i) => operation(a, y[i]));
}
