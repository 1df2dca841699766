import { describe, expect, it } from "vitest";
import { BUNDLED_ONNX } from "../../package-info.js";
import type { GoldenVerification } from "../../suite/golden/verify.js";
import { checkTrace } from "../../suite/onnx/cross-check.js";
import { OnnxSet } from "../../suite/onnx/onnx-set.js";
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
    const text = goldenVerifyReport({
      traces: [
        { ...row, kind: "correct-root", differentFromCorrectRoot: 0 },
        { ...row, kind: "as-shipped" },
      ],
      graphs: null,
      trainings: null,
    });
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
    const report = (...traces: GoldenVerification[]) =>
      goldenVerifyReport({ traces, graphs: null, trainings: null });
    expect(report({ ...row, kind: "as-shipped", outside: 1 })).toMatch(/^NOT VERIFIED/);
    expect(report({ ...row, kind: "correct-root", mismatchingBits: 3 })).toMatch(/^NOT VERIFIED/);
    expect(report()).toBe("NOT VERIFIED · 0 values of real PyTorch judged");
    const empty = report({ ...row, kind: "as-shipped", values: 0, differentFromCorrectRoot: 0 });
    expect(empty).toMatch(/^NOT VERIFIED · 0 values of real PyTorch judged\n.* 0 \(0\.00 %\) differ/);
  });
});

describe("goldenVerifyReport of training graphs", () => {
  const check = checkTrace(OnnxSet.open(BUNDLED_ONNX).open("linear.pytorch"));

  it("counts graphs and values in one line", () => {
    const text = goldenVerifyReport({ traces: null, trainings: null, graphs: [check] });
    const [first, line, ...rest] = text.split("\n");
    expect(first).toBe("VERIFIED · 1 training graphs with their traces");
    expect(line).toMatch(/^onnx +1 graphs +[\d,]+ values {2}0 traces with other bits/);
    expect(rest).toEqual([]);
  });

  it("names a graph whose trace does not hold", () => {
    const network = { ...check.network, loss: { share: 1.5, step: 2 } };
    const text = goldenVerifyReport({
      traces: null,
      trainings: null,
      graphs: [check, { ...check, network }],
    });
    expect(text).toMatch(/^NOT VERIFIED · 2 training graphs/);
    expect(text).toMatch(
      /\n {2}linear\.pytorch: bit-exact, 0 updates rejected; loss at 1\.50 and gradients at/,
    );
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
