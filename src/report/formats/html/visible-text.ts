import { printable, printableLine } from "../../text/printable.js";
import { capped } from "../../text/short-texts.js";

/** Characters (UTF-16 code units) of somebody else's text that a page shows before it counts the rest. */
const SHOWN_CHARACTERS = 2000;

/**
 * Text that somebody else made, for a page: without characters that act, and cut where it is very long. It is cut before it
 * is made printable: escapes of 10 MB would be many more.
 */
export function visibleText(text: string, limit = SHOWN_CHARACTERS): string {
  return printable(capped(text, limit));
}

/** The same on one line. */
export function printedLine(text: string, limit = SHOWN_CHARACTERS): string {
  return printableLine(capped(text, limit));
}
