import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Dyadic,
  dyadicOf,
  minusDyadic,
  nearestBinary64,
  plusDyadic,
  signOfDyadic,
  timesDyadic,
} from "./dyadic.js";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const small = fc.integer({ min: -(2 ** 25), max: 2 ** 25 });

const dyadic = (significand: bigint, exponent: number): Dyadic => ({ significand, exponent });

describe("dyadicOf", () => {
  it("gives significand and exponent of zeros, subnormals and normals", () => {
    expect(dyadicOf(0)).toEqual(dyadic(0n, -1074));
    expect(dyadicOf(-0)).toEqual(dyadic(0n, -1074));
    expect(dyadicOf(Number.MIN_VALUE)).toEqual(dyadic(1n, -1074));
    expect(dyadicOf(-3 * Number.MIN_VALUE)).toEqual(dyadic(-3n, -1074));
    expect(dyadicOf(2 ** -1022)).toEqual(dyadic(2n ** 52n, -1074));
    expect(dyadicOf(2 ** -1021)).toEqual(dyadic(2n ** 52n, -1073));
    expect(dyadicOf(-1.5)).toEqual(dyadic(-3n * 2n ** 51n, -52));
    expect(dyadicOf(Number.MAX_VALUE)).toEqual(dyadic(2n ** 53n - 1n, 971));
  });
});

describe("sums, differences, products and signs", () => {
  it("are those of integers, in units of any size", () => {
    fc.assert(
      fc.property(small, small, fc.nat(40), (a, b, scale) => {
        const [x, y] = [dyadicOf(a * 2 ** scale), dyadicOf(b)];
        const big = BigInt(a) << BigInt(scale);
        const equals = (got: Dyadic, want: bigint) => {
          const shift = BigInt(-got.exponent);
          return got.significand === want << shift;
        };
        expect(equals(plusDyadic(x, y), big + BigInt(b))).toBe(true);
        expect(equals(minusDyadic(x, y), big - BigInt(b))).toBe(true);
        expect(equals(timesDyadic(x, y), big * BigInt(b))).toBe(true);
        expect(signOfDyadic(minusDyadic(x, y))).toBe(Math.sign(a * 2 ** scale - b) + 0);
      }),
      { seed: 23, numRuns: 300 },
    );
  });
});

describe("nearestBinary64", () => {
  it("is the identity on binary64", () => {
    fc.assert(
      fc.property(finite, (x) => Object.is(nearestBinary64(dyadicOf(x)), x + 0)),
      { seed: 3, numRuns: 300 },
    );
  });

  it("rounds ties to even, and keeps what is subnormal", () => {
    const s = 2n ** 53n;
    expect(nearestBinary64(dyadic(2n * s + 1n, 0))).toBe(2 ** 54);
    expect(nearestBinary64(dyadic(2n * s + 3n, 0))).toBe(2 ** 54 + 4);
    expect(nearestBinary64(dyadic(-2n * s - 3n, 0))).toBe(-(2 ** 54) - 4);
    expect(nearestBinary64(dyadic(8n * s + 9n, 0))).toBe(2 ** 56 + 16);
    expect(nearestBinary64(dyadic(8n * s + 8n, 0))).toBe(2 ** 56);
    expect(nearestBinary64(dyadic(8n * s + 24n, 0))).toBe(2 ** 56 + 32);
    expect(nearestBinary64(dyadic(1n, -1075))).toBe(0);
    expect(nearestBinary64(dyadic(3n, -1075))).toBe(2 * Number.MIN_VALUE);
    expect(nearestBinary64(dyadic(3n, -1076))).toBe(Number.MIN_VALUE);
    expect(nearestBinary64(dyadic(-1n, 1024))).toBe(-Infinity);
    expect(nearestBinary64(dyadic(1n, 1023))).toBe(2 ** 1023);
    expect(nearestBinary64(dyadic(0n, 5))).toBe(0);
  });
});
