import { setImmediate as turn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Program } from "../../program/program.js";
import {
  type Adapter,
  AdapterUnavailable,
  type Outcome,
  type RunOptions,
  type UnexplainedFault,
} from "../adapter.js";
import type { Hello } from "../hello.js";
import { AdapterFault } from "./adapter-fault.js";
import { AdapterProcess } from "./adapter-process.js";
import { Exchange } from "./exchange.js";
import { FaultBisector, faultText } from "./fault-bisector.js";
import { type EncodedProgram, encodeProgram, type RunRequest } from "./run-request.js";
import { type NegotiatedLimits, Session } from "./session.js";

/** How an adapter's process is started, and how long it may take. */
export interface ChildProcessAdapterOptions {
  /** Program and arguments, started without a shell. */
  readonly command: readonly [string, ...string[]];
  /** Milliseconds for the answer to `hello`. Default: 30000. */
  readonly helloTimeout?: number;
  /**
   * Milliseconds for the answer to one `run`, once those before it are answered. The first one of a process has as much
   * more as first answers have taken, and the very first one also has the time for `hello`. Default: 10000.
   */
  readonly runTimeout?: number;
  /** Restarts allowed after faults, not counting those that only confirm one. Default: 100. */
  readonly restarts?: number;
  /** Record the protocol exchange, for `exchangeOf`. Default: false. */
  readonly trace?: boolean;
  /** Longest line that is read, in bytes. Default: `LINE_LIMIT`. */
  readonly lineLimit?: number;
}

/** A program that waits for its outcome. */
interface Job {
  readonly program: Program;
  readonly encoded: EncodedProgram;
  readonly alone: boolean;
  settle(outcome: Outcome): void;
  reject(error: Error): void;
}

/** Queue entry that asks for a fresh process at this point. */
interface Refresh {
  readonly refresh: true;
  settle(): void;
  reject(error: Error): void;
}

interface Outstanding {
  readonly request: RunRequest;
  readonly jobs: readonly Job[];
  readonly sentAt: number;
  readonly exchange: Exchange | undefined;
}

/** Failed handshakes in a row after which the process is not started again. */
const START_ATTEMPTS = 3;
/** More concurrent programs than this do not help: they would wait for the suite, not for the adapter. */
const MAX_CONCURRENCY = 64;

/** Drives an implementation in another process, by the adapter protocol (spec/PROTOCOL.md). */
export class ChildProcessAdapter implements Adapter {
  private readonly command: readonly [string, ...string[]];
  private readonly helloTimeout: number;
  private readonly mostRestarts: number;
  private readonly lineLimit: number | undefined;

  private handshakeReply: Promise<Hello> | undefined;
  private terms: NegotiatedLimits | undefined;
  private readonly bisector: FaultBisector<Job>;
  private readonly exchanges: WeakMap<Program, Exchange> | undefined;

  /** The session that requests are sent to. */
  private session: Session | undefined;
  /** Processes that were started and have not ended. */
  private readonly living = new Set<AdapterProcess>();
  private lastAnswer = 0;
  private restartCount = 0;
  /** Restarts after the second fault of a case; the first one was already counted. */
  private confirmations = 0;

  private queue: (Job | Refresh)[] = [];
  private outstanding: Outstanding[] = [];
  private driving = false;
  private driver: Promise<void> | undefined;
  private fillScheduled = false;
  /** Why no more programs are run. */
  private closed: Error | undefined;
  private stopping: Promise<void> | undefined;

  constructor(options: ChildProcessAdapterOptions) {
    this.command = options.command;
    this.helloTimeout = options.helloTimeout ?? 30_000;
    this.mostRestarts = options.restarts ?? 100;
    this.lineLimit = options.lineLimit;
    this.bisector = new FaultBisector(options.runTimeout ?? 10_000, this.helloTimeout);
    this.exchanges = options.trace ? new WeakMap() : undefined;
  }

  /** Restarts after faults so far. */
  get restarts(): number {
    return this.restartCount;
  }

  /**
   * Faults that could not be attributed to a program: they were not reproduced when the programs of the request were run
   * separately, or happened when nothing was outstanding. Complete after `stop`.
   */
  get unexplained(): readonly UnexplainedFault[] {
    return this.bisector.unexplained;
  }

  /** Enough to fill the adapter's requests while the next one is prepared; 1 before `hello`. */
  get concurrency(): number {
    if (!this.terms) return 1;
    return Math.min(MAX_CONCURRENCY, (this.terms.pipeline + 1) * this.terms.cases);
  }

  hello(): Promise<Hello> {
    this.handshakeReply ??= this.handshake();
    return this.handshakeReply;
  }

  async run(programs: readonly Program[], { alone = false }: RunOptions = {}): Promise<readonly Outcome[]> {
    await this.hello();
    const { encoding } = this.terms as NegotiatedLimits;
    const encoded = programs.map((program) => encodeProgram(program, encoding));
    if (this.closed) throw this.closed;
    if (programs.length === 0) return [];
    return new Promise((resolve, reject) => {
      const outcomes = new Array<Outcome>(programs.length);
      let left = programs.length;
      programs.forEach((program, k) => {
        const settle = (outcome: Outcome) => {
          outcomes[k] = outcome;
          if (--left === 0) resolve(outcomes);
        };
        this.queue.push({ program, encoded: encoded[k], alone, settle, reject });
      });
      this.wake();
    });
  }

