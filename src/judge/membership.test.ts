import { describe, expect, it } from "vitest";
import { fromBits } from "../float32/bits.js";
import { ListedMembership, listedValues } from "./membership.js";

const NAN = Number.NaN;
const INFINITY = Number.POSITIVE_INFINITY;

/** Whether each observation is in the list of its own element. */
function listed(elements: readonly (readonly [accepted: readonly number[], seen: number])[]): boolean[] {
  const count = Math.max(...elements.map(([accepted]) => accepted.length));
  const outcomes = Array.from({ length: count }, (_, k) =>
    Float64Array.from(elements, ([accepted]) => accepted[k % accepted.length]),
  );
  const membership = new ListedMembership();
  membership.compare(
    outcomes,
    Float64Array.from(elements, ([, seen]) => seen),
  );
  return elements.map((_, i) => membership.isListed(i));
}

describe("membership in a list", () => {
  it("is equality to the bit with one of them, element by element", () => {
    expect(
      listed([
        [[1, 2], 2],
        [[1, 2], 1.5],
        [[1], 1 + 2 ** -23],
        [[INFINITY], INFINITY],
        [[INFINITY], -INFINITY],
        [[-1, 1], -1],
      ]),
    ).toEqual([true, false, false, true, false, true]);
  });

  it("takes NaN as one class and tells the zeros apart", () => {
    expect(
      listed([
        [[NAN], fromBits(0xffc00001)],
        [[NAN], 1],
        [[1], NAN],
        [[1, NAN], NAN],
        [[NAN, 1], 1],
        [[0], -0],
        [[-0], 0],
        [[-0], -0],
        [[0, -0], -0],
      ]),
    ).toEqual([true, false, false, true, true, false, false, true, true]);
  });

  it("forgets the block before", () => {
    const membership = new ListedMembership();
    membership.compare([Float64Array.of(1)], Float64Array.of(1));
    membership.compare([Float64Array.of(2)], Float64Array.of(1));
    expect(membership.isListed(0)).toBe(false);
    membership.compare([Float64Array.of(NAN)], Float64Array.of(0));
    expect(membership.isListed(0)).toBe(false);
    expect(membership.evidence(0, 1)).toBe("full");
  });
});

describe("evidence of a list", () => {
  const evidence = (accepted: readonly number[], old: number) => {
    const membership = new ListedMembership();
    membership.compare(
      accepted.map((value) => Float64Array.of(value)),
      Float64Array.of(accepted[0]),
    );
    return membership.evidence(0, old);
  };

  it("is that of the hull of its numbers", () => {
    expect(evidence([0.5], 0)).toBe("full");
    expect(evidence([0.5, -0.5], 0.25)).toBe("indeterminate");
    expect(evidence([0.5, 0.502], 0)).toBe("weak");
    expect(evidence([1], 1)).toBe("indeterminate");
  });

  it("leaves NaN out, wherever it is listed", () => {
    expect(evidence([NAN, 1], 1)).toBe("indeterminate");
    expect(evidence([1, NAN], 1)).toBe("indeterminate");
    expect(evidence([NAN, 0.5], 0)).toBe("full");
    // The hull of the numbers reaches over the old value on either side.
    expect(evidence([NAN, 0.5, -0.5], 0.25)).toBe("indeterminate");
    expect(evidence([0.5, NAN, -0.5], -0.25)).toBe("indeterminate");
  });

  it("is full where the class is all that there is to show", () => {
    expect(evidence([NAN], 1)).toBe("full");
    expect(evidence([1], NAN)).toBe("full");
    expect(evidence([1], INFINITY)).toBe("full");
    expect(evidence([INFINITY], 1)).toBe("full");
    expect(evidence([3e38, INFINITY], INFINITY)).toBe("full");
  });
});

describe("listedValues", () => {
  it("gives each value once, in order, −0 before +0 and NaN last", () => {
    const lists = [3, NAN, 0, -0, -INFINITY, 3, NAN, INFINITY, -2].map((value) => Float64Array.of(9, value));
    expect(listedValues(lists, 1)).toEqual([-INFINITY, -2, -0, 0, 3, INFINITY, NAN]);
    expect(listedValues(lists, 0)).toEqual([9]);
  });
});
