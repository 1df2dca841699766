import { printableLine } from "../text/printable.js";

/** Characters of untrusted text that a comment shows. */
const SHOWN = 400;

/**
 * Untrusted text for a line comment in any of the languages: one line, cut if it is long.
 * It ends with a quotation mark, because C joins a line to the next one after a backslash, or after `??/`.
 */
export function quotedInComment(text: string): string {
  const line = printableLine(text.slice(0, SHOWN)).replaceAll("\t", "\\x09");
  return `"${line}${text.length > SHOWN ? "…" : ""}"`;
}
