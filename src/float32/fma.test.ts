import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBits, MAX_FLOAT32, MIN_NORMAL, MIN_SUBNORMAL } from "./bits.js";
import { fma32 } from "./fma.js";
import { fromOrdinal, nextDown, nextUp, ordinalOf, ulp } from "./neighbours.js";

const INFINITY = Number.POSITIVE_INFINITY;

/** x·2^149, an integer for every finite float32. */
function scaled(x: number): bigint {
  // 2^149·x is an integer below 2^277, and a binary64 holds it with all its bits.
  return BigInt(x * 2 ** 149);
}

/** x·y + z with integers alone: exact, then rounded to nearest, ties to even. x, y and z are finite. */
function reference(x: number, y: number, z: number): number {
  const units = scaled(x) * scaled(y) + (scaled(z) << 149n); // of 2^-298
  if (units === 0n) return x * y === 0 && x * y + z === 0 ? x * y + z : 0;
  const magnitude = units < 0n ? -units : units;
  const shift = BigInt(Math.max(magnitude.toString(2).length - 24, 149));
  let significand = magnitude >> shift;
  const rest = magnitude - (significand << shift);
  const half = 1n << (shift - 1n);
  if (rest > half || (rest === half && significand % 2n === 1n)) significand++;
  const rounded = Number(significand) * 2 ** (Number(shift) - 298);
  return (units < 0n ? -1 : 1) * (rounded > MAX_FLOAT32 ? INFINITY : rounded);
}

const naive = (x: number, y: number, z: number) => Math.fround(x * y + z);

const anyFloat = fc.integer({ min: 0, max: 0xffffffff }).map(fromBits).filter(Number.isFinite);

/** A float of any mantissa and sign with an exponent in the range. */
function withExponent(min: number, max: number): fc.Arbitrary<number> {
  return fc
    .tuple(fc.integer({ min: 0, max: 0x7fffff }), fc.integer({ min, max }), fc.boolean())
    .map(([mantissa, exponent, negative]) =>
      Math.fround((negative ? -1 : 1) * (1 + mantissa / 2 ** 23) * 2 ** exponent),
    );
}

function agrees(x: number, y: number, z: number): void {
  const expected = reference(x, y, z);
  const got = fma32(x, y, z);
  if (!Object.is(got, expected)) throw new Error(`fma32(${x}, ${y}, ${z}) is ${got} instead of ${expected}`);
}

describe("the integer reference", () => {
  it("reads floats exactly", () => {
    for (const x of [
      MIN_SUBNORMAL,
      nextDown(MIN_NORMAL),
      MIN_NORMAL,
      1,
      nextUp(1),
      0.75,
      MAX_FLOAT32,
      12345.678,
    ]) {
      const float = Math.fround(x);
      // Both powers are exact, and a quotient of integers below 2^24·2^k is too.
      expect(Number(scaled(float)) * 2 ** -149).toBe(float);
      expect(scaled(-float)).toBe(-scaled(float));
    }
  });
});

describe("fma32 against exact integers", () => {
  it("on any bit patterns", () => {
    fc.assert(fc.property(anyFloat, anyFloat, anyFloat, agrees), { seed: 1, numRuns: 6000 });
  });

  it("where product and summand are of like size", () => {
    const factor = withExponent(-20, 20);
    fc.assert(
      fc.property(factor, factor, fc.integer({ min: -30, max: 30 }), withExponent(0, 0), (x, y, k, m) => {
        agrees(x, y, Math.fround(m * 2 ** (Math.floor(Math.log2(Math.abs(x * y))) + k)));
      }),
      { seed: 2, numRuns: 6000 },
    );
  });

  it("under cancellation down to the last bit", () => {
    const factor = withExponent(-40, 40);
    fc.assert(
      fc.property(factor, factor, fc.integer({ min: -3, max: 3 }), (x, y, off) => {
        agrees(x, y, fromOrdinal(ordinalOf(-Math.fround(x * y)) + off));
      }),
      { seed: 3, numRuns: 4000 },
    );
  });

  it("among subnormals, where the product is far below the last bit or around it", () => {
    const small = withExponent(-100, -50);
    const subnormal = fc.integer({ min: -0x800001, max: 0x800001 }).map(fromOrdinal);
    fc.assert(fc.property(small, small, subnormal, agrees), { seed: 4, numRuns: 4000 });
  });

  it("around the overflow threshold", () => {
    const large = withExponent(62, 64);
    const largest = fc.integer({ min: 0, max: 64 }).map((k) => fromOrdinal(ordinalOf(MAX_FLOAT32) - k));
    fc.assert(
      fc.property(large, large, largest, fc.boolean(), (x, y, z, negative) =>
        agrees(x, y, negative ? -z : z),
      ),
      { seed: 5, numRuns: 3000 },
    );
    fc.assert(
      fc.property(withExponent(40, 52), withExponent(50, 51), largest, (x, y, z) => agrees(x, y, z)),
      { seed: 6, numRuns: 3000 },
    );
  });
});

/**
 * Products a hair above and below a power of two: (1 + 2^-12)(1 − 2^-12 + 2^-24) = 1 + 2^-36, and
 * (1 + 2^-23)(1 − 2^-23) = 1 − 2^-46.
 */
const HAIR_ABOVE = [1 + 2 ** -12, 1 - 2 ** -12 + 2 ** -24] as const;
const HAIR_BELOW = [1 + 2 ** -23, 1 - 2 ** -23] as const;

