import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { Command, CommanderError } from "commander";
import { vi } from "vitest";
import { packageRoot } from "../../../src/package-info.js";
import type { Glossary } from "./shell-line.js";

const { scripts, devDependencies } = JSON.parse(
  readFileSync(join(packageRoot(), "package.json"), "utf8"),
) as {
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** What a reader has from elsewhere. Its flags are not looked at. */
const ELSEWHERE = ["cargo", "cd", "cp", "git", "go", "make", "mkdir", "pip", "ls", "cat", "echo"];
/** Commands of npm that are no scripts. */
const NPM = ["cit", "ci", "install", "pack"];
/** Flags of programs from elsewhere that pages name in passing. */
const FLAGS_ELSEWHERE = [
  "--experimental-vm-modules",
  "--extra-index-url",
  "--ignore-scripts",
  "--release",
  "--test",
];

/** Holds command lines against what there is: the command line's own definition, scripts, files. */
export class CommandLines {
  private constructor(private readonly cli: Command) {}

  /** Read the definition of the command line, without running anything. */
  static async load(): Promise<CommandLines> {
    let cli: Command | undefined;
    const parse = vi.spyOn(Command.prototype, "parseAsync").mockImplementation(function (this: Command) {
      cli = this;
      return Promise.resolve(this);
    });
    const { action } = Command.prototype;
    const actions = vi.spyOn(Command.prototype, "action").mockImplementation(function (this: Command) {
      return action.call(this, () => {});
    });
    await import("../../../src/cli/main.js");
    parse.mockRestore();
    actions.mockRestore();
    if (!cli) throw new Error("src/cli/main.ts parses no command line");
    for (const command of everyCommand(cli)) {
      command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    }
    return new CommandLines(cli);
  }

  /**
   * Why a command does not exist as it is written; undefined if it does.
   * @param folder of the page, from the root: file names may begin there
   * @param written files that the page itself writes
   */
  async flawOf(words: Glossary, folder: string, written: readonly string[]): Promise<string | undefined> {
    const [path, first, ...rest] = words;
    const program = posix.basename(path);
    if (program === "rmsprop-conformance") return this.flawOfArguments(words.slice(1));
    if (program === "npx") {
      if (first === "rmsprop-conformance") return this.flawOfArguments(rest);
      return first in devDependencies ? undefined : `${first} is no development dependency`;
    }
    if (program === "npm") return npmFlaw(first, rest);
    if (ELSEWHERE.includes(program)) return undefined;
    if (/^(node|bash|python3?)$/.test(program)) return scriptFlaw(words.slice(1), folder, written);
    return `there is no command ${program}: known are npx, npm, node, bash, python, ${ELSEWHERE.join(", ")}`;
  }

  private async flawOfArguments(args: Glossary): Promise<string | undefined> {
    try {
      await this.cli.parseAsync(args, { from: "user" });
      return undefined;
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      return error.exitCode === 0 ? undefined : error.message;
    }
  }

  /** Whether some command of the suite, or a script of the repository, has this flag. */
  hasFlag(flag: string): boolean {
    if (FLAGS_ELSEWHERE.includes(flag)) return true;
    if (
      everyCommand(this.cli).some(({ options }) =>
        options.some(({ long, short }) => [long, short].includes(flag)),
      )
    )
      return true;
    return SCRIPTS_WITH_FLAGS.some((path) =>
      mentionsFlag(readFileSync(join(packageRoot(), path), "utf8"), flag),
    );
  }

  /** Every command of the suite and every flag of it, as in `golden verify` and `gate --only`. */
  names(): string[] {
    const under = (command: Command, path: string): string[] => [
      ...(path === "" ? [] : [path]),
      ...(path === "" ? [] : command.options.map(({ long }) => `${path} ${long}`)),
      ...command.commands.flatMap((one) => under(one, `${path} ${one.name()}`.trim())),
    ];
    return under(this.cli, "");
  }
}

const SCRIPTS_WITH_FLAGS = [
  ...new Set(
    Object.values(scripts).flatMap((script) =>
      [...script.matchAll(/scripts\/[\w/.-]+\.mjs/g)].map(([path]) => path),
    ),
  ),
  "scripts/cuda/pack.mjs",
  "scripts/cuda/run.sh",
  "scripts/golden/generate.py",
  "scripts/onnx/generate.py",
  "scripts/onnx/measure_functions.py",
  "scripts/onnx/regenerate.mjs",
  "adapters/pytorch/torch_rmsprop.py",
];

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];

function npmFlaw(name: string, rest: Glossary): string | undefined {
  const [script, flags] = name === "run" ? [rest[0], rest.slice(1)] : [name, rest];
  if (name !== "run" && NPM.includes(name)) return undefined;
  if (!(script in scripts)) return `package.json has no script ${script}`;
  const [file] = /scripts\/[\w/.-]+\.mjs(?=[^/]*$)/.exec(scripts[script]) ?? [];
  return file === undefined ? undefined : flagFlaw(file, flags);
}

function scriptFlaw(words: Glossary, folder: string, written: readonly string[]): string | undefined {
  const [script, ...rest] = words.filter((word) => !/^--(test|import)/.test(word));
  if (script === "-m" || script?.startsWith("-") || written.includes(script)) return undefined;
  const found = [script, posix.join(folder, script)].find((path) => existsSync(join(packageRoot(), path)));
  return found === undefined ? `there is no file ${script}` : flagFlaw(found, rest);
}

function flagFlaw(file: string, words: Glossary): string | undefined {
  const text = readFileSync(join(packageRoot(), file), "utf8");
  const unknown = words.find((word) => /^--\w/.test(word) && !mentionsFlag(text, word.replace(/=.*/, "")));
  return unknown === undefined ? undefined : `${file} has no ${unknown}`;
}

/** As `--flag` is written in Python, shell and usage texts, and as a key for `parseArgs`. */
function mentionsFlag(text: string, flag: string): boolean {
  const name = flag.replace(/^--/, "");
  return new RegExp(`${flag}(?![\\w-])|["']?\\b${name}["']?: \\{`).test(text);
}
