import type { Decimal } from "decimal.js";
import type { StepScalars } from "../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import type { Evaluation } from "../spec/evaluation.js";
import { stepShape } from "../spec/step-shape.js";
import { ulp } from "../src/float32/neighbours.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";
import { type Enclosure, EnclosureArithmetic, point } from "../src/oracle/exact/index.js";
import { exactRule } from "./exact-rule.js";
import { type MeanSquareForm, meanSquareForms } from "./mean-square-form.js";
import { precisionsOf, type UpdateInterpreter, updateError } from "./plain-update.js";

/**
 * How far a float32 trajectory of the plain rule can be from the one over the reals.
 *
 * Each step of an implementation is the exact step from its own state, off by roundings of known size. What one step
 * is off by, later steps carry on: the deviation (δθ, δs) is multiplied by the derivative of the step, and the
 * roundings of the step are added. It is enclosed by a zonotope, a sum of segments in the plane of (θ, s): the
 * derivative at the exact trajectory moves every segment, and each step adds two of its own, for its roundings and
 * for the difference between that derivative and the one anywhere between the two trajectories (mean value theorem).
 * So a deviation that a later step takes back is taken back here too, which intervals cannot show.
 */

/** Steps of the plain rule: no momentum, no weight decay, uncentered, no bias correction. */
export interface Descent {
  /** Before each step. */
  readonly schedule: readonly Hyperparameters[];
  readonly start: readonly number[];
  /**
   * The gradient at step k, counted from 0, and element i: a multiple of the parameter, computed in binary64 and
   * rounded to float32, or a float32 that does not depend on it.
   */
  readonly gradient: (k: number, i: number) => { readonly slope: number } | { readonly value: number };
}

/** A quantity over the reals, and how far from it a float32 one can be; infinitely far where nothing is known. */
export interface Bounded {
  readonly value: Decimal;
  readonly error: number;
}

/** One element after one step. */
export interface BoundedStep {
  readonly parameter: Bounded;
  /** η·g/d. The difference of two observed parameters is off by a rounding of the parameter more. */
  readonly update: Bounded;
}

/** Digits of the exact trajectory. A loop that amplifies an error 10^20-fold leaves more than binary64 can tell. */
const DIGITS = 60;
const ar = new EnclosureArithmetic(DIGITS);

/** No more than this share of a result is lost by rounding it to float32, and by a binary64 operation. */
const U = 2 ** -24;
const U64 = 2 ** -53;
/** A result below the normal numbers may be flushed to zero. */
const TINY = 2 ** -126;

/**
 * The exact trajectory for each way in which the declared evaluations cast the scalars, with its bounds, by step and
 * element. A float32 trajectory lies within one of them.
 */
export function trajectoryBounds(reading: UpdateInterpreter, descent: Descent): BoundedStep[][][] {
  return castsOf(reading.evaluation, descent.schedule).map((scalars) => {
    const exact = exactTrajectory(reading, descent, scalars);
    const elements = descent.start.map((_, i) => new DeviationOfElement(reading, descent, i));
    return exact.map((step, k) => elements.map((element, i) => element.next(k, scalars[k], step[i])));
  });
}

/** Whether an observed number is within its bound. */
export function isWithinBound(x: number, { value, error }: Bounded): boolean {
  if (error === Number.POSITIVE_INFINITY) return true;
  return exactDecimal(x).sub(value).abs().lte(exactDecimal(error));
}

/** The scalars of one step as an evaluation has them. */
interface CastScalars {
  readonly form: MeanSquareForm;
  readonly lr: number;
  readonly eps: number;
}

/** For each form of the mean square and each cast of the other scalars, those of every step. */
function castsOf(evaluation: Evaluation, schedule: readonly Hyperparameters[]): CastScalars[][] {
  const [first] = schedule;
  return precisionsOf(evaluation).flatMap((cast) =>
    meanSquareForms(evaluation, first).map((_, f) =>
      schedule.map((h) => ({ form: meanSquareForms(evaluation, h)[f], lr: cast(h.lr), eps: cast(h.eps) })),
    ),
  );
}

interface ExactElement {
  readonly gradient: Decimal;
  readonly meanSquareBefore: Decimal;
  readonly meanSquare: Decimal;
  readonly denominator: Decimal;
  readonly after: Decimal;
}

