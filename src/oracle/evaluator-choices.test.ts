import { describe, expect, test } from "vitest";
import type { DialectAxes, Hyperparameters } from "../../spec/dialect.js";
import { dialectById } from "../../spec/dialects.js";
import type { PinnedEvaluation } from "../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../spec/evaluations.js";
import { MIN_NORMAL, MIN_SUBNORMAL } from "../float32/bits.js";
import { fma32 } from "../float32/fma.js";
import { movedBy, movedInMagnitude } from "./accuracy.js";
import { evaluateStep } from "./evaluator.js";

const { defaults, ...pytorch } = dialectById("pytorch");
const PINNED = PINNED_EVALUATIONS["operation-by-operation"];
const f = Math.fround;

describe("subnormals in a buffer", () => {
  const dialect: DialectAxes = { ...pytorch, momentum: "raw-gradient" };
  /** buffer·momentum + gradient, and what it becomes in each mode. */
  const BUFFERS = [
    {
      name: "a fused sum that rounds up to the smallest normal",
      values: [2 ** -75, 2 ** -76, -MIN_NORMAL],
      contraction: "left",
      gives: { kept: -MIN_NORMAL, flushed: -MIN_NORMAL, "flushed-early": -0 },
    },
    {
      name: "a fused sum that is the smallest normal",
      values: [2 ** -50, 2 ** -76, 0],
      contraction: "left",
      gives: { kept: MIN_NORMAL, flushed: MIN_NORMAL, "flushed-early": MIN_NORMAL },
    },
    {
      name: "a fused sum of normals that cancels to a subnormal",
      values: [2 ** -49, 2 ** -76, -(MIN_NORMAL + MIN_SUBNORMAL)],
      contraction: "left",
      gives: { kept: MIN_NORMAL - MIN_SUBNORMAL, flushed: 0, "flushed-early": 0 },
    },
    {
      name: "a fused sum whose product is tiny and that is not",
      values: [2 ** -75, 2 ** -76, 1],
      contraction: "left",
      gives: { kept: 1, flushed: 1, "flushed-early": 1 },
    },
    {
      name: "a product that rounds up to the smallest normal",
      values: [1 - 2 ** -24, MIN_NORMAL, 0],
      contraction: "none",
      gives: { kept: MIN_NORMAL, flushed: MIN_NORMAL, "flushed-early": 0 },
    },
    {
      name: "a product that is the smallest normal, and so is a factor",
      values: [1, MIN_NORMAL, 0],
      contraction: "none",
      gives: { kept: MIN_NORMAL, flushed: MIN_NORMAL, "flushed-early": MIN_NORMAL },
    },
    {
      name: "a sum of normals that cancels to a subnormal",
      values: [2 ** -49, 2 ** -76, -(MIN_NORMAL + MIN_SUBNORMAL)],
      contraction: "none",
      gives: { kept: MIN_NORMAL - MIN_SUBNORMAL, flushed: 0, "flushed-early": 0 },
    },
    {
      name: "a subnormal that was there before",
      values: [MIN_NORMAL - MIN_SUBNORMAL, 1, 0],
      contraction: "none",
      gives: { kept: MIN_NORMAL - MIN_SUBNORMAL, flushed: 0, "flushed-early": 0 },
    },
  ] as const;

  for (const subnormals of ["kept", "flushed", "flushed-early"] as const) {
    test.each(BUFFERS)(`${subnormals}: $name`, ({ values, contraction, gives }) => {
      const [buffer, momentum, gradient] = values;
      for (const sign of [1, -1]) {
        const { stored } = evaluateStep(
          dialect,
          { ...defaults, momentum },
          1,
          { ...PINNED, subnormals, "contraction.momentum": contraction },
          // A zero of the same sign, so that the sum keeps it.
          { parameter: 1, gradient: sign * gradient, square_avg: 1, momentum_buffer: sign * buffer },
        );
        expect(stored.momentum_buffer).toBe(sign * gives[subnormals]);
      }
    });
  }
});

