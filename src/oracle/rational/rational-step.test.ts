import { describe, expect, it } from "vitest";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { bitLength, compare, product, type Rational, rationalOf, reciprocal, sum } from "./rational.js";
import { type RationalInputs, type RationalStepOptions, rationalStep } from "./rational-step.js";
import { type Enclosed, isExact, type RationalValue } from "./rational-value.js";

const INPUTS: RationalInputs = { parameter: [4], gradient: [3], square_avg: [9], momentum_buffer: [0] };

function step(
  id: string,
  h: Partial<Hyperparameters>,
  inputs: RationalInputs = INPUTS,
  options: RationalStepOptions & { step?: number } = {},
) {
  const dialect = dialectById(id);
  return rationalStep(dialect, { ...dialect.defaults, ...h }, options.step ?? 1, inputs, options);
}

function enclosed(block: readonly RationalValue[] | undefined): Enclosed {
  const value = block?.[0];
  if (value?.kind !== "enclosed") throw new Error(`no number: ${JSON.stringify(value)}`);
  return value;
}

/** The number that is known exactly, as n/d. */
function known(block: readonly RationalValue[] | undefined): Rational {
  const value = enclosed(block);
  if (!isExact(value)) throw new Error("not known exactly");
  return value.lo;
}

function expectRatio(block: readonly RationalValue[] | undefined, numerator: number, denominator = 1): void {
  const requested = product(rationalOf(numerator), reciprocal(rationalOf(denominator)));
  expect(compare(known(block), requested)).toBe(0);
}

