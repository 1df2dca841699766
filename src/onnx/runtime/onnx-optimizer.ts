import type { StateSlot } from "../../../spec/arithmetic.js";
import { STATE_SLOTS } from "../../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { slotsOf, stepShape } from "../../../spec/step-shape.js";
import {
  type AsyncOptimizer,
  type GivenHyperparameters,
  type OptimizerGroup,
  type OptimizerState,
  RejectedHyperparameter,
} from "../../adapter/optimizer.js";
import { initialSquare } from "../update/initial-square.js";
import { scalarsOf } from "../update/scalars.js";
import { stateSlots, type UpdateGraph } from "../update/update-graph.js";
import type { UpdateSource } from "../update/update-source.js";
import type { GraphTensor, OnnxSession } from "./session.js";

type State = { step: number } & { [S in StateSlot]?: Float32Array };

interface Saved {
  readonly hyperparameters: readonly Hyperparameters[];
  readonly states: readonly (State | undefined)[];
}

/** Gives the session of a graph: the same one each time. */
export type SessionOf = (graph: UpdateGraph) => Promise<OnnxSession>;

/**
 * An optimizer whose steps are ONNX graphs, one run for each parameter. Everything else is the host's work, and done
 * here: the state and where it starts, hyperparameters and what is computed of them, groups, checkpoints.
 */
export class OnnxOptimizer implements AsyncOptimizer {
  private hyperparameters: Hyperparameters[];
  private readonly parameters: readonly Float32Array[];
  private readonly groupOf: readonly number[];
  private states: (State | undefined)[];

  /** @throws {RejectedHyperparameter} */
  constructor(
    private readonly dialect: Dialect,
    private readonly source: UpdateSource,
    private readonly sessionOf: SessionOf,
    groups: readonly OptimizerGroup[],
  ) {
    this.hyperparameters = groups.map((group) => changed(dialect.defaults, group.hyperparameters));
    this.parameters = groups.flatMap(({ parameters }) => parameters);
    this.groupOf = groups.flatMap(({ parameters }, g) => parameters.map(() => g));
    this.states = this.parameters.map(() => undefined);
  }

  async step(gradients: readonly (Float32Array | null)[]): Promise<void> {
    for (const [k, gradient] of gradients.entries()) if (gradient) await this.stepParameter(k, gradient);
  }

  private async stepParameter(k: number, gradient: Float32Array): Promise<void> {
    const h = this.hyperparameters[this.groupOf[k]];
    const choice = this.source.choose(this.dialect, h);
    if ("reason" in choice) throw new Error(choice.reason);
    const { graph } = choice;
    const session = await this.sessionOf(graph);

    const { length } = gradient;
    const state = this.states[k] ?? { step: 0, square_avg: initialSquare(this.dialect, h, length) };
    const step = state.step + 1;
    const shape = graph.tensorShape ?? [length];
    const feeds: Record<string, GraphTensor> = {
      parameter: { shape, values: this.parameters[k] },
      gradient: { shape, values: gradient },
    };
    // A slot that only the graph has is not part of the state. Of the zeros, −0 is the one that can be added to anything
    // without a trace.
    const kept = slotsOf(stepShape(this.dialect, h));
    for (const slot of stateSlots(graph)) {
      const values = kept.includes(slot)
        ? (state[slot] ?? new Float32Array(length))
        : new Float32Array(length).fill(-0);
      feeds[slot] = { shape, values };
    }
    const scalars = scalarsOf(this.dialect, h, step);
    for (const name of graph.scalars) feeds[name] = { shape: [], values: Float32Array.of(scalars[name]) };

    const results = await session.run(feeds);
    const next = (slot: string) => checked(results[`next.${slot}`], `next.${slot}`, length, graph.source);
    const after: State = { ...state, step };
    for (const slot of stateSlots(graph)) if (kept.includes(slot)) after[slot] = next(slot);
    this.parameters[k].set(next("parameter"));
    this.states[k] = after;
  }

  setHyperparameters(group: number, changes: GivenHyperparameters): void {
    this.hyperparameters[group] = changed(this.hyperparameters[group], changes);
  }

  parameter(index: number): Float32Array {
    return this.parameters[index];
  }

  state(index: number): OptimizerState | undefined {
    return this.states[index];
  }

  load(index: number, state: OptimizerState): void {
    this.states[index] = copyOf(state);
  }

  save(): Saved {
    return {
      hyperparameters: [...this.hyperparameters],
      states: this.states.map((state) => state && copyOf(state)),
    };
  }

  restore(saved: unknown): void {
    const { hyperparameters, states } = saved as Saved;
    this.hyperparameters = [...hyperparameters];
    this.states = states.map((state) => state && copyOf(state));
  }
}

function copyOf(state: OptimizerState): State {
  const copy: State = { step: state.step };
  for (const slot of STATE_SLOTS) {
    const values = state[slot];
    if (values) copy[slot] = values.slice();
  }
  return copy;
}

/** A graph may give anything; what is not the next state of this parameter is an error of it. */
function checked(tensor: GraphTensor, name: string, length: number, source: string): Float32Array {
  const { values } = tensor;
  if (values instanceof Float32Array && values.length === length) return values;
  throw new Error(
    `${source}: ${name} has ${values.length} elements of ${values.constructor.name}, not ${length} float32`,
  );
}

const NOT_NEGATIVE = ["lr", "alpha", "eps", "momentum", "weight_decay", "lr_decay"] as const;

/** @throws {RejectedHyperparameter} */
function changed(base: Hyperparameters, given: GivenHyperparameters): Hyperparameters {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const h: Hyperparameters = { ...base, ...Object.fromEntries(entries) };
  for (const name of NOT_NEGATIVE)
    if (!(h[name] >= 0)) throw new RejectedHyperparameter(`${name} is ${h[name]}; it must not be negative`);
  if (!(h.clip_value > 0))
    throw new RejectedHyperparameter(`clip_value is ${h.clip_value}; it must be positive`);
  return h;
}