/** All enclosures have some 60 digits, so that one end stands for both. */
function exactTrajectory(
  { dialect }: UpdateInterpreter,
  { schedule, start, gradient }: Descent,
  scalars: readonly CastScalars[],
): ExactElement[][] {
  // At μ = 0 a buffer that is fed makes the same steps over the reals.
  const unbuffered: Dialect = { ...dialect, zeroMomentum: "unbuffered" };
  let parameter = start.map((x) => point(Math.fround(x)));
  let square_avg = start.map(() => point(0));
  return schedule.map((h, k) => {
    const gradients = parameter.map((x, i) => {
      const given = gradient(k, i);
      return "slope" in given ? ar.multiply(point(given.slope), x) : point(given.value);
    });
    const inputs = { parameter, gradient: gradients, square_avg };
    const after = exactRule(DIGITS, unbuffered, stepShape(unbuffered, h), stepScalars(scalars[k]), inputs);
    const step = after.parameter.map((x, i) => ({
      gradient: gradients[i].lo,
      meanSquareBefore: square_avg[i].lo,
      meanSquare: after.square_avg[i].lo,
      denominator: after.denominator[i].lo,
      after: x.lo,
    }));
    ({ parameter, square_avg } = after);
    return step;
  });
}

function stepScalars({ form, lr, eps }: CastScalars): StepScalars<Enclosure> {
  const exactly = (x: Decimal): Enclosure => ({ lo: x, hi: x, nan: false });
  return {
    lr: point(lr),
    alpha: exactly(form.decay),
    complement: exactly(form.complement),
    eps: point(eps),
    momentum: point(0),
    weight_decay: point(0),
    lr_decay: point(0),
    clip_value: point(Number.POSITIVE_INFINITY),
    correction: point(1),
    decay_rate: point(0),
    kept_share: point(1),
  };
}

/** A segment of the zonotope, from its middle to one end. */
interface Segment {
  readonly parameter: number;
  readonly meanSquare: number;
}

/** The deviation of one element, step by step. Binary64 throughout; its own roundings are added to each step's. */
class DeviationOfElement {
  private segments: readonly Segment[] = [];
  private readonly updateError: number;

  constructor(
    private readonly reading: UpdateInterpreter,
    private readonly descent: Descent,
    private readonly element: number,
  ) {
    this.updateError = updateError(reading).toNumber();
  }

  next(k: number, { form, lr, eps }: CastScalars, exact: ExactElement): BoundedStep {
    const given = this.descent.gradient(k, this.element);
    const slope = "slope" in given ? given.slope : 0;
    // The product with a power of two is exact.
    const gradientError = Number.isInteger(Math.log2(Math.abs(slope))) || slope === 0 ? 0 : U + U64;
    const [decay, complement] = [form.decay, form.complement].map((x) => x.toNumber());
    const g = exact.gradient.toNumber();
    const s = exact.meanSquareBefore.toNumber();
    const after = exact.after.toNumber();
    const wide = this.extent();
    if (!Number.isFinite(wide.parameter) || !exact.after.isFinite()) return this.unknown(exact, lr);

    // The largest magnitudes on either trajectory, a little more for the conversions.
    const largestG = (Math.abs(g) + Math.abs(slope) * wide.parameter) * (1 + 2 * U);
    const largestS = (s + wide.meanSquare) * (1 + 2 * U);
    const largestAfter = (decay * largestS + complement * largestG ** 2) * (1 + 16 * U) + 4 * TINY;
    // With the signs apart, the difference of a lerp is as large as it can be.
    const rounded = form.roundingError(
      -Math.fround(largestS),
      Math.fround(largestG),
      Math.fround(largestAfter),
    );
    const meanSquareNoise =
      rounded.toNumber() + 2 * complement * largestG ** 2 * gradientError * (1 + U) + 4 * TINY;
    // s′ over the reals moves with s by β and with θ by 2(1 − β)·g·slope.
    const withParameter = 2 * complement * g * slope;
    const moved = this.segments.map((one) => decay * one.meanSquare + withParameter * one.parameter);
    const curvature = 2 * complement * slope ** 2 * wide.parameter * wide.parameter;
    const ownMeanSquare = meanSquareNoise + curvature + U64 * 8 * largestAfter;
    const meanSquareError = sumOfMagnitudes(moved) + ownMeanSquare;

    const middle = exact.meanSquare.toNumber();
    // An evaluation that keeps s′ wide divides by what it stores before it is rounded.
    const unrounded = ulp(Math.fround(largestAfter)) / 2;
    const slopes = this.reciprocalSlopes(middle, meanSquareError + unrounded, eps);
    if (!slopes) return this.unknown(exact, lr);
    // θ′ moves with θ by 1 − η·slope/d and with s′ by −η·g·(1/d)′.
    const withOld = 1 - lr * slope * slopes.atMiddle.reciprocal;
    const largestWithOld = 1 + lr * Math.abs(slope) * slopes.largest;
    const withMeanSquare = -lr * g * slopes.atMiddle.slope;
    const largestWithMeanSquare = lr * largestG * -slopes.steepest;
    const spreadOfOld = lr * Math.abs(slope) * slopes.spread;
    const spreadOfMeanSquare = lr * (largestG * -slopes.steepest - Math.abs(g) * -slopes.flattest);
    const update = lr * largestG * slopes.largest;
    const segments = this.segments.map((one, j) => ({
      parameter: withOld * one.parameter + withMeanSquare * moved[j],
      meanSquare: moved[j],
    }));
    const noise =
      update * (this.updateError + gradientError) * (1 + 16 * U) +
      spreadOfOld * wide.parameter +
      spreadOfMeanSquare * meanSquareError +
      largestWithMeanSquare * unrounded +
      4 * TINY +
      16 *
        U64 *
        (Math.abs(after) + largestWithOld * wide.parameter + largestWithMeanSquare * meanSquareError);
    segments.push({ parameter: withMeanSquare * ownMeanSquare, meanSquare: ownMeanSquare });
    const nearby = Math.abs(after) + sumOfMagnitudes(segments.map((one) => one.parameter)) + noise;
    const own = noise + ulp(Math.fround(nearby * (1 + 2 * U))) / 2;
    segments.push({ parameter: own, meanSquare: 0 });
    this.segments = segments;
    return {
      parameter: { value: exact.after, error: this.extent().parameter * (1 + U) },
      update: {
        value: updateOf(exact, lr),
        // The update depends on θ by η·slope/d, and on s′, at most.
        error:
          (update * (this.updateError + gradientError) * (1 + 16 * U) +
            lr * Math.abs(slope) * slopes.largest * wide.parameter +
            largestWithMeanSquare * (meanSquareError + unrounded) +
            4 * TINY) *
          (1 + U),
      },
    };
  }

