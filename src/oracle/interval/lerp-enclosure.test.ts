import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_FLOAT32, MIN_NORMAL, MIN_SUBNORMAL } from "../../float32/bits.js";
import { fromOrdinal, nextDown, nextUp, ordinalOf, ulp } from "../../float32/neighbours.js";
import { nextUp64 } from "./binary64.js";
import { type Dyadic, dyadicOf, minusDyadic, plusDyadic, signOfDyadic, timesDyadic } from "./dyadic.js";
import {
  binary64Error,
  float32Error,
  flushedError,
  lerpEnclosure,
  type RoundingError,
  twiceRoundedError,
} from "./lerp-enclosure.js";

const EXACT: RoundingError = () => 0;
type Ends = readonly [lower: number, upper: number];

/** The bounds of a lerp from x towards y, or undefined where they are refused. */
function enclose(
  x: Ends,
  y: Ends,
  c: Ends,
  error: RoundingError = EXACT,
  [difference, product, unrounded]: readonly [number, number, number] = [0, 0, -1],
): number[] | undefined {
  const bounds = new Float64Array(2);
  const holds = lerpEnclosure(bounds, ...x, ...y, ...c, difference, product, unrounded, error);
  return holds ? [...bounds] : undefined;
}

describe("rounding errors", () => {
  it("in float32 are half the distance to the next float, and half of the least float at and below it", () => {
    for (const [magnitude, half] of [
      [0, 2 ** -150],
      [MIN_SUBNORMAL, 2 ** -150],
      [nextDown(MIN_NORMAL), 2 ** -150],
      [MIN_NORMAL, 2 ** -150],
      [2 ** -125, 2 ** -149],
      [nextDown(1), 2 ** -25],
      [1, 2 ** -24],
      [1.75, 2 ** -24],
      [MAX_FLOAT32, 2 ** 103],
    ]) {
      expect(float32Error(magnitude)).toBe(half);
      expect(half).toBe(ulp(magnitude) / 2);
    }
  });

  it("in binary64 are half an ulp of the power of two below at least, and the least number at zero", () => {
    expect(binary64Error(1)).toBe(2 ** -53);
    expect(binary64Error(1.5)).toBe(1.5 * 2 ** -53);
    expect(binary64Error(0)).toBe(Number.MIN_VALUE);
    expect(binary64Error(2 ** -1021)).toBe(2 * Number.MIN_VALUE);
  });

  it("of two roundings exceed those of one by a binary64 half-ulp, which is 2^-29 of them, and less than 2^-26", () => {
    expect(twiceRoundedError(1)).toBe(2 ** -24 * (1 + 2 ** -27));
    // The worst case: the double is a midpoint, half a binary64 ulp away from what was rounded to it.
    const worst = 2 ** -24 + 2 ** -53;
    expect(twiceRoundedError(1)).toBeGreaterThan(worst);
    expect(twiceRoundedError(0)).toBe(2 ** -150 * (1 + 2 ** -27));
  });

  it("with flushing are 2^-126, until rounding itself loses more", () => {
    const flushed = flushedError(float32Error);
    expect(flushed(0)).toBe(MIN_NORMAL);
    expect(flushed(2 ** -103)).toBe(MIN_NORMAL);
    expect(flushed(2 ** -102)).toBe(MIN_NORMAL);
    expect(flushed(2 ** -101)).toBe(2 ** -125);
    expect(flushed(1)).toBe(2 ** -24);
  });
});

describe("where the enclosure is refused", () => {
  const all = { c: [0.25, 0.5] as Ends, difference: 1, product: 1, unrounded: 1 };
  const holds = (change: Partial<typeof all>) => {
    const { c, difference, product, unrounded } = { ...all, ...change };
    return enclose([1, 2], [3, 4], c, EXACT, [difference, product, unrounded]) !== undefined;
  };

  it("holds for weights in [0, 1] with both ends, and magnitudes up to the largest float", () => {
    expect(holds({})).toBe(true);
    expect(holds({ c: [0, 0] })).toBe(true);
    expect(holds({ c: [1, 1] })).toBe(true);
    expect(holds({ c: [0, 1] })).toBe(true);
    expect(holds({ product: -1, unrounded: -1 })).toBe(true);
    for (const name of ["difference", "product", "unrounded"]) {
      expect(holds({ [name]: MAX_FLOAT32 }), name).toBe(true);
    }
  });

  it("is refused if one of them is outside, whatever the others are", () => {
    expect(holds({ c: [-Number.MIN_VALUE, 0.5] })).toBe(false);
    expect(holds({ c: [0.5, nextUp64(1)] })).toBe(false);
    expect(holds({ c: [2, 2] })).toBe(false);
    expect(holds({ c: [-2, -1] })).toBe(false);
    for (const name of ["difference", "product", "unrounded"]) {
      for (const beyond of [nextUp64(MAX_FLOAT32), Number.POSITIVE_INFINITY, Number.NaN]) {
        expect(holds({ [name]: beyond }), `${name} ${beyond}`).toBe(false);
      }
    }
  });

  it("leaves the bounds alone then", () => {
    const bounds = new Float64Array([7, 8]);
    expect(lerpEnclosure(bounds, 1, 2, 1, 2, 0, 2, 1, 1, -1, EXACT)).toBe(false);
    expect([...bounds]).toEqual([7, 8]);
  });
});

