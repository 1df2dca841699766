import { describe, expect, it } from "vitest";
import { fromBits, MAX_FLOAT32, MIN_SUBNORMAL, OVERFLOW_THRESHOLD } from "../../float32/bits.js";
import { nextUp } from "../../float32/neighbours.js";
import { nextDown64, nextUp64 } from "./binary64.js";
import { float32AtBorder, float32Of, isBorder } from "./float32-of.js";

/** Positive float32s of either parity: subnormal, normal, at the ends of binades. */
const floats = [
  0, 1, 2, 5, 0x7fffff, 0x800000, 0x3f800000, 0x3f7fffff, 0x3f800001, 0x40490fdb, 0x7f7ffffe,
].map(fromBits);

describe("isBorder", () => {
  it("is true at midpoints and at the overflow threshold alone", () => {
    for (const f of floats) {
      const midpoint = (f + nextUp(f)) / 2;
      for (const sign of [1, -1]) {
        const holds = (x: number) => isBorder(sign * x, Math.fround(sign * x));
        expect(holds(midpoint)).toBe(true);
        expect(holds(nextUp64(midpoint))).toBe(false);
        expect(holds(nextDown64(midpoint))).toBe(false);
        // A float32 itself stays what it is, on whichever side of it the exact value lies.
        expect(holds(f)).toBe(false);
      }
    }
    for (const threshold of [OVERFLOW_THRESHOLD, -OVERFLOW_THRESHOLD]) {
      expect(isBorder(threshold, Math.fround(threshold))).toBe(true);
      expect(isBorder(2 * threshold, Math.fround(2 * threshold))).toBe(false);
    }
    expect(isBorder(Infinity, Infinity)).toBe(false);
    expect(isBorder(MAX_FLOAT32, MAX_FLOAT32)).toBe(false);
  });
});

describe("the float32 nearest to an exact value on a border", () => {
  it("is the neighbour on its side, and the even one for a tie", () => {
    for (const f of floats) {
      const midpoint = (f + nextUp(f)) / 2;
      const even = Math.fround(midpoint);
      for (const give of [
        (h: number, r: number) => float32AtBorder(h, Math.fround(h), r),
        (h: number, r: number) => float32Of(h, r),
      ]) {
        expect([-1, 0, 1].map((r) => give(midpoint, r))).toEqual([f, even, nextUp(f)]);
        expect([-1, 0, 1].map((r) => give(-midpoint, r))).toEqual([-nextUp(f), -even, -f]);
      }
    }
  });

  it("is the largest float32 inside the overflow threshold, and infinite from there on", () => {
    const t = OVERFLOW_THRESHOLD;
    expect([-1, 0, 1].map((r) => float32Of(t, r))).toEqual([MAX_FLOAT32, Infinity, Infinity]);
    expect([-1, 0, 1].map((r) => float32Of(-t, r))).toEqual([-Infinity, -Infinity, -MAX_FLOAT32]);
  });

  it("keeps the sign where it rounds to zero", () => {
    const h = MIN_SUBNORMAL / 2;
    expect(float32AtBorder(h, 0, -1)).toBe(0);
    expect(float32AtBorder(-h, -0, 1)).toBe(-0);
    expect(float32Of(h, 0)).toBe(0);
    expect(float32Of(-h, 0)).toBe(-0);
    expect(float32Of(0, 1)).toBe(0);
    expect(float32Of(-0, -1)).toBe(-0);
  });
});
