/** Command lines as pages show them. */

/** One command of a line, taken apart into words. */
export type Glossary = readonly string[];

/**
 * The simple commands of a shell text: lines joined at `\`, divided at `&&`, `||`, `|` and `;`. Comments, redirections
 * and leading assignments are dropped. A placeholder `<name>` is a word, and `[`, `]` and `…`, which say what may be
 * left out or repeated, are no part of any.
 * @throws {Error} for a character that cannot be read, such as a quotation mark without its other half
 */
export function simpleCommands(text: string): Glossary[] {
  return text
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .flatMap(commandsOf)
    .map((words) =>
      words.filter((_, k) => words.slice(0, k + 1).some((word) => !/^[A-Za-z_]\w*=/.test(word))),
    )
    .filter(({ length }) => length > 0);
}

const PARTS = {
  usage: /\[(?=--?\w)|(?<=\S)\](?=[…\s]|$)|…/,
  word: /(?:"(?:[^"\\]|\\.)*"|'[^']*'|<[\w. -]+>|[^\s"'#|&;<>…]|(?<=\S)#)+?(?=[\s|&;…]|\](?:[…\s]|$)|$)/,
  redirection: /\d?(?:>{1,2}|<)(?:&\d|\s*[^\s;|&]+)/,
  divider: /&&|\|\|?|;/,
  comment: /#.*/,
  space: /\s+/,
  stray: /./,
};
const PART = new RegExp(
  Object.entries(PARTS)
    .map(([name, { source }]) => `(?<${name}>${source})`)
    .join("|"),
  "gu",
);

function commandsOf(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const { groups } of line.matchAll(PART)) {
    const { word, divider, stray } = groups as Record<keyof typeof PARTS, string | undefined>;
    if (stray !== undefined) throw new Error(`${stray} cannot be read in: ${line}`);
    if (divider !== undefined) commands.push([]);
    if (word !== undefined)
      commands
        .at(-1)
        ?.push(word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double, single) => double ?? single));
  }
  return commands;
}
