import { Decimal } from "decimal.js";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { fromBits } from "./bits.js";
import { ExactDecimal, exactDecimal } from "./to-decimal.js";

const VIEW = new DataView(new ArrayBuffer(8));

function binary64(bits: bigint): number {
  VIEW.setBigUint64(0, bits);
  return VIEW.getFloat64(0);
}

/** x·2^1074 from the bits, which is an integer for every finite binary64. */
function scaledFromBits(x: number): bigint {
  VIEW.setFloat64(0, x);
  const bits = VIEW.getBigUint64(0);
  const biased = (bits >> 52n) & 0x7ffn;
  const fraction = bits & ((1n << 52n) - 1n);
  const magnitude = biased === 0n ? fraction : (fraction | (1n << 52n)) << (biased - 1n);
  return bits >> 63n ? -magnitude : magnitude;
}

/** Whether a Decimal is exactly scaled·2^−1074, from its printed digits. */
function equals(x: Decimal, scaled: bigint): boolean {
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(x.toFixed()) ?? [];
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return digits << 1074n === scaled * 10n ** BigInt(fraction.length);
}

const finite = (x: number) => Number.isFinite(x);
const anyDouble = fc
  .bigInt({ min: 0n, max: (1n << 64n) - 1n })
  .map(binary64)
  .filter(finite);
const anyFloat = fc.integer({ min: 0, max: 0xffffffff }).map(fromBits).filter(finite);

describe("exactDecimal", () => {
  it("has the value that the 64 bits say", () => {
    const edges = [
      1,
      0.1,
      -0.1,
      1 / 3,
      1e-8,
      0.99,
      2 ** 53,
      2 ** 53 - 1,
      2 ** 53 + 2,
      -(2 ** 63) - 2048,
      1e21,
      1e23,
      2 ** 100,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      2 ** -1022,
      2 ** -1022 - 2 ** -1074,
      5e-324,
      -5e-324,
      2 ** -1073,
      2 ** -1043,
      2 ** -1042,
      2 ** -149,
      -3 * 2 ** -149,
      2 ** -126,
      2 ** 128 - 2 ** 104,
      2 ** 128 - 2 ** 103,
      4294967296.5,
    ];
    for (const x of edges) expect(equals(exactDecimal(x), scaledFromBits(x)), `${x}`).toBe(true);
  });

  it("has the value that the bits say for random doubles and floats", () => {
    fc.assert(
      fc.property(fc.oneof(anyDouble, anyFloat), (x) => equals(exactDecimal(x), scaledFromBits(x))),
      { seed: 7, numRuns: 2000 },
    );
  });

  it("is not the number's shortest text", () => {
    expect(exactDecimal(0.1).toString()).toBe("0.1000000000000000055511151231257827021181583404541015625");
    expect(exactDecimal(0.1).eq(new Decimal(0.1))).toBe(false);
    expect(exactDecimal(Math.fround(0.1)).toString()).toBe("0.100000001490116119384765625");
  });

  it("keeps all digits of the longest value", () => {
    expect(exactDecimal(2 ** -1022 - 2 ** -1074).precision()).toBe(767);
    expect(exactDecimal(2 ** -1021 - 2 ** -1074).precision()).toBe(767);
    expect(ExactDecimal.precision).toBeGreaterThan(2 * 767);
  });

  it("keeps signed zeros, infinities and NaN", () => {
    for (const x of [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
      expect(exactDecimal(x).toNumber()).toBe(x);
    }
  });

  it("does not read the settings of the shared constructor, changed before or after", async () => {
    const { precision, rounding, maxE, minE } = Decimal;
    try {
      Decimal.set({ precision: 3, rounding: Decimal.ROUND_UP, maxE: 5, minE: -5 });
      vi.resetModules();
      const later = await import("./to-decimal.js");
      for (const x of [1 / 3, 1e30, 1e-30]) {
        expect(equals(exactDecimal(x), scaledFromBits(x))).toBe(true);
        expect(equals(later.exactDecimal(x), scaledFromBits(x))).toBe(true);
      }
      expect(
        exactDecimal(1 / 3)
          .plus(exactDecimal(1e-30))
          .precision(),
      ).toBeGreaterThan(50);
    } finally {
      Decimal.set({ precision, rounding, maxE, minE });
    }
  });
});
