import { printable, printableLine } from "../text/printable.js";

/**
 * Untrusted text in Markdown. Plain words stay as they are; everything else is put into code spans, in which nothing is
 * markup, no address becomes a link and no user is mentioned.
 */

/** Letters and digits, perhaps with hyphens and apostrophes between them; a number as it is written in prose. */
const WORD = /^(?:[\p{L}\p{Nd}]+(?:['’-]\p{L}+)*|\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?%?)$/u;
/** What may stand around a word. */
const AROUND = /^(?<open>[("“‘]*)(?<word>.*?)(?<close>[)"”’]*[.,;:!?]?[)"”’]*)$/u;
/** Marks that mean nothing where they stand alone. */
const ALONE: ReadonlySet<string> = new Set(["·", "–", "—", "…", "%", "→"]);
/** As long as an abbreviated hash of a commit, which becomes a link. */
const HASH = /^[\da-f]{7,}$/i;
/** As in 1. or 2), which would begin a list. */
const LIST_ITEM = /^\d+[.)]$/;

/** Longer ones are no words. */
const MAX_WORD_LENGTH = 40;

interface Piece {
  readonly plain: boolean;
  readonly text: string;
}

/** One line of text. It must not stand at the beginning of a line. */
export function markdownText(text: string): string {
  return pieces(text)
    .map(({ plain, text }) => (plain ? text : codeSpan(text)))
    .join(" ");
}

/** The same, where Markdown has HTML: between tags that stand on one line. */
export function htmlText(text: string): string {
  return pieces(text)
    .map(({ plain, text }) => (plain ? escapeHtml(text) : `<code>${escapeHtml(text)}</code>`))
    .join(" ");
}

/** A cell of a table with text of the suite's own, which is Markdown. */
export function ownCell(markdown: string): string {
  return markdown.replaceAll("|", "\\|");
}

/** Lines of text as they are. No run of backticks in them is as long as the fence. */
export function fenced(text: string, language = "text"): string {
  const fence = "`".repeat(Math.max(3, 1 + longestRun(text)));
  return `${fence}${language}\n${printable(text)}\n${fence}`;
}

function codeSpan(text: string): string {
  const fence = "`".repeat(1 + longestRun(text));
  const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${space}${text}${space}${fence}`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0);
}

/** Words that are not plain go together, so that a phrase of them is one piece. */
function pieces(text: string): Piece[] {
  const found: { plain: boolean; text: string }[] = [];
  for (const word of printableLine(text).split(" ")) {
    if (word === "") continue;
    const plain = isPlain(word);
    const last = found.at(-1);
    if (last && last.plain === plain) last.text += ` ${word}`;
    else found.push({ plain, text: word });
  }
  return found;
}

function isPlain(text: string): boolean {
  if (text.length > MAX_WORD_LENGTH) return false;
  const { word } = AROUND.exec(text)?.groups ?? {};
  if (word === undefined || HASH.test(word) || LIST_ITEM.test(text)) return false;
  return WORD.test(word) || ALONE.has(word);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
