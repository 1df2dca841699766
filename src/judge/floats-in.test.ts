import { describe, expect, it } from "vitest";
import { MAX_FLOAT32, MIN_SUBNORMAL } from "../float32/bits.js";
import { nextUp } from "../float32/neighbours.js";
import { floatsIn } from "./floats-in.js";

const above = (x: number, floats: number): number => (floats === 0 ? x : above(nextUp(x), floats - 1));

describe("floatsIn", () => {
  it("counts both ends", () => {
    expect(floatsIn([])).toBe(0);
    expect(floatsIn([[1, 1]])).toBe(1);
    expect(floatsIn([[1, above(1, 4)]])).toBe(5);
    expect(floatsIn([[-MIN_SUBNORMAL, MIN_SUBNORMAL]])).toBe(3);
  });

  it("counts what is in several ranges once, in whatever order they come", () => {
    expect(
      floatsIn([
        [above(1, 3), above(1, 6)],
        [1, above(1, 4)],
      ]),
    ).toBe(7);
    expect(
      floatsIn([
        [1, above(1, 9)],
        [above(1, 2), above(1, 3)],
        [above(1, 5), above(1, 10)],
      ]),
    ).toBe(11);
    expect(
      floatsIn([
        [1, above(1, 1)],
        [above(1, 2), above(1, 2)],
      ]),
    ).toBe(3);
    expect(
      floatsIn([
        [1, 1],
        [1, 1],
      ]),
    ).toBe(1);
  });

  it("counts ranges that are apart each for itself", () => {
    expect(
      floatsIn([
        [-3, -3],
        [1, nextUp(1)],
        [5, 5],
      ]),
    ).toBe(4);
  });

  it("counts an infinity as a float, and NaN once", () => {
    expect(floatsIn([[MAX_FLOAT32, Number.POSITIVE_INFINITY]])).toBe(2);
    expect(floatsIn([[Number.NaN, Number.NaN]])).toBe(1);
    expect(
      floatsIn([
        [Number.NaN, Number.NaN],
        [Number.NaN, Number.NaN],
        [1, 1],
      ]),
    ).toBe(2);
  });
});
