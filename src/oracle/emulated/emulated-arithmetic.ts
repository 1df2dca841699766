import type { Arithmetic, Slot, SumSite } from "../../../spec/arithmetic.js";
import type { PinnedChoice, PinnedEvaluation } from "../../../spec/evaluation.js";
import type { StepPart } from "../../../spec/step-part.js";
import { isFloat32, MIN_NORMAL } from "../../float32/bits.js";
import { nextDown, nextUp } from "../../float32/neighbours.js";
import {
  exactProduct,
  exactSum,
  isTiny,
  quotientOf,
  reciprocalRootOf,
  rootOf,
  roundToBinary64,
  roundToFloat32,
  type Scaled,
  scaledOf,
} from "./scaled-decimal.js";

/** A rounded value, with what a later operation may need to know of how it was made. */
export interface Emulated {
  readonly value: number;
  /** Whether an operation in binary64 made it. An operation in float32 reads it rounded to float32. */
  readonly wide?: boolean;
  /** Whether it is a scalar that is kept in binary64. */
  readonly double?: boolean;
  /** The value is the rounded float32 product of these. */
  readonly factors?: readonly [Emulated, Emulated];
  /** The value is the root of this. */
  readonly radicand?: Emulated;
  /** The same number as a decimal, made when it is first needed. */
  scaled?: Scaled;
}

/**
 * The update rule for one element under a pinned evaluation, by decimal.js: each operation is exact, or has enough
 * digits, and is rounded once. It shares no code with the float32 evaluator or the enumerated sets, which compute in
 * binary64; it is what they are checked against.
 */
export class EmulatedArithmetic implements Arithmetic<Emulated> {
  readonly stored: Partial<Record<Slot, number>> = {};
  private readonly flushes: boolean;
  private part: StepPart = "gradient";

  /**
   * @param observed what later operations read in place of what was stored; where intermediates are kept in binary64,
   *   a kept value that rounds to what was observed stands
   * @param misfuses fuse products where no axis offers it: both products of a sum, and the square in the difference of a
   *   lerp. What comes out is no evaluation, and is what a judge must be able to reject
   */
  constructor(
    private readonly evaluation: PinnedEvaluation,
    private readonly observed: Readonly<Partial<Record<Slot, number>>> = {},
    private readonly misfuses = false,
  ) {
    this.flushes = flushes(evaluation.subnormals);
  }

  /** Take a number in. Where subnormals are flushed, so are those of inputs. */
  input(value: number): Emulated {
    return { value: this.flushed(value) };
  }

  scalar(value: number): Emulated {
    return { value: this.flushed(value), double: this.evaluation.scalars === "binary64" };
  }

  enter(part: StepPart): void {
    this.part = part;
  }

  negate({ value, wide, double, factors }: Emulated): Emulated {
    return {
      value: -value,
      ...(wide && { wide }),
      ...(double && { double }),
      ...(factors && { factors: [this.negate(factors[0]), factors[1]] }),
    };
  }

  multiply(x: Emulated, y: Emulated): Emulated {
    const wide = this.isWide(x, y);
    const a = this.read(x, wide);
    const b = this.read(y, wide);
    const value = this.round(exactProduct(scaledFrom(a), scaledFrom(b)), [a, b], wide);
    return wide ? { value, wide } : { value, factors: [a, b] };
  }

  add(site: SumSite | null, x: Emulated, y: Emulated): Emulated {
    const isOfBuffer = site === "momentum" || site === "lookahead";
    switch (isOfBuffer ? this.evaluation["momentum-buffer"] : "direct") {
      case "direct":
        return this.addDirectly(site, x, y);
      case "negated":
        return this.negate(this.addDirectly(site, this.negate(x), this.negate(y)));
    }
  }

