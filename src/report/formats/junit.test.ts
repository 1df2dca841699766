import { parse, type TestCase, type TestSuites } from "junit2json";
import { beforeAll, describe, expect, it } from "vitest";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { LAST_WORDS, type RealOutcomes, realOutcomes } from "../__test-helpers__/real-outcomes.js";
import type { Report } from "../model/report.js";
import { findingText } from "../text/finding-text.js";
import { headline } from "../text/headline.js";
import { printableLine } from "../text/printable.js";
import { junitProblems } from "./__test-helpers__/junit-schema.js";
import { junitReport } from "./junit.js";

/** As a consumer of the format has it. Numbers stay text. */
async function consumed(report: Report): Promise<Required<TestSuites>> {
  return (await parse(junitReport(report), {})) as Required<TestSuites>;
}

const casesOf = ({ testsuite }: Required<TestSuites>, suite?: string): TestCase[] =>
  testsuite
    .filter(({ name }) => suite === undefined || name === suite)
    .flatMap(({ testcase }) => testcase ?? []);
const withElement = (cases: readonly TestCase[], element: "failure" | "error" | "skipped") =>
  cases.filter((one) => one[element] !== undefined);

let reports: RealOutcomes;
beforeAll(async () => {
  reports = await realOutcomes();
});

describe("of real runs", () => {
  it("fits the schema that CI systems read by", async () => {
    expect(Object.keys(reports)).toHaveLength(7);
    expect(await junitProblems(Object.values(reports).map(junitReport))).toEqual([]);
  });

  it("has every case and every clause once, and counts what it has", async () => {
    for (const [name, report] of Object.entries(reports)) {
      const read = await consumed(report);
      const counted = (cases: readonly TestCase[]) => ({
        tests: String(cases.length),
        failures: String(withElement(cases, "failure").length),
        errors: String(withElement(cases, "error").length),
      });
      expect(read, name).toMatchObject(counted(casesOf(read)));
      for (const suite of read.testsuite) {
        expect(suite, name).toMatchObject(counted(suite.testcase ?? []));
        expect(suite.skipped, name).toBe(String(withElement(suite.testcase ?? [], "skipped").length));
      }
      const clauses = casesOf(read, "clauses").map((one) => one.name?.split(" ")[0]);
      expect(clauses, name).toEqual(report.clauses.map(({ clause }) => clause));
      const others = read.testsuite.filter((suite) => suite.name !== "run" && suite.name !== "clauses");
      const ids = others.flatMap(({ testcase = [] }) => testcase.map((one) => one.name));
      expect(ids.sort(), name).toEqual(report.cases.map(({ id }) => id).sort());
      const keys = casesOf(read).map(({ classname, name }) => `${classname} ${name}`);
      expect(new Set(keys).size, name).toBe(keys.length);
    }
  });

  it("has a failure for each case that fails, with the sentence and the card of its finding", async () => {
    for (const report of [reports.failing, reports.crashing]) {
      const read = await consumed(report);
      const [finding] = report.findings;
      const goldens = casesOf(read, "goldens");
      expect(withElement(goldens, "failure")).toHaveLength(
        report.cases.filter(({ message }) => message !== undefined).length,
      );
      for (const one of withElement([...goldens, ...casesOf(read, "clauses")], "failure")) {
        expect(one.failure?.[0]).toEqual({
          type: finding.verdict,
          message: printableLine(finding.sentence),
          inner: findingText(finding),
        });
        expect(one["system-out"]?.[0]).toContain(findingText(finding));
      }
      expect(withElement(casesOf(read, "clauses"), "failure")).toHaveLength(finding.clauses.length);
    }
    expect(reports.crashing.findings[0].sentence).toContain(LAST_WORDS);
  });

  it("is green where the outcome is passed or xfailed, and only there", async () => {
    const green: string[] = [];
    for (const [name, report] of Object.entries(reports)) {
      const { failures, errors } = await consumed(report);
      if (Number(failures) + Number(errors) === 0) green.push(name);
    }
    expect(green).toEqual(["conforming", "as expected"]);
    const skipped = withElement(casesOf(await consumed(reports["as expected"])), "skipped");
    const messages = skipped.map((one) => one.skipped?.[0].message);
    const expected = messages.filter((message) => message?.startsWith("xfailed"));
    expect(expected).toHaveLength(12 + 1);
    expect(expected.at(-1)).toMatch(/^xfailed: other-dialect: This is another dialect: /);
  });

  it("says in an error of the run why it is not complete, shows nothing, or breaks expectations", async () => {
    const run = async (name: keyof RealOutcomes) => casesOf(await consumed(reports[name]), "run");
    expect(await run("incomplete")).toMatchObject([
      {
        name: "run",
        error: [
          {
            type: "interrupted",
            message: expect.stringMatching(/^INCONCLUSIVE after \d+ of 14 cases: interrupted$/),
          },
        ],
      },
    ]);
    expect(await run("nothing shown")).toMatchObject([{ name: "run", error: [{ type: "no-evidence" }] }]);
    const stale = await run("stale");
    expect(stale[0].failure?.[0].type).toBe("failed");
    expect(stale).toHaveLength(1 + 12);
    expect(stale[1]).toMatchObject({ name: "known failure in line 4", error: [{ type: "passes" }] });
    expect(stale[2]).toMatchObject({ name: "known failure in line 4 (2)" });
    expect(stale[1].error?.[0].message).toMatch(/is expected to fail as other-dialect, but does not fail/);
  });

  it("says how the run was made, and how long it took", async () => {
    const report = reports.conforming;
    const read = await consumed(report);
    expect(read.time).toBe("1.250");
    expect(read.name).toBe(
      `rmsprop-conformance ${report.header.suite}: bundled (fused) ${report.header.suite}`,
    );
    const [run] = read.testsuite;
    expect(run.timestamp).toBe("2030-01-02T03:04:05");
    expect(Object.fromEntries((run.properties ?? []).map(({ name, value }) => [name, value]))).toMatchObject({
      suite: report.header.suite,
      dialect: "pytorch",
      reference: "fused",
      level: "L2",
      reached: "L3",
      profile: "smoke",
      seed: "7",
      only: "torch/groups/*",
      command: "npx rmsprop-conformance gate",
      claim: expect.stringMatching(/^bundled \(fused\) /),
    });
    expect(run.testcase?.[0]["system-out"]).toEqual([headline(report)]);
  });
});

