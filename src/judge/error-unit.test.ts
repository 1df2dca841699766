import { describe, expect, it } from "vitest";
import { NAN, point } from "../oracle/exact/index.js";
import { largerOf, unitOf } from "./error-unit.js";

describe("largerOf", () => {
  it("looks at magnitudes", () => {
    const [small, large] = [point(1), point(-2)];
    expect(largerOf(small, large)).toBe(large);
    expect(largerOf(large, small)).toBe(large);
  });

  it("is the first one of equals, and where the other is NaN", () => {
    const [one, other] = [point(1), point(-1)];
    expect(largerOf(one, other)).toBe(one);
    expect(largerOf(one, NAN)).toBe(one);
    expect(largerOf(NAN, one)).toBe(NAN);
  });
});

describe("unitOf", () => {
  const [exact, before] = [point(0.5), point(2)];

  it("is the exact mean square itself", () => {
    expect(unitOf("square_avg", exact, before)).toBe(exact);
  });

  it.each(["parameter", "grad_avg", "momentum_buffer"] as const)("is the larger one of a %s", (slot) => {
    expect(unitOf(slot, exact, before)).toBe(before);
    expect(unitOf(slot, before, exact)).toBe(before);
  });
});
