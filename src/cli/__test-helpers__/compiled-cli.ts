import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { inject } from "vitest";
import { packageRoot } from "../../package-info.js";

/** How a command ended, and what it printed. */
export interface CliOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CompiledCli {
  /** The entry point, for `node`. */
  readonly main: string;
  /** Run the command line as a user does. */
  run(...args: string[]): Promise<CliOutcome>;
}

/** The command line as a package would have it, compiled once in a run of the tests. */
export async function compileCli(): Promise<CompiledCli> {
  const folder = inject("compiled");
  const done = join(folder, "done");
  const compiled = join(folder, "dist");
  const lock = join(folder, "lock");
  while (!existsSync(done)) {
    if (!isFirst(lock)) {
      await setTimeout(100);
      continue;
    }
    try {
      await compile(compiled);
      writeFileSync(done, "");
    } finally {
      // If it failed, the next one that needs it says why, too.
      rmSync(lock, { recursive: true });
    }
  }
  return cliIn(compiled);
}

/** A copy of it whose files may be edited, and that is to be removed. */
export async function copiedCli(): Promise<CompiledCli & { remove(): void }> {
  const { main } = await compileCli();
  const compiled = dirname(dirname(dirname(main)));
  const copy = mkdtempSync(join(dirname(dirname(compiled)), "cli-copy-"));
  cpSync(compiled, copy, { recursive: true });
  return { ...cliIn(copy), remove: () => rmSync(copy, { recursive: true, force: true }) };
}

function isFirst(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

async function compile(folder: string): Promise<void> {
  const root = packageRoot();
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  // Types are checked by `npm run typecheck`; without them, compiling is reading and writing.
  const config = ["-p", join(root, "tsconfig.build.json"), "--outDir", folder, "--declaration", "false"];
  const options = [...config, "--noCheck", "--noResolve", "--lib", "es5"];
  await promisify(execFile)(process.execPath, [tsc, ...options]);
}

function cliIn(folder: string): CompiledCli {
  const main = join(folder, "src", "cli", "main.js");
  return {
    main,
    run: (...args) =>
      new Promise((resolve) => {
        execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
        });
      }),
  };
}
