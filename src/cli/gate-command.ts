import { Command, Option } from "commander";
import { DIALECTS, dialectById } from "../../spec/dialects.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../spec/evaluations.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import { BUNDLED_GOLDENS, BUNDLED_REGRESSIONS } from "../package-info.js";
import { reportLines } from "../report/jsonl.js";
import { prepareReportFolder, writeReport } from "../report/report-folder.js";
import { terminalReport } from "../report/terminal.js";
import { type GateResult, runGate } from "../suite/gate.js";
import { LEVELS, type Level } from "../suite/level.js";
import { DEFAULT_SEED, PROFILES, type ProfileName } from "../suite/profile.js";
import { EXIT } from "./exit-codes.js";
import { parseSeed } from "./option-values.js";
import { startProgress } from "./progress.js";

interface GateFlags {
  readonly dialect: string;
  readonly evaluation: PinnedEvaluationName;
  readonly level: Level;
  readonly profile: ProfileName;
  readonly seed: number;
  readonly only?: string;
  readonly reportDir?: string;
  readonly json?: boolean;
}

/** `gate`: judge the bundled implementation. */
export function gateCommand(): Command {
  return new Command("gate")
    .description(
      "judge an implementation: regressions, goldens from real PyTorch, properties of every clause",
    )
    .addOption(
      new Option("--dialect <id>", "dialect of the implementation")
        .choices(DIALECTS.map(({ id }) => id))
        .default("pytorch"),
    )
    .addOption(
      new Option("--evaluation <name>", "evaluation that the implementation claims, for level L3")
        .choices(Object.keys(PINNED_EVALUATIONS))
        .default("fused"),
    )
    .addOption(
      new Option("--level <level>", "level that must be reached").choices(Object.keys(LEVELS)).default("L3"),
    )
    .addOption(
      new Option("--profile <name>", "how much is generated").choices(Object.keys(PROFILES)).default("ci"),
    )
    .addOption(
      new Option("--seed <integer>", "seed of everything generated")
        .argParser(parseSeed)
        .default(DEFAULT_SEED),
    )
    .option("--only <pattern>", "only this clause (RMS-2.1), family (RMS-2) or case (* stands for anything)")
    .option("--report-dir <folder>", "write report.jsonl, and a program for each finding, into this folder")
    .option("--json", "print the report as JSON Lines instead of text")
    .action(async (flags: GateFlags) => {
      process.exitCode = await gate(flags);
    });
}

async function gate(flags: GateFlags): Promise<number> {
  // Before the work, not after it: a report that cannot be written is found out now.
  if (flags.reportDir !== undefined) prepareReportFolder(flags.reportDir);
  const progress = startProgress(flags.json ?? false);
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(EXIT.incomplete);
    progress.stop();
    console.error("interrupted: writing what was shown so far; once more stops at once");
    controller.abort();
  };
  // Not `once`: without a listener the progress display would take the signal for its own and end the process.
  process.on("SIGINT", interrupt);
  const started = performance.now();
  const result = await runGate({
    adapter: bundledAdapter(flags.evaluation),
    declaration: declarationOf(dialectById(flags.dialect), flags.evaluation),
    level: flags.level,
    profile: flags.profile,
    seed: flags.seed,
    ...(flags.only !== undefined && { only: flags.only }),
    regressions: BUNDLED_REGRESSIONS,
    goldens: BUNDLED_GOLDENS,
    command: commandOf(flags),
    onCase: ({ id }, done, total) => progress.update(done, total, id),
    signal: controller.signal,
  }).finally(() => progress.stop());
  process.removeListener("SIGINT", interrupt);
  const run = {
    seed: flags.seed,
    profile: flags.profile,
    command: commandOf(flags),
    seconds: (performance.now() - started) / 1000,
  };
  if (flags.json) for (const line of reportLines(result, run)) console.log(line);
  else console.log(terminalReport(result, process.stdout.hasColors?.() ?? false));
  if (flags.reportDir !== undefined) {
    const path = writeReport(flags.reportDir, result, run);
    if (!flags.json) console.log(`\nreport: ${path}`);
  }
  return exitCodeOf(result);
}

function exitCodeOf(result: GateResult): number {
  if (result.selfCheckFailed) return EXIT.selfCheck;
  if (!result.complete || !result.decided) return EXIT.incomplete;
  return result.conforms ? EXIT.conforms : EXIT.failure;
}

/** The command line again, without what selects and seeds. */
function commandOf({ dialect, evaluation, level, profile }: GateFlags): string {
  const parts = ["npx rmsprop-conformance gate"];
  if (dialect !== "pytorch") parts.push(`--dialect ${dialect}`);
  if (evaluation !== "fused") parts.push(`--evaluation ${evaluation}`);
  if (level !== "L3") parts.push(`--level ${level}`);
  if (profile !== "ci") parts.push(`--profile ${profile}`);
  return parts.join(" ");
}
