import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GraphRunError } from "./graph-run-error.js";
import type { GraphTensors, IterationRequest } from "./iteration-request.js";
import type { FromWorker, ToWorker } from "./worker-messages.js";

/** Lines of standard error that are kept to explain an end. */
const MAX_STDERR_LINES = 20;

interface Pending {
  readonly id: number;
  readonly steps: GraphTensors[];
  readonly onStep: (done: number) => void;
  readonly resolve: (steps: readonly GraphTensors[]) => void;
  readonly reject: (error: GraphRunError) => void;
}

/**
 * Runs training graphs in a child process, one request at a time. When the runtime ends that process, the request
 * fails with what it said last, and the next one has a new process.
 */
export class GraphWorker {
  private child: ChildProcess | undefined;
  private pending: Pending | undefined;
  private requests = 0;
  private stderr: string[] = [];

  /**
   * All steps of a training graph.
   * @throws {GraphRunError} if the runtime refuses the graph or its inputs, or its process ends
   */
  iterate(
    request: IterationRequest,
    onStep: (done: number) => void = () => {},
  ): Promise<readonly GraphTensors[]> {
    if (this.pending) throw new Error("a graph worker runs one request at a time");
    const child = this.child ?? this.start();
    return new Promise((resolve, reject) => {
      const id = ++this.requests;
      this.pending = { id, steps: [], onStep, resolve, reject };
      child.send({ id, request } satisfies ToWorker);
    });
  }

  /** End the process, which keeps the program alive until then; a request that is under way fails. */
  stop(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }

  private start(): ChildProcess {
    // Typed arrays go over as they are, and not as JSON, which has no NaN.
    const child = fork(workerPath(), {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.stderr = [];
    child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr = [...this.stderr, ...chunk.toString("utf8").split("\n")]
        .filter((line) => line.trim() !== "")
        .slice(-MAX_STDERR_LINES);
    });
    child.on("message", (message: FromWorker) => this.receive(message));
    child.on("close", (code, signal) => {
      if (this.child === child) this.child = undefined;
      const how = signal === null ? `ended with status ${code}` : `was ended by ${signal}`;
      this.settle(({ reject }) =>
        reject(new GraphRunError(`the runtime's process ${how}${this.lastStderrLines()}`, true)),
      );
    });
    this.child = child;
    return child;
  }

  private receive(message: FromWorker): void {
    if (message.id !== this.pending?.id) return;
    if ("outputs" in message) {
      this.pending.steps.push(message.outputs);
      this.pending.onStep(this.pending.steps.length);
    } else if ("failed" in message) {
      this.settle(({ reject }) => reject(new GraphRunError(message.failed, false)));
    } else this.settle(({ resolve, steps }) => resolve(steps));
  }

  private settle(how: (pending: Pending) => void): void {
    const { pending } = this;
    this.pending = undefined;
    if (pending) how(pending);
  }

  private lastStderrLines(): string {
    return this.stderr.length === 0 ? "" : `; it said last: ${this.stderr.slice(-3).join(" / ")}`;
  }
}

/** A process runs compiled files only; if this file is a source, no worker is next to it. */
function workerPath(): string {
  const path = fileURLToPath(new URL("./iteration-worker.js", import.meta.url));
  if (!existsSync(path)) throw new GraphRunError(`${path} is missing; run npm run build`, false);
  return path;
}
