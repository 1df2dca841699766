import { CAPABILITIES } from "../../spec/capabilities.js";
import type { Dialect } from "../../spec/dialect.js";
import { DIALECTS } from "../../spec/dialects.js";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import { packageVersion } from "../package-info.js";
import { InvalidArgumentError, RMSprop, type RMSpropOptions, type StateDict } from "../rmsprop/index.js";
import { InProcessAdapter } from "./in-process.js";
import {
  type GivenHyperparameters,
  type Optimizer,
  type OptimizerFactory,
  type OptimizerGroup,
  type OptimizerState,
  RejectedHyperparameter,
} from "./optimizer.js";

/** The bundled production implementation, behind the same interface as any other. */
class BundledOptimizer implements Optimizer {
  private readonly optimizer: RMSprop;
  private readonly parameters: readonly Float32Array[];

  constructor(
    dialect: string | Dialect,
    evaluation: PinnedEvaluationName,
    groups: readonly OptimizerGroup[],
  ) {
    const options: RMSpropOptions = { dialect, evaluation };
    const listed = groups.map(({ hyperparameters, parameters }) => ({
      ...given(hyperparameters),
      params: parameters,
    }));
    this.optimizer = rejecting(() => new RMSprop(listed, options));
    this.parameters = groups.flatMap(({ parameters }) => parameters);
  }

  step(gradients: readonly (Float32Array | null)[]): void {
    this.optimizer.step(gradients);
  }

  setHyperparameters(group: number, changes: GivenHyperparameters): void {
    rejecting(() => this.optimizer.setHyperparameters(group, given(changes)));
  }

  parameter(index: number): Float32Array {
    return this.parameters[index];
  }

  state(index: number): OptimizerState | undefined {
    return this.optimizer.stateDict().state[index];
  }

  load(index: number, state: OptimizerState): void {
    const dict = this.optimizer.stateDict();
    const entry = given(state) as StateDict["state"][number];
    const group = dict.param_groups.find(({ params }) => params.includes(index));
    // At μ = 0 the buffer may be left out; a dialect that updates it anyway starts from zeros.
    const feeds = this.optimizer.dialect.zeroMomentum === "buffered" && group?.momentum === 0;
    if (feeds) entry.momentum_buffer ??= new Float32Array(entry.square_avg.length);
    dict.state[index] = entry;
    this.optimizer.loadStateDict(dict);
  }

  save(): unknown {
    return this.optimizer.stateDict();
  }

  restore(saved: unknown): void {
    this.optimizer.loadStateDict(saved as StateDict);
  }
}

/** The same record without the keys that are undefined. */
function given<T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function rejecting<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new RejectedHyperparameter(error.message);
    throw error;
  }
}

/** The bundled implementation in a dialect of the catalogue or any other. */
export function optimizerOf(
  dialect: string | Dialect,
  evaluation: PinnedEvaluationName,
  groups: readonly OptimizerGroup[],
): Optimizer {
  return new BundledOptimizer(dialect, evaluation, groups);
}

/** A factory over the bundled implementation in one of its evaluations. */
export function bundledFactory(evaluation: PinnedEvaluationName): OptimizerFactory {
  return { create: (dialect, groups) => optimizerOf(dialect, evaluation, groups) };
}

/** The bundled implementation as the thing under test. */
export function bundledAdapter(evaluation: PinnedEvaluationName): InProcessAdapter {
  return new InProcessAdapter(
    {
      implementation: { name: `bundled (${evaluation})`, version: packageVersion(), language: "TypeScript" },
      // PyTorch's dialect is requested most, so it comes first, as the main one.
      dialects: ["pytorch", ...DIALECTS.map(({ id }) => id).filter((id) => id !== "pytorch")],
      capabilities: [...CAPABILITIES],
      float32: { reference: evaluation },
    },
    bundledFactory(evaluation),
  );
}
