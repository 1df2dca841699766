import { describe, expect, it } from "vitest";
import { exactDecimal } from "../../float32/to-decimal.js";
import { certainFloat32, certainFloat32s, roundEnclosure } from "./certain-float32.js";
import { type Enclosure, enclosure, NAN, point } from "./enclosure.js";
import { EnclosureArithmetic } from "./enclosure-arithmetic.js";

const MIDPOINT = 1 + 2 ** -24; // between 1, which is even, and 1 + 2^-23
const ABOVE = 1 + 2 ** -23;

/** The midpoint moved by 10^-e, to be had as x·(1/3)·3 so that no number of digits makes it exact. */
function nearMidpoint(e: number, sign: 1 | -1): (digits: number) => Enclosure {
  const x = exactDecimal(MIDPOINT).plus(`${sign}e-${e}`);
  return (digits) => {
    const ar = new EnclosureArithmetic(digits);
    return ar.multiply(ar.divide(enclosure(x, x, false), point(3)), point(3));
  };
}

describe("certainFloat32", () => {
  it("takes as many digits as it needs, and no more", () => {
    for (const [e, digits] of [
      [20, 30],
      [40, 50],
      [100, 120],
      [300, 400],
    ] as const) {
      expect(certainFloat32(nearMidpoint(e, 1))).toEqual({ certain: true, value: ABOVE, digits });
      expect(certainFloat32(nearMidpoint(e, -1))).toEqual({ certain: true, value: 1, digits });
    }
  });

  it("is undecided at the limit, with both neighbours", () => {
    const undecided = { certain: false, value: "undecided", lower: 1, upper: ABOVE, nan: false };
    expect(certainFloat32(nearMidpoint(1000, 1))).toEqual({ ...undecided, digits: 800 });
    expect(certainFloat32(nearMidpoint(100, 1), [20, 60])).toEqual({ ...undecided, digits: 60 });
  });

  it("is certain at a midpoint that is known exactly: ties go to even", () => {
    expect(certainFloat32(() => point(MIDPOINT))).toEqual({ certain: true, value: 1, digits: 30 });
    expect(certainFloat32(() => point(-(1 + 3 * 2 ** -24)))).toMatchObject({
      certain: true,
      value: -(1 + 2 ** -22),
    });
    expect(certainFloat32(() => point(-(2 ** -150)))).toMatchObject({ certain: true, value: -0 });
    expect(certainFloat32(() => point(2 ** 128 - 2 ** 103))).toMatchObject({
      certain: true,
      value: Number.POSITIVE_INFINITY,
    });
  });

  it("is not certain of a zero whose sign is open, nor where NaN is possible", () => {
    const zeros = enclosure(exactDecimal(-(2 ** -200)), exactDecimal(2 ** -200), false);
    expect(roundEnclosure(zeros, 30)).toMatchObject({ certain: false, lower: -0, upper: 0 });
    const one = exactDecimal(1);
    expect(roundEnclosure(enclosure(one, one, true), 30)).toMatchObject({ certain: false, nan: true });
    expect(roundEnclosure(NAN, 30)).toEqual({ certain: true, value: Number.NaN, digits: 30 });
  });
});

describe("certainFloat32s", () => {
  it("computes only what is still undecided again", () => {
    const elements = [
      nearMidpoint(40, 1),
      nearMidpoint(10, -1),
      nearMidpoint(100, -1),
      nearMidpoint(5000, 1),
    ];
    const requested: [number, readonly number[]][] = [];
    const results = certainFloat32s(
      4,
      (digits, indices) => {
        requested.push([digits, indices]);
        return indices.map((i) => elements[i](digits));
      },
      [30, 50, 120, 200],
    );
    expect(requested).toEqual([
      [30, [0, 1, 2, 3]],
      [50, [0, 2, 3]],
      [120, [2, 3]],
      [200, [3]],
    ]);
    expect(results.map((r) => [r.value, r.digits])).toEqual([
      [ABOVE, 50],
      [1, 30],
      [1, 120],
      ["undecided", 200],
    ]);
  });

  it("asks for nothing when there is nothing, and for digits when there are none", () => {
    expect(certainFloat32s(0, () => expect.unreachable())).toEqual([]);
    expect(() => certainFloat32s(1, () => [NAN], [])).toThrow(/at least one number of digits/);
  });
});
