import { describe, expect, it } from "vitest";
import { compare, over, plus, rational, times } from "./__test-helpers__/exact-rational.js";
import { nextDown64, nextUp64 } from "./binary64.js";
import { nearestBinary64 } from "./dyadic.js";
import { fusedEnd, productRemainder, quotientRemainder, rootRemainder, sumRemainder } from "./remainder.js";

const MAX = Number.MAX_VALUE;
/** The magnitudes between which products are split without BigInt. */
const LARGE = 2 ** 990;
const SMALL = 2 ** -900;

function fused(x: number, y: number, z: number): [h: number, r: number] {
  const end = new Float64Array(2);
  fusedEnd(x, y, z, end);
  return [end[0], end[1]];
}

/** Numbers at and next to the magnitudes where a fast way ends, with short and with full significands. */
const edges = [LARGE, SMALL, LARGE * SMALL, 2 ** -1022, 2 ** 1023, 1]
  .flatMap((edge) => [edge, nextUp64(edge), nextDown64(edge), edge * (1 + 2 ** -26 + 2 ** -52), edge / 3])
  .flatMap((x) => [x, -x])
  .concat(0, -0, Number.MIN_VALUE, -3 * Number.MIN_VALUE, MAX, -MAX);

function eachPair(visit: (x: number, y: number) => void): void {
  for (const x of edges) for (const y of edges) visit(x, y);
}

describe("remainders have the exact sign wherever the way of computing them changes", () => {
  // A remainder of 0 may come as −0.
  const check = (label: string, got: number, want: number) => {
    if (got !== want) expect.fail(`${label}: ${got} instead of ${want}`);
  };

  it("of sums", () => {
    eachPair((x, y) => {
      const h = x + y;
      if (!Number.isFinite(h)) return;
      check(`${x} + ${y}`, sumRemainder(x, y, h), compare(plus(rational(x), rational(y)), rational(h)));
    });
  });

  it("of products", () => {
    eachPair((x, y) => {
      const h = x * y;
      if (!Number.isFinite(h)) return;
      check(`${x} · ${y}`, productRemainder(x, y, h), compare(times(rational(x), rational(y)), rational(h)));
    });
  });

  it("of quotients", () => {
    eachPair((x, y) => {
      const h = x / y;
      if (y === 0 || !Number.isFinite(h)) return;
      check(`${x} / ${y}`, quotientRemainder(x, y, h), compare(over(rational(x), rational(y)), rational(h)));
    });
  });

  it("of roots", () => {
    for (const x of edges) {
      if (!(x >= 0)) continue;
      const h = Math.sqrt(x);
      check(`√${x}`, rootRemainder(x, h), compare(rational(x), times(rational(h), rational(h))));
    }
  });

  it("a sum with the largest double, of which an error-free transformation overflows", () => {
    // −3·2^970 + MAX is a tie. It rounds up to MAX − 2^971, and the rounded sum less its first operand overflows.
    const h = MAX - 2 ** 971;
    expect(-3 * 2 ** 970 + MAX).toBe(h);
    expect(sumRemainder(-3 * 2 ** 970, MAX, h)).toBe(-1);
    expect(sumRemainder(MAX, -3 * 2 ** 970, h)).toBe(-1);
    expect(sumRemainder(3 * 2 ** 970, -MAX, -h)).toBe(1);
    expect(sumRemainder(-MAX, 3 * 2 ** 970, -h)).toBe(1);
  });

  it("a product next to the largest double, of which the leading parts multiply to 2^1024", () => {
    const x = 2 ** 512 + 2 ** 460;
    const y = 2 ** 512 - 3 * 2 ** 459;
    // x·y = 2^1024 − 2^971 − 3·2^919
    expect(x * y).toBe(MAX);
    expect(productRemainder(x, y, MAX)).toBe(-1);
    expect(productRemainder(-x, y, -MAX)).toBe(1);
    expect(fused(x, y, 0)).toEqual([MAX, -1]);
  });

  it("zero over anything is 0", () => {
    for (const x of [0, -0]) for (const y of [3, -3, MAX]) expect(quotientRemainder(x, y, x / y)).toBe(0);
  });
});

