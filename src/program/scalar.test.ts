import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { binary64FromHex, hexOfBinary64, scalarCodec } from "./scalar.js";

describe("scalars", () => {
  it("are the sixteen hex digits of IEEE 754, most significant first", () => {
    const known: [number, string][] = [
      [0, "0000000000000000"],
      [-0, "8000000000000000"],
      [0.5, "3fe0000000000000"],
      [-1, "bff0000000000000"],
      [0.99, "3fefae147ae147ae"],
      [5e-324, "0000000000000001"],
      [Number.POSITIVE_INFINITY, "7ff0000000000000"],
      [Number.NEGATIVE_INFINITY, "fff0000000000000"],
    ];
    for (const [value, hex] of known) {
      expect(hexOfBinary64(value)).toBe(hex);
      expect(binary64FromHex(hex)).toBe(value);
      expect(z.decode(scalarCodec, hex)).toBe(value);
      expect(z.encode(scalarCodec, value)).toBe(hex);
    }
    expect(z.decode(scalarCodec, "7ff8000000000000")).toBeNaN();
    expect(z.decode(scalarCodec, z.encode(scalarCodec, Number.NaN))).toBeNaN();
  });

  it("come back from every double", () => {
    fc.assert(
      fc.property(fc.double(), (x) => {
        expect(z.decode(scalarCodec, z.encode(scalarCodec, x))).toBe(x);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("are not written of anything but a number", () => {
    const { error } = z.safeEncode(scalarCodec, "0.5" as never);
    expect(error?.issues.map(({ message }) => message)).toEqual(["expected a number"]);
  });

  it.each([
    [0.5, /JSON number loses NaN/],
    [null, /16 hex digits/],
    ["3fe", /exactly 16/],
    ["3fe00000000000000", /exactly 16/],
    ["3FE0000000000000", /lower-case/],
    ["0x3fe00000000000", /exactly 16/],
    ["3fe000000000000g", /exactly 16/],
    ["", /exactly 16/],
    [" 3fe000000000000", /exactly 16/],
  ])("refuses %j", (wire, expectedMessage) => {
    const result = z.safeDecode(scalarCodec, wire as string);
    expect(result.success).toBe(false);
    expect(result.error?.issues[0].message).toMatch(expectedMessage);
  });
});
