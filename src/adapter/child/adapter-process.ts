import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { AdapterFault } from "./adapter-fault.js";
import { LineReader, type ReadLine } from "./line-reader.js";
import { adoptGroup, killGroup, OWN_GROUP, releaseGroup } from "./process-group.js";
import { quoteLine } from "./quote-line.js";
import { StderrTail } from "./stderr-tail.js";

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface AdapterProcessOptions {
  /** Longest line that is read from it, in bytes. Default: `LINE_LIMIT`. */
  readonly lineLimit?: number | undefined;
  /** Called with what it writes to standard error, as it arrives. */
  readonly onStderr?: (text: string) => void;
}

/** Milliseconds allowed between the exit of a process and the end of its output, or the reverse. */
const GRACE = 1000;
/** Milliseconds in which a killed process is gone, unless the system blocks it. */
const KILL_TIMEOUT = 5000;
/** Number of slices in which a budget is waited for; see `news`. */
const SLICES = 10;

/**
 * One process that is sent lines and answers each with one line. Its first fault ends it: the process and all that
 * it has started are killed, and every later `receive` throws the fault once the lines before it are taken.
 */
export class AdapterProcess {
  /** What ended it, as soon as that is known. Absent if it exited on request. */
  fault: AdapterFault | undefined;

  private readonly reader: LineReader;
  private readonly tail = new StderrTail();
  /** Answers that have not been taken yet. There are never more than there were requests. */
  private readonly inbox: string[] = [];
  /** Requests whose answer has not come. */
  private awaited = 0;
  private ending = false;
  private exit: Exit | undefined;
  private readonly exitPromise: Promise<Exit>;
  private announce: (exit: Exit) => void = () => {};
  private wake: (() => void) | undefined;

