import { Command, Option } from "commander";
import { DIALECTS } from "../../spec/dialects.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../../spec/evaluations.js";
import { BUNDLED_GOLDENS, BUNDLED_REGRESSIONS } from "../package-info.js";
import { prepareReportFolder, writeReport } from "../report/formats/report-folder.js";
import { type ReporterName, writesFile } from "../report/formats/reporters.js";
import { reportLines } from "../report/model/jsonl.js";
import { reportOf } from "../report/model/report.js";
import { smokeReport } from "../report/text/smoke.js";
import { declarationFrom } from "../suite/declared.js";
import { readExpectations } from "../suite/expectations/read-expectations.js";
import { runGate } from "../suite/gate.js";
import type { GateOptions } from "../suite/gate-options.js";
import type { GateResult } from "../suite/gate-result.js";
import { LEVELS, type Level } from "../suite/level.js";
import { measure } from "../suite/measurements/measure.js";
import { planOf } from "../suite/plan.js";
import { DEFAULT_SEED, PROFILES, type ProfileName } from "../suite/profile.js";
import type { Shard } from "../suite/shard.js";
import { runSmoke } from "../suite/smoke/run-smoke.js";
import {
  type AdapterFlags,
  adapterFrom,
  addAdapterOptions,
  commandText,
  refuseWithoutSeparator,
} from "./adapter-options.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { onInterrupt } from "./interrupt.js";
import { addOnnxOptions, missingProvider, printedOnnxFlags, refuseOnnxMixture } from "./onnx-options.js";
import { parseSeed, parseShard } from "./option-values.js";
import { startProgress } from "./progress.js";
import { readText } from "./read-text.js";
import { printReports, reporterOption, tellWritten } from "./reporter-option.js";

interface GateFlags extends AdapterFlags {
  readonly dialect?: string;
  readonly evaluation?: PinnedEvaluationName;
  readonly level?: Level;
  readonly profile: ProfileName;
  readonly seed: number;
  readonly only?: string;
  readonly shard?: Shard;
  readonly expect?: string;
  readonly list?: boolean;
  readonly smoke: boolean;
  readonly trace?: boolean;
  readonly reportDir?: string;
  readonly reporter: ReporterName[];
  readonly json?: boolean;
}

/** `gate`: judge an implementation behind an adapter, or the bundled one. */
export function gateCommand(): Command {
  const command = new Command("gate")
    .description(
      "test an implementation: regressions, goldens recorded from PyTorch, properties of every clause",
    )
    .argument("[adapter...]", "adapter command, after -- (default: the bundled implementation)")
    .addOption(
      new Option("--dialect <id>", "dialect to test (default: the adapter's first)").choices(
        DIALECTS.map(({ id }) => id),
      ),
    )
    .addOption(
      new Option(
        "--evaluation <name>",
        "claimed evaluation (default: the declared one; bundled: fused)",
      ).choices(Object.keys(PINNED_EVALUATIONS)),
    )
    .addOption(
      new Option(
        "--level <level>",
        "required level (default: L3 if an evaluation is claimed, otherwise L2)",
      ).choices(Object.keys(LEVELS)),
    )
    .addOption(
      new Option("--profile <name>", "how many inputs to generate")
        .choices(Object.keys(PROFILES))
        .default("ci"),
    )
    .addOption(
      new Option("--seed <integer>", "seed of all generated inputs")
        .argParser(parseSeed)
        .default(DEFAULT_SEED),
    )
    .option("--only <pattern>", "run only this clause (RMS-2.1), family (RMS-2) or case (* is a wildcard)")
    .addOption(
      new Option("--shard <i/n>", "run shard i of n; combine the reports with `report merge`").argParser(
        parseShard,
      ),
    )
    .option("--expect <file>", "YAML file of known failures, which do not fail the run")
    .option("--list", "print the cases that would run, with their clauses, and run none")
    .option("--no-smoke", "skip the smoke test of the adapter")
    .option("--report-dir <folder>", "write report.jsonl and a program for each finding to this folder")
    .addOption(reporterOption())
    .option(
      "--trace",
      "write the protocol exchange of each finding next to it; needs --report-dir and an adapter",
    )
    .option("--json", "print the report as JSON Lines instead of any other format");
  addOnnxOptions(addAdapterOptions(command));
  return command.action(async (argv: string[], flags: GateFlags) => {
    refuseWithoutSeparator(command, argv);
    refuseOnnxMixture(command, argv, flags);
    const bundled = argv.length === 0 && flags.onnx === undefined && !flags.onnxBuilt;
    if (flags.trace && (flags.reportDir === undefined || bundled))
      command.error("error: --trace needs --report-dir and an adapter: it writes next to the findings");
    const file = flags.reporter.find(writesFile);
    if (file !== undefined && flags.reportDir === undefined)
      command.error(`error: the reporter ${file} writes a file: give --report-dir <folder>`);
    process.exitCode = await gate(argv, flags);
  });
}

