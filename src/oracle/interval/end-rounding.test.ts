import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBits, MAX_FLOAT32, OVERFLOW_THRESHOLD } from "../../float32/bits.js";
import { nextDown, nextUp } from "../../float32/neighbours.js";
import { compare, over, plus, type Rational, rational, times } from "./__test-helpers__/exact-rational.js";
import { nextDown64, nextUp64 } from "./binary64.js";
import {
  Binary64Rounding,
  type EndRounding,
  Float32Rounding,
  LOWER,
  OnceOrTwiceRounding,
  OutwardRounding,
  type Side,
  UPPER,
} from "./end-rounding.js";

const float32: EndRounding = new Float32Rounding();
const binary64: EndRounding = new Binary64Rounding();
const outward: EndRounding = new OutwardRounding();
const twice: EndRounding = new OnceOrTwiceRounding();

/** The root with a sticky bit far below any border: rounds as the exact root does. */
function root([n, d]: Rational): Rational {
  const shift = 1400n;
  const scaled = n << (2n * shift);
  const radicand = scaled / d;
  let r = 1n << BigInt(Math.ceil(radicand.toString(2).length / 2) + 1);
  for (let next = (r + radicand / r) >> 1n; next < r; next = (r + radicand / r) >> 1n) r = next;
  const exact = r * r === radicand && scaled % d === 0n;
  return [2n * r + (exact ? 0n : 1n), 2n << shift];
}

/** Rounded to nearest even with a significand of `bits` bits, least exponent `least`, overflow from 2^`top`. */
function rounded([n, d]: Rational, bits: number, least: number, top: number): number {
  const magnitude = n < 0n ? -n : n;
  if (magnitude === 0n) return 0;
  let exponent = magnitude.toString(2).length - d.toString(2).length;
  const power = (e: number): Rational => (e >= 0 ? [1n << BigInt(e), 1n] : [1n, 1n << BigInt(-e)]);
  if (compare([magnitude, d], power(exponent)) < 0) exponent -= 1;
  const unit = Math.max(exponent - (bits - 1), least);
  const [p, q] = power(-unit);
  let k = (magnitude * p) / (d * q);
  const rest = 2n * (magnitude * p - k * d * q);
  if (rest > d * q || (rest === d * q && k & 1n)) k += 1n;
  if (k.toString(2).length + unit > top) return n < 0n ? -Infinity : Infinity;
  const half = Math.trunc(unit / 2);
  const value = Number(k) * 2 ** half * 2 ** (unit - half);
  return n < 0n ? -value : value;
}
const toFloat32 = (x: Rational) => rounded(x, 24, -149, 128);
const toBinary64 = (x: Rational) => rounded(x, 53, -1074, 1024);

/** −0 and +0 are one here: the reference does not know the sign of an exact zero. */
const same = (x: number, y: number) => x === y || Object.is(x, y);

function check(label: string, exact: Rational, give: (r: EndRounding, side: Side) => number): void {
  const say = (mode: string) => `${label}, ${mode}`;
  const nearest32 = toFloat32(exact);
  const nearest64 = toBinary64(exact);
  const got32 = give(float32, LOWER);
  if (!same(got32, nearest32)) expect(got32, say("float32")).toBe(nearest32);
  const got64 = give(binary64, LOWER);
  if (!same(got64, nearest64)) expect(got64, say("binary64")).toBe(nearest64);
  const cast = Math.fround(nearest64);
  const twiceLower = give(twice, LOWER);
  const twiceUpper = give(twice, UPPER);
  expect(twiceLower <= Math.min(cast, nearest32), say("once or twice, lower")).toBe(true);
  expect(twiceUpper >= Math.max(cast, nearest32), say("once or twice, upper")).toBe(true);
  if (!Number.isFinite(nearest64)) return;
  const order = compare(exact, rational(nearest64));
  const below = give(outward, LOWER);
  const above = give(outward, UPPER);
  if (label.startsWith("1/√")) {
    expect(compare(rational(below), exact) <= 0 && compare(exact, rational(above)) <= 0, say("outward")).toBe(
      true,
    );
    return;
  }
  const lower = order < 0 ? nextDown64(nearest64) : nearest64;
  const upper = order > 0 ? nextUp64(nearest64) : nearest64;
  if (!same(below, lower)) expect(below, say("outward, lower")).toBe(lower);
  if (!same(above, upper)) expect(above, say("outward, upper")).toBe(upper);
}

function checkAll(x: number, y: number, z: number): void {
  const [a, b, c] = [x, y, z].map(rational);
  check(`${x} + ${y}`, plus(a, b), (r, side) => r.sum(x, y, side));
  check(`${x} · ${y}`, times(a, b), (r, side) => r.product(x, y, side));
  if (y !== 0) {
    check(`${x} / ${y}`, over(a, b), (r, side) => r.quotient(x, y, side));
  }
  if (x > 0) {
    check(`√${x}`, root(a), (r, side) => r.root(x, side));
    check(`1/√${x}`, root(over([1n, 1n], a)), (r, side) => r.reciprocalRoot(x, side));
  }
  check(`${x} · ${y} + ${z}`, plus(times(a, b), c), (r, side) => r.fusedSum(x, y, z, side));
}

const VIEW = new DataView(new ArrayBuffer(8));
const binary64Of = (high: number, low: number) => {
  VIEW.setUint32(0, high);
  VIEW.setUint32(4, low);
  return VIEW.getFloat64(0);
};
const word = fc.integer({ min: 0, max: 0xffffffff });
const anyFloat32 = word.map(fromBits).filter(Number.isFinite);
const anyBinary64 = fc
  .tuple(word, word)
  .map(([high, low]) => binary64Of(high, low))
  .filter(Number.isFinite);