describe("of made-up runs", () => {
  it("gives a reason for all that decides nothing", async () => {
    const report = madeUpRun({
      cases: [
        { id: "a", kind: "regression", verdict: "skipped", reason: "it does not offer momentum" },
        { id: "b", kind: "audit", verdict: "inconclusive", reason: "not declared" },
        { id: "c", kind: "witness", verdict: "skipped" },
        { id: "d", kind: "capability", verdict: "inconclusive", clauses: [] },
      ],
      clauses: [
        { outcome: "skipped", counts: { inconclusive: 1, skipped: 2 } },
        { clause: "RMS-2.1", outcome: "spec-only", counts: { certified: 1 } },
        { clause: "RMS-2.2", outcome: "skipped", counts: {} },
      ],
    });
    const skipped = casesOf(await consumed(report)).map((one) => [
      one.classname,
      one.skipped?.[0].message,
      one["system-out"] !== undefined,
    ]);
    expect(skipped).toEqual([
      ["rmsprop.run", undefined, true],
      ["rmsprop.clauses", "skipped: it does not offer momentum; not declared", true],
      [
        "rmsprop.clauses",
        expect.stringMatching(/^spec-only: It was checked on the specification alone/),
        true,
      ],
      ["rmsprop.clauses", "skipped: no case with a result tests it", false],
      ["rmsprop.regression", "skipped: it does not offer momentum", true],
      ["rmsprop.capability", "inconclusive: It was run, and what was observed decides nothing.", true],
      ["rmsprop.audit", "inconclusive: not declared", true],
      ["rmsprop.witness", "skipped: without a reason", true],
    ]);
    expect(await junitProblems([junitReport(report)])).toEqual([]);
  });

  it("calls a failed self-check an error of the suite, also where it was expected", async () => {
    const read = await consumed(
      madeUpRun({
        cases: [{ id: "proof", kind: "self-check", verdict: "differs", message: "1 is not 2" }],
        clauses: [{ outcome: "failed", counts: { differs: 1 } }],
        footer: { expectations: { expected: ["proof"], breaches: [] } },
      }),
    );
    expect(casesOf(read).map(({ name, error }) => [name?.split(" ")[0], error?.[0].type])).toEqual([
      ["run", "self-check-failed"],
      ["RMS-1.1", "differs"],
      ["proof", "differs"],
    ]);
    expect(read.errors).toBe("3");
  });

  it("fails a clause by what was not expected, and counts findings that it does not show", async () => {
    const ids = ["a", "b", "c", "d", "e"];
    const report = madeUpRun({
      cases: ids.map((id) => ({ id, verdict: "differs", message: `${id} is wrong` })),
      findings: ids.map((id) => ({ cases: [id], sentence: `It is ${id}.`, message: `${id} is wrong` })),
      clauses: [{ outcome: "failed", counts: { differs: 5 } }],
      footer: { outcome: "failed", expectations: { expected: ["a"], breaches: [] } },
    });
    const [clause] = casesOf(await consumed(report), "clauses");
    expect(clause.failure?.[0].message).toBe("It is b.");
    expect(clause.failure?.[0].inner).toMatch(
      /^Finding 2 .*\n\nFinding 3 .*\n\nFinding 4 .*\n\n1 more finding$/s,
    );
    expect(casesOf(await consumed(report), "properties")[0].skipped?.[0].message).toBe(
      "xfailed: differs: It is a.",
    );
  });

  it("escapes what XML cannot contain, and shortens what is too long to read", async () => {
    const evil = "a\u0000b\u001b[31m\ud800\ufffe]]><x>&amp;&nbsp;&#0;&\r\n\t'\"";
    const long = "x".repeat(10_000_000);
    const report = madeUpRun({
      header: { implementation: { name: evil, version: long, language: evil } },
      cases: [
        { id: "evil", verdict: "crash", message: evil },
        { id: "long", verdict: "crash", message: long },
      ],
      clauses: [],
      footer: { outcome: "failed" },
    });
    const xml = junitReport(report);
    expect(xml.length).toBeLessThan(50_000);
    expect(await junitProblems([xml])).toEqual([]);
    const read = await consumed(report);
    const [first, second] = casesOf(read, "properties");
    const displayed = "a\\x00b\\x1b[31m\\u{d800}\\u{fffe}]]><x>&amp;&nbsp;&#0;&\\r";
    expect(first.failure?.[0]).toEqual({
      type: "crash",
      message: `${displayed}\\n\\t'"`,
      inner: `${displayed}\n\t'"`,
    });
    expect(read.testsuite[0].properties?.[1]).toEqual({
      name: "implementation",
      value: `${displayed}\\n\\t'"`,
    });
    expect(second.failure?.[0].inner).toBe(`${"x".repeat(4000)} … 9,996,000 more characters`);
    expect(second.failure?.[0].message).toMatch(/^x{500} … [\d,]+ more characters$/);
  });
});

