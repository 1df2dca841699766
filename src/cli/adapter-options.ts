import { type Command, Option } from "commander";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import type { Adapter } from "../adapter/adapter.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { ChildProcessAdapter } from "../adapter/child/child-process-adapter.js";
import { shellText } from "../report/shell-text.js";
import { parseCount, parseSeconds } from "./option-values.js";

/** What is said of an adapter on a command line. */
export interface AdapterFlags {
  /** Milliseconds. */
  readonly helloTimeout: number;
  /** Milliseconds. */
  readonly runTimeout: number;
  readonly restarts: number;
  readonly trace?: boolean;
}

/** How long an adapter may take. */
export function addTimeouts(command: Command): Command {
  return command
    .addOption(
      new Option("--hello-timeout <seconds>", "how long the adapter may take to start")
        .argParser(parseSeconds)
        .default(30_000, "30"),
    )
    .addOption(
      new Option("--run-timeout <seconds>", "how long it may take to answer a request, and to end")
        .argParser(parseSeconds)
        .default(10_000, "10"),
    );
}

/** The options of every command that drives an adapter through many cases. */
export function addAdapterOptions(command: Command): Command {
  return addTimeouts(command).addOption(
    new Option("--restarts <count>", "how often it may be started again after a crash or a time-out")
      .argParser(parseCount)
      .default(500),
  );
}

/**
 * Words that are no options are an adapter's command line only after `--`: without it, its options would be taken for
 * the suite's, and a misspelt option value for a program to start.
 */
export function refuseWithoutSeparator(command: Command, argv: readonly string[]): void {
  let root: Command = command;
  while (root.parent) root = root.parent;
  // Commander keeps what it was given, but does not declare it.
  const { rawArgs = [] } = root as { rawArgs?: readonly string[] };
  if (argv.length === 0 || rawArgs.includes("--")) return;
  command.error(
    `error: too many arguments: ${shellText(argv)}. An adapter's command line comes after --, as in: ${command.name()} -- python3 adapter.py`,
  );
}

/** The adapter that a command line asks for. */
export function adapterFrom(
  argv: readonly string[],
  { helloTimeout, runTimeout, restarts, trace = false }: AdapterFlags,
  evaluation: PinnedEvaluationName = "fused",
): Adapter {
  const [executable, ...parameters] = argv;
  if (executable === undefined) return bundledAdapter(evaluation);
  return new ChildProcessAdapter({
    command: [executable, ...parameters],
    helloTimeout,
    runTimeout,
    restarts,
    trace,
  });
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
