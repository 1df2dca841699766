import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLAUSES } from "../../../spec/clauses.js";
import { dialectById } from "../../../spec/dialects.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { declarationOf } from "../../judge/declaration.js";
import { decodeProgram } from "../../program/program-codec.js";
import { dialectAdapter } from "../../suite/__test-helpers__/planted.js";
import type { Finding } from "../../suite/finding.js";
import type { GateResult } from "../../suite/gate-result.js";
import { parseRegression } from "../../suite/regression.js";
import { replay } from "../../suite/replay.js";
import { realGate, RUN as run } from "../__test-helpers__/real-reports.js";
import { writeReport } from "../formats/report-folder.js";
import { findingText } from "../text/finding-text.js";
import { reportLines } from "./jsonl.js";
import { reportOf } from "./report.js";
import { type LineOf, type ReportLine, reportLineSchema } from "./report-schema.js";

const declaration = declarationOf(dialectById("pytorch"), "fused");
const wrong = dialectAdapter({ epsilon: "inside" });

let right: GateResult;
let failing: GateResult;
beforeAll(async () => {
  right = await realGate(bundledAdapter("fused"));
  failing = await realGate(wrong);
});

const linesOf = (result: GateResult) => [...reportLines(reportOf(result, run))];
const parsed = (result: GateResult): ReportLine[] =>
  linesOf(result).map((line) => reportLineSchema.parse(JSON.parse(line)));
const ofType = <T extends ReportLine["type"]>(lines: readonly ReportLine[], type: T) =>
  lines.filter((line): line is LineOf<T> => line.type === type);

describe("the report as JSON Lines", () => {
  it("is a header, cases, findings, clauses and a footer, each of them one line of the schema", () => {
    for (const result of [right, failing]) {
      for (const line of linesOf(result)) expect(line).not.toContain("\n");
      const types = parsed(result).map(({ type }) => type);
      expect(types.filter((type, i) => type !== types[i - 1])).toEqual(
        result === right
          ? ["header", "case", "clause", "footer"]
          : ["header", "case", "finding", "clause", "footer"],
      );
      expect(types.filter((type) => type === "header" || type === "footer")).toHaveLength(2);
    }
  });

  it("says what was run, and counts it", () => {
    const lines = parsed(failing);
    expect(lines[0]).toMatchObject({
      format: "rmsprop-report/2",
      implementation: { name: "planted", version: "1", language: "TypeScript" },
      level: "L2",
      profile: "smoke",
      seed: 7,
      command: run.command,
    });
    expect(lines.at(-1)).toMatchObject({
      complete: true,
      outcome: "failed",
      reached: "L0",
      cases: 14,
      skipped: 0,
      findings: ofType(lines, "finding").length,
      seconds: 1.25,
      tally: failing.tally,
    });
    expect(ofType(lines, "case").map(({ id }) => id)).toEqual(failing.results.map(({ id }) => id));
    expect(ofType(lines, "clause").map(({ clause }) => clause)).toEqual(CLAUSES.map(({ id }) => id));
    expect(ofType(lines, "clause").find(({ clause }) => clause === "RMS-8.6")).toMatchObject({
      outcome: "failed",
    });
  });

  it("gives every finding a program that can be read again and fails again", async () => {
    const findings = ofType(parsed(failing), "finding");
    expect(findings.length).toBeGreaterThan(0);
    for (const [k, finding] of findings.entries()) {
      expect(finding.number).toBe(k + 1);
      const program = decodeProgram(finding.program, `finding ${k + 1}`);
      const again = await replay(program, wrong, declaration);
      expect(again.accepted).toBe(false);
      expect(again.judged?.judgement.tally.rejected).toBeGreaterThan(0);
      expect((await replay(program, bundledAdapter("fused"), declaration)).accepted).toBe(true);
    }
  });

  it("says of what was drawn how often it may fail, and of nothing else", () => {
    const [stored] = right.results;
    const { kind, ...base } = stored;
    expect(kind).toBe("golden");
    const drawn = { ...base, id: "drawn", kind: "property", runs: 20, distribution: "traces" } as const;
    const example = { ...drawn, id: "example", runs: 1, distribution: "one worked example" };
    const cases = ofType(parsed({ ...right, results: [stored, drawn, example] }), "case");
    expect(cases[0]).not.toHaveProperty("distribution");
    expect(cases[0]).not.toHaveProperty("failureRateBelow");
    expect(cases[1]).toMatchObject({ runs: 20, distribution: "traces" });
    expect(cases[1].failureRateBelow).toBeCloseTo(1 - 0.05 ** (1 / 20), 12);
    expect(cases[2]).toMatchObject({ distribution: "one worked example" });
    expect(cases[2]).not.toHaveProperty("failureRateBelow");
  });

  it("keeps NaN, infinities and −0 as text", () => {
    const [finding] = failing.findings;
    const special: Finding = {
      ...finding,
      mismatch: {
        ...finding.mismatch!,
        got: Number.NaN,
        accepted: { kind: "listed", values: [Number.NEGATIVE_INFINITY, -0, 0, Number.NaN] },
        reference: -0,
      },
    };
    const [line] = ofType(parsed({ ...failing, findings: [special] }), "finding");
    expect(line.mismatch).toMatchObject({
      got: { value: "NaN", bits: expect.stringMatching(/^0x[7f]f[0-9a-f]{6}$/) },
      accepted: {
        kind: "listed",
        values: [
          { value: "-Infinity", bits: "0xff800000" },
          { value: "-0", bits: "0x80000000" },
          { value: "0", bits: "0x00000000" },
          { value: "NaN", bits: expect.any(String) },
        ],
      },
      reference: { value: "-0", bits: "0x80000000" },
    });
    const propagated: Finding = {
      ...special,
      mismatch: {
        ...special.mismatch!,
        accepted: {
          kind: "intervals",
          text: ["0 to 1", "NaN"],
          ranges: [
            [0, 1],
            [Number.NaN, Number.NaN],
          ],
        },
      },
    };
    const [hidden] = ofType(parsed({ ...failing, findings: [propagated] }), "finding");
    expect(hidden.mismatch?.accepted).toMatchObject({ kind: "intervals", text: ["0 to 1", "NaN"] });
  });

  it("keeps special values in programs, and leaves out what there is not", () => {
    const bare: Finding = {
      diagnosis: { verdict: "differs", sentence: "1 is not 2.", axes: [], alternatives: [] },
      cases: ["proof"],
      clauses: ["RMS-5.1"],
      message: "1 is not 2",
      alone: false,
      replay: "gate --only proof",
    };
    const lines = linesOf({ ...failing, findings: [bare] });
    const line = JSON.parse(lines.find((each) => each.includes('"finding"') && each.includes("proof"))!);
    for (const absent of ["program", "alone", "mismatch", "firstDiverging"])
      expect(line).not.toHaveProperty(absent);
  });

  it("refuses to write a line that is not of the schema", () => {
    expect(() => [...reportLines(reportOf({ ...failing, seed: 0.5 }, run))]).toThrow();
  });
});

