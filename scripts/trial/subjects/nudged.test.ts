import { expect, it } from "vitest";
import { MAX_FLOAT32, MIN_SUBNORMAL } from "../../../src/float32/bits.js";
import { nudged } from "./nudged.js";

it.each([
  [1, 1 + 2 ** -23, 1 - 2 ** -24],
  [-1, -1 - 2 ** -23, -1 + 2 ** -24],
  [MIN_SUBNORMAL, 2 * MIN_SUBNORMAL, 0],
  [MAX_FLOAT32, Number.POSITIVE_INFINITY, 2 ** 128 - 2 ** 105],
])("%d goes to %d or %d", (x, away, towardsZero) => {
  expect(nudged(x, "away")).toBe(away);
  expect(nudged(x, "towards zero")).toBe(towardsZero);
});

it.each([0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%d stays", (x) => {
  expect(nudged(x, "away")).toBe(x);
  expect(nudged(x, "towards zero")).toBe(x);
});
