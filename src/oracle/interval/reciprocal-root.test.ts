import { describe, expect, it } from "vitest";
import { fromBits, isFloat32, MAX_FLOAT32, MIN_SUBNORMAL, OVERFLOW_THRESHOLD } from "../../float32/bits.js";
import { nextUp } from "../../float32/neighbours.js";
import { type Rational, rational } from "./__test-helpers__/exact-rational.js";
import { nextDown64, nextUp64 } from "./binary64.js";
import {
  Binary64Rounding,
  CastRounding,
  type EndRounding,
  Float32Rounding,
  LOWER,
  OnceOrTwiceRounding,
  OutwardRounding,
  UPPER,
} from "./end-rounding.js";

const float32: EndRounding = new Float32Rounding();
const cast: EndRounding = new CastRounding();
const binary64: EndRounding = new Binary64Rounding();
const outward: EndRounding = new OutwardRounding();
const twice: EndRounding = new OnceOrTwiceRounding();

const MAX = Number.MAX_VALUE;

/** Sign of 1/√x − m, for m > 0: that of 1 − m²·x. */
function side(x: number, [m, d]: Rational): number {
  const [n, e] = rational(x);
  const rest = d * d * e - m * m * n;
  return rest > 0n ? 1 : rest < 0n ? -1 : 0;
}

/** Halfway between two doubles. */
function halfway(x: number, y: number): Rational {
  const [a, b] = rational(x);
  const [c, d] = rational(y);
  return [a * d + c * b, 2n * b * d];
}

/** Numbers around 1/m², of which the reciprocal roots are the doubles around m. */
function around(m: number): number[] {
  const x = 1 / m / m;
  return [nextDown64(nextDown64(x)), nextDown64(x), x, nextUp64(x), nextUp64(nextUp64(x))];
}

/** Pairs of adjacent float32s, lower one even and odd, over many binades. */
const neighbours = Array.from({ length: 60 }, (_, k) => fromBits(0x00800000 + k * 35_000_017)).map((f) => ({
  below: f,
  above: nextUp(f),
  midpoint: (f + nextUp(f)) / 2,
}));

const ends = (r: EndRounding, x: number) => [r.reciprocalRoot(x, LOWER), r.reciprocalRoot(x, UPPER)];

describe("the float32 nearest to 1/√x", () => {
  it("is on the exact value's side of a midpoint, where the rounded root's reciprocal does not tell", () => {
    const seen = new Set<string>();
    for (const { below, above, midpoint } of neighbours) {
      for (const x of around(midpoint)) {
        const order = side(x, rational(midpoint));
        expect(float32.reciprocalRoot(x, LOWER), `1/√${x}`).toBe(order > 0 ? above : below);
        seen.add(
          `${order > 0 ? "above" : "below"}, tie goes ${Math.fround(midpoint) === above ? "up" : "down"}`,
        );
      }
    }
    expect([...seen].sort()).toEqual([
      "above, tie goes down",
      "above, tie goes up",
      "below, tie goes down",
      "below, tie goes up",
    ]);
  });

  it("is infinite from the overflow threshold on", () => {
    const threshold = rational(OVERFLOW_THRESHOLD);
    const xs = around(OVERFLOW_THRESHOLD);
    expect(xs.map((x) => float32.reciprocalRoot(x, LOWER))).toEqual(
      xs.map((x) => (side(x, threshold) > 0 ? Infinity : MAX_FLOAT32)),
    );
    expect(new Set(xs.map((x) => side(x, threshold)))).toEqual(new Set([1, -1]));
    expect(float32.reciprocalRoot(2 ** -256, LOWER)).toBe(Infinity);
    expect(float32.reciprocalRoot(2 ** -254, LOWER)).toBe(2 ** 127);
  });

  it("is even for the only exact tie, 2^-150", () => {
    // An odd number times a power of two has a dyadic reciprocal only if it is 1.
    expect(float32.reciprocalRoot(2 ** 300, LOWER)).toBe(0);
    expect(float32.reciprocalRoot(nextDown64(2 ** 300), LOWER)).toBe(MIN_SUBNORMAL);
    expect(float32.reciprocalRoot(nextUp64(2 ** 300), LOWER)).toBe(0);
  });

  it("is 1/√x itself for an even power of two", () => {
    for (const k of [-127, -60, -1, 0, 1, 60, 126, 149])
      expect(float32.reciprocalRoot(4 ** k, LOWER)).toBe(2 ** -k);
  });
});

describe("the binary64 nearest to 1/√x", () => {
  it("has the exact value between the midpoints on either side", () => {
    for (let k = 0; k < 150; k++) {
      // Just above ¼ both roundings together lose most; the last ones lie at a float32 midpoint.
      const near = [0.25 * (1 + k * 2 ** -52), 1 + k * 2 ** -45, around(neighbours[k % 60].midpoint)[k % 5]];
      for (const x of near) {
        const h = binary64.reciprocalRoot(x, LOWER);
        expect(side(x, halfway(nextDown64(h), h)), `1/√${x}`).toBe(1);
        expect(side(x, halfway(h, nextUp64(h))), `1/√${x}`).toBe(-1);
      }
    }
  });

  it("is 1/√x itself for an even power of two", () => {
    for (const k of [-537, -1, 0, 1, 511]) expect(binary64.reciprocalRoot(4 ** k, LOWER)).toBe(2 ** -k);
  });
});