describe("the affine part, (1 − c)·x + c·y", () => {
  // Each of both products, their sum and the end is moved by one binary64; the smaller term vanishes in the sum.
  it("takes 1 − c as it is from one half on, where it is exact", () => {
    expect(enclose([1, 1], [0, 0], [0.5, 0.5])).toEqual([0.5 - 3 * 2 ** -54, 0.5 + 3 * 2 ** -53]);
    expect(enclose([-1, -1], [0, 0], [0.5, 0.5])).toEqual([-0.5 - 3 * 2 ** -53, -0.5 + 3 * 2 ** -54]);
    expect(enclose([1, 1], [0, 0], [0.75, 0.75])).toEqual([0.25 - 3 * 2 ** -55, 0.25 + 3 * 2 ** -54]);
    expect(enclose([0, 0], [1, 1], [0.75, 0.75])).toEqual([0.75 - 3 * 2 ** -53, 0.75 + 3 * 2 ** -53]);
  });

  it("moves 1 − c outward below one half, down for x > 0 and up for x < 0", () => {
    // 1 − 2^-60 is rounded to 1.
    expect(enclose([1, 1], [0, 0], [2 ** -60, 2 ** -60])).toEqual([1 - 4 * 2 ** -53, 1 + 4 * 2 ** -52]);
    expect(enclose([-1, -1], [0, 0], [2 ** -60, 2 ** -60])).toEqual([-1 - 4 * 2 ** -52, -1 + 4 * 2 ** -53]);
    expect(enclose([1, 1], [0, 0], [0.25, 0.25])).toEqual([0.75 - 4 * 2 ** -53, 0.75 + 4 * 2 ** -53]);
  });

  it("takes the lower ends of x and y for the lower bound, the upper ones for the upper", () => {
    expect(enclose([1, 2], [0, 0], [0.5, 0.5])).toEqual([0.5 - 3 * 2 ** -54, 1 + 3 * 2 ** -52]);
    expect(enclose([0, 0], [1, 2], [0.5, 0.5])).toEqual([0.5 - 3 * 2 ** -54, 1 + 3 * 2 ** -52]);
  });

  it("takes an interval of weights at both ends", () => {
    const c: Ends = [0.5, 0.75];
    // Falls in c for y < x, and rises for y > x.
    expect(enclose([1, 1], [0, 0], c)).toEqual([0.25 - 3 * 2 ** -55, 0.5 + 3 * 2 ** -53]);
    expect(enclose([0, 0], [1, 1], c)).toEqual([0.5 - 3 * 2 ** -54, 0.75 + 3 * 2 ** -53]);
    expect(enclose([1, 1], [3, 3], c)).toEqual([2 - 3 * 2 ** -52, 2.5 + 3 * 2 ** -51]);
    expect(enclose([-1, -1], [-3, -3], c)).toEqual([-2.5 - 3 * 2 ** -51, -2 + 3 * 2 ** -52]);
    // The lower bound is at one end of the weights, the upper at the other: −3 + 4c and 1 + 2c.
    expect(enclose([-3, 1], [1, 3], c)).toEqual([-1 - 3 * 2 ** -52, 2.5 + 3 * 2 ** -51]);
  });
});