  private addDirectly(site: SumSite | null, first: Emulated, second: Emulated): Emulated {
    const wide = this.isWide(first, second);
    const x = this.read(first, wide);
    const y = this.read(second, wide);
    if (wide) return this.sum(x, y, wide);
    if (this.misfuses && (site === null || y.factors)) {
      const misfused = this.fusedSum(x, y, site !== null);
      if (misfused) return misfused;
    }
    const choice = site === null ? "none" : this.evaluation[`contraction.${site}`];
    switch (choice) {
      case "none":
        return this.sum(x, y, wide);
      case "left":
        return this.fusedSum(x, y) ?? this.sum(x, y, wide);
      case "right":
        return this.fusedSum(y, x) ?? this.sum(x, y, wide);
    }
  }

  subtract(site: SumSite | null, x: Emulated, y: Emulated): Emulated {
    return this.add(site, x, this.negate(y));
  }

  squareRoot(x: Emulated): Emulated {
    const wide = this.isWide(x);
    const radicand = this.read(x, wide);
    const { value } = radicand;
    const root = this.approximate(this.evaluation.root, rootOf(value), [radicand], hasExactRoot(value), wide);
    return { ...root, radicand };
  }

  maximum(x: Emulated, y: Emulated): Emulated {
    const wide = this.isWide(x, y);
    const [a, b] = [this.read(x, wide).value, this.read(y, wide).value];
    return { value: isBefore(a, b) ? b : a, wide };
  }

  minimum(x: Emulated, y: Emulated): Emulated {
    const wide = this.isWide(x, y);
    const [a, b] = [this.read(x, wide).value, this.read(y, wide).value];
    return { value: Number.isNaN(b) || isBefore(b, a) ? b : a, wide };
  }

  nonNegative(x: Emulated): Emulated {
    return this.maximum(x, { value: 0 });
  }

  decayed(x: Emulated, rates: readonly Emulated[], rate: Emulated, share: Emulated): Emulated {
    switch (this.evaluation["order.decoupled-decay"]) {
      case "one-by-one": {
        const product = rates.reduce((made, one) => this.multiply(made, one), x);
        return this.subtract("weight-decay", x, product);
      }
      case "rate-first":
        return this.subtract("weight-decay", x, this.multiply(x, rate));
      case "factor":
        return this.multiply(x, share);
    }
  }

  biasCorrected(x: Emulated, correction: Emulated): Emulated {
    switch (this.evaluation["bias-correction"]) {
      case "division":
        return this.divide(x, correction);
      case "reciprocal":
        return this.multiply(x, this.divide(ONE, correction));
    }
  }

  weightedMean(
    site: "mean-square" | "mean-gradient",
    weight: Emulated,
    complement: Emulated,
    old: Emulated,
    factors: readonly [Emulated] | readonly [Emulated, Emulated],
  ): Emulated {
    const [x, y] = factors;
    const order = this.evaluation[`order.${site}`];
    this.enter(y ? "square" : "average");
    const gained = (): Emulated => {
      const product =
        order === "square-first" && y
          ? this.multiply(complement, this.multiply(x, y))
          : y
            ? this.multiply(this.multiply(complement, x), y)
            : this.multiply(complement, x);
      this.enter("average");
      return product;
    };
    const target = (): Emulated => {
      const square = y ? this.multiply(x, y) : x;
      this.enter("average");
      return square;
    };
    switch (order) {
      case "two-term":
      case "weight-first":
      case "square-first": {
        const fresh = gained();
        return this.add(site, this.multiply(old, weight), fresh);
      }
      case "lerp":
        return this.lerp(site, complement, old, target());
      case "lerp-mirrored":
      case "lerp-mirrored-added":
        return Math.abs(complement.value) < 0.5
          ? this.lerp(site, complement, old, target())
          : this.mirroredLerp(site, complement, old, target(), order);
    }
  }

  quotient(x: Emulated, d: Emulated): Emulated {
    switch (this.evaluation.quotient) {
      case "division":
        return this.divide(x, d);
      case "reciprocal":
        return this.multiply(x, this.divide(ONE, d));
      case "reciprocal-root":
        return this.multiply(x, d.radicand ? this.reciprocalRoot(d.radicand) : this.divide(ONE, d));
    }
  }

