import { describe, expect, it } from "vitest";
import { isEven64, nextDown64, nextUp64 } from "./binary64.js";

describe("nextUp64 and nextDown64", () => {
  it("are neighbours", () => {
    expect(nextUp64(0)).toBe(Number.MIN_VALUE);
    expect(nextUp64(-0)).toBe(Number.MIN_VALUE);
    expect(nextDown64(0)).toBe(-Number.MIN_VALUE);
    expect(nextUp64(Number.MAX_VALUE)).toBe(Infinity);
    expect(nextUp64(Infinity)).toBe(Infinity);
    expect(nextUp64(-Infinity)).toBe(-Number.MAX_VALUE);
    expect(nextUp64(-Number.MIN_VALUE)).toBe(-0);
    expect(nextUp64(1)).toBe(1 + 2 ** -52);
    expect(nextDown64(1)).toBe(1 - 2 ** -53);
    expect(nextUp64(2 ** 32 * (1 + 0xffffffff * 2 ** -52))).toBe(2 ** 32 * (1 + 2 ** -20));
  });
});

describe("isEven64", () => {
  it("looks at the last bit of the significand", () => {
    for (const x of [0, -0, 1, -1, 1 + 2 ** -51, 2 * Number.MIN_VALUE, Infinity])
      expect(isEven64(x)).toBe(true);
    for (const x of [1 + 2 ** -52, -1 - 2 ** -52, Number.MIN_VALUE, Number.MAX_VALUE])
      expect(isEven64(x)).toBe(false);
  });
});
