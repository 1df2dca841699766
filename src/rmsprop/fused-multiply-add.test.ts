import { describe, expect, test } from "vitest";
import { fma32 } from "../float32/fma.js";
import { exactFusedMultiplyAdd, randomFloat32 } from "./__test-helpers__/naive-step.js";
import { fusedMultiplyAdd } from "./fused-multiply-add.js";

const MAX = 2 ** 128 - 2 ** 104;

describe("fusedMultiplyAdd", () => {
  test.each([
    ["a midpoint with a remainder above it", 1 + 2 ** -12, 2 ** -12, 1 + 2 ** -23],
    ["just above the midpoint of 1 and its successor", 1 + 2 ** -23, 2 ** -24, 1],
    ["just below the same midpoint", 1 - 2 ** -24, 2 ** -24, 1],
    ["a remainder too small for binary64, above", 2 ** -100, 2 ** -20, 1],
    ["a remainder below half the smallest subnormal", 2 ** -75, 2 ** -75, -(2 ** -149)],
    ["half the smallest subnormal and nothing else", 2 ** -75, 2 ** -75, 0],
    ["just inside the overflow threshold", 2 ** 103 - 2 ** 79, 1, MAX],
    ["the overflow threshold", 2 ** 103, 1, MAX],
    ["the threshold less a remainder that binary64 loses", -(2 ** -60), 2 ** -60, MAX],
    ["exact cancellation", 3, -5, 15],
    ["signed zeros", -0, 0, -0],
    ["an invalid operation", Number.POSITIVE_INFINITY, 0, 1],
    ["infinities of both signs", Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY],
  ])("%s", (_name, x, y, z) => {
    for (const [a, b, c] of [
      [x, y, z],
      [-x, y, -z],
      [-x, y, z],
      [x, -y, -z],
    ]) {
      expect(fusedMultiplyAdd(a, b, c)).toBe(exactFusedMultiplyAdd(a, b, c));
    }
  });

  test("equals exact arithmetic where the sum lies next to a midpoint", () => {
    const random = randomFloat32(1);
    let hazards = 0;
    for (let i = 0; i < 20_000; i++) {
      const z = Math.fround((1 + Math.abs(random.uniform())) * 2 ** ((i % 40) - 20));
      const half = 2 ** (Math.floor(Math.log2(z)) - 24);
      // (1 + e)(1 − e) = 1 − e²: the product misses half a step of z by less than binary64 can keep.
      const e = 2 ** -(15 + (i % 9));
      const [x, y] = [1 + e, (1 - e) * half];
      for (const [a, c] of [
        [x, z],
        [-x, z],
        [x, -z],
        [-x, -z],
      ]) {
        const exact = exactFusedMultiplyAdd(a, y, c);
        if (Math.fround(a * y + c) !== exact) hazards++;
        expect(fusedMultiplyAdd(a, y, c)).toBe(exact);
      }
    }
    // Two roundings alone would have failed in a third of the cases.
    expect(hazards).toBeGreaterThan(20_000);
  });

  test("equals exact arithmetic and fma32 on any bits", () => {
    const random = randomFloat32(2);
    for (let i = 0; i < 50_000; i++) {
      const [x, y, z] = [random.any(), random.any(), random.any()];
      const exact = exactFusedMultiplyAdd(x, y, z);
      expect(Object.is(fusedMultiplyAdd(x, y, z), exact)).toBe(true);
      expect(Object.is(fma32(x, y, z), exact)).toBe(true);
    }
  });
});
