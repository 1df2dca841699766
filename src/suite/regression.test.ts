import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ProgramError } from "../program/program-error.js";
import { parseRegression, regressionCases } from "./regression.js";

const folder = mkdtempSync(join(tmpdir(), "rmsprop-regressions-"));
afterAll(() => rmSync(folder, { recursive: true }));

const one = { shape: [1], data: "AACAPw==" };
const valid = () => ({
  format: "rmsprop-regression/1",
  clauses: ["RMS-1.1", "RMS-6.1"],
  note: "what failed",
  program: {
    format: "rmsprop-program/1",
    dialect: "pytorch",
    operations: [
      { op: "init", groups: [{ hyperparameters: {}, parameters: [one] }] },
      { op: "step", gradients: [one] },
      { op: "observe", slots: ["parameter"] },
    ],
  },
});

describe("parseRegression", () => {
  it("reads a program with its clauses", () => {
    const { clauses, note, program } = parseRegression(JSON.stringify(valid()), "r.json");
    expect(clauses).toEqual(["RMS-1.1", "RMS-6.1"]);
    expect(note).toBe("what failed");
    expect(program.operations).toHaveLength(3);
  });

  it.each([
    ["no clause", { ...valid(), clauses: [] }, /^r\.json: clauses: /],
    [
      "an unknown clause",
      { ...valid(), clauses: ["RMS-1.1", "RMS-99.1"] },
      /^r\.json: clauses\[1\]: .*"RMS-99\.1"/,
    ],
    ["no note", { ...valid(), note: undefined }, /^r\.json: note: /],
    ["an unknown field", { ...valid(), expected: [] }, /^r\.json: unknown field "expected"/],
    ["another format", { ...valid(), format: "rmsprop-regression/2" }, /^r\.json: format: /],
    [
      "a program without init",
      { ...valid(), program: { ...valid().program, operations: valid().program.operations.slice(1) } },
      /^r\.json: operations\[0\]: the first operation must be init/,
    ],
    [
      "an unknown dialect",
      { ...valid(), program: { ...valid().program, dialect: "x" } },
      /unknown dialect "x"/,
    ],
  ])("refuses %s", (_, wire, message) => {
    const read = () => parseRegression(JSON.stringify(wire), "r.json");
    expect(read).toThrow(ProgramError);
    expect(read).toThrow(message);
  });
});

describe("regressionCases", () => {
  it("are the JSON files of a folder, by name, and all of them must be readable", () => {
    for (const name of ["b.json", "a.json"]) writeFileSync(join(folder, name), JSON.stringify(valid()));
    writeFileSync(join(folder, "notes.md"), "no regression");
    const cases = regressionCases(folder);
    expect(cases.map(({ id, kind, clauses }) => ({ id, kind, clauses }))).toEqual(
      ["regression/a", "regression/b"].map((id) => ({
        id,
        kind: "regression",
        clauses: ["RMS-1.1", "RMS-6.1"],
      })),
    );
    writeFileSync(join(folder, "c.json"), JSON.stringify(valid()).slice(0, 100));
    expect(() => regressionCases(folder)).toThrow(/c\.json: not JSON/);
    expect(() => regressionCases(join(folder, "none"))).toThrow(/ENOENT/);
  });
});
