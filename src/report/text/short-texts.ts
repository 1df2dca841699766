import type { Report } from "../model/report.js";
import { countedText } from "./count-text.js";

/** Characters of one text that a reader is shown. */
export const MAX_TEXT_LENGTH = 4000;

/**
 * The same report with long texts cut. What is left out is counted; report.jsonl has it.
 * Programs stay whole.
 */
export function shortTexts(report: Report): Report {
  return shortened(report) as Report;
}

/**
 * The beginning of a text, with how much was left out. No character is cut in two.
 * @param most characters (UTF-16 units) that stay
 */
export function capped(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = text.slice(0, isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most);
  return `${start} … ${countedText(text.length - start.length, "more character")}`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function shortened(value: unknown): unknown {
  if (typeof value === "string") return capped(value, MAX_TEXT_LENGTH);
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      capped(key, MAX_TEXT_LENGTH),
      key === "program" ? inner : shortened(inner),
    ]),
  );
}
