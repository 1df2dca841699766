/** What a terminal would act upon, or what would change how the text around it is read, but for tabs and ends of lines. */
const ACTIVE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text that somebody else made, for a terminal: control characters, invisible format characters and lone surrogates
 * are shown as escapes, as in `\x1b`. Tabs and ends of lines stay.
 */
export function printable(text: string): string {
  return text.replace(ACTIVE, escaped);
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
