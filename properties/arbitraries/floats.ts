import { fromBits, MAX_FLOAT32, MIN_NORMAL, MIN_SUBNORMAL } from "../../src/float32/bits.js";
import { nextDown, nextUp } from "../../src/float32/neighbours.js";
import { arb } from "./arb.js";
import type { DescribedArbitrary } from "./described-arbitrary.js";

/**
 * Generators of float32 values that control the exponent. Unconstrained floats are useless here: a quarter of
 * their squares overflow, a quarter underflow, and no trace of 20 steps stays finite.
 */

/** Multiples of 1/4 from −4 to 4: short, and everything shrinks to them. */
export const gridFloat: DescribedArbitrary<number> = arb
  .integer({ min: -16, max: 16 })
  .map((k) => k / 4)
  .as(() => "multiples of 1/4 from -4 to 4");

/** Any mantissa, with the exponent of the value between the two, sign free. */
export function floatWithExponent(min: number, max: number): DescribedArbitrary<number> {
  return arb
    .tuple(arb.integer({ min: 0, max: 0x7fffff }), arb.integer({ min, max }), arb.boolean())
    .map(([mantissa, exponent, negative]) =>
      Math.fround((negative ? -1 : 1) * (1 + mantissa / 0x800000) * 2 ** exponent),
    )
    .as(() => `±[2^${min}, 2^${max + 1})`);
}

/** ±2^k. */
export function powerOfTwo(min: number, max: number): DescribedArbitrary<number> {
  return arb
    .tuple(arb.integer({ min, max }), arb.boolean())
    .map(([k, negative]) => (negative ? -1 : 1) * 2 ** k)
    .as(() => `±2^${min}…2^${max}`);
}

export const subnormalFloat: DescribedArbitrary<number> = arb
  .tuple(arb.integer({ min: 1, max: 0x7fffff }), arb.boolean())
  .map(([mantissa, negative]) => (negative ? -1 : 1) * mantissa * MIN_SUBNORMAL)
  .as(() => "±subnormal");

/** Values at which something happens to them, to their squares or to their roots. */
export const EDGE_VALUES: readonly number[] = [
  0,
  -0,
  1,
  -1,
  MIN_SUBNORMAL,
  -MIN_SUBNORMAL,
  MIN_NORMAL,
  nextDown(MIN_NORMAL),
  MAX_FLOAT32,
  -MAX_FLOAT32,
  nextUp(1),
  nextDown(1),
  2 ** 64, // the square is 2^128
  nextDown(2 ** 64),
  2 ** -75, // the square is 2^-150, half the smallest subnormal
  nextUp(2 ** -75),
  2 ** -63, // the square is the smallest normal
  nextDown(2 ** -63),
  Math.fround(1e20),
  Math.fround(1e-20),
];

export const edgeFloat: DescribedArbitrary<number> = arb
  .constantFrom(...EDGE_VALUES)
  .as(() => "edge values of the format");
export const nonFiniteFloat: DescribedArbitrary<number> = arb.constantFrom(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
);
/** Every bit pattern is as likely as any other. */
export const anyBits: DescribedArbitrary<number> = arb
  .integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  .map((bits) => fromBits(bits >>> 0))
  .as(() => "any bits");

/** What the elements of one tensor are like. */
export const REGIMES = {
  grid: gridFloat,
  normal: floatWithExponent(-4, 4),
  "powers of two": powerOfTwo(-20, 20),
  wide: floatWithExponent(-50, 50),
  subnormal: arb.oneof(subnormalFloat, floatWithExponent(-126, -110)),
  underflow: floatWithExponent(-126, -60),
  overflow: floatWithExponent(58, 70),
  edges: arb.oneof(gridFloat, edgeFloat),
  special: arb.oneof(
    { weight: 6, arbitrary: gridFloat },
    { weight: 2, arbitrary: edgeFloat },
    { weight: 1, arbitrary: nonFiniteFloat },
  ),
  bits: anyBits,
} as const satisfies Record<string, DescribedArbitrary<number>>;

export type Regime = keyof typeof REGIMES;

/** Regimes in which every value is finite and nothing over- or underflows in a few steps. */
export const CALM_REGIMES = ["grid", "normal", "powers of two"] as const satisfies readonly Regime[];
export const ALL_REGIMES = Object.keys(REGIMES) as Regime[];