describe("the report folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "rmsprop-report-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("has the report and a program for each finding, and nothing of an earlier run", async () => {
    writeFileSync(join(folder, "finding-9.json"), "{}");
    writeFileSync(join(folder, "notes.txt"), "mine");
    const [path] = await writeReport(folder, reportOf(failing, run));
    expect(readFileSync(path, "utf8")).toBe(
      linesOf(failing)
        .map((line) => `${line}\n`)
        .join(""),
    );
    const findings = failing.findings.map((_, k) => `finding-${k + 1}.json`);
    expect(readdirSync(folder).sort()).toEqual([...findings, "notes.txt", "report.jsonl"]);
    for (const name of findings) {
      const { program, clauses } = parseRegression(readFileSync(join(folder, name), "utf8"), name);
      expect(clauses).toEqual(["RMS-8.6"]);
      expect((await replay(program, wrong, declaration)).accepted).toBe(false);
    }
    await writeReport(folder, reportOf(right, run));
    expect(readdirSync(folder).sort()).toEqual(["notes.txt", "report.jsonl"]);
  });

  it("has no file for a program that alone does not fail, but what went over the wire", async () => {
    const findings = failing.findings.map((finding) => ({ ...finding, alone: false }));
    const report = reportOf({ ...failing, findings }, run);
    await writeReport(folder, report, [], (number) => (number === 1 ? ["{}"] : undefined));
    expect(readdirSync(folder).sort()).toEqual(["finding-1.trace.jsonl", "notes.txt", "report.jsonl"]);
    expect(findingText(report.findings[0])).toContain("Does not reproduce in isolation");
  });
});
