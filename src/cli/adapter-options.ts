import { type Command, Option } from "commander";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import type { Adapter } from "../adapter/adapter.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { ChildProcessAdapter } from "../adapter/child/child-process-adapter.js";
import { graphProcess } from "../onnx/runtime/graph-process.js";
import { shellText } from "../report/text/shell-text.js";
import { type OnnxFlags, serveOptionsFrom } from "./onnx-options.js";
import { parseCount, parseSeconds } from "./option-values.js";

/** Options of every command that takes an adapter. */
export interface AdapterFlags extends OnnxFlags {
  /** Milliseconds. */
  readonly helloTimeout: number;
  /** Milliseconds. */
  readonly runTimeout: number;
  readonly restarts: number;
  readonly trace?: boolean;
}

/** The timeouts of an adapter. */
export function addTimeouts(command: Command): Command {
  return command
    .addOption(
      new Option("--hello-timeout <seconds>", "timeout for the adapter to start")
        .argParser(parseSeconds)
        .default(30_000, "30"),
    )
    .addOption(
      new Option("--run-timeout <seconds>", "timeout for each answer, and for the adapter to exit")
        .argParser(parseSeconds)
        .default(10_000, "10"),
    );
}

/** The options of every command that drives an adapter through many cases. */
export function addAdapterOptions(command: Command): Command {
  return addTimeouts(command).addOption(
    new Option("--restarts <count>", "maximum number of restarts after crashes and timeouts")
      .argParser(parseCount)
      .default(500),
  );
}

/**
 * Positional arguments are an adapter command only after `--`: otherwise its options would be parsed as the suite's, and
 * a misspelt option value as a program to start.
 */
export function refuseWithoutSeparator(command: Command, argv: readonly string[]): void {
  let root: Command = command;
  while (root.parent) root = root.parent;
  // Commander keeps what it was given, but does not declare it.
  const { rawArgs = [] } = root as { rawArgs?: readonly string[] };
  if (argv.length === 0 || rawArgs.includes("--")) return;
  command.error(
    `error: too many arguments: ${shellText(argv)}. Put the adapter command after --, as in: ${command.name()} -- python3 adapter.py`,
  );
}

/**
 * The adapter that a command line asks for: ONNX graphs, a command, or the bundled implementation.
 * @param claimsBits false to ignore the evaluation that a model's metadata claims
 * @throws {ModelError}
 * @throws {UnbuildableEvaluation}
 */
export function adapterFrom(
  argv: readonly string[],
  flags: AdapterFlags,
  dialect?: string,
  evaluation?: PinnedEvaluationName,
  claimsBits = true,
): Adapter {
  const { helloTimeout, runTimeout, restarts, trace = false } = flags;
  const process = { helloTimeout, runTimeout, restarts, trace };
  const graphs = serveOptionsFrom(flags, dialect, evaluation, claimsBits);
  if (graphs) return graphProcess(graphs, process);
  const [executable, ...parameters] = argv;
  if (executable === undefined) return bundledAdapter(evaluation ?? "fused");
  return new ChildProcessAdapter({ command: [executable, ...parameters], ...process });
}

/** A command line to paste into a shell. */
export function commandText(
  name: string,
  flags: readonly string[],
  selection: string,
  argv: readonly string[],
): string {
  return [
    shellText(["npx", "rmsprop-conformance", name, ...flags]),
    ...(selection === "" ? [] : [selection]),
    ...(argv.length === 0 ? [] : ["--", shellText(argv)]),
  ].join(" ");
}
