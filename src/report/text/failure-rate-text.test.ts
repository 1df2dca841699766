import { expect, it } from "vitest";
import { emptyTally } from "../../judge/tally.js";
import type { CaseResult } from "../../suite/case-result.js";
import { zeroFailureBound } from "../../suite/failure-rate-bound.js";
import { withOutcomes } from "../model/case-outcomes.js";
import { reportCase } from "../model/report.js";
import { failureRateText as textOfReport } from "./failure-rate-text.js";

const drawn = (runs: number, more: Partial<CaseResult> = {}): CaseResult => ({
  id: `of ${runs}`,
  kind: "property",
  clauses: ["RMS-1.1"],
  verdict: "certified",
  runs,
  distribution: "traces",
  tally: emptyTally(),
  multiStep: emptyTally(),
  ...more,
});

const failureRateText = (results: readonly CaseResult[]) =>
  textOfReport({ cases: withOutcomes(results.map(reportCase), new Set()) });

it("sums up the draws of the implementation's properties, with the smallest and the largest bound", () => {
  const results = [
    drawn(200),
    drawn(1000),
    drawn(20),
    drawn(1),
    drawn(5000, { kind: "self-check" }),
    drawn(5000, { verdict: "inconclusive" }),
  ];
  expect(failureRateText(results)).toMatch(
    /^3 properties passed 1,220 draws without a failure: with 95 % confidence each fails in less than 14 % of such draws, and where most were made in less than 0\.30 %; /,
  );
  expect(failureRateText([drawn(40), drawn(40)])).toMatch(/ in less than 7\.3 % of such draws; /);
  expect(failureRateText([drawn(40)])).toMatch(/^1 property passed 40 draws .* it fails in /);
});

it("never says less than the bound is", () => {
  for (const runs of [2, 3, 7, 20, 31, 59, 200, 4000, 123_456]) {
    const percent = Number(/less than ([\d.]+) %/.exec(failureRateText([drawn(runs)])!)?.[1]);
    expect(percent / 100).toBeGreaterThanOrEqual(zeroFailureBound(runs) * (1 - 1e-12));
    expect(percent / 100).toBeLessThanOrEqual(zeroFailureBound(runs) * 1.11);
  }
});

it("says nothing where nothing was drawn", () => {
  expect(failureRateText([drawn(1), drawn(9, { kind: "self-check" })])).toBeUndefined();
});
