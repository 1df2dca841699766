import { type Command, InvalidArgumentError, Option } from "commander";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import { PROVIDERS, type ProviderName, providerStatus } from "../onnx/runtime/providers.js";
import type { ServeOptions } from "../onnx/runtime/serve-options.js";
import { OPTIMIZATION_LEVELS, type OptimizationLevel } from "../onnx/runtime/session.js";
import { CONSTANT_NAMES } from "../onnx/update/constants.js";
import type { NameMap } from "../onnx/update/roles.js";
import type { Constants } from "../onnx/update/update-graph.js";
import { parseThreads } from "./option-values.js";

/** Options of commands that take ONNX graphs. */
export interface OnnxFlags {
  /** Files. */
  readonly onnx?: readonly string[];
  readonly onnxBuilt?: boolean;
  readonly map?: NameMap;
  readonly constant?: Constants;
  readonly parameter?: string;
  readonly provider?: ProviderName;
  readonly optimization?: OptimizationLevel;
  readonly threads?: number;
}

/** Add the options that replace an adapter by ONNX graphs. */
export function addOnnxOptions(command: Command): Command {
  return command
    .option(
      "--onnx <files...>",
      "test the update in these ONNX models, one for each step shape, instead of an adapter (docs/onnx.md)",
    )
    .option("--onnx-built", "test a provider on graphs that the suite builds from the update rule")
    .addOption(
      new Option(
        "--map <theirs=role>",
        "role of a model input or output with another name; repeatable",
      ).argParser(parseMap),
    )
    .addOption(
      new Option(
        "--constant <name=value>",
        `a hyperparameter that is built into the model (${CONSTANT_NAMES.join(", ")}); repeatable`,
      ).argParser(parseConstant),
    )
    .option("--parameter <name>", "parameter whose update is tested, if the updates differ")
    .addOption(
      new Option("--provider <name>", "execution provider of ONNX Runtime (default: cpu)").choices(PROVIDERS),
    )
    .addOption(
      new Option(
        "--optimization <level>",
        "graph optimization level (default: all, as in ONNX Runtime)",
      ).choices(OPTIMIZATION_LEVELS),
    )
    .addOption(
      new Option("--threads <count>", "threads within an operator (default: 1)").argParser(parseThreads),
    );
}

function parseMap(text: string, before: NameMap = {}): NameMap {
  const at = text.lastIndexOf("=");
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError("expected THEIRS=ROLE, as in weights=parameter.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function parseConstant(text: string, before: Constants = {}): Constants {
  const [name, value = ""] = text.split("=", 2);
  if (!(CONSTANT_NAMES as readonly string[]).includes(name))
    throw new InvalidArgumentError(`expected one of ${CONSTANT_NAMES.join(", ")}, as in eps=1e-8.`);
  if (name === "maximize") {
    if (value !== "true" && value !== "false") throw new InvalidArgumentError("maximize is true or false.");
    return { ...before, maximize: value === "true" };
  }
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number))
    throw new InvalidArgumentError(`expected a number, as in ${name}=0.01.`);
  return { ...before, [name]: number };
}

const DEPENDENT = ["map", "constant", "parameter", "provider", "optimization", "threads"] as const;

/** Refuse options that need, or exclude, one another. */
export function refuseOnnxMixture(command: Command, argv: readonly string[], flags: OnnxFlags): void {
  const { onnx, onnxBuilt } = flags;
  const given = onnx !== undefined ? "--onnx" : onnxBuilt ? "--onnx-built" : undefined;
  const lonely = DEPENDENT.find((name) => flags[name] !== undefined);
  if (given === undefined && lonely !== undefined)
    command.error(`error: --${lonely} needs --onnx <files...> or --onnx-built`);
  if (onnx !== undefined && onnxBuilt) command.error("error: --onnx and --onnx-built are mutually exclusive");
  if (given !== undefined && argv.length > 0)
    command.error(`error: ${given} replaces the adapter: remove the command after --`);
  if (onnxBuilt) {
    const foreign = (["map", "constant", "parameter"] as const).find((name) => flags[name] !== undefined);
    if (foreign !== undefined) command.error(`error: --${foreign} needs --onnx <files...>`);
  }
}

/**
 * The graphs that a command line asks for, if it asks for any.
 * @param claimsBits false where less is asked for than the bits that a model's metadata claims
 */
export function serveOptionsFrom(
  { onnx, onnxBuilt, map, constant, parameter, provider, optimization, threads }: OnnxFlags,
  dialect: string | undefined,
  evaluation: PinnedEvaluationName | undefined,
  claimsBits: boolean,
): ServeOptions | undefined {
  const session = {
    ...(provider !== undefined && { provider }),
    ...(optimization !== undefined && { optimization }),
    ...(threads !== undefined && { threads }),
  };
  if (onnx) {
    const unclaimed = claimsBits ? undefined : ("none" as const);
    const models = {
      files: onnx,
      dialect,
      evaluation: evaluation ?? unclaimed,
      parameter,
    };
    const names = { ...(map && { map }), ...(constant && { constants: constant }) };
    return { ...session, graphs: { kind: "models", ...models, ...names } };
  }
  // Every ONNX runtime can reproduce the evaluation without fused operations to the bit.
  if (onnxBuilt)
    return { ...session, graphs: { kind: "built", evaluation: evaluation ?? "unfused", dialect } };
  return undefined;
}

/** Why nothing can be run, if the provider is missing. */
export async function missingProvider(flags: OnnxFlags): Promise<string | undefined> {
  if (flags.onnx === undefined && !flags.onnxBuilt) return undefined;
  const { provider = "cpu" } = flags;
  const status = await providerStatus(provider);
  return status.available ? undefined : `skipped: provider ${provider}: ${status.reason}. ${status.remedy}`;
}

/** The options as command-line arguments. */
export function printedOnnxFlags(flags: OnnxFlags): string[] {
  const { onnx, onnxBuilt, map = {}, constant = {} } = flags;
  return [
    ...(onnx ? ["--onnx", ...onnx] : []),
    ...(onnxBuilt ? ["--onnx-built"] : []),
    ...Object.entries(map).flatMap(([theirs, ours]) => ["--map", `${theirs}=${ours}`]),
    ...Object.entries(constant).flatMap(([name, value]) => ["--constant", `${name}=${value}`]),
    ...(["parameter", "provider", "optimization", "threads"] as const).flatMap((name) =>
      flags[name] === undefined ? [] : [`--${name}`, String(flags[name])],
    ),
  ];
}
