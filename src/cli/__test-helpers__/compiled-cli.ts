import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../package-info.js";

/** How a command ended, and what it said. */
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
  /** Delete what was compiled. */
  remove(): void;
}

/** Compile the command line, as a package would have it, into a folder of its own. */
export async function compileCli(): Promise<CompiledCli> {
  const root = packageRoot();
  // Inside the package, where the compiled files find its package.json and its dependencies.
  const cache = join(root, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const compiled = mkdtempSync(join(cache, "cli-test-"));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  // Types are checked by `npm run typecheck`; without them, compiling is reading and writing.
  const config = ["-p", join(root, "tsconfig.build.json"), "--outDir", compiled, "--declaration", "false"];
  const options = [...config, "--noCheck", "--noResolve", "--lib", "es5"];
  await promisify(execFile)(process.execPath, [tsc, ...options]);
  const main = join(compiled, "src", "cli", "main.js");
  return {
    main,
    run: (...args) =>
      new Promise((resolve) => {
        execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
        });
      }),
    remove: () => rmSync(compiled, { recursive: true, force: true }),
  };
}
