import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsedHexadecimal } from "./__test-helpers__/parsed-literals.js";
import { bitsOfElements, decimalLiteral, hexadecimalLiteral } from "./float-literal.js";

describe("hexadecimal literals", () => {
  it.each([
    [1, "0x1p+0"],
    [-0.1875, "-0x1.8p-3"],
    [0, "0x0p+0"],
    [-0, "-0x0p+0"],
    [2 ** -149, "0x1p-149"],
    [Math.fround(0.1), "0x1.99999ap-4"],
    [Number.MAX_VALUE, "0x1.fffffffffffffp+1023"],
    [Number.MIN_VALUE, "0x0.0000000000001p-1022"],
  ])("%d is %s", (x, text) => expect(hexadecimalLiteral(x)).toBe(text));

  it("are the number again", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(fc.property(finite, (x) => Object.is(parsedHexadecimal(hexadecimalLiteral(x)), x)));
  });
});

it("decimal literals are the number again, and no integers", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.oneof(finite, fc.integer()), (x) => {
      const text = decimalLiteral(x);
      return Object.is(Number(text), x) && /[.e]/.test(text);
    }),
  );
});

it("bits are those of a part of a buffer, those of NaNs as they are", () => {
  const bits = Uint32Array.of(1, 0x7fa00001, 0xffc12345, 0x80000000);
  expect([...bitsOfElements(new Float32Array(bits.buffer, 4, 2))]).toEqual([0x7fa00001, 0xffc12345]);
});