describe("ends of a kept 1/√x", () => {
  it("lie 2^-51 of the value away where the rounded quotient is exact", () => {
    for (const k of [-500, -1, 0, 1, 500]) {
      expect(ends(outward, 4 ** k)).toEqual([2 ** -k * (1 - 2 ** -51), 2 ** -k * (1 + 2 ** -51)]);
    }
  });

  it("enclose the exact value, at most 2^-50 of it away on either side", () => {
    for (let k = 0; k < 100; k++) {
      for (const x of [0.25 * (1 + k * 2 ** -52), 1 + k * 2 ** -45, 3 ** (k - 50)]) {
        const [lower, upper] = ends(outward, x).map(rational);
        expect([side(x, lower), side(x, upper)]).toEqual([1, -1]);
        // lower·(1 + 2^-50) and upper·(1 − 2^-50) are beyond it.
        const unit = 2n ** 50n;
        expect(side(x, [lower[0] * (unit + 1n), lower[1] * unit])).toBe(-1);
        expect(side(x, [upper[0] * (unit - 1n), upper[1] * unit])).toBe(1);
      }
    }
  });
});

describe("1/√x rounded to float32 once or twice", () => {
  it("has both neighbours of a midpoint where once and twice differ", () => {
    let different = 0;
    for (const { below, above, midpoint } of neighbours) {
      for (const x of around(midpoint)) {
        const once = float32.reciprocalRoot(x, LOWER);
        if (once === Math.fround(binary64.reciprocalRoot(x, LOWER))) continue;
        different += 1;
        expect(ends(twice, x), `1/√${x}`).toEqual([below, above]);
      }
    }
    expect(different).toBeGreaterThan(0);
  });

  it("is one float32 away from midpoints", () => {
    for (const { below } of neighbours) {
      const x = 1 / below / below;
      expect(ends(twice, x), `1/√${x}`).toEqual([below, below]);
    }
  });
});

describe("a fused sum to float32", () => {
  it("rounds the product of a float32 and a double, or of two doubles, together with what is added", () => {
    const double = 1 + 2 ** -52;
    const single = 1 + 2 ** -23;
    // Less the rounded product, what is left is what the product's rounding would have lost.
    for (const [x, y, left] of [
      [double, single, 2 ** -75],
      [single, double, 2 ** -75],
      [double, double, 2 ** -104],
      [double, -single, -(2 ** -75)],
    ]) {
      expect(float32.fusedSum(x, y, -(x * y), LOWER), `${x} · ${y}`).toBe(left);
      expect(twice.fusedSum(x, y, -(x * y), LOWER)).toBe(left);
      expect(twice.fusedSum(x, y, -(x * y), UPPER)).toBe(left);
    }
    expect(float32.fusedSum(single, single, -(single * single), LOWER)).toBe(0);
  });
});

describe("kept ends at the end of binary64", () => {
  it("are infinite on both sides where binary64 overflows, though the exact value be below 2^1024", () => {
    const x = 2 ** 512 + 2 ** 460;
    const y = 2 ** 512 - 2 ** 460;
    // x·y = 2^1024 − 2^920
    for (const end of [LOWER, UPPER]) {
      expect(outward.sum(MAX, 2 ** 970, end)).toBe(Infinity);
      expect(outward.sum(-MAX, -(2 ** 970), end)).toBe(-Infinity);
      expect(outward.product(x, y, end)).toBe(Infinity);
      expect(outward.product(-x, y, end)).toBe(-Infinity);
      expect(outward.quotient(MAX, 0.5, end)).toBe(Infinity);
      expect(outward.fusedSum(x, y, 0, end)).toBe(Infinity);
      expect(outward.fusedSum(-x, y, 0, end)).toBe(-Infinity);
    }
  });

  it("are the largest double and infinity just below the overflow", () => {
    expect(outward.sum(MAX, 2 ** 969, LOWER)).toBe(MAX);
    expect(outward.sum(MAX, 2 ** 969, UPPER)).toBe(Infinity);
  });
});

describe("what roundings say of themselves", () => {
  const roundings = { float32, cast, binary64, outward, twice };
  /** Exact results that are no double, no float32, or next to a float32 midpoint. */
  const results = (r: EndRounding, end: typeof LOWER | typeof UPPER) => [
    r.value(0.1, end),
    r.value(1 + 2 ** -24, end),
    r.sum(1, 2 ** -60, end),
    r.sum(1 + 2 ** -24, 2 ** -80, end),
    r.product(1 + 2 ** -52, 1 - 2 ** -30, end),
    r.product(1 / 3, 1 / 7, end),
    r.quotient(1, 3, end),
    r.root(2, end),
    r.reciprocalRoot(3, end),
    r.fusedSum(1 / 3, 3, 2 ** -60, end),
  ];

  for (const [name, r] of Object.entries(roundings)) {
    it(`${name}: the ends of a point differ, and results are float32s, exactly where it says so`, () => {
      const lower = results(r, LOWER);
      const upper = results(r, UPPER);
      expect(r.sided).toBe(lower.some((x, k) => x !== upper[k]));
      expect(r.toFloat32).toBe([...lower, ...upper].every(isFloat32));
    });
  }

  it("a value that is rounded to float32 is the nearest one, from both sides", () => {
    for (const r of [float32, cast, twice]) {
      for (const end of [LOWER, UPPER]) {
        expect(r.value(1 + 2 ** -24, end)).toBe(1);
        expect(r.value(nextUp64(1 + 2 ** -24), end)).toBe(1 + 2 ** -23);
        expect(r.value(-0, end)).toBe(-0);
        expect(r.value(OVERFLOW_THRESHOLD, end)).toBe(Infinity);
      }
    }
    for (const r of [binary64, outward]) expect(r.value(0.1, LOWER)).toBe(0.1);
  });
});