  /** Programs queued before this run in the current process, later ones in a new one. */
  async refresh(): Promise<void> {
    await this.hello();
    if (this.closed) throw this.closed;
    return new Promise((resolve, reject) => {
      this.queue.push({ refresh: true, settle: resolve, reject });
      this.wake();
    });
  }

  /** Ask the process to end, and end it if it does not. The same promise for every call. */
  stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  exchangeOf(program: Program): readonly string[] | undefined {
    return this.exchanges?.get(program)?.lines;
  }

  private async shutDown(): Promise<void> {
    this.close(new AdapterUnavailable("the adapter was stopped", "run"));
    if (this.session) await this.end(this.session);
    await this.killAll();
    // Pending work ends by itself once closed. A process that was still starting is ended there.
    await Promise.allSettled([this.handshakeReply, this.driver]);
  }

  /** Run nothing from now on, and reject all pending promises with this error. */
  private close(error: Error): void {
    this.closed ??= error;
    for (const waiting of this.queue) waiting.reject(this.closed);
    for (const { jobs } of this.outstanding) for (const job of jobs) job.reject(this.closed);
    this.queue = [];
  }

  /** The first start. */
  private async handshake(): Promise<Hello> {
    try {
      this.session = await this.start();
      this.terms = this.session.terms;
      return this.session.hello;
    } catch (error) {
      if (!(error instanceof AdapterFault)) throw error;
      const hint = error.verdict === "timeout" ? " (does it flush its output after each line?)" : "";
      const problem = `the handshake with the adapter failed${hint}: ${withStderr(error)}`;
      const unavailable = new AdapterUnavailable(problem, "start");
      this.closed ??= unavailable;
      throw unavailable;
    }
  }

  /**
   * Start a process and perform the handshake.
   * @throws {AdapterFault}
   */
  private async start(): Promise<Session> {
    if (this.closed) throw this.closed;
    const process = await AdapterProcess.start(this.command, {
      lineLimit: this.lineLimit,
      onStderr: (text) => this.outstanding[0]?.exchange?.stderr(text),
    });
    this.living.add(process);
    try {
      if (this.closed) throw this.closed;
      return await Session.open(process, this.helloTimeout);
    } catch (error) {
      await this.discard(process);
      throw this.closed ?? error;
    }
  }

  /** Make sure that the queue is being processed. */
  private wake(): void {
    if (!this.driving) {
      this.driving = true;
      this.driver = this.drive();
    } else if (!this.fillScheduled && this.outstanding.length > 0) {
      // Requests are outstanding, and there may be room for another.
      this.fillScheduled = true;
      setImmediate(() => {
        this.fillScheduled = false;
        if (this.session) this.fill(this.session);
      });
    }
  }

  /** Process the queue until it is empty. */
  private async drive(): Promise<void> {
    try {
      for (;;) {
        // Yield once, so that other callers can queue their programs for the same requests.
        await turn();
        if (this.closed) break;
        const next = this.queue[0];
        if (this.outstanding.length === 0) {
          if (next === undefined) break;
          if ("refresh" in next) {
            await this.replace(next);
            continue;
          }
        }
        const session = await this.ready();
        this.fill(session);
        if (this.outstanding.length > 0) await this.readAnswer(session);
      }
    } catch (error) {
      this.close(error as Error);
      await this.killAll();
    }
    this.driving = false;
  }

  private async replace(refresh: Refresh): Promise<void> {
    this.queue.shift();
    try {
      if (this.session) await this.end(this.session);
      await this.ready();
      refresh.settle();
    } catch (error) {
      refresh.reject(error as Error);
      throw error;
    }
  }

  /** A session that can take requests: the current one, or a new one in its place. */
  private async ready(): Promise<Session> {
    const fault = this.session?.process.fault;
    if (this.session && fault && this.outstanding.length === 0) await this.recover(this.session, fault);
    let failures = 0;
    while (!this.session) {
      try {
        const session = await this.start();
        this.sameAsBefore(session.hello, await this.hello());
        this.session = session;
      } catch (error) {
        if (!(error instanceof AdapterFault)) throw error;
        if (++failures === START_ATTEMPTS) {
          const problem = `the adapter failed to restart ${failures} times: ${withStderr(error)}`;
          throw new AdapterUnavailable(problem, "run");
        }
        this.countRestart(error);
      }
    }
    return this.session;
  }

  /** Results of two implementations must not be mixed. */
  private sameAsBefore(hello: Hello, before: Hello): void {
    const fields = new Set([...Object.keys(before), ...Object.keys(hello)]) as Set<keyof Hello>;
    for (const field of fields) {
      if (isDeepStrictEqual(hello[field], before[field])) continue;
      const now = JSON.stringify(hello[field]);
      const problem = `the hello of the adapter changed after a restart: ${field} was ${JSON.stringify(before[field])} and is ${now}`;
      throw new AdapterUnavailable(problem, "run");
    }
  }

