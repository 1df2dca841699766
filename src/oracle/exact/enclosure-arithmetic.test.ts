import { Decimal } from "decimal.js";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { ExactDecimal } from "../../float32/to-decimal.js";
import { type Enclosure, enclosure, isPoint, isWithin, NAN, point } from "./enclosure.js";
import { EnclosureArithmetic } from "./enclosure-arithmetic.js";

/** numerator / denominator, denominator > 0. */
type Ratio = readonly [bigint, bigint];

function ratioOf(x: Decimal): Ratio {
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(x.toFixed()) ?? [];
  return [BigInt(`${sign}${whole}${fraction}`), 10n ** BigInt(fraction.length)];
}

/** Sign of a − b. */
function compare([a, b]: Ratio, [c, d]: Ratio): number {
  const difference = a * d - c * b;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const plus = ([a, b]: Ratio, [c, d]: Ratio): Ratio => [a * d + c * b, b * d];
const minus = (x: Ratio, [c, d]: Ratio): Ratio => plus(x, [-c, d]);
const times = ([a, b]: Ratio, [c, d]: Ratio): Ratio => [a * c, b * d];
const over = ([a, b]: Ratio, [c, d]: Ratio): Ratio => (c < 0n ? [-a * d, -b * c] : [a * d, b * c]);

/** Decimals of up to 40 digits whose exponents are near and far apart, with many nines, zeros and round values. */
const digits = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n ** 40n }),
  fc.bigInt({ min: 1n, max: 999n }),
  fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: -3, max: 3 }))
    .map(([n, k]) => 10n ** BigInt(n) + BigInt(k)),
);
const positive = fc
  .tuple(digits, fc.integer({ min: -60, max: 20 }))
  .map(([d, e]) => new ExactDecimal(`${d}e${e}`))
  .filter((x) => x.isPositive() && !x.isZero());
const decimal = fc.tuple(positive, fc.boolean()).map(([x, negative]) => (negative ? x.negated() : x));
const precision = fc.integer({ min: 1, max: 30 });
const at = (x: Decimal): Enclosure => enclosure(x, x, false);

/** The ends are the two neighbouring numbers of that many digits, or the result itself. */
function expectTight(result: Enclosure, exact: Ratio, digits: number): void {
  const [lo, hi] = [ratioOf(result.lo), ratioOf(result.hi)];
  expect(compare(lo, exact)).toBeLessThanOrEqual(0);
  expect(compare(exact, hi)).toBeLessThanOrEqual(0);
  expect(result.nan).toBe(false);
  expect(result.lo.precision()).toBeLessThanOrEqual(digits);
  expect(result.hi.precision()).toBeLessThanOrEqual(digits);
  if (compare(lo, exact) === 0 || compare(exact, hi) === 0) {
    expect(isPoint(result)).toBe(true);
    return;
  }
  const farther = Math.max(
    result.lo.isZero() ? -Infinity : result.lo.e,
    result.hi.isZero() ? -Infinity : result.hi.e,
  );
  const unit = ratioOf(new ExactDecimal(`1e${farther - digits + 1}`));
  expect(compare(minus(hi, lo), unit)).toBeLessThanOrEqual(0);
}

