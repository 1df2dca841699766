import { Decimal } from "decimal.js";
import { describe, expect, it, vi } from "vitest";
import { MAX_FLOAT32 } from "../../float32/bits.js";
import { exactDecimal } from "../../float32/to-decimal.js";
import { enclosure, NAN, point } from "./enclosure.js";
import { errorInUlps } from "./error-in-ulps.js";

const { POSITIVE_INFINITY: inf, NaN: nan } = Number;

describe("errorInUlps", () => {
  it("is the distance in units of the exact result's binade", () => {
    expect(errorInUlps(1, point(1))).toBe(0);
    expect(errorInUlps(1, point(1 + 2 ** -24))).toBe(0.5);
    expect(errorInUlps(1 + 2 ** -23, point(1))).toBe(1);
    expect(errorInUlps(-3, point(-3 - 2 ** -20))).toBe(4);
    // Below a power of two the spacing is half of that above, also where the exact result rounds up to it.
    expect(errorInUlps(1, point(1 - 2 ** -24))).toBe(1);
    expect(errorInUlps(1, point(1 - 2 ** -26))).toBe(0.25);
    expect(errorInUlps(-1, point(-1 + 2 ** -26))).toBe(0.25);
  });

  it("counts subnormals in 2^-149", () => {
    expect(errorInUlps(0, point(2 ** -149))).toBe(1);
    expect(errorInUlps(2 ** -149, point(0))).toBe(1);
    expect(errorInUlps(2 ** -149, point(-(2 ** -149)))).toBe(2);
    expect(errorInUlps(0, point(2 ** -151))).toBe(0.25);
    expect(errorInUlps(-0, point(0))).toBe(0);
  });

  it("takes infinity for 2^128 where the exact result is finite", () => {
    expect(errorInUlps(inf, point(2 ** 128 - 2 ** 103))).toBe(0.5);
    expect(errorInUlps(inf, point(1e300))).toBe(0);
    expect(errorInUlps(inf, point(2 ** 128))).toBe(0);
    expect(errorInUlps(inf, point(MAX_FLOAT32))).toBe(1);
    expect(errorInUlps(-inf, point(MAX_FLOAT32))).toBeGreaterThan(2 ** 24);
    expect(errorInUlps(MAX_FLOAT32, point(2 ** 128))).toBe(1);
    expect(errorInUlps(-inf, point(2 ** 128))).toBe(2 ** 25);
    expect(errorInUlps(-inf, point(inf))).toBe(inf);
    expect(errorInUlps(0, point(-inf))).toBe(inf);
    expect(errorInUlps(-inf, point(-inf))).toBe(0);
    expect(errorInUlps(inf, point(inf))).toBe(0);
    expect(errorInUlps(MAX_FLOAT32, point(inf))).toBe(inf);
    expect(errorInUlps(-inf, point(inf))).toBe(inf);
  });

  it("is infinite between NaN and a number, and unknown where NaN is only possible", () => {
    expect(errorInUlps(nan, NAN)).toBe(0);
    expect(errorInUlps(1, NAN)).toBe(inf);
    expect(errorInUlps(nan, point(1))).toBe(inf);
    expect(errorInUlps(1, enclosure(exactDecimal(1), exactDecimal(1), true))).toBe(nan);
  });

  it("counts the farthest member of an enclosure", () => {
    const wide = enclosure(exactDecimal(1), exactDecimal(1 + 2 ** -22), false);
    expect(errorInUlps(1, wide)).toBe(2);
    expect(errorInUlps(1 + 2 ** -23, wide)).toBe(1);
    expect(errorInUlps(1 + 2 ** -22, wide)).toBe(2);
  });

  it("measures the error of an update in the update's own ulps", () => {
    const update = point(2 ** -20);
    const parameter = point(1 - 2 ** -20);
    expect(errorInUlps(1 - 2 ** -20 + 2 ** -24, parameter)).toBe(1);
    expect(errorInUlps(1 - 2 ** -20 + 2 ** -24, parameter, update)).toBe(2 ** 19);
  });

  it("counts in 2^-149 where the unit may be zero or is NaN", () => {
    const from = (lo: number, hi: number) => enclosure(exactDecimal(lo), exactDecimal(hi), false);
    for (const unit of [from(-1, 2), from(-2, 1), from(0, 1), from(-1, -0), from(-0, 0), point(0), NAN]) {
      expect(errorInUlps(1, point(1 + 2 ** -20), unit)).toBe(2 ** 129);
    }
    // Of two binades of one sign the lower counts.
    expect(errorInUlps(1, point(2), from(1, 2))).toBe(2 ** 23);
    expect(errorInUlps(1, point(2), from(-2, -1))).toBe(2 ** 23);
  });

  it("rounds once, from far more digits than the answer has", () => {
    // The spacing is 1, and a hair more than 2^23 + 2^-30 is nearer to the double above.
    const exact = exactDecimal(2 ** 23)
      .plus(exactDecimal(2 ** -30))
      .plus("1e-30");
    expect(errorInUlps(0, enclosure(exact, exact, false))).toBe(2 ** 23 + 2 ** -29);
  });

  it("does not read the settings of the shared constructor", async () => {
    const { precision, maxE, minE } = Decimal;
    try {
      Decimal.set({ precision: 3, maxE: 5, minE: -5 });
      vi.resetModules();
      const later = await import("./error-in-ulps.js");
      const enclosures = await import("./enclosure.js");
      expect(later.errorInUlps(0, enclosures.point(2 ** -151))).toBe(0.25);
      expect(later.errorInUlps(2 ** 100, enclosures.point(2 ** 100 + 2 ** 77))).toBe(1);
    } finally {
      Decimal.set({ precision, maxE, minE });
    }
  });

  it("holds for distances that binary64 cannot tell from zero", () => {
    const x = exactDecimal(1).plus("1e-60");
    expect(errorInUlps(1, enclosure(x, x, false))).toBeCloseTo(1e-60 * 2 ** 23, 65);
  });
});
