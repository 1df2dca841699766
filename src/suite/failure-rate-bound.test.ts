import { describe, expect, it } from "vitest";
import { emptyTally } from "../judge/tally.js";
import type { CaseResult } from "./case-result.js";
import { failureRateBound, zeroFailureBound } from "./failure-rate-bound.js";

describe("the bound of draws without a failure", () => {
  it("is the rate at which so many draws pass once in twenty times", () => {
    for (const draws of [1, 2, 5, 20, 200, 10_000, 1e6]) {
      expect((1 - zeroFailureBound(draws)) ** draws).toBeCloseTo(0.05, 8);
    }
    expect(zeroFailureBound(1)).toBeCloseTo(0.95, 15);
    expect(zeroFailureBound(59)).toBeLessThan(0.05); // the known number of tests for 95/95
    expect(zeroFailureBound(58)).toBeGreaterThan(0.05);
  });

  it("stays below the rule of three, and comes near it", () => {
    for (let draws = 1; draws <= 4096; draws++) expect(zeroFailureBound(draws)).toBeLessThan(3 / draws);
    expect(zeroFailureBound(1e9) * 1e9).toBeCloseTo(Math.log(20), 6);
  });

  it("holds for draws of different failure rates, as a bound of their mean", () => {
    // Half of the draws cannot fail: with the mean at the bound, fewer than one run in twenty passes.
    for (const draws of [20, 200]) {
      const bound = zeroFailureBound(draws);
      expect((1 - 2 * bound) ** (draws / 2)).toBeLessThan(0.05);
    }
  });

  it("is none of no draws", () => {
    for (const draws of [0, -1, 0.5, Number.NaN]) expect(() => zeroFailureBound(draws)).toThrow(RangeError);
  });
});

describe("the bound of a case", () => {
  const passed: CaseResult = {
    id: "drawn",
    kind: "property",
    clauses: ["RMS-1.1"],
    verdict: "certified",
    runs: 20,
    distribution: "traces",
    tally: emptyTally(),
    multiStep: emptyTally(),
  };

  it("is one for what was drawn more than once and passed", () => {
    expect(failureRateBound(passed)).toBe(zeroFailureBound(20));
    expect(failureRateBound({ ...passed, verdict: "bit-exact" })).toBe(zeroFailureBound(20));
  });

  it("is none for stored cases, worked examples, failures and what shows nothing", () => {
    const { distribution, ...stored } = passed;
    expect(distribution).toBe("traces");
    const silent: CaseResult[] = [
      { ...stored, kind: "golden" },
      { ...passed, runs: 1 },
      { ...passed, verdict: "differs", failure: { message: "", others: [], replay: "" } },
      { ...passed, failure: { message: "other bits", others: [], replay: "" } },
      { ...passed, verdict: "inconclusive" },
      { ...passed, verdict: "skipped", runs: 0 },
    ];
    expect(silent.map(failureRateBound)).toEqual(silent.map(() => undefined));
  });
});