  scaledQuotient(scale: Emulated, x: Emulated, d: Emulated): Emulated {
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

  store(slot: Slot, x: Emulated): Emulated {
    const stored = x.wide ? this.toFloat32(scaledFrom(x)) : x.value;
    this.stored[slot] = stored;
    const seen = this.observed[slot];
    if (seen === undefined || Object.is(seen, stored))
      return { value: x.value, ...(x.wide && { wide: true }) };
    return { value: seen };
  }

  name(_: unknown, x: Emulated): Emulated {
    return x;
  }

  /** Whether an operation of the part that was entered is done in binary64. */
  private isWide(...operands: readonly Emulated[]): boolean {
    const own = this.evaluation[`intermediates.${this.part}`];
    switch (own) {
      case "inherit":
        return this.evaluation.intermediates === "binary64";
      case "float32":
        return false;
      case "binary64":
        return true;
      case "promoted":
        return operands.some(({ wide, double }) => wide || double);
    }
  }

  /** An operand as an operation reads it. */
  private read(x: Emulated, wide: boolean): Emulated {
    return x.wide && !wide ? { value: this.toFloat32(scaledFrom(x)) } : x;
  }

  private sum(x: Emulated, y: Emulated, wide: boolean): Emulated {
    return { value: this.round(exactSum(scaledFrom(x), scaledFrom(y)), [x, y], wide), wide };
  }

  /**
   * The sum with the exact product instead of the rounded one; undefined where there is none to fuse.
   * @param both whether the other is a product too, and taken exactly
   */
  private fusedSum(x: Emulated, other: Emulated, both = false): Emulated | undefined {
    const product = this.fusibleProduct(x);
    const rest = both ? this.fusibleProduct(other) : isFloat32(other.value) && scaledFrom(other);
    return product && rest ? { value: this.toFloat32(exactSum(product, rest)) } : undefined;
  }

  /** Only products of float32 numbers are fused. */
  private fusibleProduct({ factors }: Emulated): Scaled | undefined {
    if (!factors?.every(({ value }) => isFloat32(value))) return undefined;
    return exactProduct(scaledFrom(factors[0]), scaledFrom(factors[1]));
  }

  private lerp(site: SumSite, complement: Emulated, old: Emulated, target: Emulated): Emulated {
    return this.add(site, old, this.multiply(complement, this.subtract(null, target, old)));
  }

  private mirroredLerp(
    site: SumSite,
    complement: Emulated,
    old: Emulated,
    target: Emulated,
    form: "lerp-mirrored" | "lerp-mirrored-added",
  ): Emulated {
    const difference = this.subtract(null, target, old);
    switch (form) {
      case "lerp-mirrored":
        return this.subtract(site, target, this.multiply(difference, this.scalarDifference(ONE, complement)));
      case "lerp-mirrored-added":
        return this.add(site, target, this.multiply(difference, this.scalarDifference(complement, ONE)));
    }
  }

  /** Of scalars in the precision of scalars. */
  private scalarDifference(x: Emulated, y: Emulated): Emulated {
    const exact = exactSum(scaledFrom(x), scaledFrom(this.negate(y)));
    switch (this.evaluation.scalars) {
      case "binary64":
        return { value: roundToBinary64(exact), double: true };
      case "float32":
        return { value: this.toFloat32(exact) };
    }
  }

  private divide(x: Emulated, d: Emulated): Emulated {
    const wide = this.isWide(x, d);
    const [a, b] = [this.read(x, wide), this.read(d, wide)];
    const isExact = [a, b].some(({ value }) => value === 0 || !Number.isFinite(value));
    return this.approximate(this.evaluation.division, quotientOf(a.value, b.value), [a, b], isExact, wide);
  }

  private reciprocalRoot(x: Emulated): Emulated {
    const wide = this.isWide(x);
    const radicand = this.read(x, wide);
    const { value } = radicand;
    // In binary64 it is two operations, each rounded.
    const nearest = wide
      ? scaledOf(roundToBinary64(quotientOf(1, roundToBinary64(rootOf(value)))))
      : reciprocalRootOf(value);
    const choice = this.evaluation["reciprocal-root"];
    return this.approximate(choice, nearest, [radicand], hasExactRoot(value), wide);
  }

  /** A root or a quotient as far off as a choice says. What is not correct is a float32 in any case. */
  private approximate(
    choice: PinnedChoice<"root" | "division" | "reciprocal-root">,
    nearest: Scaled,
    operands: readonly Emulated[],
    isExact: boolean,
    wide: boolean,
  ): Emulated {
    switch (isExact ? "correct" : choice) {
      case "correct":
        return { value: this.round(nearest, operands, wide), wide };
      case "one-ulp-low":
        return { value: this.moved(this.inBinary64(nearest, operands), towardZero), wide };
      case "one-ulp-high":
        return { value: this.moved(this.inBinary64(nearest, operands), awayFromZero), wide };
    }
  }

  private moved(nearest: Scaled, by: (x: number) => number): number {
    if (this.flushesEarly() && isTiny(nearest)) return zeroLike(nearest.decimal.isNegative());
    return this.flushed(by(roundToFloat32(nearest)));
  }

  /** Round the exact result of an operation on these operands. */
  private round(exact: Scaled, operands: readonly Emulated[], wide: boolean): number {
    return wide ? roundToBinary64(exact) : this.toFloat32(this.inBinary64(exact, operands));
  }

  /** An operation with a scalar that is no float32 is one of binary64, whose result is then rounded to float32. */
  private inBinary64(exact: Scaled, operands: readonly Emulated[]): Scaled {
    if (operands.every(({ value }) => isFloat32(value))) return exact;
    return scaledOf(roundToBinary64(exact));
  }

  private toFloat32(exact: Scaled): number {
    if (this.flushesEarly() && isTiny(exact)) return zeroLike(exact.decimal.isNegative());
    return this.flushed(roundToFloat32(exact));
  }

  private flushed(x: number): number {
    return this.flushes && Math.abs(x) < MIN_NORMAL ? zeroLike(x < 0 || Object.is(x, -0)) : x;
  }

  private flushesEarly(): boolean {
    return this.evaluation.subnormals === "flushed-early";
  }
}

const ONE: Emulated = { value: 1 };

/** Whether the root of x is 0, ∞ or NaN, which is never moved. */
function hasExactRoot(x: number): boolean {
  return !(x > 0 && Number.isFinite(x));
}

function scaledFrom(x: Emulated): Scaled {
  x.scaled ??= scaledOf(x.value);
  return x.scaled;
}

function flushes(choice: PinnedChoice<"subnormals">): boolean {
  switch (choice) {
    case "kept":
      return false;
    case "flushed":
    case "flushed-early":
      return true;
  }
}

function zeroLike(negative: boolean): number {
  return negative ? -0 : 0;
}

/** Whether x is below y, −0 being below +0, or y is NaN. */
function isBefore(x: number, y: number): boolean {
  return x < y || Number.isNaN(y) || (x === y && Object.is(x, -0));
}

/** The neighbour on the side of zero, of the same sign; zero stays. */
function towardZero(x: number): number {
  if (x === 0) return x;
  return x < 0 ? zeroIsNegative(nextUp(x)) : nextDown(x);
}

function zeroIsNegative(x: number): number {
  return x === 0 ? -0 : x;
}

/** The neighbour on the side of infinity, of the same sign; that of a zero is the smallest float32 of its sign. */
function awayFromZero(x: number): number {
  return x < 0 || Object.is(x, -0) ? nextDown(x) : nextUp(x);
}
