import { z } from "zod";
import { ProgramError } from "./program-error.js";

/** `["operations", 2, "gradients"]` as `operations[2].gradients`. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

/**
 * Parse JSON text.
 * @throws {ProgramError} with what is there, and the line where the engine says it, if it is no JSON.
 */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const hint = text.trim() === "" ? "the file is empty" : jsonHint(text, (error as Error).message);
    throw new ProgramError(source, "", `not JSON (truncated or edited?): ${hint}`);
  }
}

/** The engine's message in one line: it quotes the text around, line breaks included. */
function jsonHint(text: string, message: string): string {
  const position = /at position (\d+)$/.exec(message)?.[1];
  const line = position === undefined ? "" : ` (line ${text.slice(0, Number(position)).split("\n").length})`;
  return `${message}${line}`.replace(/\s+/g, " ");
}

/**
 * Decode a wire value with a codec or schema.
 * @throws {ProgramError} naming the first field that does not fit.
 */
export function decodeWire<T extends z.ZodType>(codec: T, value: unknown, source: string): z.output<T> {
  const result = z.safeDecode(codec, value as z.input<T>, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ProgramError(source, pathText(issue.path), issueText(issue));
}

function issueText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}; remove it or check its spelling`;
    case "invalid_union":
      return "discriminator" in issue && "options" in issue && Array.isArray(issue.options)
        ? `missing or unknown ${issue.discriminator}; known: ${issue.options.join(", ")}`
        : issue.message;
    case "invalid_type":
    case "invalid_value": {
      // The library says `Invalid input: expected string, received undefined`, and for a value nothing of what is there.
      const expected = expectation(issue.message);
      if (issue.input === undefined) return `missing; ${expected}`;
      return issue.code === "invalid_value" ? `${expected}; found ${foundText(issue.input)}` : expected;
    }
    default:
      return issue.message;
  }
}

/** What was expected, without the words before it. */
function expectation(message: string): string {
  return message
    .replace(/^Invalid (?:input|option|value): expected/, "expected")
    .replace(/, received undefined$/, "");
}

/** The beginning of what is there instead; of a structure only what it is. */
function foundText(input: unknown): string {
  if (typeof input === "object" && input !== null) return Array.isArray(input) ? "an array" : "an object";
  const text = typeof input === "string" ? JSON.stringify(input.slice(0, FOUND)) : String(input);
  return typeof input === "string" && input.length > FOUND ? `${text}…` : text;
}

/** How much of a text is shown, in characters. */
const FOUND = 60;
