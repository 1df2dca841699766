import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBits, MAX_FLOAT32, MIN_NORMAL, MIN_SUBNORMAL, OVERFLOW_THRESHOLD } from "./bits.js";
import { floatsBetween, fromOrdinal, nextDown, nextUp, ordinalOf, roundingCell, ulp } from "./neighbours.js";

const INFINITY = Number.POSITIVE_INFINITY;
/** Every float32 but NaN. */
const anyFloat = fc
  .integer({ min: 0, max: 0xffffffff })
  .map(fromBits)
  .filter((x) => !Number.isNaN(x));

describe("the order of floats", () => {
  it("gives both zeros the place 0 and counts outward to the infinities", () => {
    expect(ordinalOf(0)).toBe(0);
    expect(ordinalOf(-0)).toBe(0);
    expect(ordinalOf(MIN_SUBNORMAL)).toBe(1);
    expect(ordinalOf(-MIN_SUBNORMAL)).toBe(-1);
    expect(ordinalOf(MAX_FLOAT32)).toBe(0x7f7fffff);
    expect(ordinalOf(INFINITY)).toBe(0x7f800000);
    expect(ordinalOf(-INFINITY)).toBe(-0x7f800000);
    expect(fromOrdinal(0)).toBe(0);
    expect(fromOrdinal(-1)).toBe(-MIN_SUBNORMAL);
  });

  it("has no place for NaN", () => {
    expect(() => ordinalOf(Number.NaN)).toThrow(
      new RangeError("NaN has no place in the order of float32 values"),
    );
  });

  it("is the order of the numbers", () => {
    fc.assert(
      fc.property(anyFloat, anyFloat, (x, y) => {
        expect(Math.sign(ordinalOf(x) - ordinalOf(y))).toBe(x < y ? -1 : x > y ? 1 : 0);
        expect(fromOrdinal(ordinalOf(x)) === x).toBe(true);
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});

describe("nextUp and nextDown", () => {
  it("leave nothing between", () => {
    fc.assert(
      fc.property(anyFloat, (x) => {
        if (x !== INFINITY) {
          const above = nextUp(x);
          expect(above).toBeGreaterThan(x);
          // What lies between rounds to one of the two.
          if (Number.isFinite(above) && Number.isFinite(x)) {
            expect([x, above]).toContain(Math.fround((x + above) / 2) + 0);
          }
          expect(nextDown(above) === x).toBe(true);
        }
        if (x !== -INFINITY) expect(nextUp(nextDown(x)) === x).toBe(true);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it("cross zero and end at the infinities", () => {
    expect(nextUp(-0)).toBe(MIN_SUBNORMAL);
    expect(nextDown(0)).toBe(-MIN_SUBNORMAL);
    expect(nextDown(MIN_SUBNORMAL)).toBe(0);
    expect(nextUp(MAX_FLOAT32)).toBe(INFINITY);
    expect(nextUp(INFINITY)).toBe(INFINITY);
    expect(nextDown(-INFINITY)).toBe(-INFINITY);
    expect(nextUp(-INFINITY)).toBe(-MAX_FLOAT32);
    expect(nextDown(INFINITY)).toBe(MAX_FLOAT32);
  });
});

describe("floatsBetween", () => {
  it("counts steps, with the two zeros in one place", () => {
    expect(floatsBetween(0, -0)).toBe(0);
    expect(floatsBetween(-MIN_SUBNORMAL, MIN_SUBNORMAL)).toBe(2);
    expect(floatsBetween(1, 2)).toBe(0x800000);
    expect(floatsBetween(2, 1)).toBe(0x800000);
    expect(floatsBetween(MAX_FLOAT32, INFINITY)).toBe(1);
  });
});

describe("ulp", () => {
  it("is the distance to the next larger magnitude", () => {
    expect(ulp(1)).toBe(2 ** -23);
    expect(ulp(-1)).toBe(2 ** -23);
    expect(ulp(nextDown(1))).toBe(2 ** -24);
    expect(ulp(0)).toBe(2 ** -149);
    expect(ulp(MIN_NORMAL / 4)).toBe(2 ** -149);
    expect(ulp(MIN_NORMAL)).toBe(2 ** -149);
    expect(ulp(2 ** 127)).toBe(2 ** 104);
    expect(ulp(nextDown(2 ** 127))).toBe(2 ** 103);
    expect(ulp(-MAX_FLOAT32)).toBe(2 ** 104);
  });
});

describe("roundingCell", () => {
  it("holds what rounds to the float, and nothing beyond its ends does", () => {
    const beyond = (edge: number, outward: number) =>
      edge + outward * Math.max(Math.abs(edge) * 2 ** -52, 2 ** -1000);
    fc.assert(
      fc.property(anyFloat.filter(Number.isFinite), (x) => {
        const { lower, upper } = roundingCell(x);
        expect(Math.fround(beyond(lower, 1)) === x).toBe(true);
        expect(Math.fround(beyond(upper, -1)) === x).toBe(true);
        expect(Math.fround(beyond(lower, -1)) < x).toBe(true);
        expect(Math.fround(beyond(upper, 1)) > x).toBe(true);
      }),
      {
        seed: 4,
        numRuns: 1500,
        examples: [[0], [-0], [MIN_SUBNORMAL], [MIN_NORMAL], [1], [-1], [MAX_FLOAT32], [-MAX_FLOAT32]],
      },
    );
  });

  it("ends at the overflow threshold", () => {
    expect(roundingCell(MAX_FLOAT32).upper).toBe(OVERFLOW_THRESHOLD);
    expect(roundingCell(INFINITY)).toEqual({ lower: OVERFLOW_THRESHOLD, upper: INFINITY });
    expect(roundingCell(-INFINITY)).toEqual({ lower: -INFINITY, upper: -OVERFLOW_THRESHOLD });
  });
});
