import { stripVTControlCharacters } from "node:util";
import { parse, type TestSuites } from "junit2json";
import { beforeAll, describe, expect, it } from "vitest";
import { hostileRuns } from "../__test-helpers__/hostile-runs.js";
import { HOSTILE_STRINGS, type HostileString } from "../__test-helpers__/hostile-strings.js";
import { reportLines } from "../model/jsonl.js";
import { parseReport } from "../model/read-report.js";
import type { Report } from "../model/report.js";
import { printable, printableLine } from "../text/printable.js";
import { capped, MAX_TEXT_LENGTH } from "../text/short-texts.js";
import { junitProblems } from "./__test-helpers__/junit-schema.js";
import { readMarkdown } from "./__test-helpers__/read-markdown.js";
import { workflowCommands } from "./__test-helpers__/workflow-commands.js";
import { badgeReport } from "./badge.js";
import { githubAnnotations } from "./github-annotations.js";
import { junitReport } from "./junit.js";
import { markdownReport } from "./markdown.js";
import { terminalReport } from "./terminal.js";

/**
 * Each hostile text in each place of a report that may have any text, through each reporter. What is shown must have the
 * shape of what is shown of the same run with a harmless text.
 */

const HARMLESS = hostileRuns("harmless");

/** Everything that is not shown as itself, but for ends of lines and tabs. */
const ACTIVE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/u;

interface HostileRun extends HostileString {
  readonly report: Report;
  /** The same run with a harmless text. */
  readonly harmless: Report;
}

const RUNS: readonly HostileRun[] = HOSTILE_STRINGS.flatMap((hostile) =>
  hostileRuns(hostile.text).map((report, k) => ({ ...hostile, report, harmless: HARMLESS[k] })),
);

it("is five hundred texts, all different", () => {
  expect(HOSTILE_STRINGS).toHaveLength(500);
  expect(new Set(HOSTILE_STRINGS.map(({ name }) => name)).size).toBe(500);
  expect(new Set(HOSTILE_STRINGS.map(({ text }) => text)).size).toBe(500);
  expect(HOSTILE_STRINGS.filter(({ text }) => ACTIVE.test(text)).length).toBeGreaterThan(100);
});

it("comes back from report.jsonl as it was", () => {
  for (const { report, name } of RUNS) {
    const lines = [...reportLines(report)];
    const file = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    expect(file.toString().split("\n"), name).toHaveLength(lines.length + 1);
    expect(parseReport(file.toString(), "report.jsonl"), name).toEqual(report);
  }
});

