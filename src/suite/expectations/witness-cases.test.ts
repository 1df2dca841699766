import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ProgramError } from "../../program/program-error.js";
import { readExpectations } from "./read-expectations.js";
import { witnessCases } from "./witness-cases.js";

const folder = mkdtempSync(join(tmpdir(), "rmsprop-witnesses-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "witnesses"));

const one = { shape: [1], data: "AACAPw==" };
const program = {
  format: "rmsprop-program/1",
  dialect: "pytorch",
  operations: [
    { op: "init", groups: [{ hyperparameters: {}, parameters: [one] }] },
    { op: "step", gradients: [one] },
    { op: "observe", slots: ["parameter"] },
  ],
};
const regression = { format: "rmsprop-regression/1", clauses: ["RMS-1.1"], note: "what failed", program };

function store(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** Entries, each with a witness and, it may be, a `when`. */
function expectations(...witnesses: [name: string | undefined, when?: string][]) {
  const entries = witnesses.map(([name, when], k) =>
    [
      `  - case: c${k}`,
      "    verdict: differs",
      "    reason: r",
      "    issue: i",
      ...(name === undefined ? [] : [`    witness: ${name}`]),
      ...(when === undefined ? [] : [`    when: ${when}`]),
    ].join("\n"),
  );
  const text = `format: rmsprop-expectations/1\nexpectations:\n${entries.join("\n")}\n`;
  return readExpectations(text, join(folder, "expectations.yaml"));
}

describe("witnessCases", () => {
  store("witnesses/eps.json", regression);
  const absolute = store("bare.json", program);

  it("are found from the file's folder; a regression brings its clauses, a bare program none", () => {
    const cases = witnessCases(expectations(["witnesses/eps.json"], [undefined], [absolute]));
    expect(cases.map(({ id, kind, clauses }) => ({ id, kind, clauses }))).toEqual([
      { id: "witness/witnesses/eps.json", kind: "witness", clauses: ["RMS-1.1"] },
      { id: `witness/${absolute}`, kind: "witness", clauses: ["RMS-11.7"] },
    ]);
    for (const { program } of cases) expect(program.operations).toHaveLength(3);
  });

  it("are run once, however many entries name them", () => {
    expect(witnessCases(expectations(["bare.json"], ["bare.json"]))).toHaveLength(1);
  });

  it("are those of the entries that hold, if it is said where", () => {
    const both = expectations(["bare.json", "{ profile: nightly }"], ["witnesses/eps.json", "{ os: linux }"]);
    const ids = (profile: string, os = "linux") =>
      witnessCases(both, { os, arch: "x64", profile }).map(({ id }) => id);
    expect(ids("ci")).toEqual(["witness/witnesses/eps.json"]);
    expect(ids("nightly")).toEqual(["witness/bare.json", "witness/witnesses/eps.json"]);
    expect(ids("ci", "darwin")).toEqual([]);
    expect(witnessCases(both)).toHaveLength(2);
  });

  it.each<[string, string, RegExp]>([
    ["is not there", "none.json", /expectations\.yaml:3: witness: .*none\.json cannot be read: ENOENT/],
    ["is a folder", "witnesses", /expectations\.yaml:3: witness: .*witnesses cannot be read: EISDIR/],
    ["is no JSON", store("text.json", "{"), /text\.json: not JSON/],
    ["is nothing", store("null.json", "null"), /null\.json: format: expected .*, found undefined/],
    [
      "is a report",
      store("other.json", { format: "rmsprop-report/2" }),
      /other\.json: format: .*rmsprop-report/,
    ],
    [
      "names an unknown clause",
      store("clause.json", { ...regression, clauses: ["RMS-99.1"] }),
      /clause\.json: clauses\[0\]: .*RMS-99\.1/,
    ],
    ["is no valid program", store("empty.json", { ...program, operations: [] }), /empty\.json: operations/],
  ])("are refused where the file %s", (_, name, message) => {
    const read = () => witnessCases(expectations([name]));
    expect(read).toThrow(ProgramError);
    expect(read).toThrow(message);
  });
});
