import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsOf, fromBits, MAX_FLOAT32, MIN_SUBNORMAL } from "./bits.js";
import { floatText } from "./text.js";

const decimalOf = (x: number) => floatText(x).replace(/ \(.*/, "");

/** Significant digits of a decimal numeral. */
function digitsOf(text: string): number {
  const significand = text.replace(/^-/, "").replace(/e.*/, "");
  return significand.replace(".", "").replace(/^0+/, "").replace(/0+$/, "").length;
}

/** Whether some decimal of so many digits rounds to x: the two nearest on either side are the candidates. */
function hasShorter(x: number, digits: number): boolean {
  if (digits < 1) return false;
  const [significand, exponent] = x.toExponential(digits - 1).split("e");
  const unit = 10 ** -(digits - 1);
  return [-1, 0, 1].some((k) => {
    const candidate = Number(`${(Number(significand) + k * unit).toFixed(digits - 1)}e${exponent}`);
    return Math.fround(candidate) === x;
  });
}

const powersOfTwo = Array.from({ length: 277 }, (_, k) => 2 ** (k - 149));

describe("floatText", () => {
  it("gives the decimal and the bits", () => {
    expect(floatText(1)).toBe("1 (0x3f800000)");
    expect(floatText(Math.fround(0.1))).toBe("0.1 (0x3dcccccd)");
    expect(floatText(-0)).toBe("-0 (0x80000000)");
    expect(floatText(0)).toBe("0 (0x00000000)");
    expect(floatText(MIN_SUBNORMAL)).toBe("1e-45 (0x00000001)");
    expect(floatText(MAX_FLOAT32)).toBe("3.4028235e+38 (0x7f7fffff)");
    expect(floatText(Number.NEGATIVE_INFINITY)).toBe("-Infinity (0xff800000)");
    expect(floatText(Number.NaN)).toMatch(/^NaN \(0x[7f][f][0-9a-f]{6}\)$/);
  });

  it("reads back as the same float", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }).map(fromBits).filter(Number.isFinite), (x) => {
        expect(Math.fround(Number(decimalOf(x)))).toBe(x);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it("has as few digits as can be", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0x7f7fffff }).map(fromBits), (x) => {
        // At a power of two the rounding cell reaches further up than down, and then a shorter decimal that is
        // not the nearest one of its length may be in it: 2^-96 and 2^87.
        const may = (bitsOf(x) & 0x7fffff) === 0 ? [true, false] : [false];
        expect(may).toContain(hasShorter(x, digitsOf(decimalOf(x)) - 1));
      }),
      { seed: 2, numRuns: 2000, examples: powersOfTwo.map((x): [number] => [x]) },
    );
  });
});
