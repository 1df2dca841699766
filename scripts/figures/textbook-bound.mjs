import { PINNED_EVALUATIONS, SLOTS, stepShape, updateRule } from "../../dist/spec/index.js";
import { stepScalars } from "../../dist/src/oracle/scalars.js";

const UNIT = 2 ** -24;
const HALF_SUBNORMAL = 2 ** -150;

/**
 * The textbook's bound: every operation gives its exact result times (1 + δ), |δ| ≤ 2^-24, or, below the normal
 * range, plus half the smallest float. A value is an interval of one element, without regard to order or fusing.
 * Written for the comparison only: infinities and NaN give an interval of everything.
 */
class TextbookArithmetic {
  stored = {};

  constructor(observed) {
    this.observed = observed;
  }

  input(x) {
    return x - x === 0 ? [x, x] : EVERYTHING;
  }

  enter() {}

  nonNegative(x) {
    return this.maximum(x, [0, 0]);
  }

  decayed(x, rates) {
    return this.subtract(
      null,
      x,
      rates.reduce((product, rate) => this.multiply(product, rate), x),
    );
  }

  biasCorrected(x, correction) {
    return this.quotient(x, correction);
  }

  negate([low, high]) {
    return [-high, -low];
  }

  multiply([a, b], [c, d]) {
    const products = [a * c, a * d, b * c, b * d];
    return widened(Math.min(...products), Math.max(...products));
  }

  add(_site, [a, b], [c, d]) {
    return widened(a + c, b + d);
  }

  subtract(_site, [a, b], [c, d]) {
    return widened(a - d, b - c);
  }

  squareRoot([low, high]) {
    return high < 0 ? EVERYTHING : widened(Math.sqrt(Math.max(0, low)), Math.sqrt(high));
  }

  maximum([a, b], [c, d]) {
    return [Math.max(a, c), Math.max(b, d)];
  }

  minimum([a, b], [c, d]) {
    return [Math.min(a, c), Math.min(b, d)];
  }

  weightedMean(site, weight, complement, old, factors) {
    const gained = factors.reduce((product, factor) => this.multiply(product, factor), complement);
    const sum = this.add(site, this.multiply(weight, old), gained);
    // A square is not negative, which a product of intervals does not know.
    return factors.length === 2 && old[0] >= 0 ? [Math.max(0, sum[0]), sum[1]] : sum;
  }

  quotient(x, [c, d]) {
    if (c <= 0 && d >= 0) return EVERYTHING;
    const quotients = [x[0] / c, x[0] / d, x[1] / c, x[1] / d];
    return widened(Math.min(...quotients), Math.max(...quotients));
  }

  scaledQuotient(scale, x, d) {
    return this.quotient(this.multiply(scale, x), d);
  }

  store(slot, x) {
    this.stored[slot] = x;
    const seen = this.observed[slot];
    return seen === undefined ? x : this.input(seen);
  }

  name(_intermediate, x) {
    return x;
  }
}

const EVERYTHING = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

function widened(low, high) {
  if (Number.isNaN(low) || Number.isNaN(high)) return EVERYTHING;
  return [low - Math.abs(low) * UNIT - HALF_SUBNORMAL, high + Math.abs(high) * UNIT + HALF_SUBNORMAL];
}

/**
 * The bound of each slot of one element after a step from known state, as [lowest, highest] float32.
 * @param step counted from 1
 */
export function textbookBound(dialect, h, step, inputs, observed) {
  const ar = new TextbookArithmetic(observed);
  const take = (record) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, ar.input(value)]));
  const scalars = take(stepScalars(dialect, h, step, PINNED_EVALUATIONS.fused));
  // A clip value of ∞ is not read.
  updateRule(ar, dialect, stepShape(dialect, h), scalars, take(inputs));
  return Object.fromEntries(
    SLOTS.filter((slot) => ar.stored[slot]).map((slot) => [slot, ar.stored[slot].map(Math.fround)]),
  );
}
