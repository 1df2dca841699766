import { Command, Option } from "commander";
import { GraphWorker } from "../onnx/runtime/iteration/graph-worker.js";
import { PROVIDERS, type ProviderName } from "../onnx/runtime/providers.js";
import { OPTIMIZATION_LEVELS, type OptimizationLevel, type SessionOptions } from "../onnx/runtime/session.js";
import { BUNDLED_ONNX } from "../package-info.js";
import { onnxReportJson } from "../report/model/onnx-json.js";
import { driftText, onnxReport } from "../report/text/onnx.js";
import { checkGraphs, type GraphChecks, graphsConform } from "../suite/onnx/check-graphs.js";
import type { CrossCheck } from "../suite/onnx/cross-check.js";
import { onnxFindings } from "../suite/onnx/onnx-findings.js";
import { OnnxSet } from "../suite/onnx/onnx-set.js";
import { EXIT } from "./exit-codes.js";
import { onInterrupt } from "./interrupt.js";
import { parseThreads } from "./option-values.js";
import { startProgress } from "./progress.js";

interface OnnxFlags {
  readonly provider: ProviderName | "all";
  readonly model?: string;
  readonly optimization: OptimizationLevel | "each";
  readonly threads?: readonly number[];
  readonly steps?: boolean;
  readonly json?: boolean;
  readonly set: string;
}

/** `onnx`: run training graphs exported from PyTorch, and judge every step. */
export function onnxCommand(): Command {
  const command = new Command("onnx")
    .description(
      "run training graphs exported from PyTorch; check every update, and the network against proven bounds and PyTorch's trace",
    )
    .addOption(
      new Option("--provider <name>", "execution provider of ONNX Runtime")
        .choices([...PROVIDERS, "all"])
        .default("cpu"),
    )
    .option(
      "--model <name>",
      "run only graphs whose name contains this, as in mlp or lstm.tensorflow-momentum",
    )
    .addOption(
      new Option("--optimization <level>", "graph optimization level of ONNX Runtime")
        .choices([...OPTIMIZATION_LEVELS, "each"])
        .default("all"),
    )
    .addOption(
      new Option(
        "--threads <counts...>",
        "threads within an operator; one run for each count (default: 1)",
      ).argParser((text: string, before: readonly number[] | undefined) => [
        ...(before ?? []),
        parseThreads(text),
      ]),
    )
    .option("--steps", "print loss and drift of every step")
    .option("--json", "print the report as JSON")
    .option("--set <folder>", "folder of exported graphs with their traces", BUNDLED_ONNX);
  return command.action(async (flags: OnnxFlags) => {
    const set = OnnxSet.open(flags.set);
    const graphs = selected(set.names, flags.model);
    if (graphs.length === 0)
      command.error(`error: no graph has "${flags.model}" in its name; there are ${set.names.join(", ")}`);
    process.exitCode = await runGraphs(set, graphs, flags);
  });
}

/** A full name selects that graph alone, even if other names contain it. */
function selected(names: readonly string[], requested = ""): readonly string[] {
  return names.includes(requested) ? [requested] : names.filter((name) => name.includes(requested));
}

async function runGraphs(set: OnnxSet, graphs: readonly string[], flags: OnnxFlags): Promise<number> {
  const progress = startProgress(flags.json ?? false, "runs");
  const { signal, release } = onInterrupt(() => progress.stop());
  const worker = new GraphWorker();
  try {
    const result = await checkGraphs({
      set,
      graphs,
      settings: settingsOf(flags),
      iterate: (request) => worker.iterate(request),
      onCheck: (what, done, total) => progress.update(done, total, what),
      signal,
    });
    progress.stop();
    const findings = await onnxFindings(result.checks, replayOf);
    if (flags.json) console.log(onnxReportJson(result, findings));
    else {
      console.log(onnxReport(result, findings));
      if (flags.steps) for (const check of result.checks) console.log(`\n${driftText(check)}`);
    }
    return exitCodeOf(result, flags);
  } finally {
    progress.stop();
    worker.stop();
    release();
  }
}

function settingsOf({ provider, optimization, threads = [1] }: OnnxFlags): Required<SessionOptions>[] {
  const providers = provider === "all" ? PROVIDERS : [provider];
  const levels = optimization === "each" ? OPTIMIZATION_LEVELS : [optimization];
  return providers.flatMap((one) =>
    levels.flatMap((level) =>
      threads.map((count) => ({ provider: one, optimization: level, threads: count })),
    ),
  );
}

function replayOf({ graph, settings: { provider, optimization, threads } }: CrossCheck): string {
  return `npx rmsprop-conformance onnx --model ${graph} --provider ${provider} --optimization ${optimization} --threads ${threads} --steps`;
}

/** A missing provider leaves the run incomplete if it was requested by name; with `all` it is only reported. */
function exitCodeOf(result: GraphChecks, { provider }: OnnxFlags): number {
  if (!result.complete || result.checks.length + result.failed.length === 0) return EXIT.inconclusive;
  if (provider !== "all" && result.skipped.length > 0) return EXIT.inconclusive;
  return graphsConform(result) ? EXIT.passed : EXIT.failed;
}
