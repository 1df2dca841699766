/** A page that is carried out: files that are written, edits to them, and commands with what they print. */

/** A block with a title: a whole file. */
export interface WrittenFile {
  readonly kind: "file";
  readonly name: string;
  readonly text: string;
}

/** A `diff` block with a title: lines of a file that are replaced by others. */
export interface Edit {
  readonly kind: "edit";
  readonly name: string;
  /** Lines that the file has once, each ended by a line break. */
  readonly before: string;
  readonly after: string;
}

/** A `console` block: one command, what it prints, its exit status. */
export interface DocumentedCommand {
  readonly kind: "command";
  readonly text: string;
  /** What stands after the name of the command. */
  readonly args: readonly string[];
  /** … stands for any part of a line, and a line of its own for any number of lines. */
  readonly prints: string;
  readonly exit: number;
}

export type TutorialStep = WrittenFile | Edit | DocumentedCommand;

const COMMAND = "npx rmsprop-conformance ";

/**
 * The steps of a page, in order. Every fenced block is one.
 * @throws {Error} for a block that is none, and for a file that the text before does not name
 */
export function tutorialSteps(page: string): TutorialStep[] {
  const steps: TutorialStep[] = [];
  let end = 0;
  for (const match of page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)) {
    const [whole, info, text] = match;
    const paragraph = page.slice(end, match.index).trimEnd().split("\n\n").at(-1);
    end = match.index + whole.length;
    const named = /^(\w+) title="([^"]+)"$/.exec(info);
    if (info === "console") steps.push(documentedCommand(text));
    else if (!named) throw new Error(`a block is neither a file nor a command: ${info}`);
    else {
      const [, language, name] = named;
      // Readers of the rendered page do not see titles.
      if (!paragraph?.includes(`\`${name}\``)) throw new Error(`a block does not say that it is ${name}`);
      steps.push(language === "diff" ? edit(name, text) : { kind: "file", name, text });
    }
  }
  return steps;
}

function documentedCommand(block: string): DocumentedCommand {
  const [, text, prints, exit] = /^\$ (.*)\n([\s\S]*?)exit (\d)\n$/.exec(block) ?? [];
  if (text === undefined)
    throw new Error(`a block is not a command, its output and its exit status: ${block}`);
  return { kind: "command", text, args: argumentsOf(text), prints, exit: Number(exit) };
}

/**
 * What a shell gives to the command line of this package.
 * @throws {Error} for another command
 */
export function argumentsOf(text: string): string[] {
  if (!text.startsWith(COMMAND)) throw new Error(`not a command of this package: ${text}`);
  const words = text.slice(COMMAND.length).matchAll(/'([^']*)'|(\S+)/g);
  return [...words].map(([, quoted, bare]) => quoted ?? bare);
}

function edit(name: string, block: string): Edit {
  const lines = block.trimEnd().split("\n");
  const without = (mark: string) =>
    lines.flatMap((line) => (line.startsWith(mark) ? [] : [`${line.slice(1)}\n`])).join("");
  return { kind: "edit", name, before: without("+"), after: without("-") };
}

/** @throws {Error} unless the file has the lines once */
export function edited(text: string, { name, before, after }: Edit): string {
  const whole = `\n${text}`;
  const at = whole.indexOf(`\n${before}`);
  if (at < 0 || whole.indexOf(`\n${before}`, at + 1) > 0)
    throw new Error(`${name} does not have these lines once:\n${before}`);
  return text.slice(0, at) + after + text.slice(at + before.length);
}

/** Whether a command printed what is shown. */
export function isPrinted(prints: string, output: string): boolean {
  const pattern = prints.replace(/^…\n|…|[\\^$.*+?()[\]{}|/]/gm, (found) => {
    if (found === "…\n") return "(?:.*\n)*?";
    return found === "…" ? ".*" : `\\${found}`;
  });
  return new RegExp(`^${pattern}$`, "u").test(output);
}
