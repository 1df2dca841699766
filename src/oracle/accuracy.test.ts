import { describe, expect, it } from "vitest";
import { MAX_FLOAT32, MIN_NORMAL, MIN_SUBNORMAL } from "../float32/bits.js";
import { floatsBetween, nextDown, nextUp, ulp } from "../float32/neighbours.js";
import { RandomSource } from "../search/element-steps.js";
import {
  type Accuracy,
  floatsBelow,
  hasExactQuotient,
  hasExactRoot,
  moved,
  movedBy,
  Reach,
} from "./accuracy.js";

describe("two ulps", () => {
  it("are two floats down, three just above a power of two, and four at one", () => {
    expect([1, nextUp(1), nextUp(nextUp(1)), nextDown(1), 1.5].map(floatsBelow)).toEqual([4, 3, 2, 2, 2]);
    expect([MIN_NORMAL, nextUp(MIN_NORMAL), 2 * MIN_NORMAL].map(floatsBelow)).toEqual([2, 2, 4]);
    expect([0, MIN_SUBNORMAL, MAX_FLOAT32, Number.POSITIVE_INFINITY].map(floatsBelow)).toEqual([2, 2, 2, 2]);
  });

  it("are as many floats as subtraction says", () => {
    const random = new RandomSource(1);
    for (let k = 0; k < 2000; k++) {
      const power = 2 ** random.integer(-120, 120);
      const x = movedBy(power, random.integer(-4, 4));
      expect(floatsBelow(x)).toBe(floatsBetween(Math.fround(x - 2 * ulp(x)), x));
    }
  });

  it("reach every float32 within two ulps of an exact result", () => {
    const reach = new Reach(["within-two-ulps"]);
    const random = new RandomSource(2);
    for (let k = 0; k < 20000; k++) {
      // Close to a power of two, where ulps change: the exact result is a binary64 between two floats.
      const power = 2 ** random.integer(-100, 100);
      const exact = power * (1 + (random.uniform() * 16 - 8) * 2 ** -24);
      const rounded = Math.fround(exact);
      const unit = 2 ** (Math.floor(Math.log2(exact)) - 23);
      const lowest = reach.smallest(rounded, rounded);
      const highest = reach.largest(rounded);
      for (let floats = -6; floats <= 6; floats++) {
        const y = movedBy(rounded, floats);
        if (Math.abs(y - exact) > 2 * unit) continue;
        expect(y).toBeGreaterThanOrEqual(lowest);
        expect(y).toBeLessThanOrEqual(highest);
      }
    }
  });
});

describe("reach", () => {
  const CHOICES: readonly Accuracy[] = ["correct", "one-ulp-low", "one-ulp-high", "within-two-ulps"];

  it("of an interval is the hull of what its floats reach", () => {
    const random = new RandomSource(3);
    for (let k = 0; k < 4000; k++) {
      const some = CHOICES.filter(() => random.uniform() < 0.5);
      const reach = new Reach(some.length > 0 ? some : [random.pick(CHOICES)]);
      const lower = movedBy(2 ** random.integer(-149, 120), random.integer(-6, 2));
      const upper = movedBy(lower, random.integer(0, 6));
      let smallest = Number.POSITIVE_INFINITY;
      let largest = 0;
      for (let x = lower; x <= upper; x = nextUp(x)) {
        smallest = Math.min(smallest, reach.smallest(x, x));
        largest = Math.max(largest, reach.largest(x));
      }
      expect([reach.smallest(lower, upper), reach.largest(upper)]).toEqual([smallest, largest]);
    }
  });

  it("knows whether anything is moved, and whether nothing may be", () => {
    const reported = (...choices: Accuracy[]) => {
      const { isNone, mayBeCorrect } = new Reach(choices);
      return [isNone, mayBeCorrect];
    };
    expect(reported("correct")).toEqual([true, true]);
    expect(reported("one-ulp-low")).toEqual([false, false]);
    expect(reported("within-two-ulps")).toEqual([false, true]);
    expect(new Reach(["one-ulp-high"]).smallest(1, 1)).toBe(nextUp(1));
    expect(new Reach(["one-ulp-low"]).largest(1)).toBe(nextDown(1));
    expect(new Reach(["correct", "one-ulp-high"]).smallest(1, 1)).toBe(1);
  });
});

it("what is moved keeps its sign, and stays between zero and infinity", () => {
  expect(moved(-1, "one-ulp-high")).toBe(-nextUp(1));
  expect(moved(-1, "one-ulp-low")).toBe(-nextDown(1));
  expect(moved(-MIN_SUBNORMAL, "one-ulp-low")).toBe(-0);
  expect(moved(-0, "one-ulp-high")).toBe(-MIN_SUBNORMAL);
  expect(moved(MAX_FLOAT32, "one-ulp-high")).toBe(Number.POSITIVE_INFINITY);
  expect(moved(Number.POSITIVE_INFINITY, "one-ulp-low")).toBe(MAX_FLOAT32);
  expect(moved(1, "correct")).toBe(1);
  expect(movedBy(MIN_SUBNORMAL, -4)).toBe(0);
});

it("roots and quotients that are zero, infinite or NaN are exact", () => {
  expect([0, -0, -1, Number.NaN, Number.POSITIVE_INFINITY].every(hasExactRoot)).toBe(true);
  expect(hasExactRoot(MIN_SUBNORMAL)).toBe(false);
  const infinite = Number.POSITIVE_INFINITY;
  const exact = [
    [0, 1],
    [1, 0],
    [infinite, 1],
    [1, -infinite],
    [Number.NaN, 1],
  ];
  expect(exact.every(([x, d]) => hasExactQuotient(x, d))).toBe(true);
  expect(hasExactQuotient(MIN_SUBNORMAL, MAX_FLOAT32)).toBe(false);
});
