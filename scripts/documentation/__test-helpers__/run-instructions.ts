import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { z } from "zod";
import {
  type Edit,
  edited,
  isPrinted,
  tutorialSteps,
} from "../../../src/cli/__test-helpers__/tutorial-page.js";
import { packageRoot } from "../../../src/package-info.js";
import { readExpectations } from "../../../src/suite/expectations/read-expectations.js";
import { asModule } from "./code.js";
import type { CommandLines } from "./command-line.js";
import type { Block } from "./pages.js";
import { simpleCommands } from "./shell-line.js";
import type { Stage } from "./stage.js";
import { shellTexts, unknownInputs, yamlDocuments } from "./workflow.js";

/**
 * What is done with a block:
 *
 * - `console`: commands after `$`, what they print (… stands for a part that is left out), and `exit N` where the status
 *   is not 0. They are run.
 * - `sh`: commands that must exist with all their options. With the mark `run` they are run too, and must succeed; a
 *   gate that names neither profile nor case then judges one clause.
 * - `js`, `mjs`, `ts`: compiled against the package's entry points. One without a name is run; `fragment` is not.
 * - `json`, `jsonl`: valid in a published schema, which the mark `schema` names, or the field `format`.
 * - `yaml`: expectations, or what a CI runs, whose commands must exist.
 * - `python`, `rust`, `c`, `cpp`, `go`: compiled where the compiler is.
 *
 * In any language: a name (`title="…"`, or a first line `// name`) is a file that the commands of the page find.
 * `diff title="…"` changes such a file. `with="name=path …"` copies files of the repository next to it. `from="path"` is
 * quoted from a file of the repository. `run-by="path"` names the test that runs it. `exempt="reason"` is not
 * checked.
 */
export type Standing = "run" | "run by another test" | "checked" | "no tool here" | "exempt";

export interface Surroundings {
  readonly commands: CommandLines;
  readonly stage: () => Stage;
  /** What the compiler says of blocks of TypeScript and JavaScript. */
  readonly errors: ReadonlyMap<Block, readonly string[]>;
  /** Files that the page writes. */
  readonly written: readonly string[];
}

export const SCRIPTS = ["js", "mjs", "ts"];

/** The file that a block is, if it is one. */
export function nameOf({ marks, text }: Block): string | undefined {
  return marks.get("title") ?? /^(?:\/\/|#) ([\w./-]+\.\w+)\n/.exec(text)?.[1];
}

/**
 * Do with a block what its language and its marks ask for.
 * @throws {Error} if it is not as the page says, and if no rule covers it
 */
export async function carryOut(block: Block, surroundings: Surroundings): Promise<Standing> {
  const { marks, language } = block;
  const unknown = [...marks.keys()].find((mark) => !MARKS.includes(mark));
  if (unknown !== undefined) throw new Error(`there is no mark ${unknown}: known are ${MARKS.join(", ")}`);
  const exempt = marks.get("exempt");
  if (exempt !== undefined) {
    if (exempt.length < 10) throw new Error("an exempt block says why, in some words");
    return "exempt";
  }
  for (const pair of marks.get("with")?.split(" ") ?? []) {
    const [name, from] = pair.split("=");
    surroundings.stage().bring(name, from);
  }
  if (language !== "diff") writeNamed(block, surroundings);
  const [otherTest, from] = [marks.get("run-by"), marks.get("from")];
  if (otherTest !== undefined) {
    if (SCRIPTS.includes(language)) refuseErrors(block, surroundings);
    return otherTestNames(block, otherTest);
  }
  if (from !== undefined) return quoted(block, from);
  const rule = RULES[language];
  if (!rule)
    throw new Error(
      `no rule covers a block of ${language || "no language"}; see __test-helpers__/run-instructions.ts`,
    );
  return rule(block, surroundings);
}

const MARKS = ["title", "with", "run", "fragment", "schema", "from", "run-by", "exempt"];

type Rule = (block: Block, surroundings: Surroundings) => Standing | Promise<Standing>;

const RULES: Readonly<Record<string, Rule>> = {
  console: runBlock,
  sh: checkCommands,
  ...Object.fromEntries(SCRIPTS.map((language) => [language, script])),
  json: (block) => validated(block, JSON.parse(block.text)),
  jsonl: (block) => {
    for (const line of block.text.trimEnd().split("\n")) validated(block, JSON.parse(line));
    return "checked";
  },
  yaml,
  diff: (block, { stage }) => {
    const [edit] = tutorialSteps(
      `\`${nameOf(block)}\`\n\n\`\`\`diff title="${nameOf(block)}"\n${block.text}\`\`\`\n`,
    );
    stage().write(
      edit.kind === "edit" ? edit.name : "",
      edited(stage().read((edit as Edit).name), edit as Edit),
    );
    return "checked";
  },
  python: compiled("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"]),
  rust: compiled("rustc", [
    "--edition",
    "2021",
    "--crate-type",
    "lib",
    "--emit",
    "metadata",
    "-o",
    "/dev/null",
    "-",
  ]),
  c: compiled("gcc", ["-std=c11", "-Wall", "-Werror", "-fsyntax-only", "-x", "c", "-"]),
  cpp: compiled("g++", ["-std=c++17", "-Wall", "-Werror", "-fsyntax-only", "-x", "c++", "-"]),
  go: compiled("gofmt", ["-e"]),
};

