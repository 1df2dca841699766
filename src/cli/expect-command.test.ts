import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Verdict } from "../judge/verdict.js";
import { ProgramError } from "../program/program-error.js";
import { type MadeUpOutcomes, madeUpReport } from "../report/__test-helpers__/stored-report.js";
import type { CaseOutcome } from "../suite/expectations/judge-expectations.js";
import { EXIT } from "./exit-codes.js";
import { expectCommand } from "./expect-command.js";

const folder = mkdtempSync(join(tmpdir(), "rmsprop-expect-"));
afterAll(() => rmSync(folder, { recursive: true }));

let printed: string[];
let complained: string;
beforeEach(() => {
  printed = [];
  complained = "";
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    printed.push(line);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Run the command as main does; what it prints comes without the folder. */
async function run(...args: string[]): Promise<{ code: unknown; lines: string[] }> {
  const expect = expectCommand();
  const program = new Command("rmsprop-conformance").addCommand(expect);
  for (const each of [program, expect, ...expect.commands]) {
    each.exitOverride().configureOutput({
      writeErr: (text) => {
        complained += text;
      },
    });
  }
  await program.parseAsync(["expect", ...args], { from: "user" });
  return { code: process.exitCode, lines: printed.map((line) => line.replaceAll(`${folder}/`, "")) };
}

function store(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const report = (name: string, made: MadeUpOutcomes) =>
  store(
    name,
    madeUpReport(made)
      .map((line) => `${line}\n`)
      .join(""),
  );
const fails = (id: string, verdict: Verdict): CaseOutcome => ({
  id,
  kind: "property",
  verdict,
  failure: { message: "it fails" },
});
const passes = (id: string): CaseOutcome => ({ id, kind: "property", verdict: "certified" });

const HEAD = "format: rmsprop-expectations/1\nexpectations:\n";
const REST = "    reason: known # for long\n    issue: '#1'\n";
const FILE = `${HEAD}  - cases: [a, b]\n    verdict: differs\n${REST}  # on macOS\n  - case: c\n    verdict: crash\n${REST}    when: { os: darwin }\n`;

const holding = report("holding.jsonl", {
  cases: [fails("a", "differs"), fails("b", "differs"), passes("c")],
});
const stale = report("stale.jsonl", {
  cases: [passes("a"), fails("b", "differs"), fails("d", "crash")],
  findings: [
    { sentence: "It fails.", cases: ["b"] },
    { sentence: "It crashes.", cases: ["d"] },
  ],
});

describe("expect check", () => {
  it("says that a file can be read", async () => {
    expect(await run("check", store("e.yaml", FILE))).toEqual({
      code: EXIT.passed,
      lines: ["READABLE · e.yaml · 2 entries"],
    });
  });

  it("says that a file holds", async () => {
    expect(await run("check", store("e.yaml", FILE), "--report", holding)).toEqual({
      code: EXIT.passed,
      lines: ["HOLDS · e.yaml · 2 entries · 2 failures as expected · 1 not applicable here"],
    });
  });

  it("says what would breach, and which failures are unexpected", async () => {
    expect(await run("check", store("e.yaml", FILE), "--report", stale)).toEqual({
      code: EXIT.failed,
      lines: [
        "STALE · e.yaml · 2 entries · 1 failure as expected · 1 not applicable here",
        "e.yaml:3: a is expected to fail as differs, but does not fail (certified); remove it",
        "1 unexpected failure; --fix with --add appends entries for you to complete",
        "  d crash",
      ],
    });
  });

  it("judges by the platform of the report", async () => {
    const cases = [fails("a", "differs"), fails("b", "differs"), passes("c")];
    const there = report("there.jsonl", { cases, platform: "darwin" });
    const { code, lines } = await run("check", store("e.yaml", FILE), "--report", there);
    expect(code).toBe(EXIT.failed);
    expect(lines[1]).toMatch(/^e\.yaml:8: c is expected to fail as crash, but does not fail/);
  });

  it("judges dates by today", async () => {
    const dated = (until: string) => store("e.yaml", FILE.replace("'#1'", `'#1'\n    until: ${until}`));
    expect((await run("check", dated("9999-12-31"), "--report", holding)).code).toBe(EXIT.passed);
    const { code, lines } = await run("check", dated("2001-01-01"), "--report", holding);
    expect(code).toBe(EXIT.failed);
    expect(lines.at(-1)).toMatch(/^e\.yaml:3: the entry was valid until 2001-01-01; /);
  });

  it("decides of a part what the part shows", async () => {
    const part = report("part.jsonl", { cases: [fails("a", "differs")], only: "a" });
    expect(await run("check", store("e.yaml", FILE), "--report", part)).toEqual({
      code: EXIT.passed,
      lines: [
        "HOLDS · e.yaml · 2 entries · 1 failure as expected · 1 not applicable here · 1 inconclusive: the report is of a partial run",
      ],
    });
  });

  it("refuses what cannot be read: the file, its witnesses, the report", async () => {
    const path = store("e.yaml", FILE);
    await expect(run("check", join(folder, "none.yaml"))).rejects.toThrow(
      /none\.yaml: cannot be read: there is no such file/,
    );
    await expect(run("check", store("bad.yaml", FILE.replace("known", "")))).rejects.toThrow(
      /bad\.yaml:5:5: expectations\[0\]\.reason: missing or empty/,
    );
    const witnessed = store("bad.yaml", `${FILE}    witness: none.json\n`);
    await expect(run("check", witnessed)).rejects.toThrow(
      /bad\.yaml:8: witness: .*none\.json cannot be read/,
    );
    await expect(run("check", path, "--report", path)).rejects.toThrow(/e\.yaml:1: not JSON/);
    const truncated = store("cut.jsonl", readFileSync(stale, "utf8").slice(0, 500));
    await expect(run("check", path, "--report", truncated)).rejects.toThrow(ProgramError);
  });
});

describe("expect --fix", () => {
  it("takes out what is stale, tells each change, and is done", async () => {
    const path = store("e.yaml", FILE);
    chmodSync(path, 0o640);
    expect(await run("--fix", path, "--report", stale)).toEqual({
      code: EXIT.passed,
      lines: [
        "CHANGED · e.yaml · 1 change",
        "  line 3: removed a: it does not fail (certified)",
        "1 unexpected failure; --fix with --add appends entries for you to complete",
        "  d crash",
      ],
    });
    expect(readFileSync(path, "utf8")).toBe(FILE.replace("[a, b]", "[b]"));
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    printed = [];
    expect((await run("--fix", path, "--report", stale)).lines[0]).toBe("UNCHANGED · e.yaml");
  });

  it("appends entries where that is asked for, and leaves it to people to say why", async () => {
    const path = store("e.yaml", FILE);
    const { code, lines } = await run("--fix", path, "--report", stale, "--add");
    expect(code).toBe(EXIT.failed);
    expect(lines).toEqual([
      "CHANGED · e.yaml · 2 changes · 1 left to fix by hand",
      "  line 3: removed a: it does not fail (certified)",
      "  added 1 case as crash: It crashes.",
      "e.yaml:14: fill in the reason and the issue; until then the file is rejected",
    ]);
    expect(readFileSync(path, "utf8")).toBe(
      `${FILE.replace("[a, b]", "[b]")}  # It crashes.\n  - cases:\n      - d\n    verdict: crash\n    reason:\n    issue:\n`,
    );
    await expect(run("check", path)).rejects.toThrow(/reason: missing or empty/);
  });

  it("tells what is left to people", async () => {
    const path = store("e.yaml", FILE);
    const mixed = report("mixed.jsonl", { cases: [fails("a", "crash"), fails("b", "timeout")] });
    const { code, lines } = await run("--fix", path, "--report", mixed);
    expect(code).toBe(EXIT.failed);
    expect(lines[0]).toBe("UNCHANGED · e.yaml · 2 left to fix by hand");
    expect(lines.slice(1)).toHaveLength(2);
    expect(readFileSync(path, "utf8")).toBe(FILE);
  });

  it("writes through a link", async () => {
    const path = store("e.yaml", FILE);
    const link = join(folder, "link.yaml");
    symlinkSync(path, link);
    await run("--fix", link, "--report", stale);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, "utf8")).not.toBe(FILE);
  });

  it("refuses the report of a part, and bytes that it could not write back", async () => {
    const path = store("e.yaml", FILE);
    const part = report("part.jsonl", { cases: [passes("a")], only: "a" });
    await expect(run("--fix", path, "--report", part)).rejects.toThrow(
      /part\.jsonl: the run was restricted to a; known failures are fixed from a full run only/,
    );
    const incomplete = report("part.jsonl", { cases: [passes("a")], complete: false });
    await expect(run("--fix", path, "--report", incomplete)).rejects.toThrow(/the run was not completed/);
    expect(readFileSync(path, "utf8")).toBe(FILE);
    const latin = Buffer.from(`# \u00e9\n${FILE}`, "latin1");
    await expect(run("--fix", store("latin.yaml", latin), "--report", stale)).rejects.toThrow(
      /latin\.yaml: is not UTF-8, or was changed meanwhile; nothing was written/,
    );
    expect(readFileSync(join(folder, "latin.yaml"))).toEqual(latin);
  });
});

describe("expect", () => {
  it.each<[string[], RegExp]>([
    [["--fix", "e.yaml"], /^error: --fix needs --report <report\.jsonl>/],
    [
      ["--report", "r.jsonl"],
      /^error: --report and --add need --fix <file>; to check a file, use expect check\n/,
    ],
    [["--add"], /^error: --report and --add need --fix <file>/],
    [["check"], /^error: missing required argument 'file'/],
    [
      ["check", "e.yaml", "--fix", "e.yaml"],
      /^error: expect check does not change the file; remove --fix and --add\n/,
    ],
    [["check", "e.yaml", "--add"], /^error: expect check does not change the file/],
    [["check", "e.yaml", "--nonsense"], /^error: unknown option '--nonsense'/],
    [["nonsense"], /^error: too many arguments/],
    [[], /^Usage: /],
  ])("refuses %j", async (args, expectedMessage) => {
    await expect(run(...args)).rejects.toThrow(CommanderError);
    expect(complained).toMatch(expectedMessage);
    expect(printed).toEqual([]);
  });
});