describe("directed rounding against integers", () => {
  const binary = [
    ["add", plus],
    ["subtract", minus],
    ["multiply", times],
    ["divide", over],
  ] as const;
  it.each(binary)("%s encloses as tightly as the digits allow", (name, exact) => {
    fc.assert(
      fc.property(decimal, decimal, precision, (x, y, n) => {
        expectTight(new EnclosureArithmetic(n)[name](at(x), at(y)), exact(ratioOf(x), ratioOf(y)), n);
      }),
      { seed: 21, numRuns: 1200 },
    );
  });

  it("square and power do as well", () => {
    fc.assert(
      fc.property(decimal, precision, (x, n) => {
        const ar = new EnclosureArithmetic(n);
        const [a, b] = ratioOf(x);
        expectTight(ar.square(at(x)), [a * a, b * b], n);
        const cube = ar.power(at(x.abs()), 3);
        const exact = ratioOf(x.abs().pow(3));
        expect(compare(ratioOf(cube.lo), exact)).toBeLessThanOrEqual(0);
        expect(compare(exact, ratioOf(cube.hi))).toBeLessThanOrEqual(0);
      }),
      { seed: 22, numRuns: 500 },
    );
  });

  it("power multiplies as often as it says", () => {
    const ar = new EnclosureArithmetic(40);
    for (let n = 0; n <= 9; n++) {
      const result = ar.power(point(1.5), n);
      expect([isPoint(result), result.lo.toNumber()]).toEqual([true, 1.5 ** n]);
    }
    // Nothing is computed for x^1, so nothing is rounded.
    const long = point(0.1);
    expect(new EnclosureArithmetic(5).power(long, 1)).toEqual(long);
  });

  it("roots square to both sides of the radicand, one last place apart", () => {
    const nearSquare = fc
      .tuple(positive, fc.integer({ min: -2, max: 2 }), fc.integer({ min: 1, max: 90 }))
      .map(([x, k, e]) => x.times(x).plus(x.times(x).times(`${k}e-${e}`)));
    fc.assert(
      fc.property(fc.oneof(positive, nearSquare), precision, (x, n) => {
        const { lo, hi } = new EnclosureArithmetic(n).squareRoot(at(x));
        const [a, b, c] = [ratioOf(lo), ratioOf(x), ratioOf(hi)];
        expect(compare(times(a, a), b)).toBeLessThanOrEqual(0);
        expect(compare(b, times(c, c))).toBeLessThanOrEqual(0);
        const unit = ratioOf(new ExactDecimal(`1e${lo.e - n + 1}`));
        expect(lo === hi ? compare(times(a, a), b) : compare(minus(c, a), unit)).toBe(0);
      }),
      { seed: 23, numRuns: 1200 },
    );
  });

  it("a root just below a short number stays below it, however long the radicand", () => {
    const ar = new EnclosureArithmetic(5);
    for (const gap of [10, 20, 40, 80]) {
      const radicand = new ExactDecimal("1.2345").pow(2).minus(`1e-${gap}`);
      const root = ar.squareRoot(at(radicand));
      expect([root.lo.toString(), root.hi.toString()]).toEqual(["1.2344", "1.2345"]);
    }
  });

  it("keeps every exact result a point", () => {
    const ar = new EnclosureArithmetic(30);
    const results = [
      ar.add(point(0.5), point(2 ** -20)),
      ar.multiply(point(1.25), point(-0.375)),
      ar.divide(point(3), point(64)),
      ar.squareRoot(point(2.25)),
      ar.square(point(-1.5)),
      ar.maximum(point(-0), point(0)),
    ];
    expect(results.map((r) => [isPoint(r), r.lo.toNumber()])).toEqual(
      [0.5 + 2 ** -20, -0.46875, 0.046875, 1.5, 2.25, 0].map((x) => [true, x]),
    );
    expect(isPoint(ar.divide(point(1), point(3)))).toBe(false);
  });
});

const SPECIALS = [Number.NEGATIVE_INFINITY, -2, -0, 0, 2, Number.POSITIVE_INFINITY];
const binaryOnNumbers = {
  add: (x: number, y: number) => x + y,
  subtract: (x: number, y: number) => x - y,
  multiply: (x: number, y: number) => x * y,
  divide: (x: number, y: number) => x / y,
  maximum: Math.max,
  minimum: Math.min,
} as const;
const unaryOnNumbers = {
  negate: (x: number) => -x,
  square: (x: number) => x * x,
} as const;

