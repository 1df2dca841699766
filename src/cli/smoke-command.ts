import { Command, Option } from "commander";
import { DIALECTS } from "../../spec/dialects.js";
import { smokeReport } from "../report/text/smoke.js";
import { runSmoke } from "../suite/smoke/run-smoke.js";
import { addTimeouts, refuseWithoutSeparator } from "./adapter-options.js";
import { EXIT } from "./exit-codes.js";
import { onInterrupt } from "./interrupt.js";
import { startProgress } from "./progress.js";

interface SmokeFlags {
  readonly dialect?: string;
  /** Milliseconds. */
  readonly helloTimeout: number;
  /** Milliseconds. */
  readonly runTimeout: number;
  readonly json?: boolean;
}

/** `smoke`: test the adapter itself, not the mathematics behind it. */
export function smokeCommand(): Command {
  const command = new Command("smoke")
    .description("test whether an adapter implements the protocol; the mathematics is not tested")
    .argument("[adapter...]", "adapter command, after --")
    .addOption(
      new Option("--dialect <id>", "dialect of the programs (default: the adapter's first)").choices(
        DIALECTS.map(({ id }) => id),
      ),
    )
    .option("--json", "print the result as JSON instead of text");
  return addTimeouts(command).action(async (argv: string[], flags: SmokeFlags) => {
    refuseWithoutSeparator(command, argv);
    const [executable, ...parameters] = argv;
    if (executable === undefined) {
      command.error(
        "error: no adapter: put its command after --, as in: rmsprop-conformance smoke -- python adapter.py",
      );
    }
    process.exitCode = await smoke([executable, ...parameters], flags);
  });
}

async function smoke(adapter: readonly [string, ...string[]], flags: SmokeFlags): Promise<number> {
  const { dialect, helloTimeout, runTimeout, json = false } = flags;
  const chosen = dialect === undefined ? {} : { dialect };
  const progress = startProgress(json, "smoke cases");
  const { signal, release } = onInterrupt(() => progress.stop());
  const result = await runSmoke({
    command: adapter,
    ...chosen,
    helloTimeout,
    runTimeout,
    onCase: ({ id }, done, total) => progress.update(done, total, id),
    signal,
  }).finally(() => {
    progress.stop();
    release();
  });
  const colour = process.stdout.hasColors?.() ?? false;
  console.log(json ? JSON.stringify(result) : smokeReport(result, adapter, { ...chosen, colour }));
  if (signal.aborted) return EXIT.inconclusive;
  return result.passed ? EXIT.passed : EXIT.adapter;
}