async function gate(argv: readonly string[], flags: GateFlags): Promise<number> {
  // Before the run, so that a report folder that cannot be written fails early.
  if (flags.reportDir !== undefined) prepareReportFolder(flags.reportDir);
  const expectations =
    flags.expect === undefined ? undefined : readExpectations(readText(flags.expect), flags.expect);
  const quiet = flags.json ?? false;
  let progress = startProgress(quiet, argv.length > 0 && flags.smoke ? "smoke cases" : "cases");
  const { signal, release } = onInterrupt(() => progress.stop());
  const started = new Date();
  const startTime = performance.now();
  const claimsBits = flags.level === undefined || flags.level === "L3";
  const adapter = adapterFrom(argv, flags, flags.dialect, flags.evaluation, claimsBits);
  try {
    const missing = await missingProvider(flags);
    if (missing !== undefined) {
      progress.stop();
      console.error(missing);
      return EXIT.inconclusive;
    }
    const hello = await adapter.hello();
    const declaration = declarationFrom(hello, flags);
    const level = flags.level ?? (declaration.reference ? "L3" : "L2");
    const replay = (selection: string) =>
      commandText("gate", [...printedFlags(flags), ...printedOnnxFlags(flags)], selection, argv);
    const options: GateOptions = {
      adapter,
      declaration,
      level,
      profile: flags.profile,
      seed: flags.seed,
      ...(flags.only !== undefined && { only: flags.only }),
      ...(flags.shard && { shard: flags.shard }),
      regressions: BUNDLED_REGRESSIONS,
      goldens: BUNDLED_GOLDENS,
      ...(expectations && { expectations }),
      replay,
      onCase: ({ id }, done, total) => progress.update(done, total, id),
      signal,
    };
    if (flags.list) {
      progress.stop();
      const { cases, audit } = planOf(options, hello);
      for (const { id, clauses } of [...cases, ...(audit ? [audit] : [])])
        console.log(`${id}  ${clauses.join(" ")}`.trimEnd());
      return EXIT.passed;
    }
    if (argv.length > 0 && flags.smoke) {
      const smoke = await runSmoke({
        command: argv as [string, ...string[]],
        dialect: declaration.dialect.id,
        helloTimeout: flags.helloTimeout,
        runTimeout: flags.runTimeout,
        onCase: ({ id }, done, total) => progress.update(done, total, id),
        signal,
      });
      progress.stop();
      if (signal.aborted) return EXIT.inconclusive;
      if (!smoke.passed) {
        console.error(smokeReport(smoke, argv));
        return EXIT.adapter;
      }
      progress = startProgress(quiet);
    }
    const result = await runGate(options);
    const measured = isWhole(result)
      ? await measure({ adapter, declaration, hello, profile: flags.profile, signal })
      : undefined;
    progress.stop();
    const seconds = (performance.now() - startTime) / 1000;
    const report = reportOf(result, { command: replay(""), started, seconds }, measured);
    if (flags.json) for (const line of reportLines(report)) console.log(line);
    else await printReports(flags.reporter, report);
    if (flags.reportDir !== undefined) {
      const exchangeOf = (number: number) => {
        const { minimal } = result.findings[number - 1];
        return minimal && adapter.exchangeOf?.(minimal.program);
      };
      const paths = await writeReport(flags.reportDir, report, flags.reporter, exchangeOf);
      if (!flags.json) tellWritten(paths);
    }
    return exitCodeOf(report);
  } finally {
    progress.stop();
    await adapter.stop();
    release();
  }
}

/** Measurements are reported once, by the first shard, and not for a run restricted by --only. */
function isWhole({ complete, only, shard }: GateResult): boolean {
  return complete && only === undefined && (shard === undefined || shard.index === 1);
}

/** The flags that a replay command repeats, without --only and --seed. */
function printedFlags({ dialect, evaluation, level, profile, expect, shard }: GateFlags): string[] {
  return [
    ...(dialect === undefined ? [] : ["--dialect", dialect]),
    ...(evaluation === undefined ? [] : ["--evaluation", evaluation]),
    ...(level === undefined ? [] : ["--level", level]),
    ...(profile === "ci" ? [] : ["--profile", profile]),
    ...(expect === undefined ? [] : ["--expect", expect]),
    ...(shard === undefined ? [] : ["--shard", `${shard.index}/${shard.count}`]),
  ];
}