describe("the slack, c·E₁ + E₂ + E₃", () => {
  const itself: RoundingError = (magnitude) => magnitude;
  // At x = y = 0 the slack is all there is. It is moved three times: its larger part, its sum, and the end.
  const slack = (c: Ends, error: RoundingError, magnitudes: readonly [number, number, number]) => {
    const [lower, upper] = enclose([0, 0], [0, 0], c, error, magnitudes) as number[];
    expect(lower).toBe(-upper);
    return upper;
  };

  it("has the error of the difference, weighted by the largest weight, and that of the product", () => {
    expect(slack([0.5, 0.5], itself, [2, 4, -1])).toBe(5 + 3 * 2 ** -50);
    expect(slack([0.25, 0.5], itself, [2, 4, -1])).toBe(5 + 3 * 2 ** -50);
  });

  it("has that of an unrounded x too, and no product where it is always fused", () => {
    expect(slack([0.5, 0.5], itself, [2, 4, 8])).toBe(13 + 3 * 2 ** -49);
    expect(slack([0.5, 0.5], itself, [2, -1, 8])).toBe(9 + 3 * 2 ** -49);
    expect(slack([0.5, 0.5], itself, [2, -1, -1])).toBe(1 + 3 * 2 ** -52);
  });

  it("has an error for results that are zero: what was rounded to zero need not have been zero", () => {
    const more: RoundingError = (magnitude) => magnitude + 1;
    expect(slack([0.5, 0.5], more, [1, 0, -1])).toBe(2 + 3 * 2 ** -51);
    expect(slack([0.5, 0.5], more, [1, -1, 0])).toBe(2 + 3 * 2 ** -51);
    // In float32: c·2^-150 + 2^-150, where the sum is a tie and rounds up.
    expect(slack([0.5, 0.5], float32Error, [0, 0, -1])).toBe(1.5 * 2 ** -150 + 4 * 2 ** -202);
  });

  it("goes to both sides", () => {
    // 6 ∓ 2: sum and slack have been moved by 2·2^-50 and 2^-50 below, 3·2^-50 and 2^-50 above, then the end.
    const c: Ends = [0.5, 0.5];
    expect(enclose([4, 4], [8, 8], c, itself, [2, 1, -1])).toEqual([4 - 7 * 2 ** -51, 8 + 3 * 2 ** -49]);
  });
});

describe("soundness", () => {
  const unit = fc.integer({ min: 0, max: ordinalOf(1) }).map(fromOrdinal);
  const float = fc.oneof(
    fc.integer({ min: ordinalOf(-4), max: ordinalOf(4) }).map(fromOrdinal),
    fc.integer({ min: -(2 ** 24), max: 2 ** 24 }).map((k) => k * 2 ** -24),
    fc.integer({ min: -100, max: 100 }).map((k) => k * MIN_SUBNORMAL),
  );
  const below = (x: Dyadic, y: Dyadic) => signOfDyadic(minusDyadic(x, y)) <= 0;
  const sorted = (a: number, b: number): Ends => [Math.min(a, b), Math.max(a, b)];
  const one = dyadicOf(1);

  it("every exact (1 − c)·x + c·y of the ends is inside, for weights of all sizes", () => {
    const weight = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(float, float, float, float, weight, weight, (x1, x2, y1, y2, c1, c2) => {
        const [x, y, c] = [sorted(x1, x2), sorted(y1, y2), sorted(c1, c2)];
        const [lower, upper] = (enclose(x, y, c) as number[]).map(dyadicOf);
        for (const weight of c) {
          const rest = minusDyadic(one, dyadicOf(weight));
          for (const from of x) {
            for (const to of y) {
              const value = plusDyadic(
                timesDyadic(rest, dyadicOf(from)),
                timesDyadic(dyadicOf(weight), dyadicOf(to)),
              );
              expect(below(lower, value) && below(value, upper)).toBe(true);
            }
          }
        }
      }),
      { seed: 31, numRuns: 100 },
    );
  });

  it("every exact sum that float32 members give to the last operation is inside", () => {
    fc.assert(
      fc.property(float, float, float, unit, (x1, x2, y, c) => {
        const x = sorted(x1, x2);
        const differences = x.map((from) => Math.abs(Math.fround(y - from)));
        const largest = Math.max(...differences);
        const [rounded, fused] = [Math.fround(c * largest), -1].map((product) =>
          (enclose(x, [y, y], [c, c], float32Error, [largest, product, -1]) as number[]).map(dyadicOf),
        );
        const middle = Math.fround((x[0] + x[1]) / 2);
        for (const from of [x[0], Math.min(nextUp(x[0]), x[1]), middle, x[1]]) {
          const d = Math.fround(y - from);
          const sum = plusDyadic(dyadicOf(from), dyadicOf(Math.fround(c * d)));
          expect(below(rounded[0], sum) && below(sum, rounded[1])).toBe(true);
          const exact = plusDyadic(dyadicOf(from), timesDyadic(dyadicOf(c), dyadicOf(d)));
          expect(below(fused[0], exact) && below(exact, fused[1])).toBe(true);
        }
      }),
      { seed: 32, numRuns: 150 },
    );
  });
});
