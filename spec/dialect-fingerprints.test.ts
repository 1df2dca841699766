import { describe, expect, test } from "vitest";
import {
  FINGERPRINT_PROGRAMS,
  FINGERPRINTS,
  fingerprintSteps,
} from "./__test-helpers__/dialect-fingerprints.js";
import { DIALECT_AXES, type Dialect, type DialectAxis } from "./dialect.js";
import { DIALECTS } from "./dialects.js";

const AXES = Object.keys(DIALECT_AXES) as DialectAxis[];

const numbersOf = ({ id }: Dialect) =>
  FINGERPRINT_PROGRAMS.flatMap((program) => FINGERPRINTS.dialects[id][program].map(Number));

/** The largest difference of two trajectories; infinite where one has a NaN and the other a number. */
function distance(x: readonly number[], y: readonly number[]): number {
  const differences = x.map((a, k) => {
    if (Number.isNaN(a) || Number.isNaN(y[k])) return Number.isNaN(a) === Number.isNaN(y[k]) ? 0 : Infinity;
    return Math.abs(a - y[k]);
  });
  return Math.max(...differences);
}

describe("fingerprints", () => {
  test("are there for every dialect of the catalogue, in every program, a number for each step", () => {
    expect(Object.keys(FINGERPRINTS.dialects).sort()).toEqual(DIALECTS.map(({ id }) => id).sort());
    for (const { id } of DIALECTS) {
      expect(Object.keys(FINGERPRINTS.dialects[id]), id).toEqual(FINGERPRINT_PROGRAMS);
      for (const program of FINGERPRINT_PROGRAMS) {
        const printed = FINGERPRINTS.dialects[id][program];
        expect(printed, `${id}, ${program}`).toHaveLength(fingerprintSteps(program).steps.length);
        for (const text of printed) expect(text, `${id}, ${program}`).toMatch(/^(-?\d+(\.\d+)?|NaN)$/);
      }
    }
  });

  test("of two dialects with different axes differ by more than any float32 evaluation does", () => {
    const pairs = DIALECTS.flatMap((one, k) =>
      DIALECTS.slice(k + 1)
        .filter((other) => AXES.some((axis) => one[axis] !== other[axis]))
        .map((other) => ({
          pair: `${one.id}, ${other.id}`,
          distance: distance(numbersOf(one), numbersOf(other)),
        })),
    );
    const closest = pairs.reduce((a, b) => (b.distance < a.distance ? b : a));
    // A few float32 operations on numbers below 16 are off by some units of 2^-20.
    expect(closest.distance, closest.pair).toBeGreaterThan(2 ** -12);
  });
});
