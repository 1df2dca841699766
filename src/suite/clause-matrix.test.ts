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
    result("not-run", ["RMS-1.2", "RMS-1.3"]),
    result("indeterminate", ["RMS-1.4"]),
    result("bit-exact", ["RMS-2.1"]),
    result("differs", ["RMS-2.1"], true),
    // Accepted, but not the bits that were demanded.
    result("certified", ["RMS-2.2"], true),
  ]);
  expect(rows.map(({ clause }) => clause)).toEqual(CLAUSES.map(({ id }) => id));
  const row = (clause: string) => rows.find((one) => one.clause === clause);
  expect(row("RMS-1.1")).toMatchObject({ standing: "shown", counts: { "bit-exact": 1 } });
  expect(row("RMS-1.2")).toMatchObject({
    standing: "shown",
    counts: { "bit-exact": 1, certified: 1, "not-run": 1 },
  });
  expect(row("RMS-1.3")).toMatchObject({ standing: "not-shown", counts: { "not-run": 1 } });
  expect(row("RMS-1.4")).toMatchObject({ standing: "not-shown", counts: { indeterminate: 1 } });
  expect(row("RMS-2.1")).toMatchObject({ standing: "failed", counts: { "bit-exact": 1, differs: 1 } });
  expect(row("RMS-2.2")).toMatchObject({ standing: "failed", counts: { certified: 1 } });
  expect(row("RMS-3.1")).toEqual({ clause: "RMS-3.1", standing: "not-shown", counts: {} });
});

test("what only self-checks show is shown of the specification alone", () => {
  const selfCheck = (clause: string, fails = false): CaseResult => ({
    ...result(fails ? "differs" : "certified", [clause], fails),
    kind: "self-check",
  });
  const rows = clauseMatrix([
    selfCheck("RMS-2.1"),
    selfCheck("RMS-6.2"),
    result("unsupported", ["RMS-6.2"]),
    result("indeterminate", ["RMS-6.2"]),
    selfCheck("RMS-1.1"),
    result("certified", ["RMS-1.1"]),
    selfCheck("RMS-7.2", true),
    selfCheck("RMS-1.2"),
    result("differs", ["RMS-1.2"], true),
  ]);
  const standing = (clause: string) => rows.find((row) => row.clause === clause)?.standing;
  expect(standing("RMS-2.1")).toBe("reals-only");
  expect(standing("RMS-6.2")).toBe("reals-only");
  expect(standing("RMS-1.1")).toBe("shown");
  expect(standing("RMS-7.2")).toBe("failed");
  expect(standing("RMS-1.2")).toBe("failed");
});
