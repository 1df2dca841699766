import { describe, expect, it } from "vitest";
import { compare, ONE, rationalOf } from "./rational.js";
import { RationalArithmetic } from "./rational-arithmetic.js";
import { RationalInterpreter } from "./rational-interpreter.js";
import { isExact, type RationalValue } from "./rational-value.js";

const elements = new RationalArithmetic(64);
const numbers = (...block: number[]): readonly RationalValue[] => block.map((x) => elements.number(x));

/** The numbers of a block, which are known exactly and short. */
function reported(block: readonly RationalValue[] | undefined): readonly number[] {
  return (block ?? []).map((value) => {
    if (value.kind !== "enclosed" || !isExact(value)) throw new Error("not known exactly");
    const { numerator, denominator, exponent } = value.lo;
    return (Number(numerator) / Number(denominator)) * 2 ** exponent;
  });
}

describe("RationalReading", () => {
  const reading = new RationalInterpreter(elements);
  const [one, three] = [numbers(12), numbers(1, 2, 3)];

  it("lets a block of one stand for all elements, on either side", () => {
    expect(reported(reading.quotient(one, three))).toEqual([12, 6, 4]);
    expect(reported(reading.quotient(numbers(1, 2, 4), numbers(4)))).toEqual([0.25, 0.5, 1]);
    expect(reported(reading.subtract(null, one, three))).toEqual([11, 10, 9]);
    expect(reported(reading.subtract(null, three, one))).toEqual([-11, -10, -9]);
    expect(reported(reading.maximum(numbers(2), three))).toEqual([2, 2, 3]);
    expect(reported(reading.minimum(three, numbers(2)))).toEqual([1, 2, 2]);
    expect(reported(reading.add(null, numbers(1, 2), numbers(30, 40)))).toEqual([31, 42]);
  });

  it("knows that the square of what is known by its ends is not negative", () => {
    const around: RationalValue = { kind: "enclosed", lo: rationalOf(-1), hi: rationalOf(2) };
    const [square] = reading.multiply([around], [around]);
    const itself = [around];
    const [ofItself] = reading.multiply(itself, itself);
    const lowest = (x: RationalValue) =>
      x.kind === "enclosed" ? compare(x.lo, { ...ONE, numerator: 0n }) : 0;
    expect(lowest(square)).toBeLessThan(0);
    expect(lowest(ofItself)).toBe(0);
  });

  it("goes on from state that was observed, and keeps what was computed", () => {
    const observed = new RationalInterpreter(elements, { observed: { square_avg: numbers(5) } });
    expect(reported(observed.store("square_avg", numbers(4)))).toEqual([5]);
    expect(reported(observed.store("grad_avg", numbers(4)))).toEqual([4]);
    expect(reported(reading.store("square_avg", numbers(4)))).toEqual([4]);
    expect(reported(observed.name("update", numbers(7)))).toEqual([7]);
    expect(reported(observed.quantities.square_avg)).toEqual([4]);
    expect(reported(observed.quantities.update)).toEqual([7]);
  });

  it("reads either form of each mean", () => {
    const [weight, complement, old, x] = [0.75, 0.5, 8, 4].map((value) => numbers(value));
    const read = (options: ConstructorParameters<typeof RationalInterpreter>[1]) => {
      const means = new RationalInterpreter<RationalValue>(elements, options as object);
      return (["mean-square", "mean-gradient"] as const).flatMap((site) =>
        reported(means.weightedMean(site, weight, complement, old, [x])),
      );
    };
    expect(read({})).toEqual([8, 8]);
    expect(read({ meanSquare: "lerp" })).toEqual([6, 8]);
    expect(read({ meanGradient: "lerp" })).toEqual([8, 6]);
  });
});
