import { beforeAll, describe, expect, it } from "vitest";
import { conformingReport, failingReport } from "../__test-helpers__/real-reports.js";
import { diffText } from "../text/diff-text.js";
import { diffReports } from "./diff-reports.js";
import type { Report } from "./report.js";

let right: Report;
let failing: Report;
beforeAll(async () => {
  [right, failing] = await Promise.all([conformingReport(), failingReport()]);
});

describe("two reports", () => {
  it("of the same run differ in nothing", () => {
    expect(diffReports(right, right)).toMatchObject({
      regressed: false,
      settings: [],
      worse: [],
      better: [],
    });
    expect(diffText(diffReports(right, right))).toBe("SAME · 0 cases are worse · 0 better · 0 otherwise");
  });

  it("say what became worse, and the other way round what became better", () => {
    const worse = diffReports(right, failing);
    expect(worse).toMatchObject({
      regressed: true,
      outcome: { before: "passed", after: "failed" },
      level: { before: "L3", after: "L0" },
      better: [],
      clauses: [{ what: "RMS-8.6", before: "passed", after: "failed" }],
    });
    expect(worse.worse).toHaveLength(12);
    expect(worse.newFindings).toEqual(failing.findings);
    expect(worse.settings.map(({ what }) => what)).toContain("implementation");
    const better = diffReports(failing, right);
    expect(better).toMatchObject({ regressed: false, worse: [], newFindings: [] });
    expect(better.better).toHaveLength(12);
    expect(better.resolvedFindings).toEqual(failing.findings);
    expect(diffText(worse)).toMatch(
      /^WORSE · outcome passed → failed · level L3 → L0 · 12 cases are worse · 0 better/,
    );
    expect(diffText(worse)).toMatch(
      /\n\nfindings that are new:\n {2}other-dialect · This is another dialect: /,
    );
    expect(diffText(better)).toMatch(/^NOT WORSE · /);
  });

  it("are refused where they are of different shards", () => {
    const shard = (index: number): Report => ({
      ...right,
      header: { ...right.header, shard: { index, count: 3 } },
    });
    expect(diffReports(shard(2), shard(2))).toMatchObject({ regressed: false, worse: [] });
    expect(() => diffReports(shard(1), shard(2))).toThrow(
      /of shard 1 of 3, the second of shard 2 of 3, and they/,
    );
    expect(() => diffReports(right, shard(2))).toThrow(
      /of all shards, .*; merge the shards of each run first$/,
    );
  });

  const withFirst = (report: Report, more: Partial<Report["cases"][number]>): Report => ({
    ...report,
    cases: report.cases.map((one, k) => (k === 0 ? { ...one, ...more } : one)),
  });

  it("take a case that is not run any more for worse, and another kind of pass for neither", () => {
    const skipped = diffReports(
      right,
      withFirst(right, { outcome: "skipped", verdict: "skipped", reason: "too late" }),
    );
    expect(skipped).toMatchObject({ regressed: true, worse: [{ before: "bit-exact", after: "skipped" }] });
    const certified = diffReports(right, withFirst(right, { verdict: "certified" }));
    expect(certified).toMatchObject({ regressed: false, otherwise: [{ after: "certified" }] });
    // A pass that was asked to be bit-exact fails with the verdict of a pass.
    const requested = diffReports(
      right,
      withFirst(right, { outcome: "failed", verdict: "certified", message: "other bits" }),
    );
    expect(requested).toMatchObject({ regressed: true, worse: [{ after: "certified" }] });
  });

  it("count cases that only one of them has", () => {
    const fewer = { ...right, cases: right.cases.slice(1) };
    expect(diffReports(right, fewer)).toMatchObject({ regressed: false, onlyBefore: [right.cases[0].id] });
    expect(diffReports(fewer, right)).toMatchObject({ regressed: false, onlyAfter: [right.cases[0].id] });
    const fewerFailing = { ...failing, cases: failing.cases.slice(1) };
    expect(diffReports(fewerFailing, failing)).toMatchObject({
      regressed: true,
      worse: [{ id: failing.cases[0].id, after: failing.cases[0].verdict }],
    });
    expect(diffText(diffReports(right, fewer))).toContain("\n\nonly before:\n  ");
  });

  it("name the settings that differ, which explain much", () => {
    const seeded = { ...right, header: { ...right.header, seed: 8, profile: "ci" } };
    expect(diffText(diffReports(right, seeded))).toContain(
      "\n\nsettings that differ:\n  profile smoke → ci\n  seed 7 → 8",
    );
  });
});