async function runBlock({ text }: Block, { stage }: Surroundings): Promise<Standing> {
  for (const { command, prints, exit } of documentedCommands(text)) {
    const outcome = await stage().run(command, false);
    if (!isPrinted(withoutEnd(prints), withoutEnd(outcome.output)))
      throw new Error(
        `${command}\n\nprinted (exit ${outcome.exit}):\n\n${outcome.output}\nand not:\n\n${prints}`,
      );
    if (outcome.exit !== exit)
      throw new Error(`${command}\n\nended with ${outcome.exit}, not ${exit}:\n${outcome.output}`);
  }
  return "run";
}

/** Blank lines at the end show nothing; there may be one before the next command. */
const withoutEnd = (text: string): string => text.replace(/\n+$/, "\n");

interface DocumentedBlock {
  readonly command: string;
  readonly prints: string;
  readonly exit: number;
}

/** @throws {Error} for a block that does not begin with a command */
export function documentedCommands(text: string): DocumentedBlock[] {
  const [before, ...parts] = text.split(/^\$ /m);
  if (before !== "" || parts.length === 0) throw new Error("a console block begins with $ and a command");
  return parts.map((part) => {
    const [, command, rest] = /^((?:.*\\\n)*.*)\n([\s\S]*)$/.exec(part) as RegExpExecArray;
    const [, prints, exit] = /^([\s\S]*?)^exit (\d)\n\n?$/m.exec(rest) ?? [undefined, rest, "0"];
    return { command, prints, exit: Number(exit) };
  });
}

async function checkCommands(block: Block, surroundings: Surroundings): Promise<Standing> {
  const commands = simpleCommands(block.text);
  if (commands.length === 0) throw new Error("there is no command in it");
  await refuseFlaws(block, commands, surroundings);
  if (!block.marks.has("run")) return "checked";
  const { output, exit } = await surroundings.stage().run(block.text, true);
  if (exit !== 0) throw new Error(`ended with ${exit}:\n${output}`);
  return "run";
}

async function refuseFlaws(
  { page }: Block,
  commands: readonly (readonly string[])[],
  { commands: known, written }: Surroundings,
): Promise<void> {
  for (const words of commands) {
    const flaw = await known.flawOf(words, posix.dirname(page), written);
    if (flaw !== undefined) throw new Error(`${words.join(" ")}: ${flaw}`);
  }
}

/** A file that the page writes, for its commands. */
function writeNamed(block: Block, { stage }: Surroundings): string | undefined {
  const name = nameOf(block);
  if (name !== undefined) stage().write(name, block.text);
  return name;
}

