/** How much of a line is shown, in bytes. */
const SHOWN = 200;

/** What would not be seen, or would do something to a terminal. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The beginning of a line, for people. */
export function printedLine(line: string): string {
  if (line === "") return "an empty line";
  const length = Buffer.byteLength(line);
  const head = Buffer.from(line.slice(0, SHOWN))
    .subarray(0, SHOWN)
    .toString("utf8")
    .replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return length > SHOWN ? `${head}… (${length} bytes)` : head;
}
