import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { packageRoot } from "../../../src/package-info.js";

export interface Outcome {
  /** Standard output and standard error, as a terminal has them, without the lines that only tell of progress. */
  readonly output: string;
  readonly exit: number;
}

/** A folder in which the package is installed, and in which a page is carried out. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "documentation-"));

  /** @param main the compiled entry point of the command line */
  constructor(main: string) {
    const installed = join(this.folder, "node_modules/rmsprop-conformance");
    mkdirSync(installed, { recursive: true });
    copyFileSync(join(packageRoot(), "package.json"), join(installed, "package.json"));
    const compiled = join(dirname(main), "../..");
    symlinkSync(compiled, join(installed, "dist"));
    // Pages that are read in a clone of the repository say dist/.
    symlinkSync(compiled, join(this.folder, "dist"));
    for (const name of ["spec", "golden", "adapters", "ci"])
      symlinkSync(join(packageRoot(), name), join(installed, name));
    const bin = join(this.folder, "node_modules/.bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "npx"), NPX.replaceAll("MAIN", JSON.stringify(main)), { mode: 0o755 });
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** Copy a file or a folder of the repository. */
  bring(name: string, from: string): void {
    cpSync(join(packageRoot(), from), join(this.folder, name), { recursive: true });
  }

  /**
   * Run a shell text. It ends at the first command that fails.
   * @param shortened whether a gate that names neither a profile nor a case runs one clause only
   */
  async run(text: string, shortened: boolean): Promise<Outcome> {
    const { PYTHONUNBUFFERED: _, ...inherited } = process.env;
    const others = Object.entries(inherited).filter(([name]) => !/^(VITEST|NODE_ENV|TEST$)/.test(name));
    const env = {
      ...Object.fromEntries(others),
      PATH: [join(this.folder, "node_modules/.bin"), process.env.PATH].join(delimiter),
      // Files change faster than Python's cache of compiled modules can tell.
      PYTHONDONTWRITEBYTECODE: "1",
      NO_COLOR: "1",
      SHORTENED: shortened ? "1" : "",
    };
    const log = join(this.folder, "node_modules/.output");
    const sink = openSync(log, "w");
    const child = spawn("bash", ["-e", "-o", "pipefail", "-c", text], {
      cwd: this.folder,
      env,
      stdio: ["ignore", sink, sink],
    });
    const [exit] = (await once(child, "close")) as [number];
    closeSync(sink);
    const output = readFileSync(log, "utf8").replace(/^\d+ of \d+ ((smoke )?cases|runs)\n/gm, "");
    return { output, exit };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What `npx` is on a stage: nothing is looked for in a registry. */
const NPX = `#!/usr/bin/env node
const [name, command, ...rest] = process.argv.slice(2);
if (name !== "rmsprop-conformance") {
  console.error(name + " is not installed here");
  process.exit(127);
}
const end = rest.includes("--") ? rest.indexOf("--") : rest.length;
const own = rest.slice(0, end);
const chosen = own.some((word) => /^--(profile|only|help|onnx-built)$/.test(word));
const short = process.env.SHORTENED && command === "gate" && !chosen ? ["--profile", "smoke", "--only", "RMS-1.3"] : [];
process.argv = [process.argv[0], MAIN, ...(command === undefined ? [] : [command]), ...own, ...short, ...rest.slice(end)];
import(MAIN);
`;