describe("fusedEnd", () => {
  /** RN(x·y + z) and the sign of the remainder, for integers: Number() rounds a BigInt to nearest, ties to even. */
  function ofIntegers(x: number, y: number, z: number): [h: number, r: number] {
    const exact = BigInt(x) * BigInt(y) + BigInt(z);
    const h = Number(exact);
    if (!Number.isFinite(h)) return [h, 0];
    return [h, exact > BigInt(h) ? 1 : exact < BigInt(h) ? -1 : 0];
  }

  it("settles a tie by what is 2^57 times smaller, on either side", () => {
    // x·y = k·2^57 + t with k odd and t = ±1 or ±3; 2^57 is half an ulp of z = 2^110. Parity of (k − 1)/2
    // says whether the tie alone would go up.
    const factors = [
      [9007199254740987, 5404319552844595],
      [9007199254740941, 7594305253997307],
      [9007199254740921, 6723683950722149],
      [9007199254740907, 8159462854294781],
      [9007199254740887, 5919016653115509],
    ];
    const rests = factors.map(([x, y]) => BigInt.asIntN(57, BigInt(x) * BigInt(y)));
    expect(rests).toEqual([1n, -1n, -3n, -1n, 3n]);
    for (const [x, y] of factors) {
      for (const z of [2 ** 110, -(2 ** 110), 2 ** 110 + 2 ** 58, -(2 ** 110) - 2 ** 58]) {
        expect(fused(x, y, z), `${x} · ${y} + ${z}`).toEqual(ofIntegers(x, y, z));
        expect(fused(-x, y, z), `${-x} · ${y} + ${z}`).toEqual(ofIntegers(-x, y, z));
      }
    }
  });

  it("rounds once where an operand or the product is beyond what is split", () => {
    const x = nextUp64(2 ** 500);
    const y = nextUp64(2 ** 480);
    const table = [
      // The product needs 106 bits, and z takes the leading ones away.
      [nextUp64(2 ** 965), nextUp64(2 ** 54), -nextUp64(2 ** 1019)],
      [nextUp64(2 ** 500), nextUp64(2 ** 500), -nextUp64(2 ** 1000)],
      [nextUp64(2 ** 500), nextUp64(2 ** 500), -(nextUp64(2 ** 500) * nextUp64(2 ** 500))],
      [x, y, nextUp64(2 ** 1000)],
      [x, y, -nextUp64(2 ** 1023)],
      // z is the largest double, and the fast sum of both would overflow on its way.
      [-3 * 2 ** 970, 1, MAX],
      [3 * 2 ** 970, 1, -MAX],
      [2 ** 485, 2 ** 485, MAX],
      [2 ** 485, -(2 ** 485), -MAX],
      [2 ** 484, 2 ** 485, MAX],
      [2 ** 600, 2 ** 600, -MAX],
    ];
    for (const [a, b, c] of table) expect(fused(a, b, c), `${a} · ${b} + ${c}`).toEqual(ofIntegers(a, b, c));
  });

  it("overflows only where the sum does, not where the product alone would", () => {
    expect(fused(2 ** 512, 2 ** 512, -MAX)).toEqual([2 ** 971, 0]);
    expect(fused(2 ** 512, 2 ** 512, -(2 ** 1023))).toEqual([2 ** 1023, 0]);
    expect(fused(MAX, 1, 2 ** 970)).toEqual([Infinity, 0]);
    expect(fused(-MAX, 1, -(2 ** 970))).toEqual([-Infinity, 0]);
  });

  it("gives an exact zero as +0, whatever its operands", () => {
    for (const [x, y, z] of [
      [2 ** 1000, 2, -(2 ** 1001)],
      [-(2 ** 1000), 2, 2 ** 1001],
      [2 ** -500, 2 ** -500, -(2 ** -1000)],
      [-3, 5, 15],
    ]) {
      expect(fused(x, y, z), `${x} · ${y} + ${z}`).toEqual([0, 0]);
    }
    expect(fused(0, -1, -0)).toEqual([-0, 0]);
    expect(fused(0, 1, -0)).toEqual([0, 0]);
    expect(fused(5, 0, 2.5)).toEqual([2.5, 0]);
    expect(fused(-0, 5, -2.5)).toEqual([-2.5, 0]);
  });

  it("keeps the sign of what underflows", () => {
    expect(fused(2 ** -600, 2 ** -600, 0)).toEqual([0, 1]);
    expect(fused(-(2 ** -600), 2 ** -600, 0)).toEqual([-0, -1]);
    expect(fused(2 ** -600, 2 ** -600, -Number.MIN_VALUE)).toEqual([-Number.MIN_VALUE, 1]);
  });

  it("rounds a long subnormal result once", () => {
    // (2^30 − 1)(2^30 + 1) = 2^60 − 1, in units of 3·2^-1135: 1.5·2^-1074 less 3·2^-1135, which 53 bits cannot hold.
    const x = (2 ** 30 - 1) * 2 ** -567;
    const y = (2 ** 30 + 1) * 3 * 2 ** -568;
    expect(fused(x, y, 0)).toEqual([Number.MIN_VALUE, 1]);
    expect(fused(-x, y, 0)).toEqual([-Number.MIN_VALUE, -1]);
    // The same number straight from the BigInts.
    expect(nearestBinary64({ significand: 3n * (2n ** 60n - 1n), exponent: -1135 })).toBe(Number.MIN_VALUE);
  });
});

describe("nearestBinary64 of zero", () => {
  it("is +0 at every exponent that products of doubles can have", () => {
    for (const exponent of [-2148, -1074, 0, 1024, 1942])
      expect(nearestBinary64({ significand: 0n, exponent })).toBe(0);
  });
});
