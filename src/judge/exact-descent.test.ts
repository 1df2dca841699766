import { describe, expect, it } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import { exactDescent } from "./exact-descent.js";

const textbook = dialectById("textbook");

describe("exactDescent", () => {
  it("takes each gradient where it stands", () => {
    const h = { ...textbook.defaults, lr: 1, alpha: 0.75, eps: 0 };
    const points = exactDescent(textbook, h, [4, 1], [8, -16], 2);
    // A first step is lr·g/√(0.25·g²) = ±2 in every direction: to 6 and −14.
    expect(points.slice(0, 2)).toEqual([
      [8, -16],
      [6, -14],
    ]);
    // Then g = 24 and s = 0.75·0.25·32² + 0.25·24²; g = −14 and s = 0.75·0.25·16² + 0.25·14².
    const [x, y] = points[2];
    expect(x).toBeCloseTo(6 - 24 / Math.sqrt(0.75 * 256 + 144), 12);
    expect(y).toBeCloseTo(-14 + 14 / Math.sqrt(0.75 * 64 + 49), 12);
    expect(points).toHaveLength(3);
  });

  it("takes as many digits as the numbers need", () => {
    const h = { ...textbook.defaults, lr: 0.25, eps: 1 };
    const descent = (rising?: readonly number[]) => exactDescent(textbook, h, [1, 5], [-4, 2.5], 60, rising);
    const points = descent();
    expect(points).toHaveLength(61);
    expect(Math.hypot(...points[60])).toBeLessThan(1e-4);
    expect(descent([200])).toEqual(points);
    // What few digits tell is right, and they tell no more than that.
    const few = descent([20]);
    expect(few.length).toBeGreaterThan(1);
    expect(few.length).toBeLessThan(61);
    expect(few).toEqual(points.slice(0, few.length));
    expect(descent([20, 200])).toEqual(points);
    // One point too few is too few.
    const further = exactDescent(textbook, h, [1, 5], [-4, 2.5], few.length, [20, 200]);
    expect(further).toEqual(points.slice(0, few.length + 1));
    expect(descent([])).toEqual([]);
  });

  it("ends where there are no numbers", () => {
    const hinton = dialectById("hinton");
    // At the minimum 0/√0 is NaN.
    expect(exactDescent(hinton, hinton.defaults, [1, 1], [0, 0], 3)).toEqual([[0, 0]]);
  });
});
