import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBits, MIN_SUBNORMAL } from "../float32/bits.js";
import { fromOrdinal, nextUp, ordinalOf, roundingCell } from "../float32/neighbours.js";
import { evidenceOf, WEAK_SHARE } from "./evidence.js";

const INFINITY = Number.POSITIVE_INFINITY;
const point = (value: number, old: number) => evidenceOf(value, value, old);

describe("evidenceOf", () => {
  it("is indeterminate where no change would have given the same float", () => {
    expect(point(1, 1)).toBe("indeterminate");
    expect(point(0, 0)).toBe("indeterminate");
    // An update below half an ulp of the parameter.
    expect(point(Math.fround(1 - 1e-9), 1)).toBe("indeterminate");
    expect(evidenceOf(1, nextUp(1), 1)).toBe("indeterminate");
  });

  it("is indeterminate where the opposite change would be accepted too", () => {
    expect(evidenceOf(-0.5, 0.5, 0.25)).toBe("indeterminate");
    expect(evidenceOf(-1e-3, 1e-3, 0)).toBe("indeterminate");
    const old = 2 ** -10;
    expect(evidenceOf(old - 2 ** -20, old + 2 ** -20, old)).toBe("indeterminate");
    // No change is outside, but the opposite of one end is inside: 1 ± 0.5 and not 1 itself cannot be an
    // interval, so the set must reach over the old value.
    expect(evidenceOf(1.5, 2, 1)).not.toBe("indeterminate");
  });

  it("measures the change to the farther end, and the width to the edges of both cells", () => {
    // Three halves of a cell more than 1/1024 of the way to the nearer end, and less than that of the way to the other.
    expect(evidenceOf(1, 1 + 2 ** -10, 0)).toBe("full");
    expect(evidenceOf(-1 - 2 ** -10, -1, 0)).toBe("full");
    // The ends are 1/1024 of the change apart. The cell of 0 is next to nothing; that of 1 is not.
    expect(evidenceOf(0, 1, -1023)).toBe("weak");
    expect(evidenceOf(-1, 0, 1023)).toBe("weak");
  });

  it("is weak where the change is a few floats", () => {
    expect(point(nextUp(1), 1)).toBe("weak");
    expect(point(1 + 2 ** -20, 1)).toBe("weak");
    expect(point(1 - 2 ** -20, 1)).toBe("weak");
    expect(point(MIN_SUBNORMAL, 0)).toBe("weak");
    expect(evidenceOf(1, 1 + 2 ** -9, 0)).toBe("weak");
  });

  it("is full where the change is wide against what is accepted", () => {
    expect(point(1 + 2 ** -10, 1)).toBe("full");
    expect(point(Math.fround(-1e-9), 0)).toBe("full");
    expect(point(2 ** -126, 0)).toBe("full");
    expect(evidenceOf(1, 1 + 2 ** -11, 0)).toBe("full");
    expect(point(3e38, -3e38)).toBe("full");
  });

  it("turns at a share of 1/1024", () => {
    // The rounding cell of 1 + k·2^-23 is one ulp wide.
    expect(point(1 + 1024 * 2 ** -23, 1)).toBe("full");
    expect(point(1 + 1023 * 2 ** -23, 1)).toBe("weak");
  });

  it("takes an overflow for full evidence if nothing else is accepted", () => {
    expect(point(INFINITY, 1)).toBe("full");
    expect(point(-INFINITY, 1)).toBe("full");
    expect(evidenceOf(3e38, INFINITY, 1)).toBe("weak");
    expect(evidenceOf(-INFINITY, -3e38, 1)).toBe("weak");
    expect(evidenceOf(-INFINITY, INFINITY, 1)).toBe("weak");
  });

  it("says full only where the definition does", () => {
    const anyFloat = fc.integer({ min: 0, max: 0xffffffff }).map(fromBits).filter(Number.isFinite);
    const near = (x: number, by: number) =>
      fromOrdinal(Math.max(-0x7f7fffff, Math.min(0x7f7fffff, ordinalOf(x) + by)));
    fc.assert(
      fc.property(
        anyFloat,
        fc.oneof(fc.constant(0), fc.nat({ max: 40 }), fc.nat({ max: 0x7fffff })),
        fc.oneof(anyFloat, fc.integer({ min: -0x2000000, max: 0x2000000 })),
        (lowest, width, place) => {
          const highest = near(lowest, width);
          const old = Number.isInteger(place) && Math.abs(place) <= 0x2000000 ? near(lowest, place) : place;
          const { lower } = roundingCell(lowest);
          const { upper } = roundingCell(highest);
          const change = Math.max(Math.abs(lowest - old), Math.abs(highest - old));
          const opposite = [2 * old - lowest, 2 * old - highest];
          const undecided = [old, ...opposite].some((x) => lower <= x && x <= upper);
          const expected = undecided
            ? "indeterminate"
            : upper - lower > change * WEAK_SHARE
              ? "weak"
              : "full";
          expect(evidenceOf(lowest, highest, old)).toBe(expected);
        },
      ),
      { seed: 1, numRuns: 5000 },
    );
  });
});
