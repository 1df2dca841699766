import type { PinnedEvaluationName } from "../../../spec/evaluations.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { type Declaration, declarationOf } from "../../judge/declaration.js";
import { type Judgement, judgeProgram, verdictOf } from "../../judge/judge-program.js";
import type { Verdict } from "../../judge/verdict.js";
import type { SessionOptions } from "../../onnx/runtime/session.js";
import { countValues, differencesBetween } from "../golden/compare-observations.js";
import { type DriftAtStep, driftOf } from "./drift.js";
import { type IterateGraph, iterateTrace, lossesOnDevice, networkOfStates } from "./iterate-trace.js";
import {
  compareNetwork,
  isWithinBounds,
  type NetworkComparison,
  networkOfTrace,
} from "./network-comparison.js";
import type { TracedGraph } from "./onnx-set.js";
import { providerFreedom } from "./provider-freedom.js";
import { dialectOf, stepsOfTrace, type TrainingProgram, trainingProgram } from "./training-program.js";

/** What was found of one exported graph, run with one provider and setting. */
export interface CrossCheck {
  /** `<model>.<variant>` */
  readonly graph: string;
  readonly settings: Required<SessionOptions>;
  readonly clauses: readonly string[];
  readonly declaration: Declaration;
  /** The run's own gradients as a program, with what the graph made of them. */
  readonly run: TrainingProgram;
  /** Every update, judged from the graph's own gradients and its own state before. */
  readonly judgement: Judgement;
  readonly verdict: Verdict;
  /** Values of the run, and those in which the bundled implementation, given the same gradients, has other bits. */
  readonly bundled: { readonly values: number; readonly otherBits: number };
  /** Loss and gradients, each step from PyTorch's own state. */
  readonly network: NetworkComparison;
  /**
   * Losses of the run that differ in a bit when the state stays on the device and only they are read; absent where the
   * provider cannot keep it there.
   */
  readonly otherLossesOnDevice?: number;
  /** How the run drifts from PyTorch's, both from the same start. */
  readonly drift: readonly DriftAtStep[];
}

/** The third witness: PyTorch's own trace, judged and compared in the same way. */
export interface TraceCheck {
  readonly graph: string;
  readonly judgement: Judgement;
  readonly verdict: Verdict;
  readonly network: NetworkComparison;
}

/** The evaluation whose bits the exported graphs claim: they write PyTorch's update operation by operation. */
export const CLAIMED: PinnedEvaluationName = "unfused";

/** Run a graph through all steps of its trace and hold it against oracle, bundled implementation and PyTorch. */
export async function crossCheck(
  { name, modelPath, trace }: TracedGraph,
  settings: Required<SessionOptions>,
  iterate: IterateGraph,
): Promise<CrossCheck> {
  const steps = await iterateTrace(trace, modelPath, settings, iterate);
  const run = trainingProgram(trace, steps);
  const [dialect] = dialectOf(trace);
  const declaration = declarationOf(dialect, CLAIMED, providerFreedom(settings.provider));
  const judgement = judgeProgram(run.program, run.observations, declaration);
  const onDevice =
    settings.provider === "webgpu" ? await lossesOnDevice(trace, modelPath, settings, iterate) : undefined;
  return {
    graph: name,
    settings,
    clauses: trace.clauses,
    declaration,
    run,
    judgement,
    verdict: verdictOf(judgement, declaration),
    bundled: await bundledBits(run),
    network: compareNetwork(trace, await networkOfStates(trace, modelPath, settings, iterate)),
    ...(onDevice && {
      otherLossesOnDevice: steps.filter(({ loss }, k) => !Object.is(loss, onDevice[k])).length,
    }),
    drift: driftOf(trace, steps),
  };
}

/** Judge what PyTorch recorded: it claims the same bits, and its network has the same bounds. */
export function checkTrace({ name, trace }: TracedGraph): TraceCheck {
  const { program, observations } = trainingProgram(trace, stepsOfTrace(trace));
  const declaration: Declaration = declarationOf(dialectOf(trace)[0], CLAIMED);
  const judgement = judgeProgram(program, observations, declaration);
  return {
    graph: name,
    judgement,
    verdict: verdictOf(judgement, declaration),
    network: compareNetwork(trace, networkOfTrace(trace)),
  };
}

/**
 * Whether a graph's update conforms and its network is within the proven bounds. On the CPU it must have the claimed
 * bits; on a GPU the freedoms of its provider are allowed.
 */
export function passes({ settings, verdict, network, otherLossesOnDevice = 0 }: CrossCheck): boolean {
  const requested: readonly Verdict[] =
    settings.provider === "cpu" ? ["bit-exact"] : ["bit-exact", "certified"];
  return requested.includes(verdict) && isWithinBounds(network) && otherLossesOnDevice === 0;
}

/** Whether PyTorch's trace has the claimed bits and lies within the bounds. */
export function traceHolds({ verdict, network }: TraceCheck): boolean {
  return verdict === "bit-exact" && isWithinBounds(network);
}

async function bundledBits({ program, observations }: TrainingProgram): Promise<CrossCheck["bundled"]> {
  const [reply] = await bundledAdapter(CLAIMED).run([program]);
  if (reply.status !== "ok") throw new Error(`the bundled implementation gave no answer: ${reply.status}`);
  const otherBits = [...differencesBetween(reply.observations, observations)].length;
  return { values: countValues(observations), otherBits };
}
