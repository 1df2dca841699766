import { countedText } from "../count-text.js";
import { printable, printableLine } from "../printable.js";

/** Characters (UTF-16 code units) of somebody else's text that a page shows before it counts the rest. */
const SHOWN_CHARACTERS = 2000;

/** Text that somebody else made, for a page: without characters that act, and cut where it is very long. */
export function shownText(text: string, limit = SHOWN_CHARACTERS): string {
  return cut(text, limit, printable);
}

/** The same on one line. */
export function shownLine(text: string, limit = SHOWN_CHARACTERS): string {
  return cut(text, limit, printableLine);
}

/** What is left out is counted. It is cut before it is made printable: escapes of 10 MB would be many more. */
function cut(text: string, limit: number, shown: (text: string) => string): string {
  if (text.length <= limit) return shown(text);
  // Half of a surrogate pair would show as an escape of a character that nobody sent.
  const end = /[\ud800-\udbff]/.test(text[limit - 1]) ? limit - 1 : limit;
  return `${shown(text.slice(0, end))} … ${countedText(text.length - end, "more character")}`;
}
