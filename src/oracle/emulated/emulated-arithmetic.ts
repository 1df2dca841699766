import type { Arithmetic, Slot, SumSite } from "../../../spec/arithmetic.js";
import type { PinnedChoice, PinnedEvaluation } from "../../../spec/evaluation.js";
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
  /** The value is the rounded product of these. */
  readonly factors?: readonly [Emulated, Emulated];
  /** The value is the root of this. */
  readonly radicand?: number;
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

  negate(x: Emulated): Emulated {
    return { value: -x.value, ...(x.factors && { factors: [this.negate(x.factors[0]), x.factors[1]] }) };
  }

  multiply(x: Emulated, y: Emulated): Emulated {
    return { value: this.round(exactProduct(scaledFrom(x), scaledFrom(y)), [x, y]), factors: [x, y] };
  }

  add(site: SumSite | null, x: Emulated, y: Emulated): Emulated {
    if (this.misfuses && (site === null || y.factors)) {
      const misfused = this.fusedSum(x, y, site !== null);
      if (misfused) return misfused;
    }
    const choice = site === null ? "none" : this.evaluation[`contraction.${site}`];
    switch (choice) {
      case "none":
        return this.sum(x, y);
      case "left":
        return this.fusedSum(x, y) ?? this.sum(x, y);
      case "right":
        return this.fusedSum(y, x) ?? this.sum(x, y);
    }
  }

  subtract(site: SumSite | null, x: Emulated, y: Emulated): Emulated {
    return this.add(site, x, this.negate(y));
  }

  squareRoot(x: Emulated): Emulated {
    const isExact = !(x.value > 0 && Number.isFinite(x.value));
    const value = this.approximate(this.evaluation.root, rootOf(x.value), [x], isExact);
    return { value, radicand: x.value };
  }

  maximum(x: Emulated, y: Emulated): Emulated {
    return { value: isBefore(x.value, y.value) ? y.value : x.value };
  }

  minimum(x: Emulated, y: Emulated): Emulated {
    if (Number.isNaN(y.value)) return { value: y.value };
    return { value: isBefore(y.value, x.value) ? y.value : x.value };
  }

  weightedMean(
    site: "mean-square" | "mean-gradient",
    weight: Emulated,
    complement: Emulated,
    old: Emulated,
    factors: readonly [Emulated] | readonly [Emulated, Emulated],
  ): Emulated {
    const [x, y] = factors;
    const target = () => (y ? this.multiply(x, y) : x);
    const order = this.evaluation[`order.${site}`];
    switch (order) {
      case "two-term":
      case "weight-first": {
        const scaled = this.multiply(complement, x);
        return this.add(site, this.multiply(old, weight), y ? this.multiply(scaled, y) : scaled);
      }
      case "square-first":
        return this.add(site, this.multiply(old, weight), this.multiply(complement, target()));
      case "lerp":
        return this.lerp(site, complement, old, target());
      case "lerp-mirrored":
        return Math.abs(complement.value) < 0.5
          ? this.lerp(site, complement, old, target())
          : this.mirroredLerp(site, complement, old, target());
    }
  }

  quotient(x: Emulated, d: Emulated): Emulated {
    switch (this.evaluation.quotient) {
      case "division":
        return this.divide(x, d);
      case "reciprocal":
        return this.multiply(x, this.divide(ONE, d));
      case "reciprocal-root":
        return this.multiply(
          x,
          d.radicand === undefined ? this.divide(ONE, d) : this.reciprocalRoot(d.radicand),
        );
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
    const stored = this.keepsBinary64() ? this.toFloat32(scaledFrom(x)) : x.value;
    this.stored[slot] = stored;
    const seen = this.observed[slot];
    if (seen === undefined || Object.is(seen, stored)) return { value: x.value };
    return { value: seen };
  }

  name(_: unknown, x: Emulated): Emulated {
    return x;
  }

  private sum(x: Emulated, y: Emulated): Emulated {
    return { value: this.round(exactSum(scaledFrom(x), scaledFrom(y)), [x, y]) };
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

  /** Only products of float32 numbers are fused, and nothing where intermediates are kept. */
  private fusibleProduct({ factors }: Emulated): Scaled | undefined {
    if (!factors || this.keepsBinary64() || !factors.every(({ value }) => isFloat32(value))) return undefined;
    return exactProduct(scaledFrom(factors[0]), scaledFrom(factors[1]));
  }

  private lerp(site: SumSite, complement: Emulated, old: Emulated, target: Emulated): Emulated {
    return this.add(site, old, this.multiply(complement, this.subtract(null, target, old)));
  }

  private mirroredLerp(site: SumSite, complement: Emulated, old: Emulated, target: Emulated): Emulated {
    const difference = this.subtract(null, target, old);
    return this.subtract(site, target, this.multiply(difference, this.oneMinus(complement)));
  }

  /** Of scalars in the precision of scalars. */
  private oneMinus(x: Emulated): Emulated {
    switch (this.evaluation.scalars) {
      case "binary64":
        return { value: roundToBinary64(exactSum(scaledFrom(ONE), scaledFrom(this.negate(x)))) };
      case "float32":
        return this.subtract(null, ONE, x);
    }
  }

  private divide(x: Emulated, d: Emulated): Emulated {
    const isExact = [x, d].some(({ value }) => value === 0 || !Number.isFinite(value));
    const nearest = quotientOf(x.value, d.value);
    return { value: this.approximate(this.evaluation.division, nearest, [x, d], isExact) };
  }

  private reciprocalRoot(radicand: number): Emulated {
    if (!this.keepsBinary64())
      return { value: this.round(reciprocalRootOf(radicand), [{ value: radicand }]) };
    const root = roundToBinary64(rootOf(radicand));
    return { value: roundToBinary64(quotientOf(1, root)) };
  }

  /** A root or a quotient as far off as a choice says. What is not correct is a float32 in any case. */
  private approximate(
    choice: PinnedChoice<"root" | "division">,
    nearest: Scaled,
    operands: readonly Emulated[],
    isExact: boolean,
  ): number {
    if (isExact) return this.round(nearest, operands);
    switch (choice) {
      case "correct":
        return this.round(nearest, operands);
      case "one-float-low":
        return this.moved(this.inBinary64(nearest, operands), towardZero);
      case "one-float-high":
        return this.moved(this.inBinary64(nearest, operands), awayFromZero);
    }
  }

  private moved(nearest: Scaled, by: (x: number) => number): number {
    if (this.flushesEarly() && isTiny(nearest)) return zeroLike(nearest.decimal.isNegative());
    return this.flushed(by(roundToFloat32(nearest)));
  }

  /** Round the exact result of an operation on these operands. */
  private round(exact: Scaled, operands: readonly Emulated[]): number {
    return this.keepsBinary64() ? roundToBinary64(exact) : this.toFloat32(this.inBinary64(exact, operands));
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

  private keepsBinary64(): boolean {
    switch (this.evaluation.intermediates) {
      case "float32":
        return false;
      case "binary64":
        return true;
    }
  }
}

const ONE: Emulated = { value: 1 };

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
