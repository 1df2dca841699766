import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { afterEach, expect } from "vitest";
import { z } from "zod";
import type { Program } from "../../program/program.js";
import { encodeProgram } from "../../program/program-codec.js";
import { helloReplySchema, runReplyCodec } from "../messages.js";
import type { Reply } from "../reply.js";

const running = new Set<ChildProcessWithoutNullStreams>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** An adapter's process, seen as lines. It is killed when the test ends. */
export class AdapterLines {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncGenerator<string, undefined>;
  private lastId = 0;
  /** Exit status and signal. */
  readonly ended: Promise<unknown[]>;
  /** Characters on its standard output so far, as far as somebody waits for lines. */
  received = 0;
  stderr = "";

  /** @param command program and arguments */
  constructor(...[program, ...parameters]: readonly [string, ...string[]]) {
    this.child = spawn(program, parameters);
    this.ended = once(this.child, "close");
    this.lines = linesOf(this.child.stdout, (length) => {
      this.received += length;
    });
    this.child.stderr.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
    // A process that has ended does not read; what it leaves behind is seen in its lines and its status.
    this.child.stdin.on("error", () => {});
    running.add(this.child);
    this.child.on("close", () => running.delete(this.child));
  }

  get isRunning(): boolean {
    return running.has(this.child);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  write(text: string | Buffer): void {
    this.child.stdin.write(text);
  }

  /** Write one request. The answer is its id. */
  send(request: object): number {
    this.write(`${JSON.stringify({ id: ++this.lastId, ...request })}\n`);
    return this.lastId;
  }

  endInput(): void {
    this.child.stdin.end();
  }

  /** The next line, or undefined at the end of its output. */
  async line(): Promise<string | undefined> {
    return (await this.lines.next()).value;
  }

  async reply(): Promise<unknown> {
    const line = await this.line();
    if (line === undefined)
      throw new Error(`no reply, but the end of output; standard error: ${this.stderr}`);
    return JSON.parse(line);
  }

  /** Send a request and read the reply, which must repeat its id. */
  async ask(request: object): Promise<unknown> {
    const id = this.send(request);
    const reply = await this.reply();
    expect(reply).toMatchObject({ id });
    return reply;
  }

  async hello() {
    const request = { message: "hello", protocol: 1, suite: "rmsprop-conformance test" };
    return helloReplySchema.parse(await this.ask(request));
  }

  /** Its answers to programs, all in one request. */
  run(programs: readonly Program[]): Promise<readonly Reply[]> {
    return this.runWires(programs.map(encodeProgram));
  }

  /** Its answers to programs in their wire form, all in one request, under these names. */
  async runWires(
    wires: readonly unknown[],
    names: readonly string[] = wires.map((_, k) => `case ${k}`),
  ): Promise<readonly Reply[]> {
    const reply = await this.ask(runRequest(wires, names));
    const { results } = z.decode(runReplyCodec, reply as z.input<typeof runReplyCodec>);
    expect(results.map(({ case: name }) => name)).toEqual(names);
    return results.map(({ case: _, ...result }) => result);
  }
}

/** A `run` request without its id. */
export function runRequest(
  wires: readonly unknown[],
  names: readonly string[] = wires.map((_, k) => `case ${k}`),
) {
  const cases = wires.map((program, k) => ({ case: names[k], program }));
  return { message: "run", encoding: "base64", cases };
}

/** Lines, and what comes after the last one if there is anything. */
async function* linesOf(
  output: Readable,
  onChunk: (length: number) => void,
): AsyncGenerator<string, undefined> {
  let line = "";
  for await (const chunk of output.setEncoding("utf8")) {
    onChunk(chunk.length);
    const [first, ...more] = (chunk as string).split("\n");
    line += first;
    for (const next of more) {
      yield line;
      line = next;
    }
  }
  if (line !== "") yield line;
}
