import { describe, expect, it } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { declarationOf } from "../../judge/declaration.js";
import { runGate } from "../../suite/gate.js";
import { measure } from "../../suite/measurements/measure.js";
import { RUN } from "../__test-helpers__/real-reports.js";
import { htmlReport } from "../formats/html/html-report.js";
import { markdownReport } from "../formats/markdown.js";
import { terminalReport } from "../formats/terminal.js";
import { type Report, reportOf } from "../model/report.js";
import { declarationCostLines } from "./declaration-cost.js";

/** Two properties that judge less under an approximate root, with everything that is measured. */
async function reportUnder(choices: Parameters<typeof declarationOf>[2]): Promise<Report> {
  const adapter = bundledAdapter("fused");
  const declaration = declarationOf(dialectById("pytorch"), undefined, choices);
  const options = { adapter, declaration, level: "L2", profile: "smoke", seed: 1 } as const;
  const results = await Promise.all(
    ["a-million-elements-are-accepted", "power-of-two-scaling-at-eps-zero"].map((only) =>
      runGate({ ...options, only }),
    ),
  );
  const [first] = results;
  const result = { ...first, results: results.flatMap((one) => one.results) };
  const hello = await adapter.hello();
  return reportOf(result, RUN, await measure({ adapter, declaration, hello, profile: "smoke" }));
}

describe("what a declaration costs", () => {
  it("is compared with the default freedom, in sets and in what is left out", async () => {
    const report = await reportUnder({ root: ["within-two-ulps"] });
    const lines = declarationCostLines(report);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^cost of root within-two-ulps: parameter: \d+ accepted floats in the median \(\d+ by default\), \d+ at the 99th percentile \(\d+\); [\d,]+ of [\d,]+ observations decide \([\d,]+\)$/,
      ),
    );
    const [parameter] = report.sets;
    expect(parameter.p99).toBeGreaterThan(parameter.byDefault?.p99 ?? Number.POSITIVE_INFINITY);
    expect(lines.slice(-2)).toEqual([
      "cost of root within-two-ulps: less is judged in a-million-elements-are-accepted: 65543 elements instead of 1048583",
      "cost of root within-two-ulps: less is judged in power-of-two-scaling-at-eps-zero: skipped",
    ]);
    const reason = report.cases.find(({ id }) => id === "power-of-two-scaling-at-eps-zero")?.reason;
    expect(reason).toBe("it need not hold under the declared rounding");
    for (const text of [terminalReport(report, false), await htmlReport(report)])
      expect(text).toContain("65543 elements instead of 1048583");
    // Markdown sets numbers and ids as code.
    expect(markdownReport(report)).toMatch(
      /### What the declared rounding costs\n\n(- cost of .*\n)*- cost of .*less is judged in .*a-million-elements/,
    );
  });

  it("is nothing where the default is declared", async () => {
    const report = await reportUnder({});
    expect(declarationCostLines(report)).toEqual([]);
    expect(report.sets.every(({ byDefault }) => byDefault === undefined)).toBe(true);
  });
});
