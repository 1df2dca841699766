import { describe, expect, it } from "vitest";
import { emptyTally } from "../judge/tally.js";
import type { CaseResult } from "./case-result.js";
import { decides, LEVELS, type Level, levelOf, levelText, reaches } from "./level.js";

function result(verdict: CaseResult["verdict"], more: Partial<CaseResult> = {}): CaseResult {
  const bitExact = verdict === "bit-exact" ? 4 : 3;
  const tally = { judged: 4, bitExact, weak: 0, indeterminate: 0, rejected: 0 };
  return {
    id: verdict,
    kind: "property",
    clauses: ["RMS-1.1"],
    verdict,
    runs: 1,
    tally,
    multiStep: emptyTally(),
    ...more,
  };
}

const failed = (verdict: CaseResult["verdict"], more: Partial<CaseResult> = {}) =>
  result(verdict, { failure: { message: "", others: [], replay: "" }, ...more });

const nothingJudged = { tally: { judged: 0, bitExact: 0, weak: 0, indeterminate: 0, rejected: 0 } };

describe("levelOf", () => {
  const exact = result("bit-exact");
  it.each([
    ["every bit", [exact], "L3"],
    ["every bit of what was run", [exact, result("skipped")], "L3"],
    ["a case that is certified", [exact, result("certified")], "L2"],
    ["bits that were demanded and are others", [exact, failed("certified")], "L2"],
    // A golden of PyTorch that differs where the reference evaluation does not.
    ["bits of the reference, but not of PyTorch", [exact, failed("certified", { tally: exact.tally })], "L2"],
    ["something indeterminate as well", [exact, result("inconclusive")], "L2"],
    ["something inaccurate", [exact, failed("inaccurate")], "L1"],
    ["nothing but what is inaccurate", [failed("inaccurate")], "L1"],
    ["another dialect", [exact, failed("other-dialect")], "L0"],
    ["another class", [exact, failed("special-mismatch")], "L0"],
    ["a difference", [exact, failed("differs")], "L0"],
    ["a breach of the contract", [exact, failed("contract-mismatch", nothingJudged)], "L0"],
    ["nothing", [], "L0"],
    ["nothing that was run", [result("skipped")], "L0"],
    ["nothing that is decided", [result("inconclusive")], "L0"],
    ["nothing but errors", [failed("contract-mismatch", nothingJudged)], "L0"],
    ["a comparison that passed", [result("bit-exact", nothingJudged)], "L3"],
  ] as const)("of %s", (_, results, level) => {
    expect(levelOf(results, true)).toBe(level);
  });

  it("is never L3 without a reference to be bit-exact to", () => {
    expect(levelOf([result("bit-exact")], false)).toBe("L2");
  });
});

describe("decides", () => {
  it("asks whether a case shows something, for or against", () => {
    const deciding = [
      result("bit-exact"),
      result("certified"),
      failed("differs"),
      result("bit-exact", nothingJudged),
    ];
    expect(deciding.map(decides)).toEqual([true, true, true, true]);
    const silent = [
      result("skipped"),
      result("inconclusive"),
      failed("contract-mismatch", nothingJudged),
      result("certified", { kind: "self-check", ...nothingJudged }),
    ];
    expect(silent.map(decides)).toEqual([false, false, false, false]);
  });
});

describe("levelText", () => {
  it("says what a level means", () => {
    expect(levelText("L1", [failed("inaccurate")])).toBe("right semantics");
  });

  it("says of no level what happened, each thing once", () => {
    const results = [result("bit-exact"), failed("crash", nothingJudged), failed("crash", nothingJudged)];
    expect(levelOf(results, true)).toBe("none");
    expect(levelText("none", results)).toBe("a process that ended before it answered");
    expect(levelText("none", [...results, failed("timeout"), failed("differs")])).toBe(
      "a process that ended before it answered, no answer in time",
    );
    for (const verdict of ["protocol-error", "capability-mismatch"] as const) {
      const one = [failed(verdict, nothingJudged)];
      expect(levelOf(one, true)).toBe("none");
      expect(levelText("none", one)).toMatch(/^an answer that breaks the protocol$|^capabilities other than/);
    }
  });
});

describe("reaches", () => {
  it("orders the levels", () => {
    const levels = Object.keys(LEVELS) as Level[];
    levels.forEach((reached, i) => {
      levels.forEach((requested, k) => {
        expect(reaches(reached, requested)).toBe(i >= k);
      });
    });
  });
});