it("has a schema that refuses what consumers would misread", async () => {
  const good = junitReport(madeUpRun({ cases: [{ verdict: "skipped", reason: "no reason" }] }));
  expect(await junitProblems([good])).toEqual([]);
  const wrong: [string | RegExp, string][] = [
    ['tests="3"', 'tests="-3"'],
    ['tests="3"', 'tests="many"'],
    [' classname="rmsprop.run"', ""],
    [' name="run" tests', " tests"],
    ["<testsuites", "<testsuites color='red'"],
    [/(<skipped[^>]*\/>)/, "$1<failure message='both'/>"],
    [/(<skipped[^>]*\/>)\s*(<system-out>[^<]*<\/system-out>)/, "$2$1"],
    [/(<skipped[^>]*\/>)/, "<skip/>"],
    [' message="skipped: no reason"', ""],
    ["2030-01-02T03:04:05", "2030-01-02T03:04:05.000Z"],
    ['time="1.000"', 'time="1 s"'],
    ["</testsuites>", ""],
    ["<properties>", "<properties>&nbsp;"],
    ["<properties>", "<properties>\u0001"],
  ];
  const bad = wrong.map(([from, to]) => good.replace(from, to));
  const problems = await junitProblems(bad);
  for (const [k, [from, to]] of wrong.entries()) {
    expect(bad[k], `${from}`).not.toBe(good);
    expect(
      problems.filter((problem) => problem.startsWith(`${k + 1}.xml:`)),
      `${from} → ${to}`,
    ).not.toEqual([]);
  }
});
