import { setImmediate as turn } from "node:timers/promises";
import { DEFAULT_LIMITS, type Hello } from "../hello.js";
import { helloRequest } from "../hello-request.js";
import type { Reply } from "../reply.js";
import { AdapterFault, type FaultSubject } from "./adapter-fault.js";
import type { AdapterProcess } from "./adapter-process.js";
import { idOf, ReplyError, readHello, readReplies } from "./read-reply.js";
import { type Encoding, RunRequest } from "./run-request.js";

/** What the handshake settles about requests. */
export interface NegotiatedLimits {
  readonly encoding: Encoding;
  readonly cases: number;
  readonly bytes: number;
  readonly pipeline: number;
}

export function negotiateLimits({ encodings, limits = {} }: Hello): NegotiatedLimits {
  return {
    encoding: encodings?.[0] ?? "base64",
    cases: limits.cases ?? DEFAULT_LIMITS.cases,
    bytes: limits.bytes ?? DEFAULT_LIMITS.bytes,
    pipeline: limits.pipeline ?? DEFAULT_LIMITS.pipeline,
  };
}

/** Milliseconds in which a process is expected to end after `stop`. */
const STOP_TIMEOUT = 2000;
const HELLO_ID = 1;

/** The protocol with one process, from the handshake to its exit. */
export class Session {
  readonly terms: NegotiatedLimits;
  /** Number of requests that it has answered. */
  answered = 0;
  private nextId = HELLO_ID + 1;

  private constructor(
    readonly process: AdapterProcess,
    readonly hello: Hello,
  ) {
    this.terms = negotiateLimits(hello);
  }

  /**
   * Perform the handshake with a process.
   * @param budget milliseconds
   * @throws {AdapterFault}
   */
  static async open(process: AdapterProcess, budget: number): Promise<Session> {
    process.send(JSON.stringify(helloRequest(HELLO_ID)));
    const line = await process.receive(budget);
    const hello = reading(process, HELLO_ID, () => readHello(line, HELLO_ID));
    await pendingInput();
    if (process.fault) throw process.fault;
    return new Session(process, hello);
  }

  /** An empty request; add cases before sending it. */
  request(): RunRequest {
    return new RunRequest(this.nextId, this.terms.encoding, this.terms.bytes);
  }

  send(request: RunRequest): void {
    this.nextId = request.id + 1;
    this.process.send(request.line);
  }

  /**
   * The replies in the answer to a request.
   * @param last whether nothing else is outstanding
   * @throws {AdapterFault} also if the request is answered twice and the second answer comes at once
   */
  async replies({ id, names }: RunRequest, line: string, last: boolean): Promise<Reply[]> {
    const { process } = this;
    const replies = reading(process, id, () => readReplies(line, id, names));
    // If the next request were sent at once, a second answer would be taken for its answer.
    await pendingInput();
    const { fault, waiting } = process;
    if (last && fault?.verdict === "protocol-error")
      throw new AdapterFault(fault.verdict, fault.message, fault.stderr);
    if (waiting !== undefined && idOf(waiting) === id) {
      const { message } = new ReplyError("a request was answered twice", waiting);
      throw new AdapterFault("protocol-error", message, process.stderr);
    }
    this.answered++;
    return replies;
  }

  /**
   * Ask it to end, and kill it if it does not.
   * @returns the fault that it ended with or had before, if no request was outstanding
   */
  async end(): Promise<AdapterFault | undefined> {
    const { process } = this;
    const { fault } = process;
    process.endInput(JSON.stringify({ message: "stop", id: this.nextId }));
    await process.exited(STOP_TIMEOUT);
    await process.kill();
    return fault ?? (process.fault?.subject === "nothing" ? process.fault : undefined);
  }
}

/** Read input that has arrived in the meantime. */
async function pendingInput(): Promise<void> {
  await turn();
  await turn();
}

/** Read an answer; a broken one is a fault. */
function reading<T>({ stderr }: AdapterProcess, id: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    throw new AdapterFault("protocol-error", error.message, stderr, subjectOf(id, error.otherId));
  }
}

/** A repeated earlier answer is not a fault of the outstanding request. */
function subjectOf(id: number, otherId: number | undefined): FaultSubject {
  if (otherId === HELLO_ID) return "hello";
  const earlier = otherId !== undefined && Number.isInteger(otherId) && otherId > HELLO_ID && otherId < id;
  return earlier ? "nothing" : "request";
}
