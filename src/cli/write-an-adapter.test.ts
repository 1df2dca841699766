import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "../package-info.js";
import { type CompiledCli, compileCli } from "./__test-helpers__/compiled-cli.js";
import {
  argumentsOf,
  type DocumentedCommand,
  type Edit,
  edited,
  isPrinted,
  tutorialSteps,
  type WrittenFile,
} from "./__test-helpers__/tutorial-page.js";

const steps = tutorialSteps(readFileSync(join(packageRoot(), "docs/write-an-adapter.md"), "utf8"));
const python = spawnSync("python3", ["--version"]).status === 0;

describe.skipIf(!python)(`docs/write-an-adapter.md${python ? "" : " (there is no python3 here)"}`, () => {
  let folder: string;
  let cli: CompiledCli;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "write-an-adapter-"));
    cli = await compileCli();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What it prints, without the lines that only tell of progress, and its exit status. */
  function run(args: readonly string[]): Promise<{ output: string; exit: number }> {
    const { PYTHONUNBUFFERED: _, ...others } = process.env;
    // Files change faster than Python's cache of compiled modules can tell.
    const env = { ...others, PYTHONDONTWRITEBYTECODE: "1", NO_COLOR: "1" };
    return new Promise((resolve) => {
      execFile(process.execPath, [cli.main, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
        const message = stderr.replace(/^\d+ of \d+ (smoke )?cases\n/gm, "");
        resolve({ output: message + stdout, exit: error ? Number(error.code) : 0 });
      });
    });
  }

  async function expectDocumented({ args, prints, exit }: DocumentedCommand): Promise<void> {
    const outcome = await run(args);
    // Both texts, if they differ.
    expect(isPrinted(prints, outcome.output) ? prints : outcome.output).toBe(prints);
    expect(outcome.exit).toBe(exit);
  }

  function carryOut(step: WrittenFile | Edit): void {
    const path = join(folder, step.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, step.kind === "file" ? step.text : edited(readFileSync(path, "utf8"), step));
  }

  // In order: each finds the files as the steps before have left them.
  for (const step of steps) {
    if (step.kind === "command") it(step.text, () => expectDocumented(step));
    else it(`${step.kind} ${step.name}`, () => carryOut(step));
  }

  it("its workflow", async () => {
    const text = readFileSync(join(folder, ".github/workflows/rmsprop.yml"), "utf8");
    const { jobs } = parse(text) as { jobs: { conformance: { steps: { run?: string }[] } } };
    const commands = jobs.conformance.steps.flatMap(({ run: command }) =>
      command?.startsWith("npx ") ? [argumentsOf(command)] : [],
    );
    expect(commands).toHaveLength(1);
    const [[gate, ...rest]] = commands;
    const { exit } = await run([gate, "--profile", "smoke", "--only", "torch/training/quadratic", ...rest]);
    expect(exit).toBe(0);
  });
});

describe("a page that is carried out", () => {
  it("shows what a command printed, but for what is left out", () => {
    const output = "FAILED · 3 of 7\n\none (1)\ntwo\nthree\n";
    for (const prints of [
      output,
      "…\n",
      "FAILED · … of 7\n…\nthree\n",
      "FAILED…\n\none (1)\n…\ntwo\nthree\n…\n",
    ])
      expect(isPrinted(prints, output), prints).toBe(true);
    for (const prints of [
      "",
      "FAILED…\n",
      "FAILED · … of 8\n…\n",
      "…\none .1.\n…\n",
      "…\nthree\ntwo\n…\n",
      "…two\nthree\n",
    ])
      expect(isPrinted(prints, output), prints).toBe(false);
  });

  it("has an edit of lines that are there once", () => {
    const [edit] = tutorialSteps('In `a`:\n\n```diff title="a"\n one\n-two\n+2\n+3\n```\n');
    expect(edit).toEqual({ kind: "edit", name: "a", before: "one\ntwo\n", after: "one\n2\n3\n" });
    expect(edited("one\ntwo\none\n", edit as Edit)).toBe("one\n2\n3\none\n");
    for (const text of ["one\n2\n", "one\ntwo\none\ntwo\n", "someone\ntwo\n"])
      expect(() => edited(text, edit as Edit)).toThrow(/^a does not have these lines once:\none\ntwo\n$/);
  });

  it.each([
    ["a block of neither kind", "```sh\nls\n```\n", /neither a file nor a command: sh/],
    ["a file that is not named", 'See:\n\n```python title="a"\n```\n', /does not say that it is a/],
    ["another command", "```console\n$ ls\nexit 0\n```\n", /not a command of this package: ls/],
    ["a command without its end", "```console\n$ npx rmsprop-conformance smoke\n```\n", /its exit status/],
  ])("has not %s", (_, page, expectedMessage) => {
    expect(() => tutorialSteps(page)).toThrow(expectedMessage);
  });
});
