/** How much of a line is shown, in bytes. */
export const SHOWN = 200;

/** The beginning of a line as a JSON string in ASCII, so that whatever is in it can be seen and does nothing. */
export function quoteLine(line: string | Buffer): string {
  const bytes = typeof line === "string" ? Buffer.from(line.slice(0, SHOWN + 1)) : line;
  const cut = bytes.length > SHOWN;
  const quoted = JSON.stringify(bytes.subarray(0, SHOWN).toString("utf8"));
  const visible = quoted.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return cut ? `${visible}…` : visible;
}