  private extent(): Segment {
    return {
      parameter: sumOfMagnitudes(this.segments.map((one) => one.parameter)),
      meanSquare: sumOfMagnitudes(this.segments.map((one) => one.meanSquare)),
    };
  }

  private unknown(exact: ExactElement, lr: number): BoundedStep {
    this.segments = [{ parameter: Number.POSITIVE_INFINITY, meanSquare: Number.POSITIVE_INFINITY }];
    const error = Number.POSITIVE_INFINITY;
    return {
      parameter: { value: exact.after, error },
      update: { value: updateOf(exact, lr), error },
    };
  }

  /**
   * 1/d and its derivative by s, at s and anywhere within a distance of it; both are monotone. Undefined where the
   * derivative has no bound there.
   */
  private reciprocalSlopes(s: number, distance: number, eps: number) {
    const low = s - distance * (1 + U);
    const high = s + distance * (1 + U);
    const { epsilon } = this.reading.dialect;
    const isInside = epsilon === "inside" || epsilon === "subtracted" || epsilon === "both";
    const lowest = isInside ? low + eps : low;
    if (!(lowest > 0) || !Number.isFinite(high)) return undefined;
    // Below ε the clamp is constant, and its derivative jumps.
    if (epsilon === "max-clamp" && Math.sqrt(low) <= eps) return undefined;
    const at = (value: number) => {
      const root = Math.sqrt(isInside ? value + eps : value);
      const d = epsilon === "outside" || epsilon === "both" ? root + eps : root;
      return { reciprocal: 1 / d, slope: -1 / (2 * root * d * d) };
    };
    const [below, atMiddle, above] = [at(low), at(s), at(high)];
    return {
      atMiddle,
      largest: below.reciprocal * (1 + U),
      steepest: below.slope * (1 + U64 * 8),
      flattest: above.slope * (1 - U64 * 8),
      spread: below.reciprocal - above.reciprocal + U64 * 8 * below.reciprocal,
    };
  }
}

function updateOf({ gradient, denominator }: ExactElement, lr: number): Decimal {
  return ExactDecimal.div(ExactDecimal.mul(exactDecimal(lr), gradient), denominator);
}

function sumOfMagnitudes(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + Math.abs(value), 0);
}