describe("rationalStep", () => {
  it("is exact while everything is rational", () => {
    const result = step("pytorch", { lr: 0.5, alpha: 0.75, eps: 0.5 }, INPUTS);
    expectRatio(result.square_avg, 9);
    expectRatio(result.variance, 9);
    expectRatio(result.denominator, 7, 2);
    expectRatio(result.update, 3, 7);
    expectRatio(result.parameter, 25, 7);
  });

  it("takes 0.99 as the number of its 64 bits", () => {
    const { square_avg } = step("pytorch", { alpha: 0.99 }, { ...INPUTS, square_avg: [0] });
    const complement = sum(rationalOf(1), { ...rationalOf(0.99), numerator: -rationalOf(0.99).numerator });
    expect(compare(known(square_avg), product(complement, rationalOf(9)))).toBe(0);
  });

  it("encloses an irrational root, and what follows from it, in so many bits", () => {
    for (const bits of [53, 256, 1000]) {
      const result = step("hinton", { lr: 1, alpha: 0.5 }, { ...INPUTS, square_avg: [4] }, { bits });
      // s = 6.5; the update is 3/√6.5
      const { lo, hi } = enclosed(result.update);
      const square = product(rationalOf(9), reciprocal(rationalOf(6.5)));
      expect(compare(product(lo, lo), square)).toBeLessThan(0);
      expect(compare(product(hi, hi), square)).toBeGreaterThan(0);
      expect(bitLength(hi.numerator)).toBeLessThanOrEqual(bits + 1);
      const width = sum(hi, { ...lo, numerator: -lo.numerator });
      expect(
        compare(width, product(hi, { numerator: 1n, denominator: 1n, exponent: 4 - bits })),
      ).toBeLessThan(0);
    }
  });

  it("reads every momentum form", () => {
    const inputs = { ...INPUTS, momentum_buffer: [1] };
    const h = { lr: 0.5, alpha: 0.75, eps: 0, momentum: 0.5 };
    // d = 3, g/d = 1
    const outside = step("pytorch", h, inputs);
    expectRatio(outside.momentum_buffer, 3, 2);
    expectRatio(outside.parameter, 13, 4);
    const inside = step("optax", h, inputs);
    expectRatio(inside.momentum_buffer, 1);
    const raw = step("fastai", h, inputs);
    expectRatio(raw.momentum_buffer, 7, 2);
    expectRatio(raw.update, 7, 12);
    expectRatio(step("optax-nesterov", h, inputs).update, 1);
    expectRatio(step("torchopt-nesterov", h, inputs).update, 7, 8);
  });

  it("reads centered steps, weight decay, clipping, decayed rates and corrected bias", () => {
    const h = { lr: 0.5, alpha: 0.75, eps: 0 };
    const centered = step("pytorch", { ...h, centered: true }, { ...INPUTS, grad_avg: [-1] });
    expectRatio(centered.grad_avg, 0);
    expectRatio(centered.variance, 9);
    expectRatio(step("pytorch", { ...h, weight_decay: 0.25 }).gradient, 4);
    // p = 4 − 0.25·4, g is cut off at 1 after s
    const clipped = step("recurrentjs", { ...h, weight_decay: 0.25, clip_value: 1 });
    expectRatio(clipped.gradient, 3);
    expectRatio(clipped.parameter, 17, 6);
    expectRatio(step("keras-2", { ...h, lr_decay: 2 }, INPUTS, { step: 3 }).update, 1, 10);
    // s = 9, correction 1 − (3/4)^3 = 37/64
    expectRatio(step("optax-bias-corrected", h, INPUTS, { step: 3 }).variance, 9 * 64, 37);
  });

  it("has two functions for the two forms of a mean where the scalars are given", () => {
    const scalars = { alpha: 0.75, complement: 0.5 };
    const inputs = { ...INPUTS, gradient: [2], square_avg: [8] };
    expectRatio(step("pytorch", {}, inputs, { scalars }).square_avg, 8);
    expectRatio(step("pytorch", {}, inputs, { scalars, meanSquare: "lerp" }).square_avg, 6);
    expectRatio(step("pytorch", { eps: 0, lr: 1 }, inputs, { observed: { square_avg: [16] } }).update, 1, 2);
  });

  it("takes each scalar that is given in place of what the hyperparameters give", () => {
    const h = { lr: 0.5, alpha: 0.75, eps: 0 };
    expectRatio(step("pytorch", h, INPUTS, { scalars: { lr: 2 } }).update, 2);
    expectRatio(step("pytorch", h, INPUTS, { scalars: { eps: 3 } }).denominator, 6);
    const momentum = step(
      "pytorch",
      { ...h, momentum: 0.5 },
      { ...INPUTS, momentum_buffer: [1] },
      { scalars: { momentum: 0.25 } },
    );
    expectRatio(momentum.momentum_buffer, 5, 4);
    const decay = step("pytorch", { ...h, weight_decay: 0.25 }, INPUTS, { scalars: { weight_decay: 0.5 } });
    expectRatio(decay.gradient, 5);
    // p = 4 − 0.25·4, g is cut off at 2 after s
    const clipped = { ...h, weight_decay: 0.25, clip_value: 1 };
    expectRatio(step("recurrentjs", clipped, INPUTS, { scalars: { clip_value: 2 } }).parameter, 8, 3);
    expectRatio(step("optax-bias-corrected", h, INPUTS, { scalars: { correction: 0.5 } }).variance, 18);
  });

  it("lets no rate decay where the dialect knows no decay", () => {
    const h = { lr: 0.5, alpha: 0.75, eps: 0, lr_decay: 2 };
    expectRatio(step("pytorch", h, INPUTS, { step: 3 }).update, 1, 2);
  });

  it("says why where the step leaves the reals, and gives no number", () => {
    const why = (block: readonly RationalValue[] | undefined) =>
      block?.map((value) => (value.kind === "enclosed" ? value.kind : value.why));
    const centered = { ...INPUTS, gradient: [0], square_avg: [1], grad_avg: [8] };
    const negative = step("pytorch", { centered: true }, centered);
    expect(why(negative.square_avg)).toEqual(["enclosed"]);
    expect(why(negative.parameter)).toEqual(["root of a negative number"]);
    const zero = step("hinton", {}, { ...INPUTS, gradient: [0], square_avg: [0] });
    expect(why(zero.denominator)).toEqual(["enclosed"]);
    expect(why(zero.parameter)).toEqual(["division by zero"]);
    const corrected = step("optax-bias-corrected", { alpha: 1 });
    expect(why(corrected.variance)).toEqual(["division by zero"]);
    expect(why(corrected.update)).toEqual(["division by what is undefined"]);
    const infinite = step("pytorch", {}, { ...INPUTS, gradient: [Number.POSITIVE_INFINITY] });
    expect(why(infinite.parameter)).toEqual(["input that is not finite"]);
  });

  it("stays of a size to work with: a power that is too long becomes two ends", () => {
    const { variance } = step("optax-bias-corrected", { alpha: 0.999 }, INPUTS, { step: 100_000 });
    const { lo, hi } = enclosed(variance);
    expect(lo).not.toBe(hi);
    expect(compare(lo, rationalOf(9)) > 0 && compare(hi, rationalOf(9.0001)) < 0).toBe(true);
    expect(bitLength(lo.numerator)).toBeLessThanOrEqual(257);
  });

  it("refuses what it cannot read", () => {
    expect(() => step("pytorch", {}, INPUTS, { step: 0 })).toThrow(/counted from 1/);
    const { momentum_buffer: _, ...plain } = INPUTS;
    expect(() => step("pytorch", { momentum: 0.5 }, plain)).toThrow(/momentum_buffer is missing/);
    expect(() => step("pytorch", {}, { ...INPUTS, gradient: [1, 2] })).toThrow(/gradient has 2 elements/);
    expect(() => step("pytorch", {}, INPUTS, { bits: 1 })).toThrow(/bits must be/);
    expect(() => step("pytorch", {}, INPUTS, { observed: { square_avg: [1, 2] } })).toThrow(
      /observed square_avg has 2 elements; the parameter has 1 elements/,
    );
  });
});
