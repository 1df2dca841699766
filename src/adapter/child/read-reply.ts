import type { z } from "zod";
import { decodeWire } from "../../program/decode.js";
import { ProgramError } from "../../program/program-error.js";
import type { Hello } from "../hello.js";
import { helloReplySchema, runReplyCodec } from "../messages.js";
import type { Reply } from "../reply.js";
import { quoteLine } from "./quote-line.js";

/** Characters shown of a problem, because it may quote fields and shapes of the answer. */
const SAID = 400;

/** An answer that breaks the protocol. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";

  /** @param otherId the answer's id, where it is not that of the request */
  constructor(
    problem: string,
    line: string,
    readonly otherId?: number,
  ) {
    super(`${inOneLine(problem)}; the line is ${quoteLine(line)}`);
  }
}

/**
 * The declaration in the answer to `hello`.
 * @throws {ReplyError}
 */
export function readHello(line: string, id: number): Hello {
  const { id: _id, protocol: _protocol, ...hello } = readAnswer(helloReplySchema, line, id);
  return hello;
}

/**
 * The replies in the answer to a `run` with these cases, in their order.
 * @throws {ReplyError} also if the results are not exactly those of the cases, in their order
 */
export function readReplies(line: string, id: number, names: readonly string[]): Reply[] {
  const { results } = readAnswer(runReplyCodec, line, id);
  const fail = (problem: string): never => {
    throw new ReplyError(problem, line);
  };
  const expected = new Set(names);
  const seen = new Set<string>();
  results.forEach(({ case: name }, k) => {
    if (!expected.has(name)) fail(`results[${k}] is for case ${quoteLine(name)}, which was not sent`);
    if (seen.has(name)) fail(`results[${k}] is a second result for case "${name}"`);
    seen.add(name);
  });
  const missing = names.find((name) => !seen.has(name));
  if (missing !== undefined) fail(`there is no result for case "${missing}"`);
  const k = names.findIndex((name, i) => results[i].case !== name);
  if (k !== -1) {
    fail(`results[${k}] is for case "${results[k].case}", but case "${names[k]}" was sent in this place`);
  }
  return results.map(({ case: _, ...reply }) => reply);
}

/** ASCII of bounded length. */
function inOneLine(problem: string): string {
  const cut = problem.length > SAID ? `${problem.slice(0, SAID)}…` : problem;
  return cut.replace(/[^ -~…]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The id of an answer, if it has one. */
export function idOf(line: string): number | undefined {
  try {
    return idIn(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function idIn(message: unknown): number | undefined {
  const id = (message as { id?: unknown } | null)?.id;
  return typeof id === "number" ? id : undefined;
}

function readAnswer<T extends z.ZodType>(schema: T, line: string, id: number): z.output<T> {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    throw new ReplyError("a line is not JSON", line);
  }
  const other = idIn(message);
  if (other !== undefined && other !== id) {
    throw new ReplyError(`the answer to request ${id} has id ${other}`, line, other);
  }
  try {
    return decodeWire(schema, message, "answer");
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new ReplyError(`in an answer, ${error.path || "the message"}: ${error.problem}`, line);
  }
}
