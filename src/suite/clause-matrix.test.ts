import { expect, test } from "vitest";
import { CLAUSES } from "../../spec/clauses.js";
import { emptyTally } from "../judge/tally.js";
import type { CaseResult } from "./case-result.js";
import { clauseMatrix } from "./clause-matrix.js";

function result(verdict: CaseResult["verdict"], clauses: string[], fails = false): CaseResult {
  const base = {
    id: "case",
    kind: "property",
    clauses,
    verdict,
    runs: 1,
    tally: emptyTally(),
    multiStep: emptyTally(),
  } as const;
  return fails ? { ...base, failure: { message: "", others: [], replay: "" } } : base;
}

test("there is a row for every clause, with what was shown of it", () => {
  const rows = clauseMatrix([
    result("bit-exact", ["RMS-1.1", "RMS-1.2"]),
    result("certified", ["RMS-1.2"]),
    result("skipped", ["RMS-1.2", "RMS-1.3"]),
    result("inconclusive", ["RMS-1.4"]),
    result("bit-exact", ["RMS-2.1"]),
    result("differs", ["RMS-2.1"], true),
    // Accepted, but not the bits that were demanded.
    result("certified", ["RMS-2.2"], true),
  ]);
  expect(rows.map(({ clause }) => clause)).toEqual(CLAUSES.map(({ id }) => id));
  const row = (clause: string) => rows.find((one) => one.clause === clause);
  expect(row("RMS-1.1")).toMatchObject({ outcome: "passed", counts: { "bit-exact": 1 } });
  expect(row("RMS-1.2")).toMatchObject({
    outcome: "passed",
    counts: { "bit-exact": 1, certified: 1, skipped: 1 },
  });
  expect(row("RMS-1.3")).toMatchObject({ outcome: "skipped", counts: { skipped: 1 } });
  expect(row("RMS-1.4")).toMatchObject({ outcome: "inconclusive", counts: { inconclusive: 1 } });
  expect(row("RMS-2.1")).toMatchObject({ outcome: "failed", counts: { "bit-exact": 1, differs: 1 } });
  expect(row("RMS-2.2")).toMatchObject({ outcome: "failed", counts: { certified: 1 } });
  expect(row("RMS-3.1")).toEqual({ clause: "RMS-3.1", outcome: "skipped", counts: {} });
});

test("what only self-checks show is shown of the specification alone", () => {
  const selfCheck = (clause: string, fails = false): CaseResult => ({
    ...result(fails ? "differs" : "certified", [clause], fails),
    kind: "self-check",
  });
  const rows = clauseMatrix([
    selfCheck("RMS-2.1"),
    selfCheck("RMS-6.2"),
    result("skipped", ["RMS-6.2"]),
    result("inconclusive", ["RMS-6.2"]),
    selfCheck("RMS-1.1"),
    result("certified", ["RMS-1.1"]),
    selfCheck("RMS-7.2", true),
    selfCheck("RMS-1.2"),
    result("differs", ["RMS-1.2"], true),
  ]);
  const outcomeOf = (clause: string) => rows.find((row) => row.clause === clause)?.outcome;
  expect(outcomeOf("RMS-2.1")).toBe("spec-only");
  expect(outcomeOf("RMS-6.2")).toBe("spec-only");
  expect(outcomeOf("RMS-1.1")).toBe("passed");
  expect(outcomeOf("RMS-7.2")).toBe("failed");
  expect(outcomeOf("RMS-1.2")).toBe("failed");
});