function refuseErrors(block: Block, { errors }: Surroundings): void {
  const found = errors.get(block) ?? ["it was not compiled"];
  if (found.length > 0) throw new Error(found.join("\n"));
}

async function script(block: Block, surroundings: Surroundings): Promise<Standing> {
  refuseErrors(block, surroundings);
  const { stage } = surroundings;
  const name = nameOf(block);
  if (name !== undefined || block.marks.has("fragment")) return "checked";
  const file = `block-${block.line}.mjs`;
  stage().write(file, block.language === "ts" ? asModule(block.text) : block.text);
  const { output, exit } = await stage().run(`node ${file}`, false);
  if (exit !== 0) throw new Error(`ended with ${exit}:\n${output}`);
  return "run";
}

const FORMATS: Readonly<Record<string, string>> = {
  "rmsprop-program/1": "program",
  "rmsprop-regression/1": "regression",
  "rmsprop-expectations/1": "expectations",
};

function validated(block: Block, value: unknown): Standing {
  const { format } = (value ?? {}) as { format?: string };
  const name = block.marks.get("schema") ?? FORMATS[format ?? ""];
  const path = `spec/schemas/${name}.schema.json`;
  if (name === undefined || !existsSync(join(packageRoot(), path)))
    throw new Error(
      'say which published schema it is in, as in schema="program": one of those in spec/schemas',
    );
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(packageRoot(), path), "utf8")));
  const result = schema.safeParse(value);
  if (!result.success) throw new Error(`${path}: ${z.prettifyError(result.error)}`);
  return "checked";
}

async function yaml(block: Block, surroundings: Surroundings): Promise<Standing> {
  if (/^format: rmsprop-expectations\//m.test(block.text)) {
    readExpectations(block.text, nameOf(block) ?? block.page);
    return "checked";
  }
  const documents = yamlDocuments(block.text);
  const unknown = unknownInputs(documents);
  if (unknown.length > 0) throw new Error(unknown.join("\n"));
  const commands = shellTexts(documents).flatMap(simpleCommands);
  await refuseFlaws(
    block,
    commands.filter(([program]) => /^(npx|npm|node)$/.test(program)),
    surroundings,
  );
  if (commands.length === 0 && !/\bci\/git(hub|lab)\b/.test(block.text))
    throw new Error("it is no expectations file, runs nothing, and uses nothing of ci/; quote it with from=");
  return "checked";
}

function compiled(tool: string, args: readonly string[]): Rule {
  return (block) => {
    const { error, status, stderr } = spawnSync(tool, args, { input: block.text, encoding: "utf8" });
    if (error) return "no tool here";
    if (status !== 0) throw new Error(stderr);
    return "checked";
  };
}

function otherTestNames({ page }: Block, test: string): Standing {
  const path = join(packageRoot(), test);
  if (!existsSync(path)) throw new Error(`there is no test ${test}`);
  const name = page.startsWith(`${posix.dirname(test)}/`) ? posix.basename(page) : page;
  if (!readFileSync(path, "utf8").includes(name)) throw new Error(`${test} does not mention ${page}`);
  return "run by another test";
}

/** Lines of the file in their order, at any indentation; a line … stands for lines that are left out. */
function quoted({ text }: Block, from: string): Standing {
  const path = join(packageRoot(), from);
  if (!existsSync(path)) throw new Error(`there is no file ${from}`);
  const trimmed = (all: string) => all.replace(/^[ \t]+|[ \t]+$/gm, "");
  let rest = `\n${trimmed(readFileSync(path, "utf8"))}`;
  for (const part of trimmed(text).split(/^…\n/m)) {
    const at = rest.indexOf(`\n${part}`);
    if (at < 0) throw new Error(`${from} does not have these lines:\n${part}`);
    rest = rest.slice(at + part.length);
  }
  return "checked";
}