/** z, and a product that is half of z's ulp but for a hair that a binary64 sum loses. */
function hazards(z: number): { x: number; y: number; z: number }[] {
  const outward = ulp(z) / 2;
  const inward = (Math.abs(z) - nextDown(Math.abs(z))) / 2;
  // Half an ulp as a product of two powers of two that are both normal floats.
  const split = (half: number): [number, number] => {
    const low = 2 ** Math.floor(Math.log2(half) / 2);
    return [low, half / low];
  };
  return [HAIR_ABOVE, HAIR_BELOW].flatMap(([a, b]) =>
    [
      { half: outward, sign: Math.sign(z) },
      { half: inward, sign: -Math.sign(z) },
    ].map(({ half, sign }) => {
      const [low, high] = split(half);
      return { x: a * low, y: sign * b * high, z };
    }),
  );
}

describe("double rounding", () => {
  it("does not happen where the binary64 sum is a midpoint and its remainder has either sign", () => {
    let naiveWrong = 0;
    const wrongSigns = new Set<string>();
    const significands = [1, nextUp(1), 1.5, nextUp(1.5), nextDown(2), 1.25, nextDown(1.25)];
    for (let exponent = -126; exponent <= 127; exponent++) {
      for (const significand of significands) {
        for (const sign of [1, -1]) {
          for (const { x, y, z } of hazards(sign * significand * 2 ** exponent)) {
            for (const operand of [x, y, z]) expect(Math.fround(operand)).toBe(operand);
            agrees(x, y, z);
            const exact = reference(x, y, z);
            if (Object.is(naive(x, y, z), exact)) continue;
            naiveWrong++;
            wrongSigns.add(naive(x, y, z) > exact ? "too high" : "too low");
          }
        }
      }
    }
    // The hazard is real: without care a good share of these cases is wrong, on both sides.
    expect(naiveWrong).toBeGreaterThan(3000);
    expect([...wrongSigns].sort()).toEqual(["too high", "too low"]);
  });

  it("is seen in single cases, of which the naive way gets each wrong", () => {
    const [a, b] = HAIR_ABOVE;
    const [c, d] = HAIR_BELOW;
    const half = 2 ** -24;
    const cases: [number, number, number, number][] = [
      // 1 is even: a tie would stay, but the sum lies above the midpoint.
      [a, b * half, 1, nextUp(1)],
      // nextUp(1) is odd: a tie would move up, but the sum lies below the midpoint.
      [c, d * half, nextUp(1), nextUp(1)],
      [a, -b * half, -1, -nextUp(1)],
      [c, -d * half, -nextUp(1), -nextUp(1)],
      // Below a power of two the cells are half as wide: nextDown(1) is odd, a tie would stay at 1.
      [a, (-b * half) / 2, 1, nextDown(1)],
      // Just inside the overflow threshold.
      [c * 2 ** 50, d * 2 ** 53, MAX_FLOAT32, MAX_FLOAT32],
      [c * 2 ** 50, -d * 2 ** 53, -MAX_FLOAT32, -MAX_FLOAT32],
      // The largest subnormal is odd, and the midpoint above it would round to the smallest normal.
      [c * 2 ** -75, d * 2 ** -75, nextDown(MIN_NORMAL), nextDown(MIN_NORMAL)],
    ];
    for (const [x, y, z, expected] of cases) {
      expect(reference(x, y, z)).toBe(expected);
      expect(fma32(x, y, z)).toBe(expected);
      expect(naive(x, y, z)).not.toBe(expected);
    }
  });

  it("leaves true midpoints to the even neighbour", () => {
    const half = 2 ** -24;
    expect(fma32(1, half, 1)).toBe(1);
    expect(fma32(1, half, nextUp(1))).toBe(nextUp(nextUp(1)));
    expect(fma32(2 ** 50, 2 ** 53, MAX_FLOAT32)).toBe(INFINITY);
    expect(fma32(2 ** -75, 2 ** -75, 0)).toBe(0);
    expect(fma32(2 ** -75, 2 ** -75, MIN_SUBNORMAL)).toBe(2 * MIN_SUBNORMAL);
    // The binary64 sum is a midpoint and no bit of it was lost.
    expect(fma32(nextUp(1), half, 1)).toBe(nextUp(1));
  });
});

describe("fma32 of special values", () => {
  it("has the class and sign of IEEE 754", () => {
    const values = [
      0,
      -0,
      1,
      -1,
      MIN_SUBNORMAL,
      -MIN_SUBNORMAL,
      MAX_FLOAT32,
      INFINITY,
      -INFINITY,
      Number.NaN,
    ];
    for (const x of values) {
      for (const y of values) {
        for (const z of values) {
          const finite = [x, y, z].every(Number.isFinite);
          // With an infinity or NaN among the operands, the binary64 operations have no rounding to get wrong.
          expect(fma32(x, y, z)).toBe(finite ? reference(x, y, z) : Math.fround(x * y + z));
        }
      }
    }
    expect(fma32(MAX_FLOAT32, MAX_FLOAT32, -INFINITY)).toBe(-INFINITY);
    expect(fma32(0, INFINITY, 1)).toBeNaN();
    expect(fma32(-0, 1, -0)).toBe(-0);
    expect(fma32(-0, 1, 0)).toBe(0);
    expect(fma32(1, 1, -1)).toBe(0);
    expect(fma32(-MIN_SUBNORMAL, MIN_SUBNORMAL, 0)).toBe(-0);
  });
});
