import { expect, it } from "vitest";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { fails, isExpected } from "./case-outcomes.js";

it("gives each case one outcome", () => {
  const { cases } = madeUpRun({
    cases: [
      { verdict: "bit-exact" },
      { verdict: "certified" },
      { verdict: "certified", message: "a property says more than its values" },
      { verdict: "crash" },
      { verdict: "differs", message: "known", id: "known" },
      { verdict: "inconclusive", reason: "too wide" },
      { verdict: "skipped", reason: "no momentum" },
      { verdict: "skipped", id: "listed" },
      { verdict: "differs", message: "1 is not 2", kind: "self-check", id: "proof" },
    ],
    footer: { expectations: { expected: ["known", "listed", "proof"], breaches: [] } },
  });
  expect(cases.map(({ outcome }) => outcome)).toEqual([
    "passed",
    "passed",
    "failed",
    "failed",
    "xfailed",
    "inconclusive",
    "skipped",
    "skipped",
    // The suite is wrong, whatever an implementer expects.
    "failed",
  ]);
  expect(cases.filter(fails).map(({ id }) => id)).toEqual(["case-3", "case-4", "known", "proof"]);
});

it("takes a finding for expected if all that it is about is known to fail", () => {
  const failing = ["a", "b", "c"].map((id) => ({ id, verdict: "differs" as const, message: "it differs" }));
  const report = madeUpRun({
    cases: failing,
    findings: [{ cases: ["a", "b"] }, { cases: ["a", "c"] }, { cases: [] }],
    footer: { expectations: { expected: ["a", "b"], breaches: [] } },
  });
  expect(report.findings.map((finding) => isExpected(finding, report))).toEqual([true, false, false]);
  expect(isExpected(report.findings[0], madeUpRun({ cases: failing }))).toBe(false);
});
