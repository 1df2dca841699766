import { describe, expect, it } from "vitest";
import { exactDecimal } from "../../float32/to-decimal.js";
import { type Enclosure, enclosure, isPoint, isWithin, point } from "./enclosure.js";
import { EnclosureArithmetic } from "./enclosure-arithmetic.js";
import { ExactArithmetic } from "./exact-arithmetic.js";

const inf = Number.POSITIVE_INFINITY;
const points = (...values: number[]) => values.map(point);
const numbers = (block: readonly Enclosure[]) => block.map((x) => (isPoint(x) ? x.lo.toNumber() : undefined));

describe("blocks", () => {
  const ar = new ExactArithmetic(new EnclosureArithmetic(30));

  it("of one element stand for all elements, on either side", () => {
    expect(numbers(ar.quotient(points(12), points(2, 3, 4)))).toEqual([6, 4, 3]);
    expect(numbers(ar.quotient(points(2, 4, 6), points(2)))).toEqual([1, 2, 3]);
    expect(numbers(ar.quotient(points(2, 9), points(1, 3)))).toEqual([2, 3]);
  });

  it("of two lengths do not match", () => {
    expect(() => ar.add(null, points(1, 2), points(1, 2, 3))).toThrow(
      new RangeError("blocks of 2 and 3 elements do not match"),
    );
  });
});

describe("what is stored", () => {
  const elements = new EnclosureArithmetic(30);
  const x = points(1, 2);

  it("is read again as it was computed, where nothing was observed", () => {
    const ar = new ExactArithmetic(elements);
    expect(ar.store("square_avg", x)).toBe(x);
    expect(ar.store("parameter", x)).toBe(x);
    expect(ar.written).toEqual({ square_avg: x, parameter: x });
  });

  it("is read again as it was observed, except the parameter, which ends the step", () => {
    const observed = { square_avg: points(3, 4), parameter: points(5, 6) };
    const ar = new ExactArithmetic(elements, { observed });
    expect(numbers(ar.store("square_avg", x))).toEqual([3, 4]);
    expect(ar.store("grad_avg", x)).toBe(x);
    expect(ar.store("parameter", x)).toBe(x);
    expect(ar.written).toEqual({ square_avg: x, grad_avg: x, parameter: x });
  });
});

describe("a mean as old + complement·(x − old)", () => {
  const lerps = (digits: number) =>
    new ExactArithmetic(new EnclosureArithmetic(digits), { meanSquare: "lerp", meanGradient: "lerp" });
  const mean = (digits: number, t: Enclosure[], old: Enclosure[], x: Enclosure[]) =>
    lerps(digits).weightedMean("mean-gradient", [], t, old, [x]);

  it("takes one complement for all elements, or one for each", () => {
    const old = points(0, 4, 8);
    const x = points(4, 0, 8);
    expect(numbers(mean(30, points(0.25), old, x))).toEqual([1, 3, 8]);
    expect(numbers(mean(30, points(0.25, 0.5, 0.75), old, x))).toEqual([1, 2, 8]);
  });

  it("of a number and itself is the number, with few digits too", () => {
    expect(numbers(mean(60, points(0.01), points(0.1), points(0.1)))).toEqual([0.1]);
  });

  // Written with the old value twice, as it is where that keeps enclosures narrow, these would be other results.
  const range = (lo: number, hi: number) => enclosure(exactDecimal(lo), exactDecimal(hi), false);
  it.each<[string, number, Enclosure, number]>([
    ["an infinite complement", inf, range(1, 2), 5],
    ["an infinite old value", 0.5, range(1, inf), 1],
    ["an infinite old value alone", 0.5, point(inf), 1],
    ["an infinite new value", 2, range(1, 2), inf],
  ])("holds the results of the members: %s", (_, t, old, x) => {
    const [result] = mean(30, points(t), [old], points(x));
    for (const member of [old.lo, old.hi].map((end) => enclosure(end, end, false))) {
      const [single] = mean(30, points(t), [member], points(x));
      expect(isWithin(single, result)).toBe(true);
    }
  });

  it("grows with the old value's enclosure by no more than its weight", () => {
    const [{ lo, hi }] = mean(30, points(0.25), [range(1, 3)], points(2));
    expect([lo.toNumber(), hi.toNumber()]).toEqual([1.25, 2.75]);
  });

  it("is NaN where old and new are infinite, or the old one alone is", () => {
    for (const [old, x] of [
      [inf, 1],
      [-inf, 1],
      [inf, inf],
    ]) {
      expect(numbers(mean(30, points(0.5), points(old), points(x)))).toEqual([Number.NaN]);
    }
  });
});
