import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { decodeWire } from "../program/decode.js";
import type { Program } from "../program/program.js";
import { ProgramError } from "../program/program-error.js";
import type { Adapter, Outcome } from "./adapter.js";
import { LineReader, type ReadLine } from "./child/line-reader.js";
import { type Hello, PROTOCOL } from "./hello.js";
import { helloReplySchema, helloRequestSchema, runRequestCodec, stopRequestSchema } from "./messages.js";
import { receiveProgram } from "./received-program.js";
import { caseReplyCodec, type Reply } from "./reply.js";
import { tensorInHex } from "./tensor-in-hex.js";

/** Where messages come from and go to. */
export interface StdioOptions {
  /** Where requests come from. Default: the process's standard input. */
  readonly input?: Readable;
  /** Where replies go. Default: the process's standard output. */
  readonly output?: Writable;
}

/** Programs are read one by one: a bad one is the answer to its own case and to no other. */
const requestSchema = z.discriminatedUnion("message", [
  helloRequestSchema,
  runRequestCodec.extend({ cases: z.array(z.object({ case: z.string(), program: z.unknown() })) }),
  stopRequestSchema,
]);

type Request = z.output<typeof requestSchema>;
type HelloRequest = Extract<Request, { message: "hello" }>;
type RunRequest = Extract<Request, { message: "run" }>;

/** The reply to a request that cannot be read. */
interface MalformedReply {
  readonly id: number;
  readonly error: string;
}

/**
 * Answer the adapter protocol (spec/PROTOCOL.md) over streams, so that an implementation in JavaScript can be driven as
 * a child process. Ends at `stop` and at the end of the input. While it runs, nothing else may write to the output.
 * @throws what `adapter.hello` throws
 */
export async function serveStdio(
  adapter: Adapter,
  { input = process.stdin, output = process.stdout }: StdioOptions = {},
): Promise<void> {
  const hello = await adapter.hello();
  for await (const line of linesOf(input)) {
    if (line.kind !== "line") {
      console.error(`request: ${line.kind} line, after which nothing is read`);
      break;
    }
    const request = receive(line.text);
    if (request === undefined) continue;
    const malformed = "error" in request;
    if (!malformed && request.message === "stop") break;
    const reply = malformed ? JSON.stringify(request) : await answer(request, adapter, hello);
    if (!output.write(`${reply}\n`)) await once(output, "drain");
  }
  await adapter.stop();
}

/** Lines of any length: the suite keeps to the limits that a server declares. */
async function* linesOf(input: AsyncIterable<Buffer | string>): AsyncGenerator<ReadLine> {
  const reader = new LineReader(Number.POSITIVE_INFINITY);
  for await (const chunk of input) yield* reader.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  const rest = reader.end();
  if (rest) yield rest;
}

/** The request in a line; the reply to a malformed one, if it has an id to be repeated. */
function receive(line: string): Request | MalformedReply | undefined {
  let id: number | undefined;
  try {
    const message = parsed(line);
    id = idOf(message);
    return decodeWire(requestSchema, message, "request");
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    if (id !== undefined) return { id, error: error.message };
    console.error(error.message);
    return undefined;
  }
}

/** @throws {ProgramError} */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new ProgramError("request", "", `not JSON: ${(error as Error).message.replace(/\s+/g, " ")}`);
  }
}

function idOf(message: unknown): number | undefined {
  const id = (message as { id?: unknown } | null)?.id;
  return Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : undefined;
}

/** The reply as a line of JSON. */
async function answer(request: HelloRequest | RunRequest, adapter: Adapter, hello: Hello): Promise<string> {
  const { id, message } = request;
  if (message === "hello")
    return JSON.stringify(
      z.encode(helloReplySchema, { encodings: ["base64", "hex"], ...hello, id, protocol: PROTOCOL }),
    );
  const results = await resultsOf(request, adapter, hello.dialects);
  return JSON.stringify({ id, results }, request.encoding === "hex" ? tensorInHex : undefined);
}

async function resultsOf(
  { cases }: RunRequest,
  adapter: Adapter,
  dialects: readonly string[],
): Promise<unknown[]> {
  const received = cases.map(({ program }) => receiveProgram(program, dialects));
  const outcomes = await outcomesOf(
    adapter,
    received.flatMap((one) => ("program" in one ? [one.program] : [])),
  );
  return received.map((one, k) =>
    encodedReply(cases[k].case, "program" in one ? replyOf(outcomes.shift() as Outcome) : one.refusal),
  );
}

/** If the adapter throws, every program of the request fails; later requests are still tried. */
async function outcomesOf(adapter: Adapter, programs: readonly Program[]): Promise<Outcome[]> {
  try {
    const outcomes = [...(await adapter.run(programs))];
    if (outcomes.length === programs.length) return outcomes;
    throw new Error(`the adapter gave ${outcomes.length} outcomes for ${programs.length} programs`);
  } catch (error) {
    return programs.map(() => internalError("init", error));
  }
}

/** A program that the adapter could not answer is reported as an internal error. */
function replyOf(outcome: Outcome): Reply {
  if (outcome.status === "fault") return internalError("init", `${outcome.verdict}: ${outcome.message}`);
  if (outcome.status === "not-sent") return internalError("init", outcome.reason);
  return outcome;
}

function encodedReply(name: string, reply: Reply): z.input<typeof caseReplyCodec> {
  try {
    return z.encode(caseReplyCodec, { case: name, ...reply });
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).replace(/\s+/g, " ") : error;
    return { case: name, ...internalError("observe", reason) };
  }
}

function internalError(phase: "init" | "observe", reason: unknown): Extract<Reply, { status: "error" }> {
  const message = reason instanceof Error ? reason.message : String(reason);
  return { status: "error", phase, class: "internal", message };
}
