import { GraphRunError } from "../../onnx/runtime/iteration/graph-run-error.js";
import { type ProviderName, providerStatus } from "../../onnx/runtime/providers.js";
import type { SessionOptions } from "../../onnx/runtime/session.js";
import {
  type CrossCheck,
  checkTrace,
  crossCheck,
  passes,
  type TraceCheck,
  traceHolds,
} from "./cross-check.js";
import type { IterateGraph } from "./iterate-trace.js";
import type { OnnxSet } from "./onnx-set.js";

export interface GraphChecksOptions {
  readonly set: OnnxSet;
  /** Names of graphs of the set. */
  readonly graphs: readonly string[];
  readonly settings: readonly Required<SessionOptions>[];
  readonly iterate: IterateGraph;
  /** @param what graph and settings that begin now */
  readonly onCheck?: (what: string, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A provider that cannot be used here: never a pass. */
export interface SkippedProvider {
  readonly provider: ProviderName;
  readonly reason: string;
  readonly remedy: string;
}

/** A graph that the runtime would not run, or that ended its process. */
export interface GraphFailed {
  readonly graph: string;
  readonly settings: Required<SessionOptions>;
  readonly message: string;
}

export interface GraphChecks {
  readonly traces: readonly TraceCheck[];
  readonly checks: readonly CrossCheck[];
  readonly failed: readonly GraphFailed[];
  readonly skipped: readonly SkippedProvider[];
  /** Whether everything was run that was asked for, but for providers that are not here. */
  readonly complete: boolean;
}

/** Check PyTorch's traces, and each graph under each setting whose provider is here. */
export async function checkGraphs({
  set,
  graphs,
  settings,
  iterate,
  onCheck = () => {},
  signal,
}: GraphChecksOptions): Promise<GraphChecks> {
  const traces: TraceCheck[] = [];
  const checks: CrossCheck[] = [];
  const failed: GraphFailed[] = [];
  const { runnable, skipped } = await whatIsHere(settings);
  const total = graphs.length * (1 + runnable.length);
  let done = 0;
  for (const name of graphs) {
    if (signal?.aborted) break;
    const graph = set.open(name);
    onCheck(`${name}: PyTorch's trace`, done++, total);
    traces.push(checkTrace(graph));
    for (const setting of runnable) {
      if (signal?.aborted) break;
      onCheck(`${name}: ${settingsText(setting)}`, done++, total);
      try {
        checks.push(await crossCheck(graph, setting, iterate));
      } catch (error) {
        if (!(error instanceof GraphRunError)) throw error;
        failed.push({ graph: name, settings: setting, message: error.message });
      }
    }
  }
  return { traces, checks, failed, skipped, complete: done === total };
}

/** Whether everything that was run holds, and something was run. */
export function graphsConform({ traces, checks, failed }: GraphChecks): boolean {
  return checks.length > 0 && failed.length === 0 && traces.every(traceHolds) && checks.every(passes);
}

/** Provider, optimization level and threads in a few words. */
export function settingsText({ provider, optimization, threads }: Required<SessionOptions>): string {
  return `${provider}, optimization ${optimization}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
}

async function whatIsHere(settings: readonly Required<SessionOptions>[]) {
  const skipped: SkippedProvider[] = [];
  for (const provider of new Set(settings.map((one) => one.provider))) {
    const status = await providerStatus(provider);
    if (!status.available) skipped.push({ provider, reason: status.reason, remedy: status.remedy });
  }
  const missing = new Set(skipped.map(({ provider }) => provider));
  return { skipped, runnable: settings.filter(({ provider }) => !missing.has(provider)) };
}