  /** Send as many requests as the pipeline allows. */
  private fill(session: Session): void {
    if (session.process.fault) return;
    while (this.outstanding.length < (this.bisector.oneByOne ? 1 : session.terms.pipeline)) {
      if (!this.sendNext(session)) return;
    }
  }

  /** Send one request with programs from the head of the queue. Returns false if there is none to be sent now. */
  private sendNext(session: Session): boolean {
    const { terms } = session;
    const request = session.request();
    const most = Math.min(terms.cases, this.bisector.cases);
    if (this.outstanding.some(({ jobs }) => jobs[0].alone)) return false;
    const jobs: Job[] = [];
    while (jobs.length < most) {
      const job = this.queue[jobs.length];
      if (job === undefined || "refresh" in job) break;
      if (job.alone && (jobs.length > 0 || this.outstanding.length > 0)) break;
      if (request.add(job.encoded)) {
        jobs.push(job);
        if (job.alone) break;
      } else if (jobs.length > 0) {
        break;
      } else {
        const reason = `its request would be a line of ${request.bytesWith(job.encoded)} bytes, and the adapter reads no more than ${terms.bytes} (limits.bytes)`;
        this.queue.shift();
        job.settle({ status: "not-sent", reason });
      }
    }
    if (jobs.length === 0) return false;
    this.queue.splice(0, jobs.length);
    const exchange = this.exchanges && new Exchange();
    if (exchange) {
      if (session.answered === 0 && this.outstanding.length === 0)
        exchange.event("first request of a fresh process");
      exchange.sent(request.line);
      for (const { program } of jobs) this.exchanges?.set(program, exchange);
    }
    this.outstanding.push({ request, jobs, exchange, sentAt: performance.now() });
    session.send(request);
    return true;
  }

  /** Read the answer to the oldest outstanding request. */
  private async readAnswer(session: Session): Promise<void> {
    const [{ request, jobs, exchange, sentAt }] = this.outstanding;
    try {
      const line = await session.process.receive(this.bisector.timeout(session.answered === 0));
      exchange?.received(line);
      const now = performance.now();
      const elapsed = now - Math.max(sentAt, this.lastAnswer);
      this.lastAnswer = now;
      const fresh = session.answered === 0;
      const replies = await session.replies(request, line, this.outstanding.length === 1);
      this.outstanding.shift();
      this.bisector.answered(jobs, elapsed, fresh);
      jobs.forEach((job, k) => {
        job.settle(replies[k]);
      });
    } catch (error) {
      if (!(error instanceof AdapterFault)) throw error;
      await this.recover(session, error);
    }
  }

  /**
   * End a process that failed. The culprit, if known, gets its outcome; all other outstanding programs go back to
   * the head of the queue.
   */
  private async recover(session: Session, fault: AdapterFault): Promise<void> {
    const { outstanding } = this;
    const jobs = outstanding.flatMap((each) => each.jobs);
    this.session = undefined;
    this.outstanding = [];
    for (const { exchange } of outstanding) exchange?.event(faultText(fault));
    let confirmed = false;
    if (!this.closed) {
      const context = { fresh: session.answered === 0, alone: jobs.some(({ alone }) => alone) };
      const blamed = fault.subject === "request";
      if (!blamed) this.bisector.note(fault);
      confirmed = blamed && this.bisector.failed(jobs, fault, context);
      if (confirmed) jobs[0].settle(fault.outcome());
      else this.queue = [...jobs, ...this.queue];
    }
    await this.discard(session.process);
    if (this.closed) throw this.closed;
    if (fault.subject === "hello") {
      const problem = `${fault.message}; the id is that of hello: answer each request once, with its own id`;
      const untried = session.answered === 0 && this.restartCount === 0;
      throw new AdapterUnavailable(problem, untried ? "start" : "run");
    }
    if (confirmed) this.confirmations++;
    this.countRestart(fault);
  }

  private countRestart(fault: AdapterFault): void {
    if (this.restartCount - this.confirmations >= this.mostRestarts) {
      const problem = `gave up on the adapter after ${this.restartCount} restarts; the last fault: ${withStderr(fault)}`;
      throw new AdapterUnavailable(problem, "run");
    }
    this.restartCount++;
  }

  /** End a session as the protocol says, and otherwise by force. */
  private async end(session: Session): Promise<void> {
    this.session = undefined;
    const fault = await session.end();
    this.living.delete(session.process);
    if (fault) this.bisector.note(fault);
  }

  private async discard(process: AdapterProcess): Promise<void> {
    await process.kill();
    this.living.delete(process);
  }

  private async killAll(): Promise<void> {
    await Promise.all([...this.living].map((process) => this.discard(process)));
  }
}

/** A fault with the tail of standard error, which usually explains why a process does not start. */
function withStderr(fault: AdapterFault): string {
  const stderr = fault.stderr.trim();
  return stderr === "" ? fault.message : `${fault.message}\nstderr (tail):\n${stderr}`;
}
