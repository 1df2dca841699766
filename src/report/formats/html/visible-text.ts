import { printable, printableLine } from "../../text/printable.js";
import { capped } from "../../text/short-texts.js";

/** Characters (UTF-16 code units) of untrusted text that a page shows before it counts the rest. */
const SHOWN_CHARACTERS = 2000;

/**
 * Untrusted text for a page: without control characters, and cut if very long. It is cut before it is escaped, because
 * escaping 10 MB would make it much longer.
 */
export function visibleText(text: string, limit = SHOWN_CHARACTERS): string {
  return printable(capped(text, limit));
}

/** The same on one line. */
export function printedLine(text: string, limit = SHOWN_CHARACTERS): string {
  return printableLine(capped(text, limit));
}
