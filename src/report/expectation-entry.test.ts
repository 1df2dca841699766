import { beforeAll, describe, expect, it } from "vitest";
import type { Verdict } from "../judge/verdict.js";
import { EXPECTABLE } from "../suite/expectations/expectation-schema.js";
import { judgeExpectations } from "../suite/expectations/judge-expectations.js";
import { readExpectations } from "../suite/expectations/read-expectations.js";
import { outcomesOf, runContextOf } from "./case-outcome.js";
import { expectationEntry } from "./expectation-entry.js";
import { failingReport } from "./real-reports.test-support.js";
import type { Report, ReportFinding } from "./report.js";

let report: Report;
let finding: ReportFinding;
beforeAll(async () => {
  report = await failingReport();
  [finding] = report.findings;
});

const fileOf = (entry: string) =>
  `format: rmsprop-expectations/1\nexpectations:\n${entry.replace(/^(?=.)/gm, "  ")}`;
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
    const entry = expectationEntry(finding, report)!;
    expect(entry).toMatch(
      /^# This is another dialect: epsilon is inside instead of outside\.\n- cases:\n( {4}- torch\/groups\/\S+\n)+ {2}verdict: other-dialect\n {2}reason:\n {2}issue:\n$/,
    );
    const text = fileOf(written(entry));
    const expectations = readExpectations(text, "expectations.yaml");
    const judged = judgeExpectations(expectations, outcomesOf(report.cases), runContextOf(report));
    expect([...judged.expected].sort()).toEqual([...finding.cases].sort());
    expect(judged.breaches).toEqual([]);
    expect(judged.unexpected).toEqual(report.findings.slice(1).flatMap(({ cases }) => cases));
  });

  it("is refused until both are written", () => {
    const entry = expectationEntry(finding, report)!;
    const read = (text: string) => () => readExpectations(fileOf(text), "expectations.yaml");
    expect(read(entry)).toThrow(/reason: missing or empty; say why/);
    expect(read(entry.replace("reason:", "reason: known"))).toThrow(
      /issue: missing or empty; name the issue/,
    );
    expect(read(written(entry))).not.toThrow();
  });

  it.each(EXPECTABLE)("is there for %s", (verdict) => {
    expect(expectationEntry(finding, changed({ verdict }))).toContain(`  verdict: ${verdict}\n`);
  });

  it.each(["bit-exact", "indeterminate"] satisfies Verdict[])("is not there for %s", (verdict) => {
    expect(expectationEntry(finding, changed({ verdict }))).toBeUndefined();
  });

  it("is not there for self-checks, and leaves witnesses out", () => {
    expect(expectationEntry(finding, changed({ kind: "self-check" }))).toBeUndefined();
    const [first] = finding.cases;
    const cases = report.cases.map((one) => (one.id === first ? { ...one, kind: "witness" as const } : one));
    const entry = expectationEntry(finding, { cases })!;
    expect(entry).not.toContain(` ${first}\n`);
    expect(entry.match(/^ {4}- /gm)).toHaveLength(finding.cases.length - 1);
  });

  it("has one item for each verdict", () => {
    const [first] = finding.cases;
    const cases = report.cases.map((one) => (one.id === first ? { ...one, verdict: "crash" as const } : one));
    const entry = expectationEntry(finding, { cases })!;
    expect(entry.match(/^- cases:$/gm)).toHaveLength(2);
    expect(entry).toContain(`    - ${first}\n  verdict: crash\n`);
  });

  it("says what others said in one line that a terminal can show, and names cases whatever they are called", () => {
    const ids = ["- case: all", "b\u202e\u0085c", "d: # e", "\u{e0041}", "'\"\\"];
    const sentence = "first\nexpectations: []\u001b[2J\u2028";
    const other: Report = {
      ...report,
      cases: ids.map((id) => ({ ...report.cases[0], id, verdict: "differs", message: "it fails" })),
    };
    const entry = expectationEntry({ ...finding, sentence, cases: ids }, other)!;
    expect(entry).toMatch(/^# first\\nexpectations: \[\]\\x1b\[2J\\u\{2028\}\n- cases:\n/);
    expect(entry.replaceAll("\n", "")).toMatch(/^[ -~]*$/);
    const { entries } = readExpectations(fileOf(written(entry)), "expectations.yaml");
    expect(entries[0].cases.map(({ pattern }) => pattern)).toEqual(ids);
  });
});