describe("a quotient that is a float off", () => {
  const dialect: DialectAxes = { ...pytorch, momentum: "lr-outside", epsilon: "none" };
  // With alpha 1 the mean square stays, so that the denominator is 2^26; with no old buffer the quotient is stored.
  const quotientOf = (subnormals: PinnedEvaluation["subnormals"], division: PinnedEvaluation["division"]) =>
    [1 - 2 ** -24, 1 - 2 ** -23, 1].map(
      (significand) =>
        evaluateStep(
          dialect,
          { ...defaults, alpha: 1, momentum: 0.5 },
          1,
          { ...PINNED, subnormals, division },
          { parameter: 0, gradient: significand * 2 ** -100, square_avg: 2 ** 52, momentum_buffer: 0 },
        ).stored.momentum_buffer,
    );
  const below = MIN_NORMAL - MIN_SUBNORMAL;
  const above = MIN_NORMAL + MIN_SUBNORMAL;

  test("is moved after rounding, and zero before it where tininess is looked for early", () => {
    expect(quotientOf("kept", "one-ulp-high")).toEqual([above, MIN_NORMAL, above]);
    expect(quotientOf("kept", "one-ulp-low")).toEqual([below, below - MIN_SUBNORMAL, below]);
    expect(quotientOf("flushed", "one-ulp-high")).toEqual([above, MIN_NORMAL, above]);
    expect(quotientOf("flushed", "one-ulp-low")).toEqual([0, 0, 0]);
    expect(quotientOf("flushed-early", "one-ulp-high")).toEqual([0, 0, above]);
    expect(quotientOf("flushed-early", "one-ulp-low")).toEqual([0, 0, 0]);
  });

  test("moves each zero to its own side", () => {
    expect([0, 1, 2].map((floats) => movedInMagnitude(0, floats))).toEqual([
      0,
      MIN_SUBNORMAL,
      2 * MIN_SUBNORMAL,
    ]);
    expect([0, 1, 2].map((floats) => movedInMagnitude(-0, floats))).toEqual([
      -0,
      -MIN_SUBNORMAL,
      -2 * MIN_SUBNORMAL,
    ]);
    expect([movedInMagnitude(0, -1), movedInMagnitude(-0, -1)]).toEqual([0, -0]);
  });

  test("by no float is what it was, a NaN too", () => {
    expect(movedBy(Number.NaN, 0)).toBeNaN();
    expect(movedBy(Number.POSITIVE_INFINITY, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a mirrored lerp's weight of the old value", () => {
  const OLD = [3, 5, 7, 11, 13, 0.25];
  const pinned: PinnedEvaluation = { ...PINNED, "order.mean-square": "lerp-mirrored" };

  const meansOf = (evaluation: PinnedEvaluation, alpha: number) =>
    OLD.map(
      (square_avg) =>
        evaluateStep(pytorch, { ...defaults, alpha }, 1, evaluation, {
          parameter: 1,
          gradient: 1,
          square_avg,
        }).stored.square_avg,
    );
  const mirrored = (weightOfOld: number) => OLD.map((old) => f(1 - f((1 - old) * weightOfOld)));

  test("is subtracted in binary64 where scalars are kept in it", () => {
    const weightOfOld = 1 - (1 - 0.3);
    expect(meansOf({ ...pinned, scalars: "binary64" }, 0.3)).toEqual(mirrored(weightOfOld));
    expect(mirrored(weightOfOld)).not.toEqual(mirrored(f(weightOfOld)));
  });

  test("is rounded to float32 where scalars are", () => {
    // Only a complement far from [½, 2] has a difference that is not a float32 by itself.
    expect(meansOf(pinned, 2 ** 24 + 1)).toEqual(mirrored(2 ** 24));
    expect(mirrored(2 ** 24)).not.toEqual(mirrored(2 ** 24 + 1));
  });
});

describe("a sum that is no site", () => {
  const dialect: DialectAxes = { ...pytorch, epsilon: "subtracted", centered: "always" };
  // a² is 1 + 2^-11 + 2^-24, of which float32 loses the last bit.
  const a = 1 + 2 ** -12;
  const eps = 2 ** -24;

  test.each(["none", "right"] as const)("is not fused, whatever the variance is: %s", (variance) => {
    const h: Hyperparameters = { ...defaults, alpha: 1, eps };
    const evaluation: PinnedEvaluation = {
      ...PINNED_EVALUATIONS.fused,
      "order.mean-gradient": "two-term",
      "contraction.variance": variance,
      "contraction.mean-square": "left",
      "contraction.momentum": "left",
      "contraction.lookahead": "left",
    };
    const inputs = { parameter: 1, gradient: 1, square_avg: 2, grad_avg: a };
    const { named } = evaluateStep(dialect, h, 1, evaluation, inputs);
    expect(named.variance).toBe(f(2 - f(f(a * a) + eps)));
    expect(named.variance).not.toBe(f(2 - fma32(a, a, eps)));
  });
});

test("binary64 intermediates are rounded where they are stored, and are read as they were", () => {
  const h: Hyperparameters = { ...defaults, lr: 0.5, alpha: 0.5, eps: 0 };
  const inputs = { parameter: 0, gradient: 1 + 2 ** -12, square_avg: 2 ** -12 };
  const { stored, named } = evaluateStep(pytorch, h, 1, { ...PINNED, intermediates: "binary64" }, inputs);
  const mean = 0.5 * inputs.square_avg + 0.5 * inputs.gradient * inputs.gradient;
  expect(stored.square_avg).toBe(f(mean));
  expect(named.denominator).toBe(Math.sqrt(mean));
  expect(named.denominator).not.toBe(Math.sqrt(f(mean)));
  expect(stored.parameter).toBe(f(-((0.5 * inputs.gradient) / Math.sqrt(mean))));
});
