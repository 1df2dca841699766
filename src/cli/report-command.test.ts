import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliOutcome, type CompiledCli, compileCli } from "./__test-helpers__/compiled-cli.js";
import { EXIT } from "./exit-codes.js";

const files = mkdtempSync(join(tmpdir(), "rmsprop-reports-"));
const at = (...names: string[]) => join(files, ...names);
let cli: CompiledCli;

const run = (...args: string[]) => cli.run(...args);

const PART = ["gate", "--profile", "smoke", "--only", "torch/groups/*"];
const EVERYTHING = "terminal,github,html,junit,markdown,badge,jsonl";
let gate: CliOutcome;
let wrong: CliOutcome;

beforeAll(async () => {
  cli = await compileCli();
  gate = await run(...PART, "--reporter", EVERYTHING, "--report-dir", at("right"));
  // The bundled implementation in another dialect than the one that its bits are asked for in.
  wrong = await run(...PART, "--dialect", "keras", "--report-dir", at("other"));
});
afterAll(() => {
  rmSync(files, { recursive: true });
});

describe("gate --reporter", () => {
  it("prints what is for standard output and writes the rest into the folder", () => {
    expect(gate).toMatchObject({ code: EXIT.passed });
    const [first, ...rest] = gate.stdout.split("\n");
    expect(first).toMatch(/^PASSED at L3 /);
    expect(rest.filter((line) => line.startsWith("::notice "))).toHaveLength(1);
    expect(readdirSync(at("right")).sort()).toEqual([
      "badge.json",
      "junit.xml",
      "report.html",
      "report.jsonl",
      "summary.md",
    ]);
    expect(rest.filter((line) => line.startsWith("report: "))).toHaveLength(5);
    expect(readFileSync(at("right", "report.html"), "utf8")).toMatch(/^<!doctype html>/i);
  });

  it("prints text and writes report.jsonl alone unless it is told otherwise", () => {
    expect(wrong).toMatchObject({ code: EXIT.inconclusive });
    expect(wrong.stdout).toMatch(/^INCONCLUSIVE/);
    expect(readdirSync(at("other"))).toEqual(["report.jsonl"]);
  });

  it("refuses a file without a folder, and reporters that there are not", async () => {
    const homeless = await run(...PART, "--reporter", "terminal,html");
    expect(homeless).toMatchObject({ code: EXIT.usage, stdout: "" });
    expect(homeless.stderr).toContain("the reporter html writes a file: give --report-dir <folder>");
    const unknown = await run(...PART, "--reporter", "terminal,tap");
    expect(unknown).toMatchObject({ code: EXIT.usage, stdout: "" });
    expect(unknown.stderr).toContain(
      '"tap" is not one of terminal, github, jsonl, html, junit, markdown, badge.',
    );
    for (const shard of ["0/3", "4/3", "3", "a/b"])
      expect(await run(...PART, "--shard", shard)).toMatchObject({ code: EXIT.usage, stdout: "" });
  });
});

describe("report", () => {
  it("shows what the gate showed", async () => {
    const { code, stdout } = await run(
      "report",
      at("right", "report.jsonl"),
      "--reporter",
      "terminal,github",
    );
    expect(code).toBe(EXIT.passed);
    expect(gate.stdout.startsWith(stdout)).toBe(true);
    for (const [name, file] of [
      ["html", "report.html"],
      ["junit", "junit.xml"],
      ["markdown", "summary.md"],
      ["badge", "badge.json"],
      ["jsonl", "report.jsonl"],
    ]) {
      const one = await run("report", at("right", "report.jsonl"), "--reporter", name);
      expect(one.stdout, name).toBe(readFileSync(at("right", file), "utf8"));
    }
    const written = ["--reporter", EVERYTHING, "--report-dir", at("again")];
    expect(await run("report", at("right", "report.jsonl"), ...written)).toMatchObject({ code: 0 });
    expect(readdirSync(at("again"))).toEqual(readdirSync(at("right")));
  });

  it("prints one file at most, and says which report it cannot read", async () => {
    const two = await run("report", at("right", "report.jsonl"), "--reporter", "html,junit");
    expect(two).toMatchObject({ code: EXIT.usage, stdout: "" });
    expect(two.stderr).toContain("html, junit cannot share standard output with others: give --report-dir");
    const lines = readFileSync(at("right", "report.jsonl"), "utf8").split("\n");
    writeFileSync(at("cut.jsonl"), lines.slice(0, -3).join("\n"));
    const cut = await run("report", at("cut.jsonl"));
    expect(cut).toMatchObject({ code: EXIT.usage, stdout: "" });
    expect(cut.stderr).toMatch(/cut\.jsonl: the report has no footer: it was cut off; run the gate again/);
    expect(await run("report", at("nowhere.jsonl"))).toMatchObject({ code: EXIT.usage });
    expect(await run("report")).toMatchObject({ code: EXIT.usage });
  });

  it("diff says what changed, and fails where something is worse", async () => {
    const [right, other] = [at("right", "report.jsonl"), at("other", "report.jsonl")];
    expect(await run("report", "diff", right, right)).toMatchObject({
      code: EXIT.passed,
      stdout: expect.stringMatching(/^SAME · /),
    });
    const worse = await run("report", "diff", right, other);
    expect(worse.code).toBe(EXIT.failed);
    expect(worse.stdout).toMatch(/^WORSE · outcome passed → inconclusive · .*12 cases are worse/);
    const json = await run("report", "diff", other, right, "--json");
    expect(json.code).toBe(EXIT.passed);
    expect(JSON.parse(json.stdout)).toMatchObject({ regressed: false });
  });

  it("merge puts shards together, with the exit status of the whole run", async () => {
    for (const shard of ["1/2", "2/2"]) {
      const folder = ["--report-dir", at(`shard-${shard[0]}`)];
      const one = await run(...PART, "--shard", shard, ...folder);
      expect(one).toMatchObject({ code: EXIT.passed });
      expect(one.stdout).toMatch(new RegExp(`^PASSED at L3 .* shard ${shard[0]} of 2 .* 6 cases run`));
    }
    const [first, second] = ["1", "2"].map((k) => at(`shard-${k}`, "report.jsonl"));
    const both = await run("report", "merge", second, first, "--report-dir", at("merged"));
    expect(both).toMatchObject({ code: EXIT.passed });
    expect(both.stdout).toMatch(/^PASSED at L3 .* 12 cases run/);
    expect(readdirSync(at("merged"))).toEqual(["report.jsonl"]);
    expect(
      await run("report", "diff", at("right", "report.jsonl"), at("merged", "report.jsonl")),
    ).toMatchObject({
      code: 0,
    });
    const missing = await run("report", "merge", first);
    expect(missing).toMatchObject({ code: EXIT.usage, stdout: "" });
    expect(missing.stderr).toContain("shard 2 of 2 is missing; give the reports of all shards");
  });
});
