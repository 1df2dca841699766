import { Command, Option } from "commander";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../spec/evaluations.js";
import { replayReport } from "../report/text/replay.js";
import { declarationFrom } from "../suite/declared.js";
import { replay } from "../suite/replay.js";
import { parseStoredProgram } from "../suite/stored-program.js";
import {
  type AdapterFlags,
  adapterFrom,
  addAdapterOptions,
  refuseWithoutSeparator,
} from "./adapter-options.js";
import { EXIT } from "./exit-codes.js";
import { onInterrupt } from "./interrupt.js";
import { addOnnxOptions, missingProvider, refuseOnnxMixture } from "./onnx-options.js";
import { readText } from "./read-text.js";

interface ReplayFlags extends AdapterFlags {
  readonly evaluation?: PinnedEvaluationName;
}

/** `replay`: run one stored program and judge it. */
export function replayCommand(): Command {
  const command = new Command("replay")
    .description(
      "run one program file (a finding, a regression or a bare program) and print every judged value",
    )
    .argument("<program file>", "JSON file")
    .argument("[adapter...]", "adapter command, after -- (default: the bundled implementation)")
    .addOption(
      new Option("--evaluation <name>", "claimed evaluation (default: the declared one)").choices(
        Object.keys(PINNED_EVALUATIONS),
      ),
    );
  addOnnxOptions(addAdapterOptions(command));
  return command.action(async (file: string, argv: string[], flags: ReplayFlags) => {
    refuseWithoutSeparator(command, argv);
    refuseOnnxMixture(command, argv, flags);
    const { program } = parseStoredProgram(readText(file), file);
    const { signal, release } = onInterrupt(() => {});
    const adapter = adapterFrom(argv, flags, program.dialect, flags.evaluation);
    try {
      const missing = await missingProvider(flags);
      if (missing !== undefined) {
        console.error(missing);
        process.exitCode = EXIT.inconclusive;
        return;
      }
      const requested = { dialect: program.dialect, evaluation: flags.evaluation };
      const result = await replay(program, adapter, declarationFrom(await adapter.hello(), requested));
      console.log(replayReport(result));
      process.exitCode = signal.aborted ? EXIT.inconclusive : result.accepted ? EXIT.passed : EXIT.failed;
    } finally {
      await adapter.stop();
      release();
    }
  });
}
