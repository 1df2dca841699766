import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Adapter, Outcome, RunOptions, UnexplainedFault } from "../../adapter/adapter.js";
import {
  ChildProcessAdapter,
  type ChildProcessAdapterOptions,
} from "../../adapter/child/child-process-adapter.js";
import type { Hello } from "../../adapter/hello.js";
import { packageRoot } from "../../package-info.js";
import type { Program } from "../../program/program.js";
import type { UpdateSource } from "../update/update-source.js";
import { whyNotServed } from "./servable.js";
import { type ServeOptions, updateSource } from "./serve-options.js";

/**
 * Graphs as the thing under test, in a process of its own, so that a runtime that crashes is found out and started
 * again. Programs for which there is no graph are not sent, with the reason.
 * @throws {ModelError}
 * @throws {UnbuildableEvaluation}
 */
export function graphProcess(
  options: ServeOptions,
  adapter: Omit<ChildProcessAdapterOptions, "command">,
  serve = compiledServe(),
): Adapter {
  // Read here too: a bad model is found before anything is started.
  const source = updateSource(options);
  const command = [process.execPath, serve, JSON.stringify(options)] as const;
  return new ServedPrograms(new ChildProcessAdapter({ ...adapter, command }), source);
}

/** Node runs compiled files: the one next to this file, or, if this file is a source, the one in dist. */
function compiledServe(): string {
  const adjacent = fileURLToPath(new URL("./serve.js", import.meta.url));
  return existsSync(adjacent) ? adjacent : join(packageRoot(), "dist", "src", "onnx", "runtime", "serve.js");
}

/** Passes on what can be run. */
class ServedPrograms implements Adapter {
  constructor(
    private readonly process: ChildProcessAdapter,
    private readonly source: UpdateSource,
  ) {}

  get concurrency(): number {
    return this.process.concurrency;
  }

  get restarts(): number {
    return this.process.restarts;
  }

  get unexplained(): readonly UnexplainedFault[] {
    return this.process.unexplained;
  }

  hello(): Promise<Hello> {
    return this.process.hello();
  }

  async run(programs: readonly Program[], options?: RunOptions): Promise<readonly Outcome[]> {
    const reasons = programs.map((program) => whyNotServed(program, this.source));
    const sent = programs.filter((_, k) => reasons[k] === undefined);
    const outcomes = [...(await this.process.run(sent, options))];
    return reasons.map((reason) =>
      reason === undefined ? (outcomes.shift() as Outcome) : { status: "not-sent", reason },
    );
  }

  refresh(): Promise<void> {
    return this.process.refresh();
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  exchangeOf(program: Program): readonly string[] | undefined {
    return this.process.exchangeOf(program);
  }
}
