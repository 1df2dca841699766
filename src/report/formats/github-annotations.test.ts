import { beforeAll, describe, expect, it } from "vitest";
import { madeUpRun } from "../__test-helpers__/made-up-run.js";
import { type RealOutcomes, realOutcomes } from "../__test-helpers__/real-outcomes.js";
import type { Report } from "../model/report.js";
import { findingText } from "../text/finding-text.js";
import { headline, outcomeText } from "../text/headline.js";
import { workflowCommands } from "./__test-helpers__/workflow-commands.js";
import { githubAnnotations } from "./github-annotations.js";

/** Every line is a command; nothing else is printed. */
function commandsOf(report: Report) {
  const text = githubAnnotations(report);
  const commands = workflowCommands(text);
  expect(commands).toHaveLength(text.split("\n").length);
  return commands;
}

let reports: RealOutcomes;
beforeAll(async () => {
  reports = await realOutcomes();
});

it("has the form that the documentation of GitHub gives", () => {
  const report = madeUpRun({
    cases: [{ id: "first", verdict: "differs", message: "a" }],
    findings: [
      { sentence: "50% off: a, b.", message: "50% off", cases: ["first"], replay: "gate --only a:b" },
    ],
    footer: { outcome: "failed" },
  });
  const [notice, error, ...more] = githubAnnotations(report).split("\n");
  expect(more).toEqual([]);
  expect(notice).toMatch(/^::notice title=RMSprop conformance::FAILED at L2 /);
  expect(error).toMatch(
    /^::error title=RMSprop%3A differs \(RMS-1\.1\)::Finding 1 · differs · 50%25 off: a, b\.%0A {2}RMS-1\.1 /,
  );
  expect(error).toMatch(/%0A {2}replay: gate --only a:b$/);
});

describe("of real runs", () => {
  it("gives the first line as a notice, and an error for each finding, with its card", () => {
    for (const report of [reports.failing, reports.crashing]) {
      expect(commandsOf(report)).toEqual([
        { name: "notice", properties: { title: "RMSprop conformance" }, data: headline(report) },
        ...report.findings.map((finding) => ({
          name: "error",
          properties: { title: `RMSprop: ${finding.verdict} (${finding.clauses[0]})` },
          data: findingText(finding),
        })),
      ]);
      expect(report.findings).not.toEqual([]);
    }
  });

  it("has no error where everything is right, or fails as expected", () => {
    for (const report of [reports.conforming, reports["as expected"]])
      expect(commandsOf(report).map(({ name }) => name)).toEqual(["notice"]);
  });

  it("warns of runs that decide nothing", () => {
    for (const report of [reports.incomplete, reports["nothing shown"]])
      expect(commandsOf(report)).toMatchObject([
        { name: "notice" },
        { name: "warning", data: outcomeText(report) },
      ]);
  });

  it("has an error for each breached expectation, and says in the tenth how many more there are", () => {
    const [notice, ...errors] = commandsOf(reports.stale);
    expect(notice.name).toBe("notice");
    expect(errors).toHaveLength(10);
    const { breaches = [] } = reports.stale.footer.expectations ?? {};
    expect(breaches).toHaveLength(12);
    for (const [k, { properties, data }] of errors.slice(0, 9).entries()) {
      expect(properties.title).toBe("RMSprop known failure: passes");
      expect(data).toBe(`Line 4 of the known-failures file: ${breaches[k].message}`);
    }
    expect(errors[9].data).toMatch(/^3 more errors, which GitHub would not show here/);
  });
});

describe("of made-up runs", () => {
  const failing = (count: number) => {
    const ids = Array.from({ length: count }, (_, k) => `case-${k + 1}`);
    return madeUpRun({
      cases: ids.map((id) => ({ id, verdict: "differs", message: id })),
      findings: ids.map((id) => ({ cases: [id], sentence: id, clauses: [] })),
      footer: { outcome: "failed" },
    });
  };

  it("shows ten errors where there are ten", () => {
    const errors = commandsOf(failing(10)).slice(1);
    expect(errors.map(({ properties }) => properties.title)).toEqual(Array(10).fill("RMSprop: differs"));
    const more = commandsOf(failing(11)).slice(1);
    expect(more).toHaveLength(10);
    expect(more[9].data).toMatch(/^2 more errors/);
  });

  it("has an error for a failed self-check, and for a level that is missed without a finding", () => {
    const selfCheck = madeUpRun({
      cases: [{ id: "proof", kind: "self-check", verdict: "differs", message: "1 is not 2" }],
      footer: { outcome: "failed" },
    });
    expect(commandsOf(selfCheck).slice(1)).toEqual([
      { name: "error", properties: { title: "Self-check proof of the suite failed" }, data: "1 is not 2" },
    ]);
    const missed = madeUpRun({ header: { level: "L3" }, footer: { outcome: "failed" } });
    expect(commandsOf(missed).slice(1)).toMatchObject([
      { name: "error", data: expect.stringMatching(/^FAILED at L3 \(reached L2/) },
    ]);
  });

  it("lets no text inject a command, a property or a line", () => {
    const evil = "x\r\n::error file=a,line=1::b\n##[error]c\u2028::stop-commands::d,title=e::%0A::f%25";
    const report = madeUpRun({
      header: { implementation: { name: evil, version: evil, language: evil } },
      cases: [{ id: evil, verdict: "crash", message: evil }],
      findings: [{ sentence: evil, message: evil, cases: [evil], clauses: [], replay: evil }],
      footer: {
        complete: false,
        stopped: evil,
        expectations: { expected: [], breaches: [{ kind: evil, line: 1, message: evil }] },
      },
    });
    const commands = commandsOf(report);
    expect(commands.map(({ name }) => name)).toEqual(["notice", "warning", "error", "error"]);
    for (const { properties, data } of commands) {
      expect(Object.keys(properties)).toEqual(["title"]);
      // What it says comes through, to be read.
      expect(data).toContain("::b");
      expect(data).toContain("%0A::f%25");
    }
  });

  it("leaves out what GitHub would not take", () => {
    const long = "x".repeat(10_000_000);
    const report = madeUpRun({
      header: { implementation: { name: long, version: "1", language: "none" } },
      cases: [{ verdict: "crash", message: long }],
      findings: [{ sentence: long, message: long }],
      footer: { outcome: "failed" },
    });
    expect(githubAnnotations(report).length).toBeLessThan(65_536);
    expect(commandsOf(report)[1].data).toContain("9,996,000 more characters");
  });
});
