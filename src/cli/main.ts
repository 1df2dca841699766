#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { AdapterUnavailable } from "../adapter/adapter.js";
import { ModelError } from "../onnx/model/model-error.js";
import { UnbuildableEvaluation } from "../onnx/update/buildable.js";
import { packageVersion } from "../package-info.js";
import { ProgramError } from "../program/program-error.js";
import { printable } from "../report/text/printable.js";
import { UnusableDeclaration } from "../suite/declared.js";
import { NothingSelected } from "../suite/only.js";
import { EXIT } from "./exit-codes.js";
import { expectCommand } from "./expect-command.js";
import { gateCommand } from "./gate-command.js";
import { goldenCommand } from "./golden-command.js";
import { onnxCommand } from "./onnx-command.js";
import { replayCommand } from "./replay-command.js";
import { reportCommand } from "./report-command.js";
import { smokeCommand } from "./smoke-command.js";
import { systemErrorText } from "./system-error-text.js";

const program = new Command("rmsprop-conformance")
  .description(
    "Identify the RMSprop variant of an implementation, verify it bit for bit, and print minimal reproducers.",
  )
  .version(packageVersion())
  .exitOverride()
  .addCommand(gateCommand())
  .addCommand(smokeCommand())
  .addCommand(replayCommand())
  .addCommand(reportCommand())
  .addCommand(expectCommand())
  .addCommand(goldenCommand())
  .addCommand(onnxCommand());
for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
  command.exitOverride().showHelpAfterError("(add --help for all options)");
}

if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", outputFailed);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** One clear line for bad input; anything else is a bug in the suite and says so. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage; // already printed
  if (
    error instanceof ProgramError ||
    error instanceof NothingSelected ||
    error instanceof UnusableDeclaration ||
    error instanceof ModelError ||
    error instanceof UnbuildableEvaluation
  ) {
    console.error(`error: ${printable(error.message)}`);
    return EXIT.usage;
  }
  if (error instanceof AdapterUnavailable) {
    console.error(`error: ${printable(error.message)}`);
    return EXIT.adapter;
  }
  if (error instanceof Error && "code" in error && "syscall" in error) {
    const failure = error as NodeJS.ErrnoException; // a file that cannot be read or written
    const place = failure.path === undefined ? "" : `${failure.path}: `;
    console.error(`error: ${printable(`${place}${systemErrorText(failure)}`)}`);
    return EXIT.usage;
  }
  console.error(`internal error: ${printable(error instanceof Error ? error.message : String(error))}`);
  console.error("This is a bug in the suite. Set RMSPROP_DEBUG=1 to print the stack.");
  if (process.env.RMSPROP_DEBUG && error instanceof Error) console.error(error.stack);
  return EXIT.selfCheck;
}

function outputFailed(error: NodeJS.ErrnoException): never {
  // A reader that closes the pipe early (`| head`) is not a failure. A full disk is.
  if (error.code === "EPIPE") process.exit();
  console.error(`error: the output cannot be written: ${systemErrorText(error)}`);
  process.exit(EXIT.usage);
}
