import { describe, expect, it } from "vitest";
import { goldenDiffReport, goldenVerifyReport } from "./golden.js";

describe("goldenVerifyReport", () => {
  const row = {
    cases: 1234,
    values: 20000,
    mismatchingBits: 0,
    outside: 0,
    differentFromCorrectRoot: 500,
    capability: "avx2",
  };

  it("gives the verdict first, then a line for each kind and capability", () => {
    const text = goldenVerifyReport([
      { ...row, kind: "correct-root", differentFromCorrectRoot: 0 },
      { ...row, kind: "as-shipped" },
    ]);
    const [first, correct, shipped] = text.split("\n");
    expect(first).toBe("VERIFIED · 40,000 values of real PyTorch judged");
    expect(correct).toMatch(
      /^correct-root avx2 +1,234 cases +20,000 values +0 mismatching bits .* 0 outside/,
    );
    expect(shipped).toMatch(
      /^as-shipped .*0 outside the acceptance set, 500 \(2\.50 %\) differ from the correct root$/,
    );
  });

  it("does not verify what is outside, mismatching or nothing", () => {
    expect(goldenVerifyReport([{ ...row, kind: "as-shipped", outside: 1 }])).toMatch(/^NOT VERIFIED/);
    expect(goldenVerifyReport([{ ...row, kind: "correct-root", mismatchingBits: 3 }])).toMatch(
      /^NOT VERIFIED/,
    );
    expect(goldenVerifyReport([])).toBe("NOT VERIFIED · 0 values of real PyTorch judged");
    const empty = goldenVerifyReport([
      { ...row, kind: "as-shipped", values: 0, differentFromCorrectRoot: 0 },
    ]);
    expect(empty).toMatch(/^NOT VERIFIED · 0 values of real PyTorch judged\n.* 0 \(0\.00 %\) differ/);
  });
});

describe("goldenDiffReport", () => {
  const nothing = { onlyBefore: [], onlyAfter: [], changedPrograms: [], moved: [] };

  it("says when nothing moved", () => {
    expect(goldenDiffReport(nothing)).toBe("nothing moved");
  });

  it("says what moved by clause and slot, in ulps", () => {
    const row = { clause: "RMS-1.1", kind: "correct-root", capability: "avx2", slot: "square_avg" } as const;
    const text = goldenDiffReport({
      onlyBefore: ["a"],
      onlyAfter: ["b"],
      changedPrograms: ["c"],
      moved: [
        { ...row, values: 1500, largest: 3, nan: 0, missing: 0, example: "groups/x" },
        { ...row, slot: "parameter", values: 2, largest: 0, nan: 2, missing: 4, example: "groups/y" },
      ],
    });
    expect(text.split("\n")).toEqual([
      "only before: a",
      "only after: b",
      "another program: c",
      "RMS-1.1 correct-root avx2 square_avg: 1,500 values moved, by up to 3 ulp (groups/x)",
      "RMS-1.1 correct-root avx2 parameter: 2 values moved, by up to 0 ulp (groups/y), 2 to or from NaN, 4 in one generation only",
    ]);
  });
});
