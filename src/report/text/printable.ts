/**
 * Characters that control a terminal, or change how the surrounding text is read, except tabs and ends of lines;
 * and noncharacters, which no text may have.
 */
const ACTIVE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** What a CI that reads the terminal takes for a command: `::` that begins a line, and `##[` or the like anywhere. */
const CI_LINE = /^([^\S\n]*):(?=:)/gmu;
const CI_BRACKET = /(?<=#)#(?=\[|vso\[|teamcity\[)/giu;

/**
 * Untrusted text for a terminal: control characters, invisible format characters and lone surrogates
 * are shown as escapes, as in `\x1b`, and so is one character of what a CI would take for a command. Tabs and ends of
 * lines stay.
 */
export function printable(text: string): string {
  return text
    .replace(ACTIVE, escaped)
    .replace(CI_LINE, (_, space) => `${space}${escaped(":")}`)
    .replace(CI_BRACKET, escaped);
}

/** The same on one line: ends of lines are shown too. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}

function escaped(character: string): string {
  if (character === "\r") return "\\r";
  const code = character.codePointAt(0)!.toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u{${code}}`;
}
