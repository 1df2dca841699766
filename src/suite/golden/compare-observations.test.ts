import { describe, expect, it } from "vitest";
import type { Observation } from "../../program/observation.js";
import { vector } from "../../program/tensor.js";
import { countValues, differencesBetween, distanceInFloats } from "./compare-observations.js";

const one: Observation = { parameters: [{ parameter: vector([1, 2]), square_avg: vector([0, Number.NaN]) }] };
const differences = (expected: readonly Observation[], got: readonly Observation[]) => [
  ...differencesBetween(expected, got),
];

describe("differencesBetween", () => {
  it("is empty for the same bits, NaN as a class", () => {
    const other = structuredClone(one);
    new Uint32Array(other.parameters[0].square_avg!.values.buffer)[1] = 0xffc00001;
    expect(differences([one], [other])).toEqual([]);
  });

  it("names each element that differs, zeros of another sign too", () => {
    const other: Observation = { parameters: [{ parameter: vector([1, 3]), square_avg: vector([-0, 5]) }] };
    expect(differences([one, one], [one, other])).toEqual([
      { observation: 1, parameter: 0, slot: "parameter", element: 1, expected: 2, got: 3 },
      { observation: 1, parameter: 0, slot: "square_avg", element: 0, expected: 0, got: -0 },
      { observation: 1, parameter: 0, slot: "square_avg", element: 1, expected: Number.NaN, got: 5 },
    ]);
  });

  it("takes what is missing for different in every element", () => {
    expect(differences([one], [{ parameters: [{ parameter: vector([1, 2]) }] }])).toHaveLength(2);
    expect(differences([one], [{ parameters: [] }])).toHaveLength(4);
    expect(differences([one], [])).toHaveLength(4);
    const [, short] = differences(
      [one],
      [{ parameters: [{ ...one.parameters[0], parameter: vector([7]) }] }],
    );
    expect(short).toMatchObject({ element: 1, expected: 2, got: Number.NaN });
  });
});

describe("distanceInFloats", () => {
  it("counts steps, and has no number for NaN", () => {
    const at = { observation: 0, parameter: 0, slot: "parameter" as const, element: 0 };
    expect(distanceInFloats({ ...at, expected: 1, got: 1 + 2 ** -22 })).toBe(2);
    expect(distanceInFloats({ ...at, expected: 0, got: -0 })).toBe(0);
    expect(distanceInFloats({ ...at, expected: 1, got: Number.NaN })).toBeNaN();
    expect(distanceInFloats({ ...at, expected: Number.NaN, got: 1 })).toBeNaN();
  });
});

describe("countValues", () => {
  it("counts elements of observed slots", () => {
    expect(countValues([one, { parameters: [{ gradient: vector([1]), grad_avg: vector([1, 2, 3]) }] }])).toBe(
      7,
    );
  });
});
