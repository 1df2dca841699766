import { beforeAll, describe, expect, it } from "vitest";
import { bundledAdapter } from "../../adapter/bundled.js";
import { dialectAdapter } from "../../suite/__test-helpers__/planted.js";
import { realReport } from "../__test-helpers__/real-reports.js";
import { mergeReports, type NamedReport } from "./merge-reports.js";
import type { Report } from "./report.js";

const COUNT = 3;

async function shardsOf(make: () => Parameters<typeof realReport>[0]): Promise<NamedReport[]> {
  return Promise.all(
    Array.from({ length: COUNT }, async (_, k) => ({
      source: `shard ${k + 1}`,
      report: await realReport(make(), { shard: { index: k + 1, count: COUNT } }),
    })),
  );
}

const wrong = () => dialectAdapter({ epsilon: "inside" });
let right: NamedReport[];
let failing: NamedReport[];
let whole: Report;
beforeAll(async () => {
  right = await shardsOf(() => bundledAdapter("fused"));
  failing = await shardsOf(wrong);
  whole = await realReport(wrong());
});

/** What a report says of the implementation, without who said it when. */
const expectedMessage = ({ header, cases, clauses, footer }: Report) => ({
  header,
  cases,
  clauses,
  footer: {
    ...footer,
    selfCheck: { ...footer.selfCheck, seconds: 0 },
    findings: 0,
    lines: 0,
    seconds: 0,
  },
});

describe("the report of all shards", () => {
  it("says what one run of everything says, in whichever order the shards are given", () => {
    const merged = mergeReports([failing[2], failing[0], failing[1]]);
    expect(expectedMessage(merged)).toEqual(expectedMessage(whole));
    expect(merged.footer.seconds).toBe(COUNT * whole.footer.seconds);
    // Every failing case is in exactly one finding, and findings that say the same are one.
    const named = merged.findings.flatMap(({ cases }) => cases);
    expect([...named].sort()).toEqual(whole.findings.flatMap(({ cases }) => cases).sort());
    const sentences = merged.findings.map(({ sentence }) => sentence);
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(merged.findings.map(({ number }) => number)).toEqual(merged.findings.map((_, k) => k + 1));
  });

  it("claims what a whole run claims, while a shard says that it is one", () => {
    expect(right[1].report.footer.claim).toContain("; shard 2 of 3; ");
    // Four of its own, and the two checks of the judge.
    expect(right[1].report.footer.cases).toBe(6);
    const merged = mergeReports(right);
    expect(merged.footer).toMatchObject({ outcome: "passed", reached: "L3", planned: 14, cases: 14 });
    expect(merged.footer.claim).not.toContain("shard");
    expect(merged.header).not.toHaveProperty("shard");
  });

  it("does not conform where one shard does not", () => {
    const mixed = [right[0], failing[1], right[2]].map(({ source, report }) => ({
      source,
      report: {
        ...report,
        header: { ...report.header, implementation: right[0].report.header.implementation },
      },
    }));
    expect(mergeReports(mixed).footer).toMatchObject({ outcome: "failed", reached: "L0" });
  });

  it("has one audit, which is as the worst one", () => {
    const audited = (verdict: "certified" | "nondeterministic" | "skipped") =>
      right.map(({ source, report }, k) => {
        const audit = {
          ...report.cases[0],
          id: "determinism-audit",
          kind: "audit" as const,
          verdict: k === 1 ? verdict : ("certified" as const),
          runs: 5,
          ...(k === 1 && verdict === "nondeterministic" && { message: "other bits" }),
        };
        const footer = { ...report.footer, planned: 7, cases: 7 };
        return { source, report: { ...report, cases: [...report.cases, audit], footer } };
      });
    const auditOf = (shards: NamedReport[]) => {
      const { cases, footer } = mergeReports(shards);
      expect(footer).toMatchObject({ planned: 15, cases: 15 });
      return cases.find(({ id }) => id === "determinism-audit");
    };
    expect(auditOf(audited("certified"))).toMatchObject({ verdict: "certified", runs: 15 });
    expect(auditOf(audited("nondeterministic"))).toMatchObject({ verdict: "nondeterministic", runs: 15 });
    // One shard may have had no program that was answered.
    expect(auditOf(audited("skipped"))).toMatchObject({ verdict: "certified" });
  });

  it("holds expectations against the cases of all shards", () => {
    const expected = new Set(whole.cases.map(({ id }) => id));
    const judged = mergeReports(failing, (report) => {
      expect(report.cases).toHaveLength(14);
      return { expected, breaches: [], open: [], inconclusive: [], unexpected: [] };
    });
    expect(judged.footer).toMatchObject({ outcome: "xfailed", expectations: { breaches: [] } });
    expect(judged.footer.expectations?.expected).toHaveLength(14);
  });
});

describe("what is refused", () => {
  const changed = (shard: NamedReport, header: Partial<Report["header"]>): NamedReport => ({
    source: "changed",
    report: { ...shard.report, header: { ...shard.report.header, ...header } },
  });
  const cases: [what: string, shards: () => NamedReport[], said: RegExp][] = [
    ["nothing", () => [], /no report was given/],
    [
      "a whole run",
      () => [{ source: "whole", report: whole }],
      /^whole: shard: the report is of a whole run and no shard; shards come from gate --shard/,
    ],
    [
      "a missing shard",
      () => [right[0], right[2]],
      /^report merge: shard 2 of 3 is missing; give the reports of all shards$/,
    ],
    [
      "the same shard twice",
      () => [right[0], right[1], right[1], right[2]],
      /^shard 2: shard: is shard 2 of 3, and so is shard 2;/,
    ],
    [
      "other counts",
      () => [right[0], right[1], changed(right[2], { shard: { index: 3, count: 4 } })],
      /^changed: shard: one of 4 shards, while shard 1 is one of 3; they are of different runs$/,
    ],
    [
      "another seed",
      () => [right[0], right[1], changed(right[2], { seed: 8 })],
      /^changed: seed: is 8 here and 7 in shard 1; only shards of one run can be merged$/,
    ],
    [
      "another suite",
      () => [right[0], right[1], changed(right[2], { suite: "9.9.9" })],
      /^changed: suite: is "9\.9\.9" here and /,
    ],
    [
      "another implementation",
      () => [right[0], right[1], failing[2]],
      /^shard 3: implementation: is \{.*"planted"/,
    ],
    [
      "an unfinished shard",
      () => [
        right[0],
        right[1],
        {
          source: "cut",
          report: {
            ...right[2].report,
            footer: { ...right[2].report.footer, complete: false, stopped: "interrupted" },
          },
        },
      ],
      /^cut: the shard was not completed \(interrupted\); run it again, then merge$/,
    ],
  ];
  it.each(cases)("%s", (_, shards, text) => {
    expect(() => mergeReports(shards())).toThrow(text);
  });
});
