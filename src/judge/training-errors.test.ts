import { describe, expect, it } from "vitest";
import type { Slot } from "../../spec/arithmetic.js";
import { dialectById } from "../../spec/dialects.js";
import { PINNED_EVALUATIONS } from "../../spec/evaluations.js";
import { float32FromDecimal } from "../float32/from-decimal.js";
import { nextUp, ulp } from "../float32/neighbours.js";
import { point } from "../oracle/exact/index.js";
import type { Observation } from "../program/observation.js";
import { vector } from "../program/tensor.js";
import { EVERYTHING, init, observe, programOf, simulate, step } from "./__test-helpers__/simulated.js";
import { ExactTraining } from "./exact-training.js";
import { trainingErrors } from "./training-errors.js";

const pytorch = dialectById("pytorch");
const plain = PINNED_EVALUATIONS["operation-by-operation"];
const h = { ...pytorch.defaults, lr: 0.1, momentum: 0.9, centered: true };
const gradients = Array.from({ length: 30 }, (_, t) => [Math.sin(t), 1 / (t + 1), -2].map(Math.fround));
const start = [0.5, -0.25, 0];
const program = programOf(pytorch, init(h, start), ...gradients.flatMap((g) => [step(g), EVERYTHING]));

/** What a training shows that is exact but for one rounding of what is shown. */
function roundedOnce(
  alter: (value: number, slot: Slot, t: number) => number = (value) => value,
): Observation[] {
  const training = new ExactTraining(pytorch, h, start);
  return gradients.map((gradient, t) => {
    const exact = training.step(gradient.map(point));
    const displayed = (["parameter", "square_avg", "grad_avg", "momentum_buffer"] as const).map((slot) => [
      slot,
      vector((exact[slot] ?? []).map(({ lo }) => alter(float32FromDecimal(lo), slot, t))),
    ]);
    return { parameters: [Object.fromEntries(displayed)] };
  });
}

describe("trainingErrors", () => {
  it("is at most half an ulp for the exact training, rounded where it is shown", () => {
    const errors = trainingErrors(program, roundedOnce(), pytorch);
    expect(Object.keys(errors).sort()).toEqual(["grad_avg", "momentum_buffer", "parameter", "square_avg"]);
    for (const list of Object.values(errors)) {
      expect(list).toHaveLength(30);
      expect(Math.max(...list)).toBeLessThanOrEqual(0.5);
      expect(Math.max(...list)).toBeGreaterThan(0);
    }
  });

  it("counts from the exact training, not from what was shown before", () => {
    // One float too high in the first step: that observation is wrong, and no later one.
    const wrong = roundedOnce((x, slot, t) => (slot === "square_avg" && t === 0 ? nextUp(nextUp(x)) : x));
    const { square_avg = [] } = trainingErrors(program, wrong, pytorch);
    expect(square_avg[0]).toBeGreaterThanOrEqual(1.5);
    expect(square_avg[0]).toBeLessThanOrEqual(2.5);
    expect(Math.max(...square_avg.slice(1))).toBeLessThanOrEqual(0.5);
  });

  it("grows beyond one rounding in a training that rounds every step", () => {
    const errors = trainingErrors(program, simulate(program, pytorch, plain), pytorch);
    expect(errors.parameter?.at(-1)).toBeGreaterThan(0.5);
    expect(errors.square_avg?.at(-1)).toBeGreaterThan(0.5);
  });

  it("is the largest over all elements of all parameters", () => {
    const two = programOf(pytorch, init({ lr: 1 }, [0, 0], [0]), step([1, 1], [1]), observe("square_avg"));
    const off = (floats: readonly (readonly number[])[]) =>
      trainingErrors(
        two,
        simulate(two, pytorch, plain, (_, { slot, parameter, element }) =>
          slot === "square_avg" ? 1 + floats[parameter][element] : 0,
        ),
        pytorch,
      ).square_avg?.[0];
    // Exact is about 0.01, in whose ulps 1 is far away: the farthest counts.
    const exact = (value: number) => (value - (1 - 0.99)) / ulp(0.01);
    expect(off([[0, 0], [0]])).toBeCloseTo(exact(1), 3);
    expect(off([[0, 1], [0]])).toBeCloseTo(exact(2), 3);
    expect(off([[2, 1], [0]])).toBeCloseTo(exact(3), 3);
    expect(off([[2, 1], [3]])).toBeCloseTo(exact(4), 3);
  });

  it("measures a parameter in ulps of the largest that it was", () => {
    const textbook = dialectById("textbook");
    // Steps of exactly −2: from 2 to 0, and on to −2.
    const hyper = { ...textbook.defaults, lr: 1, alpha: 0.75, eps: 0 };
    const descent = programOf(textbook, init(hyper, [2]), step([1]), observe("parameter"));
    const observed: Observation[] = [{ parameters: [{ parameter: vector([2 ** -20]) }] }];
    expect(trainingErrors(descent, observed, textbook)).toEqual({ parameter: [2 ** -20 / ulp(2)] });
    const ascent = programOf(textbook, init(hyper, [0]), step([1]), observe("parameter"));
    const adjacent: Observation[] = [{ parameters: [{ parameter: vector([-2 + 2 ** -20]) }] }];
    expect(trainingErrors(ascent, adjacent, textbook)).toEqual({ parameter: [2 ** -20 / ulp(2)] });
  });

  it("takes steps that are not shown, and leaves out slots that are not", () => {
    const some = programOf(pytorch, init(h, start), ...gradients.map((g) => step(g)), observe("parameter"));
    const all = trainingErrors(program, simulate(program, pytorch, plain), pytorch);
    expect(trainingErrors(some, simulate(some, pytorch, plain), pytorch)).toEqual({
      parameter: all.parameter?.slice(-1),
    });
  });

  it("knows nothing of what is shown before the first step but the parameter's slot", () => {
    const early = programOf(pytorch, init(h, start), EVERYTHING, step(gradients[0]), EVERYTHING);
    const errors = trainingErrors(early, simulate(early, pytorch, plain), pytorch);
    expect(errors.parameter).toHaveLength(1);
    expect(errors.square_avg).toHaveLength(1);
  });

  it("ends where its digits do not tell any more whether a result is NaN", () => {
    // Of equal gradients the variance is βᵗ(1 − βᵗ)·g², which two digits soon do not tell from zero.
    const equal = Array.from({ length: 12 }, () => [3]);
    const long = programOf(
      pytorch,
      init({ ...h, alpha: 0.5, momentum: 0 }, [0]),
      ...equal.flatMap((g) => [step(g), EVERYTHING]),
    );
    const printed = simulate(long, pytorch, plain);
    const whole = trainingErrors(long, printed, pytorch);
    expect(whole.parameter).toHaveLength(12);
    const { parameter, square_avg } = trainingErrors(long, printed, pytorch, 2);
    expect(parameter?.length).toBeLessThan(12);
    expect(parameter?.some(Number.isNaN)).toBe(false);
    expect(square_avg).toHaveLength(12);
  });

  it("has no list for a slot of which nothing can be told", () => {
    // Corrected, the variance of one gradient is g² − g²: zero, but the square has more digits than are tried.
    const dialect = dialectById("optax-bias-corrected");
    const tiny = programOf(dialect, init({ centered: true }, [0]), step([0.3 * 2 ** -70]), EVERYTHING);
    const errors = trainingErrors(tiny, simulate(tiny, dialect, plain), dialect);
    expect(Object.keys(errors).sort()).toEqual(["grad_avg", "square_avg"]);
  });
});
