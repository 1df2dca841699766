import { setTimeout as delay } from "node:timers/promises";
import { CommanderError } from "commander";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SmokeAdapters } from "../suite/smoke/__test-helpers__/smoke-adapter.js";
import { SMOKE_CASES } from "../suite/smoke/run-smoke.js";
import { EXIT } from "./exit-codes.js";
import { smokeCommand } from "./smoke-command.js";

const adapters = new SmokeAdapters();
afterAll(() => adapters.remove());

let stdout: string;
let stderr: string;
beforeEach(() => {
  stdout = "";
  stderr = "";
  vi.spyOn(console, "log").mockImplementation((line) => {
    stdout += `${line}\n`;
  });
  vi.spyOn(console, "error").mockImplementation((line) => {
    stderr += `${line}\n`;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Run the command in this process. Gives its exit status. */
async function run(...args: string[]): Promise<unknown> {
  const command = smokeCommand()
    .exitOverride()
    .configureOutput({
      writeErr: (text) => {
        stderr += text;
      },
    });
  await command.parseAsync(args, { from: "user" });
  const status = process.exitCode;
  process.exitCode = undefined;
  return status;
}

describe("smoke", () => {
  it("passes an adapter, and says how far it is", async () => {
    const command = adapters.command("await serve();");
    expect(await run("--dialect", "pytorch", "--", ...command)).toBe(EXIT.passed);
    expect(stdout).toMatch(/^SMOKE PASSED · rmsprop-javascript-example /);
    expect(stdout).toMatch(/\nNext: npx rmsprop-conformance gate --dialect pytorch -- .*\.mjs\n$/);
    expect(stderr).toMatch(new RegExp(`^${SMOKE_CASES.length} of ${SMOKE_CASES.length} smoke cases$`, "m"));
  });

  it("fails an adapter, and gives the result as JSON", async () => {
    const command = adapters.command("process.exit(7);");
    expect(await run("--json", "--", ...command)).toBe(EXIT.adapter);
    expect(stderr).toBe("");
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ passed: false });
    expect(result.cases.map(({ id }: { id: string }) => id)).toEqual(SMOKE_CASES.map(({ id }) => id));
  });

  it("gives the adapter's own options to the adapter", async () => {
    const command = adapters.command(
      'if (process.argv[2] === "--json") await serve(); else throw new Error("no option");',
    );
    expect(await run("--", ...command, "--json")).toBe(EXIT.passed);
    expect(stdout).toMatch(/^SMOKE PASSED/);
  });

  it("keeps to the times that it is given", async () => {
    const command = adapters.command("setInterval(() => {}, 1000);");
    expect(await run("--hello-timeout", "0.2", "--run-timeout", "1", "--", ...command)).toBe(EXIT.adapter);
    expect(stdout).toMatch(/timeout: .* 0\.2 s\n/);
  });

  it.each([
    [
      "no adapter",
      [],
      /^error: no adapter: .* after --, as in: rmsprop-conformance smoke -- python adapter\.py\n$/,
    ],
    ["an unknown dialect", ["--dialect", "torch", "--", "x"], /argument 'torch' is invalid/],
    ["a time of nothing", ["--run-timeout", "0", "--", "x"], /argument '0' is invalid.*seconds/],
    ["an option of the adapter before --", ["x", "--device", "cpu"], /unknown option '--device'/],
  ])("refuses %s", async (_, args, message) => {
    await expect(run(...args)).rejects.toThrow(CommanderError);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
  });

  it("is incomplete when it is interrupted", async () => {
    const command = adapters.command("setInterval(() => {}, 1000);");
    const before = process.listeners("SIGINT");
    const running = run("--", ...command);
    const added = () => process.listeners("SIGINT").filter((listener) => !before.includes(listener));
    while (added().length === 0) await delay(10);
    for (const listener of added()) listener("SIGINT");
    expect(await running).toBe(EXIT.inconclusive);
    expect(stdout).toMatch(/^SMOKE INCONCLUSIVE · 0 of \d+ cases passed, 0 failed, \d+ skipped\n/);
    expect(stderr).toContain("interrupted");
    expect(added()).toEqual([]);
  });
});
