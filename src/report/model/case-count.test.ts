import { expect, it } from "vitest";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { CaseCount } from "./case-count.js";

it("puts each case where it is counted", () => {
  const report = madeUpRun({
    cases: [
      { verdict: "bit-exact" },
      { verdict: "certified" },
      { verdict: "certified", message: "a property says more than its values" },
      { verdict: "crash" },
      { verdict: "differs", message: "known", id: "known" },
      { verdict: "indeterminate", reason: "too wide" },
      { verdict: "unsupported", reason: "no momentum" },
      { verdict: "not-run", id: "listed" },
      { verdict: "differs", message: "1 is not 2", kind: "self-check", id: "proof" },
    ],
    footer: { expectations: { expected: ["known", "listed", "proof"], breaches: [] } },
  });
  const count = new CaseCount(report);
  expect(report.cases.map((one) => count.of(one))).toEqual([
    "passed",
    "passed",
    "failed",
    "failed",
    "expected",
    "undecided",
    "not-run",
    "not-run",
    // The suite is wrong, whatever an implementer expects.
    "failed",
  ]);
});

it("takes a finding for expected if all that it is about was", () => {
  const report = madeUpRun({
    findings: [{ cases: ["a", "b"] }, { cases: ["a", "c"] }, { cases: [] }],
    footer: { expectations: { expected: ["a", "b"], breaches: [] } },
  });
  const count = new CaseCount(report);
  expect(report.findings.map((finding) => count.isExpected(finding))).toEqual([true, false, false]);
  const { expectations: _, ...footer } = report.footer;
  expect(new CaseCount({ ...report, footer }).isExpected(report.findings[0])).toBe(false);
});