  /**
   * Start a program, without a shell, in the present folder and environment.
   * @throws {AdapterFault} if there is no such program, or it cannot be run
   */
  static start(
    command: readonly [string, ...string[]],
    options: AdapterProcessOptions = {},
  ): Promise<AdapterProcess> {
    const [file, ...parameters] = command;
    return new Promise((resolve, reject) => {
      const refuse = (error: Error) => reject(new AdapterFault("crash", spawnProblem(file, error), ""));
      try {
        const child = spawn(file, parameters, { stdio: "pipe", detached: OWN_GROUP });
        if (child.pid !== undefined) adoptGroup(child.pid);
        child.once("error", refuse);
        child.once("spawn", () => resolve(new AdapterProcess(child, options)));
      } catch (error) {
        refuse(error as Error);
      }
    });
  }

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    { lineLimit, onStderr }: AdapterProcessOptions,
  ) {
    this.reader = new LineReader(lineLimit);
    this.exitPromise = new Promise((resolve) => {
      this.announce = resolve;
    });
    // Ignore write errors: a process that no longer reads is detected by its silence or its exit.
    for (const emitter of [child, child.stdin, child.stdout, child.stderr]) emitter.on("error", () => {});
    child.stdout.on("data", (chunk: Buffer) => this.take(this.reader.push(chunk)));
    child.stdout.once("end", () => this.within(GRACE, () => this.closedOutput()));
    child.stderr.on("data", (chunk: Buffer) => {
      this.tail.push(chunk);
      onStderr?.(chunk.toString("utf8"));
    });
    child.once("exit", (code, signal) => {
      // Its own child processes may keep its output open.
      killGroup(this.pid);
      this.within(GRACE, () => this.ended({ code, signal }));
    });
    child.once("close", (code, signal) => this.ended({ code, signal }));
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** The end of what it has written to standard error: 8 KiB. */
  get stderr(): string {
    return this.tail.text;
  }

  /** The answer that the next `receive` would return immediately, if there is one. */
  get waiting(): string | undefined {
    return this.inbox[0];
  }

  /** Send a line that must be answered by one line. */
  send(line: string): void {
    this.awaited++;
    this.child.stdin.write(`${line}\n`);
  }

  /** End its standard input, after a last line that has no answer. From now on it may end with any status. */
  endInput(last?: string): void {
    this.ending = true;
    this.child.stdin.end(last === undefined ? undefined : `${last}\n`);
  }

  /**
   * The next answer.
   * @param budget milliseconds. Time in which this process is busy and reads nothing hardly counts.
   * @throws {AdapterFault}
   */
  async receive(budget: number): Promise<string> {
    if (this.inbox.length === 0 && !this.fault && !this.exit) await this.news(budget);
    const line = this.inbox.shift();
    if (line !== undefined) return line;
    if (this.exit) this.fail("crash", this.exitText(this.exit), isFromOutside(this.exit));
    else this.fail("timeout", `the process did not answer within ${budget / 1000} s`);
    throw this.fault;
  }

  /** How it exited, or undefined if it is still running after `budget` milliseconds. */
  async exited(budget: number): Promise<Exit | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), budget);
    });
    const exit = await Promise.race([this.exitPromise, late]);
    clearTimeout(timer);
    return exit;
  }

  /** Kill it and whatever it has started, and wait until it is gone. */
  async kill(): Promise<void> {
    this.ending = true;
    if (!this.exit) killGroup(this.pid);
    await this.exited(KILL_TIMEOUT);
  }

  private take(lines: readonly ReadLine[]): void {
    for (const line of lines) {
      if (this.fault) return;
      if (line.kind !== "line") {
        this.fail("protocol-error", `${UNUSABLE[line.kind]}; it begins ${quoteLine(line.head)}`);
      } else if (this.awaited === 0) {
        this.fail(
          "protocol-error",
          `an unexpected line, after all requests had been answered: ${quoteLine(line.text)}`,
        );
      } else {
        this.awaited--;
        this.inbox.push(line.text);
        this.wake?.();
      }
    }
  }

  private closedOutput(): void {
    if (this.exit || this.ending) return;
    const problem =
      "the process closed its standard output but kept running, so no further answer can arrive";
    this.fail("protocol-error", problem);
  }

  private ended(exit: Exit): void {
    if (this.exit) return;
    this.exit = exit;
    releaseGroup(this.pid);
    for (const stream of [this.child.stdout, this.child.stderr]) stream.destroy();
    this.announce(exit);
    const rest = this.reader.end();
    if (rest && exit.code === 0) this.take([rest]);
    else if (!this.ending) this.fail("crash", this.exitText(exit, rest), isFromOutside(exit));
    this.wake?.();
  }

  /** Only the first fault counts: what follows is its consequence. */
  private fail(verdict: AdapterFault["verdict"], message: string, external?: boolean): void {
    if (this.fault) return;
    const subject = this.awaited > 0 ? "request" : "nothing";
    this.fault = new AdapterFault(verdict, message, this.stderr, subject, external);
    if (!this.exit) killGroup(this.pid);
    this.child.stdout.destroy();
    this.wake?.();
  }

  private exitText({ code, signal }: Exit, rest?: ReadLine): string {
    const within = rest ? " in the middle of a line" : "";
    if (signal) return `the process was killed by ${signal}${within}`;
    if (code !== 0) return `the process ended with status ${code}${within}`;
    return this.awaited > 0
      ? "the process ended with status 0 without an answer"
      : "the process exited unexpectedly (status 0)";
  }

  /** Do something later, unless the process has exited by then. */
  private within(milliseconds: number, action: () => void): void {
    const timer = setTimeout(action, milliseconds);
    void this.exitPromise.then(() => clearTimeout(timer));
  }

  /**
   * Wait for an answer, a fault or the end of the budget. A timer that fires late fires all the same: a suite that
   * has been computing for longer than the budget would find it spent, and the answer unread. So the budget is
   * waited for in slices, and pending input gets one more turn after the last.
   */
  private news(budget: number): Promise<void> {
    return new Promise((resolve) => {
      let slices = SLICES;
      let timer: NodeJS.Timeout;
      const done = () => {
        clearTimeout(timer);
        if (this.wake === done) this.wake = undefined;
        resolve();
      };
      const wait = () => {
        timer = setTimeout(() => {
          if (--slices > 0) wait();
          else setImmediate(done);
        }, budget / SLICES);
      };
      this.wake = done;
      wait();
    });
  }
}

const UNUSABLE = {
  oversized: "a line is longer than an answer may be",
  "not-utf8": "a line is not UTF-8",
  truncated: "a line is cut off: the process ended within it",
} as const;

/** Signals that a system or a user sends to a process: the out-of-memory killer sends SIGKILL. */
const SENT_SIGNALS: readonly (NodeJS.Signals | null)[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

function isFromOutside({ signal }: Exit): boolean {
  return SENT_SIGNALS.includes(signal);
}

function spawnProblem(file: string, error: Error): string {
  const name = JSON.stringify(file);
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return `cannot start ${name}: no such program (ENOENT); a command is not given to a shell, so check its path and the first line of a script`;
    case "EACCES":
      return `cannot start ${name}: it may not be executed (EACCES); make it executable or name its interpreter`;
    default:
      return `cannot start ${name}: ${error.message}`;
  }
}