describe("special values", () => {
  const ar = new EnclosureArithmetic(30);

  it.each(Object.entries(binaryOnNumbers))("%s of points is what IEEE 754 says", (name, exact) => {
    const operation = name as keyof typeof binaryOnNumbers;
    for (const x of [...SPECIALS, Number.NaN]) {
      for (const y of [...SPECIALS, Number.NaN]) {
        const result = ar[operation](point(x), point(y));
        expect(isPoint(result), `${x} ${y}`).toBe(true);
        expect(result.lo.toNumber(), `${x} ${y}`).toBe(exact(x, y));
        expect(result.nan).toBe(Number.isNaN(exact(x, y)));
      }
    }
  });

  /** Every enclosure with ends among the special values, with its special members. */
  const ranges = SPECIALS.flatMap((lo, i) =>
    SPECIALS.slice(i).flatMap((hi, j) =>
      [false, true].map((nan) => ({
        range: enclosure(point(lo).lo, point(hi).hi, nan),
        // Also members between the ends, of every magnitude: the limits at infinity and zero lie among them.
        members: [
          ...SPECIALS.slice(i, i + j + 1),
          ...[1e30, 1, 1e-30, -1e-30, -1, -1e30].filter((m) => lo < m && m < hi),
          ...(nan ? [Number.NaN] : []),
        ].map((value) => ({ value, point: point(value) })),
      })),
    ),
  );

  it.each(Object.keys(binaryOnNumbers))("%s of ranges holds the result of every pair of members", (name) => {
    const operation = name as keyof typeof binaryOnNumbers;
    const missed: string[] = [];
    for (const x of ranges) {
      for (const y of ranges) {
        const result = ar[operation](x.range, y.range);
        for (const a of x.members) {
          for (const b of y.members) {
            const z = ar[operation](a.point, b.point);
            if (!isWithin(z, result)) missed.push(`${a.value} ${b.value}`);
          }
        }
      }
    }
    expect(missed).toEqual([]);
  });

  it.each(Object.entries(unaryOnNumbers))("%s of ranges holds the result of every member", (name, exact) => {
    const operation = name as keyof typeof unaryOnNumbers;
    for (const x of ranges) {
      for (const a of x.members.filter((m) => Math.abs(m.value) >= 1 || m.value === 0)) {
        expect(isWithin(point(exact(a.value)), ar[operation](x.range)), `${name} ${a.value}`).toBe(true);
      }
    }
  });

  it("roots of ranges hold the roots of the members, and NaN as soon as one is negative", () => {
    for (const x of ranges) {
      const result = ar.squareRoot(x.range);
      expect(result.nan).toBe(x.members.some((a) => Number.isNaN(Math.sqrt(a.value))));
      for (const a of x.members) {
        expect(isWithin(ar.squareRoot(a.point), result), `${a.value}`).toBe(true);
      }
    }
    const below = ar.squareRoot(enclosure(point(-4).lo, point(9).lo, false));
    expect([below.lo.toNumber(), below.hi.toNumber(), below.nan]).toEqual([-0, 3, true]);
    expect(ar.squareRoot(enclosure(point(-4).lo, point(-1).lo, false))).toBe(NAN);
    expect(ar.squareRoot(point(-0)).lo.toNumber()).toBe(-0);
    expect(ar.squareRoot(NAN)).toBe(NAN);
    expect(ar.square(NAN)).toBe(NAN);
    expect(isPoint(ar.squareRoot(point(Number.POSITIVE_INFINITY)))).toBe(true);
    expect(isPoint(ar.squareRoot(point(0)))).toBe(true);
  });

  it("a divisor that may be zero gives an unbounded quotient, on one side if its sign is known", () => {
    const ends = (x: Enclosure) => [x.lo.toNumber(), x.hi.toNumber(), x.nan];
    const from = (lo: number, hi: number) => enclosure(point(lo).lo, point(hi).lo, false);
    const { POSITIVE_INFINITY: inf } = Number;
    expect(ends(ar.divide(point(3), from(0, 2)))).toEqual([1.5, inf, false]);
    expect(ends(ar.divide(point(-3), from(0, 2)))).toEqual([-inf, -1.5, false]);
    expect(ends(ar.divide(point(3), from(-2, -0)))).toEqual([-inf, -1.5, false]);
    expect(ends(ar.divide(point(3), from(-2, 2)))).toEqual([-inf, inf, false]);
    expect(ends(ar.divide(point(3), from(-0, 0)))).toEqual([-inf, inf, false]);
    expect(ends(ar.divide(from(0, 3), from(0, 2)))).toEqual([0, inf, true]);
    expect(ends(ar.divide(point(0), from(-2, 2)))).toEqual([-0, 0, true]);
    expect(ar.divide(from(-0, 0), from(-0, 0))).toBe(NAN);
  });
});

