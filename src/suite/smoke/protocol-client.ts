import { AdapterFault } from "../../adapter/child/adapter-fault.js";
import type { AdapterProcess } from "../../adapter/child/adapter-process.js";
import { ReplyError, readHello, readReplies } from "../../adapter/child/read-reply.js";
import { DEFAULT_LIMITS, type Hello } from "../../adapter/hello.js";
import { helloRequest } from "../../adapter/hello-request.js";
import type { Reply } from "../../adapter/reply.js";
import { tensorInHex } from "../../adapter/tensor-in-hex.js";
import type { Program } from "../../program/program.js";
import { encodeProgram } from "../../program/program-codec.js";
import { type Section, Unexpected } from "./unexpected.js";

/** A case as it goes over the wire. Its program may have what no `Program` has. */
export interface WireCase {
  readonly case: string;
  readonly program: object;
}

/** One process of the adapter, with one request at a time. Every reply is checked against the protocol. */
export class ProtocolClient {
  /** The last line in each direction, for messages to people. */
  lastSent = "";
  lastReceived: string | undefined;
  /** It was asked to exit, or killed. */
  over = false;
  private handshakeReply: Hello | undefined;
  private lastId = 0;

  /** @param runTimeout milliseconds for each reply but the first, and for the end */
  constructor(
    private readonly process: AdapterProcess,
    private readonly runTimeout: number,
  ) {}

  /** What it declared. Known once `handshake` has returned. */
  get hello(): Hello {
    if (!this.handshakeReply) throw new Error("the handshake has not been performed");
    return this.handshakeReply;
  }

  get stderr(): string {
    return this.process.stderr;
  }

  /**
   * @param timeout milliseconds
   * @throws {Unexpected | AdapterFault}
   */
  async handshake(timeout: number): Promise<void> {
    const request = helloRequest(this.nextId());
    const read = (line: string) => readHello(line, request.id);
    this.handshakeReply = await this.ask(JSON.stringify(request), "hello", timeout, read);
  }

  /**
   * The replies to cases, in requests of as many as the adapter takes at once.
   * @throws {Unexpected | AdapterFault}
   */
  async run(cases: readonly WireCase[]): Promise<Reply[]> {
    const most = this.hello.limits?.cases ?? DEFAULT_LIMITS.cases;
    const replies: Reply[] = [];
    for (let k = 0; k < cases.length; k += most)
      replies.push(...(await this.runOnce(cases.slice(k, k + most))));
    return replies;
  }

  /**
   * The replies to the cases of one request.
   * @param more fields that the request has in addition to those of the protocol, or instead of them
   * @throws {Unexpected | AdapterFault}
   */
  async runOnce(
    cases: readonly WireCase[],
    more: { readonly id?: number; readonly unknownField?: object } = {},
  ): Promise<Reply[]> {
    const encoding = this.hello.encodings?.[0] ?? "base64";
    const request = { message: "run", id: this.nextId(), encoding, cases, ...more };
    const line = JSON.stringify(request, encoding === "hex" ? tensorInHex : undefined);
    const names = cases.map((one) => one.case);
    return this.ask(line, "run", this.runTimeout, (reply) => readReplies(reply, request.id, names));
  }

  /** The reply to one program. */
  async runProgram(program: Program): Promise<Reply> {
    const [reply] = await this.run([{ case: "it", program: encodeProgram(program) }]);
    return reply;
  }

  /**
   * Ask it to end. It ends with status 0 and does not reply.
   * @throws {Unexpected}
   */
  async stop(): Promise<void> {
    this.send(this.stopRequest());
    await this.expectEnd("stop");
    this.lastReceived = this.process.waiting;
    if (this.lastReceived !== undefined) throw new Unexpected("no reply", "stop");
  }

  /**
   * End its input. It ends with status 0.
   * @throws {Unexpected | AdapterFault}
   */
  async endInput(): Promise<void> {
    this.lastSent = "the end of standard input";
    this.process.endInput();
    await this.expectEnd("Process");
  }

  /**
   * Ask it to end, and end its input. Until it ends or the time is over it prints nothing more.
   * @throws {Unexpected | AdapterFault}
   */
  async expectSilence(): Promise<void> {
    this.over = true;
    this.lastReceived = undefined;
    this.lastSent = this.stopRequest();
    this.process.endInput(this.lastSent);
    try {
      this.lastReceived = await this.process.receive(this.runTimeout);
    } catch (error) {
      // No line: it has exited, as it should, or is silent.
      if (error instanceof AdapterFault && error.verdict !== "protocol-error") return;
      throw error;
    }
    throw new Unexpected("nothing: every line on standard output answers a request", "Process");
  }

  async kill(): Promise<void> {
    this.over = true;
    await this.process.kill();
  }

  private async expectEnd(section: Section): Promise<void> {
    this.over = true;
    const end = await this.process.exited(this.runTimeout);
    // It was killed for what it printed, so its status is meaningless.
    if (this.process.fault?.verdict === "protocol-error") throw this.process.fault;
    if (end?.code === 0) return;
    const got =
      end === undefined
        ? `nothing: still running after ${this.runTimeout / 1000} s`
        : `it ended ${end.signal === null ? `with status ${end.code}` : `by ${end.signal}`}`;
    throw new Unexpected("the process ends with status 0", section, got);
  }

  private nextId(): number {
    return ++this.lastId;
  }

  private stopRequest(): string {
    return JSON.stringify({ message: "stop", id: this.nextId() });
  }

  private send(line: string): void {
    this.lastReceived = undefined;
    this.lastSent = line;
    this.process.send(line);
  }

  /** Send a request and read the reply. */
  private async ask<T>(
    line: string,
    section: Section,
    budget: number,
    read: (reply: string) => T,
  ): Promise<T> {
    this.send(line);
    this.lastReceived = await this.process.receive(budget);
    try {
      return read(this.lastReceived);
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      throw new Unexpected("an answer that follows the protocol", section, error.message);
    }
  }
}
