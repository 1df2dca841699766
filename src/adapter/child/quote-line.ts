/** How much of a line is shown, in bytes. */
export const SHOWN = 200;

/**
 * The beginning of a line in quotes, in ASCII, so that every character is visible and harmless. Inner quotes are not
 * escaped: most lines are JSON and have to stay readable.
 */
export function quoteLine(line: string | Buffer): string {
  const bytes = typeof line === "string" ? Buffer.from(line.slice(0, SHOWN + 1)) : line;
  const cut = bytes.length > SHOWN;
  const visible = bytes
    .subarray(0, SHOWN)
    .toString("utf8")
    .replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
      /[\u0000-\u001f\u007f-\uffff]/g,
      (unit) => NAMED[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return cut ? `"${visible}"…` : `"${visible}"`;
}

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