describe("enclosures of enclosures", () => {
  const range = fc.tuple(decimal, decimal, fc.boolean()).map(([a, b, narrow]) => {
    const other = narrow ? a.times("1.000000000001") : b;
    return a.lt(other) ? enclosure(a, other, false) : enclosure(other, a, false);
  });
  /** An end, or a member on the way. */
  const member = (x: Enclosure, share: number) => x.lo.plus(x.hi.minus(x.lo).times(share));
  const share = fc.constantFrom(0, 0.25, 0.5, 1);

  it("hold the results of their members", () => {
    fc.assert(
      fc.property(range, range, share, share, precision, (x, y, s, t, n) => {
        const ar = new EnclosureArithmetic(n);
        const [a, b] = [member(x, s), member(y, t)];
        const [p, q] = [ratioOf(a), ratioOf(b)];
        const holds = (result: Enclosure, exact: Ratio) => {
          if (result.lo.isFinite()) expect(compare(ratioOf(result.lo), exact)).toBeLessThanOrEqual(0);
          if (result.hi.isFinite()) expect(compare(exact, ratioOf(result.hi))).toBeLessThanOrEqual(0);
        };
        holds(ar.add(x, y), plus(p, q));
        holds(ar.subtract(x, y), minus(p, q));
        holds(ar.multiply(x, y), times(p, q));
        holds(ar.square(x), times(p, p));
        if (!b.isZero()) holds(ar.divide(x, y), over(p, q));
        holds(ar.maximum(x, y), compare(p, q) > 0 ? p : q);
        holds(ar.minimum(x, y), compare(p, q) < 0 ? p : q);
        const root = ar.squareRoot(x);
        if (a.isNegative() && !a.isZero()) {
          expect(root.nan).toBe(true);
        } else {
          const [lo, hi] = [ratioOf(root.lo), ratioOf(root.hi)];
          expect(compare(times(lo, lo), p)).toBeLessThanOrEqual(0);
          expect(compare(p, times(hi, hi))).toBeLessThanOrEqual(0);
        }
      }),
      { seed: 24, numRuns: 1000 },
    );
  });
});

it("rejects digits out of range", () => {
  for (const n of [0, 2.5, -1, 2001, Number.NaN]) {
    expect(() => new EnclosureArithmetic(n)).toThrow(/digits must be an integer from 1 to 2000/);
  }
});

it("takes one digit and the most that there are", () => {
  const third = (n: number) => new EnclosureArithmetic(n).divide(point(1), point(3));
  expect([third(1).lo.toString(), third(1).hi.toString()]).toEqual(["0.3", "0.4"]);
  expect(third(2000).lo.precision()).toBe(2000);
});

it("refuses a root of the library that is not nearly right, from below and from above", () => {
  const ar = new EnclosureArithmetic(10);
  const root = vi.spyOn(Decimal.prototype, "sqrt");
  try {
    const refused = (radicand: number) =>
      expect.objectContaining({
        message: `the root of ${radicand} is more than one last place off: decimal.js is not what it was`,
      });
    root.mockReturnValue(new Decimal(3));
    expect(() => ar.squareRoot(point(4))).toThrow(refused(4));
    root.mockReturnValue(new Decimal(2));
    expect(() => ar.squareRoot(enclosure(point(-4).lo, point(9).lo, false))).toThrow(refused(9));
  } finally {
    root.mockRestore();
  }
});

it("does not read the settings of the shared constructor", () => {
  const { precision, maxE, minE } = Decimal;
  try {
    Decimal.set({ precision: 3, maxE: 5, minE: -5 });
    const ar = new EnclosureArithmetic(30);
    const results = [
      ar.multiply(point(2 ** 20), point(2 ** 20)),
      ar.multiply(point(2 ** -20), point(2 ** -20)),
      ar.squareRoot(point(2 ** 40)),
      ar.squareRoot(point(2 ** -40)),
      // The upper end of a wide radicand has a root of its own.
      ar.squareRoot(enclosure(point(-1).lo, point(2 ** 40).lo, false)),
    ].map(({ lo, hi }) => [lo.toNumber(), hi.toNumber()]);
    expect(results).toEqual([
      [2 ** 40, 2 ** 40],
      [2 ** -40, 2 ** -40],
      [2 ** 20, 2 ** 20],
      [2 ** -20, 2 ** -20],
      [-0, 2 ** 20],
    ]);
  } finally {
    Decimal.set({ precision, maxE, minE });
  }
});