describe("on a terminal", () => {
  it("lets no character act", () => {
    for (const { report, name } of RUNS) {
      expect(ACTIVE.exec(terminalReport(report, false)), name).toBe(null);
      const coloured = stripVTControlCharacters(terminalReport(report, true));
      expect(coloured === terminalReport(report, false), name).toBe(true);
    }
  });

  it("forges no line of the report: what follows an end of a line stands further in than any of them", () => {
    const shape = (report: Report) =>
      terminalReport(report, false)
        .split("\n")
        .filter((line) => !line.startsWith("      "))
        .map((line) => /^ *\S{0,3}/.exec(line)?.[0]);
    for (const { report, harmless, name } of RUNS) {
      expect(shape(report), name).toEqual(shape(harmless));
    }
  });

  it("is no command of a CI that reads along", () => {
    for (const { report, name } of RUNS) {
      const output = terminalReport(report, false);
      expect(workflowCommands(output), name).toEqual([]);
      expect(/##(vso|teamcity)\[/i.exec(output), name).toBe(null);
    }
  });
});

describe("in JUnit XML", () => {
  // Made once: it is what takes the time.
  const files = RUNS.map(({ report }) => junitReport(report));

  it("leaves it well-formed, and as the schema has it", async () => {
    expect(files).toHaveLength(500 * HARMLESS.length);
    expect(await junitProblems(files)).toEqual([]);
  });

  it("is read back as it was, as text", async () => {
    const read = async (file: string) => (await parse(file, {})) as Required<TestSuites>;
    const shape = ({ testsuite }: Required<TestSuites>) =>
      testsuite.map(({ name, properties = [], testcase = [] }) => [
        name,
        properties.map((property) => property.name),
        testcase.map((one) => Object.keys(one)),
      ]);
    const intended = new Map<Report, unknown>();
    for (const report of HARMLESS) intended.set(report, shape(await read(junitReport(report))));
    for (const [k, { text, name, harmless }] of RUNS.entries()) {
      const suites = await read(files[k]);
      expect(shape(suites), name).toEqual(intended.get(harmless));
      const [run, , failing] = suites.testsuite;
      const inLine = printableLine(capped(capped(text, MAX_TEXT_LENGTH), 500)).replaceAll("\t", "\\t");
      const inText = printable(capped(text, MAX_TEXT_LENGTH));
      const property = run.properties?.find((property) => property.name === "implementation");
      expect(property?.value, name).toBe(inLine);
      const [failure] = failing.testcase?.[0].failure ?? [];
      expect(failure?.message, name).toBe(inLine);
      // Later lines of it stand further in.
      expect(failure?.inner?.replaceAll("\n      ", "\n").includes(inText), name).toBe(true);
    }
  });
});

it("is no markup in Markdown, no address, and no mention", () => {
  // Of words in a tag of ours, some are code.
  const outside = (block: string) => block.replaceAll("<code></code>", "");
  const intended = new Map(
    HARMLESS.map((report) => [report, readMarkdown(markdownReport(report)).blocks.map(outside)]),
  );
  for (const { report, harmless, text, name } of RUNS) {
    const { blocks, inline, text: words, code } = readMarkdown(markdownReport(report));
    expect(blocks.map(outside), name).toEqual(intended.get(harmless));
    expect(
      [...inline].filter((kind) => !/^(text|code_inline|strong_(open|close))$/.test(kind)),
      name,
    ).toEqual([]);
    expect(/[@#/\\<>[\]*_~|`{}$&]|www\.|\b[\da-f]{7}/i.exec(words), name).toBe(null);
    expect(code.includes(`${printableLine(capped(text, MAX_TEXT_LENGTH))}\n`), name).toBe(true);
  }
});

it("is part of one annotation, and begins no other", () => {
  for (const { report, harmless, text, name } of RUNS) {
    const output = githubAnnotations(report);
    const commands = workflowCommands(output);
    const intended = workflowCommands(githubAnnotations(harmless));
    expect(
      commands.map((command) => command.name),
      name,
    ).toEqual(intended.map((command) => command.name));
    expect(output.split("\n").length, name).toBe(commands.length);
    expect(ACTIVE.exec(output), name).toBe(null);
    for (const { properties } of commands) expect(Object.keys(properties), name).toEqual(["title"]);
    const errors = commands.map(({ data }) => data.replaceAll("\n      ", "\n"));
    const beginning = printable(capped(text, MAX_TEXT_LENGTH)).slice(0, 1000);
    expect(errors.filter((data) => data.includes(beginning)).length, name).toBeGreaterThan(0);
  }
});

it("is not on the badge", () => {
  for (const { report, harmless, name } of RUNS)
    expect(badgeReport(report), name).toBe(badgeReport(harmless));
});

describe("ten megabytes", () => {
  let reports: readonly Report[];
  beforeAll(() => {
    reports = hostileRuns("\u001b[31m<b>`|\n".repeat(1_000_000));
  });

  it("are counted where they are too long to read", () => {
    for (const report of reports) {
      for (const render of [
        junitReport,
        markdownReport,
        githubAnnotations,
        (one: Report) => terminalReport(one, false),
      ]) {
        const displayed = render(report);
        expect(displayed.length).toBeLessThan(2_000_000);
        expect(displayed.includes("more characters")).toBe(true);
      }
    }
  });
});
