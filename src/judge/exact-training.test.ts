import { describe, expect, it } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import { exactStep, isPoint, point } from "../oracle/exact/index.js";
import { ExactTraining } from "./exact-training.js";

const textbook = dialectById("textbook");
const h = { ...textbook.defaults, lr: 0.5, alpha: 0.75, eps: 0 };

describe("ExactTraining", () => {
  it("carries what a step wrote to the next one", () => {
    const training = new ExactTraining(textbook, h, [0, 1]);
    expect(training.parameter.map(({ lo }) => lo.toNumber())).toEqual([0, 1]);
    // s = 0.25·4² = 4, p = 0 − 0.5·4/2 = −1; and 1 − 0.5·(−8)/4 = 2.
    training.step([point(4), point(-8)]);
    expect(training.parameter.map(({ lo }) => lo.toNumber())).toEqual([-1, 2]);
    // s = 0.75·4 + 0.25·2² = 4, p = −1 − 0.5·2/2 = −1.5.
    const { square_avg } = training.step([point(2), point(0)]);
    expect(square_avg.map(({ lo }) => lo.toNumber())).toEqual([4, 12]);
    expect(training.parameter.map(({ lo }) => lo.toNumber())).toEqual([-1.5, 2]);
    expect(training.parameter.every(isPoint)).toBe(true);
  });

  it("counts its steps: a bias correction fades", () => {
    const dialect = dialectById("optax-bias-corrected");
    const training = new ExactTraining(dialect, { ...h, lr: 1 }, [0]);
    // Corrected, the mean of equal squares is that square: every step is −lr.
    for (let k = 1; k <= 3; k++) {
      training.step([point(3)]);
      const [{ lo, hi }] = training.parameter;
      expect(lo.toNumber()).toBeCloseTo(-k, 12);
      expect(hi.toNumber()).toBeCloseTo(-k, 12);
    }
  });

  it("begins where the dialect begins, the first gradient's square included", () => {
    const one = new ExactTraining(dialectById("tensorflow"), h, [0]).step([point(2)]);
    expect(one.square_avg[0].lo.toNumber()).toBe(0.75 + 0.25 * 4);
    const first = { ...textbook, initialAccumulator: "first-gradient-squared" } as const;
    expect(new ExactTraining(first, h, [0]).step([point(3)]).square_avg[0].lo.toNumber()).toBe(9);
  });

  it("has as many digits as it is told, and 40 if it is not", () => {
    const training = (digits?: number) => new ExactTraining(textbook, { ...h, alpha: 0.9 }, [0], digits);
    const second = (digits?: number) => {
      const one = training(digits);
      one.step([point(1 / 3)]);
      return one.step([point(1 / 7)]);
    };
    const width = (digits?: number) => {
      const [{ lo, hi }] = second(digits).parameter;
      return hi.minus(lo).e - lo.e;
    };
    expect(width(10)).toBeGreaterThanOrEqual(-10);
    expect(width(10)).toBeLessThan(-5);
    expect(width(40)).toBeLessThan(-35);
    expect(second()).toEqual(second(40));
  });

  it("sees in a first step that the variance of one gradient is zero, once it is corrected", () => {
    const dialect = dialectById("optax-bias-corrected");
    const setting = { ...dialect.defaults, lr: 1, eps: 0.5, centered: true };
    const training = new ExactTraining(dialect, setting, [0], 20);
    training.step([point(Math.fround(0.3))]);
    expect(training.parameter.map(({ lo, hi }) => [lo.toNumber(), hi.toNumber()])).toEqual([
      [-2 * Math.fround(0.3), -2 * Math.fround(0.3)],
    ]);
  });

  it("is one exact step, where there is only one", () => {
    const inputs = { parameter: [1], gradient: [0.1], square_avg: [0] };
    const once = exactStep(textbook, h, 1, inputs, { digits: 140 });
    expect(new ExactTraining(textbook, h, [1]).step([point(0.1)])).toEqual(once);
  });
});
