import { DIALECTS } from "../../../spec/dialects.js";
import { AdapterFault } from "../../adapter/child/adapter-fault.js";
import { AdapterProcess } from "../../adapter/child/adapter-process.js";
import type { Hello } from "../../adapter/hello.js";
import { MESSAGE_CASES } from "./message-cases.js";
import { printedLine } from "./printed-line.js";
import { PROCESS_CASES } from "./process-cases.js";
import { ProtocolClient } from "./protocol-client.js";
import { OutsideDomain, type SmokeCase } from "./smoke-case.js";
import { type Section, Unexpected } from "./unexpected.js";
import { VALUE_CASES } from "./value-cases.js";

export interface SmokeCaseResult {
  readonly id: string;
  /** One sentence: what it shows. */
  readonly says: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Lines for people: what was sent, received and expected; or why it was not run. */
  readonly message?: string;
  /** The end of what the process wrote to standard error. */
  readonly stderr?: string;
  /** Not run because of the declared domain, which is no fault. */
  readonly outside?: true;
}

export interface SmokeResult {
  /** The hello of the adapter, if the handshake succeeded. */
  readonly hello?: Hello;
  readonly cases: readonly SmokeCaseResult[];
  /** Whether every case passed, or has no program in the declared domain. */
  readonly passed: boolean;
}

export interface SmokeOptions {
  /** What starts the adapter: a program and its arguments; no shell. */
  readonly command: readonly [string, ...string[]];
  /** Id of the dialect of the programs. Default: the first one that the adapter claims. */
  readonly dialect?: string;
  /** Milliseconds that a process may take for the handshake. Default: 30000. */
  readonly helloTimeout?: number;
  /** Milliseconds that it may take to answer a request, and to exit. Default: 10000. */
  readonly runTimeout?: number;
  /** Called after each case. */
  readonly onCase?: (result: SmokeCaseResult, done: number, total: number) => void;
  /** Aborted: the process is killed, and the cases that were not shown are not run. */
  readonly signal?: AbortSignal;
}

const HELLO = { id: "hello", says: "It starts and completes the handshake." };

const CASES: readonly SmokeCase[] = [...VALUE_CASES, ...MESSAGE_CASES, ...PROCESS_CASES];

/** Every case: its id, and one sentence on what it shows. In the order in which they are run. */
export const SMOKE_CASES: readonly { readonly id: string; readonly says: string }[] = [
  HELLO,
  ...CASES.map(({ id, says }) => ({ id, says })),
];

/**
 * Test an adapter, and not the mathematics behind it. A case in which the process crashes, hangs or breaks the protocol
 * fails; the others run in a new process. If the first handshake fails, nothing else is run.
 */
export async function runSmoke(options: SmokeOptions): Promise<SmokeResult> {
  const smoke = new Smoke(options);
  let killed: Promise<void> | undefined;
  const abort = () => {
    killed = smoke.end();
  };
  options.signal?.addEventListener("abort", abort);
  try {
    return await smoke.run();
  } finally {
    options.signal?.removeEventListener("abort", abort);
    await killed;
    await smoke.end();
  }
}

/** Timeouts after which the remaining cases are skipped. */
const MAX_TIMEOUTS = 3;

class Smoke {
  private timeouts = 0;
  /** The process that the next case may use. */
  private client: ProtocolClient | undefined;
  private readonly results: SmokeCaseResult[] = [];

  constructor(private readonly options: SmokeOptions) {}

  async run(): Promise<SmokeResult> {
    let hello: Hello | undefined;
    let dialect = "";
    await this.attempt(HELLO, async () => {
      const greeting = (await this.begin()).hello;
      dialect = this.dialectOf(greeting);
      hello = greeting;
    });
    for (const one of CASES) {
      await this.attempt(one, async () => {
        if (!hello) throw new SkippedCase("hello failed");
        if (this.timeouts >= MAX_TIMEOUTS) throw new SkippedCase(`there was no answer ${MAX_TIMEOUTS} times`);
        if (one.fresh) await this.end();
        await one.check({ hello, dialect, client: this.client ?? (await this.begin()) });
      });
    }
    const passed = this.results.every(({ outcome, outside }) => outcome === "passed" || outside);
    return { ...(hello && { hello }), cases: this.results, passed };
  }

  /** Kill the process, if there is one. */
  async end(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.kill();
  }

  /** Start a process and perform the handshake. */
  private async begin(): Promise<ProtocolClient> {
    const { command, helloTimeout = 30_000, runTimeout = 10_000, signal } = this.options;
    const client = new ProtocolClient(await AdapterProcess.start(command), runTimeout);
    this.client = client;
    signal?.throwIfAborted();
    await client.handshake(helloTimeout);
    return client;
  }

  private dialectOf({ dialects }: Hello): string {
    const { dialect = dialects[0] } = this.options;
    const known = DIALECTS.map(({ id }) => id);
    if (!known.includes(dialect)) {
      throw new Unexpected(`dialects of the catalogue, the main one first: ${known.join(", ")}`, "hello");
    }
    if (!dialects.includes(dialect)) throw new Unexpected(`"${dialect}" among the dialects`, "hello");
    return dialect;
  }

  private async attempt(
    { id, says }: { id: string; says: string },
    check: () => Promise<void>,
  ): Promise<void> {
    const result = { id, says, ...(await this.outcomeOf(check)) };
    this.results.push(result);
    this.options.onCase?.(result, this.results.length, SMOKE_CASES.length);
  }

  private async outcomeOf(check: () => Promise<void>): Promise<Omit<SmokeCaseResult, "id" | "says">> {
    const { signal } = this.options;
    if (signal?.aborted) return { outcome: "skipped", message: "interrupted" };
    try {
      await check();
      if (this.client?.over) await this.end();
      return { outcome: "passed" };
    } catch (error) {
      const { client } = this;
      // Late output would be taken for the answer to the next case.
      await this.end();
      if (signal?.aborted) return { outcome: "skipped", message: "interrupted" };
      if (error instanceof AdapterFault && error.verdict === "timeout") this.timeouts++;
      if (error instanceof OutsideDomain)
        return { outcome: "skipped", message: error.message, outside: true };
      if (error instanceof SkippedCase) return { outcome: "skipped", message: error.message };
      const message = messageOf(error, client);
      const stderr = client?.stderr ?? "";
      return { outcome: "failed", message, ...(stderr !== "" && { stderr }) };
    }
  }
}

/** Why a case cannot be run. */
class SkippedCase extends Error {}

/** What was sent, received and expected, a line each. */
function messageOf(error: unknown, client: ProtocolClient | undefined): string {
  const sent = client?.lastSent ? [`sent: ${printedLine(client.lastSent)}`] : [];
  const expects = (what: string, section: Section) => `expected: ${what} (spec/PROTOCOL.md, "${section}")`;
  if (error instanceof AdapterFault) {
    const { verdict, message } = error;
    return [
      ...sent,
      `${verdict}: ${message}`,
      expects("one line in answer to each request, flushed once it is written", "Process"),
    ].join("\n");
  }
  if (error instanceof Unexpected) {
    const { got = printedLine(client?.lastReceived ?? ""), expected, section } = error;
    return [...sent, `received: ${got}`, expects(expected, section)].join("\n");
  }
  throw error;
}
