import { describe, expect, it } from "vitest";
import { quantile } from "./quantile.js";

describe("quantile", () => {
  it("is the smallest number that this share does not exceed", () => {
    expect(quantile([7], 0.5)).toBe(7);
    expect(quantile([1, 2], 0.5)).toBe(1);
    expect(quantile([1, 2, 3], 0.5)).toBe(2);
    expect(quantile([1, 2, 3, 4], 1)).toBe(4);
    const hundred = Array.from({ length: 100 }, (_, k) => k + 1);
    expect(quantile(hundred, 0.99)).toBe(99);
    expect(quantile([...hundred, Number.POSITIVE_INFINITY], 0.99)).toBe(100);
  });
});