/** Doubles on and next to float32 borders. */
const nearBorder = fc.tuple(anyFloat32, fc.integer({ min: -2, max: 2 })).map(([f, by]) => {
  let x = f === MAX_FLOAT32 ? OVERFLOW_THRESHOLD : (f + nextUp(f)) / 2;
  for (let k = by; k > 0; k--) x = nextUp64(x);
  for (let k = by; k < 0; k++) x = nextDown64(x);
  return x;
});
/** Few significant bits and a small exponent range, so that exact ties and cancellation are common. */
const fewBits = fc
  .tuple(
    fc.integer({ min: -31, max: 31 }),
    fc.integer({ min: -6, max: 6 }),
    fc.constantFrom(0, -24, 24, -149, -60, 100),
  )
  .map(([m, e, base]) => m * 2 ** (e + base));
const value = fc.oneof(anyFloat32, nearBorder, fewBits, anyBinary64);

describe("ends round exactly, by comparison with BigInt rationals", () => {
  it("for arbitrary operands", () => {
    fc.assert(fc.property(value, value, value, checkAll), { seed: 20240711, numRuns: 2500 });
  });

  it("for float32 operands", () => {
    const x = fc.oneof(anyFloat32, fewBits);
    fc.assert(fc.property(x, x, x, checkAll), { seed: 7, numRuns: 1500 });
  });

  it("for sums and fused sums whose nearest double is a float32 midpoint, with remainders of either sign", () => {
    const tiny = fc.tuple(fc.constantFrom(-1, 0, 1), fc.integer({ min: 60, max: 140 }));
    fc.assert(
      fc.property(anyFloat32, tiny, fc.boolean(), (f, [sign, down], above) => {
        const next = above ? nextUp(f) : nextDown(f);
        if (!Number.isFinite(next)) return;
        // midpoint = f + gap/2, gap/2 a power of two; what is added moves the exact value off the midpoint only.
        const midpoint = f + (next - f) / 2;
        const off = sign * 2 ** -down * Math.abs(midpoint);
        checkAll(midpoint, off, 0);
        checkAll(Math.fround(off), 1, midpoint);
      }),
      { seed: 11, numRuns: 800 },
    );
  });

  it("for products and quotients that land on a midpoint, exactly or nearly", () => {
    // (2^12+1)(2^12−1) = 2^24 − 1 and its relatives have 25 bits: exact ties in float32.
    for (const [x, y] of [
      [4097, 4095],
      [4097, 4097],
      [8193, 2049],
      [3, 5592405.5],
      [2 ** -75, 2 ** -75],
      [3 * 2 ** -75, 2 ** -75],
      [2 ** 64, 2 ** 64],
      [2 ** 64, -(2 ** 64) * (1 - 2 ** -24)],
      [MAX_FLOAT32, 1 + 2 ** -24],
      [MAX_FLOAT32, 1 + 2 ** -25],
    ]) {
      checkAll(x, y, 1);
      checkAll(x * (1 + 2 ** -52), y, -1);
      checkAll(x * (1 - 2 ** -53), y, -1);
      for (const by of [2 ** -149, -(2 ** -149), 2 ** -100, -(2 ** -100)]) checkAll(x, y, by);
    }
    fc.assert(
      fc.property(nearBorder, anyFloat32, (border, y) => {
        // A quotient that is a border: its dividend is border·y, exact in a double where y has few bits.
        const divisor = Math.sign(y) * 2 ** Math.floor(Math.abs(y) % 40);
        const dividend = border * divisor;
        if (divisor !== 0 && Number.isFinite(dividend)) checkAll(dividend, divisor, border);
      }),
      { seed: 13, numRuns: 600 },
    );
  });

  it("for roots of squares of midpoints", () => {
    for (let k = 0; k < 300; k++) {
      const f = fromBits(0x3f800000 + k * 24691);
      const midpoint = (f + nextUp(f)) / 2;
      for (const x of [nextDown64(midpoint * midpoint), midpoint * midpoint, nextUp64(midpoint * midpoint)]) {
        checkAll(x, 1, 0);
        checkAll(x * 2 ** -1000, 1, 0);
      }
    }
  });

  it("around the overflow threshold, from inside and outside", () => {
    const t = OVERFLOW_THRESHOLD;
    for (const off of [0, 2 ** 40, -(2 ** 40), 1, -1, 2 ** -149, -(2 ** -149), 2 ** 75, -(2 ** 75)]) {
      checkAll(t, off, 0);
      checkAll(-t, off, 0);
      checkAll(MAX_FLOAT32, 1, 2 ** 103 + off);
      checkAll(MAX_FLOAT32, -1, -(2 ** 103) + off);
      checkAll(Math.fround(off), 1, t);
    }
    expect(float32.sum(t, -1, LOWER)).toBe(MAX_FLOAT32);
    expect(float32.sum(t, 1, LOWER)).toBe(Infinity);
    expect(float32.sum(-t, 2 ** -149, LOWER)).toBe(-MAX_FLOAT32);
  });

  it("where splitting would over- or underflow", () => {
    const extreme = [
      2 ** -1074,
      2 ** -1022,
      1.7 * 2 ** -600,
      2 ** -900,
      2 ** 991,
      1.3 * 2 ** 1000,
      1.9 * 2 ** 1023,
    ];
    for (const x of extreme)
      for (const y of extreme) for (const z of [0, 1.1, 2 ** -1074, -x]) checkAll(x, y, z);
  });
});
