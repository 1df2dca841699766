import { beforeAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../judge/verdict.js";
import { EXPECTABLE } from "../../suite/expectations/expectation-schema.js";
import { judgeExpectations } from "../../suite/expectations/judge-expectations.js";
import { readExpectations } from "../../suite/expectations/read-expectations.js";
import { failingReport } from "../__test-helpers__/real-reports.js";
import type { Report, ReportFinding } from "../model/report.js";
import { outcomesOf, runContextOf } from "../model/stored-outcome.js";
import { expectationFile } from "./expectation-file.js";

let report: Report;
let finding: ReportFinding;
beforeAll(async () => {
  report = await failingReport();
  [finding] = report.findings;
});

const written = (entry: string) =>
  entry.replace(/reason:$/m, "reason: known").replace(/issue:$/m, 'issue: "#1"');

/** The same report with its failing cases as something else. */
const changed = (change: Partial<Report["cases"][number]>): Report => ({
  ...report,
  cases: report.cases.map((one) => (finding.cases.includes(one.id) ? { ...one, ...change } : one)),
});

describe("the entry of a finding", () => {
  it("expects exactly its cases, once reason and issue are written", () => {
    expect(finding.cases.length).toBeGreaterThan(1);
    const entry = expectationFile(finding, report)!;
    expect(entry).toMatch(
      /^format: rmsprop-expectations\/1\nexpectations:\n {2}# This is another dialect: epsilon is inside instead of outside\.\n {2}- cases:\n( {6}- torch\/groups\/\S+\n)+ {4}verdict: other-dialect\n {4}reason:\n {4}issue:\n$/,
    );
    const text = written(entry);
    const expectations = readExpectations(text, "expectations.yaml");
    const judged = judgeExpectations(expectations, outcomesOf(report.cases), runContextOf(report));
    expect([...judged.expected].sort()).toEqual([...finding.cases].sort());
    expect(judged.breaches).toEqual([]);
    expect(judged.unexpected).toEqual(report.findings.slice(1).flatMap(({ cases }) => cases));
  });

  it("is refused until both are written", () => {
    const entry = expectationFile(finding, report)!;
    const read = (text: string) => () => readExpectations(text, "expectations.yaml");
    expect(read(entry)).toThrow(/reason: missing or empty; say why/);
    expect(read(entry.replace("reason:", "reason: known"))).toThrow(
      /issue: missing or empty; name the issue/,
    );
    expect(read(written(entry))).not.toThrow();
  });

  it.each(EXPECTABLE)("is there for %s", (verdict) => {
    expect(expectationFile(finding, changed({ verdict }))).toContain(`    verdict: ${verdict}\n`);
  });

  it.each(["bit-exact", "inconclusive"] satisfies Verdict[])("is not there for %s", (verdict) => {
    expect(expectationFile(finding, changed({ verdict }))).toBeUndefined();
  });

  it("is not there for self-checks, and leaves witnesses out", () => {
    expect(expectationFile(finding, changed({ kind: "self-check" }))).toBeUndefined();
    const [first] = finding.cases;
    const cases = report.cases.map((one) => (one.id === first ? { ...one, kind: "witness" as const } : one));
    const entry = expectationFile(finding, { cases })!;
    expect(entry).not.toContain(` ${first}\n`);
    expect(entry.match(/^ {6}- /gm)).toHaveLength(finding.cases.length - 1);
  });

  it("has one item for each verdict", () => {
    const [first] = finding.cases;
    const cases = report.cases.map((one) => (one.id === first ? { ...one, verdict: "crash" as const } : one));
    const entry = expectationFile(finding, { cases })!;
    expect(entry.match(/^ {2}- cases:$/gm)).toHaveLength(2);
    expect(entry).toContain(`      - ${first}\n    verdict: crash\n`);
  });

  it("says what others said in one line that a terminal can show, and names cases whatever they are called", () => {
    const ids = ["- case: all", "b\u202e\u0085c", "d: # e", "\u{e0041}", "'\"\\"];
    const sentence = "first\nexpectations: []\u001b[2J\u2028";
    const other: Report = {
      ...report,
      cases: ids.map((id) => ({ ...report.cases[0], id, verdict: "differs", message: "it fails" })),
    };
    const entry = expectationFile({ ...finding, sentence, cases: ids }, other)!;
    expect(entry).toMatch(/\n {2}# first\\nexpectations: \[\]\\x1b\[2J\\u\{2028\}\n {2}- cases:\n/);
    expect(entry.replaceAll("\n", "")).toMatch(/^[ -~]*$/);
    const { entries } = readExpectations(written(entry), "expectations.yaml");
    expect(entries[0].cases.map(({ pattern }) => pattern)).toEqual(ids);
  });
});
