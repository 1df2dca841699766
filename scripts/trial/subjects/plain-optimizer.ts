import { STATE_SLOTS, type StateSlot } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import {
  type GivenHyperparameters,
  type Optimizer,
  type OptimizerGroup,
  type OptimizerState,
  RejectedHyperparameter,
} from "../../../src/adapter/optimizer.js";
import { type Parts, PLAIN, type Place } from "./parts.js";

/** The state of one parameter, as the optimizer changes it. */
export type State = { step: number } & { [S in StateSlot]?: Float32Array };

/** What `save` gives back. */
export interface Saved {
  readonly hyperparameters: Hyperparameters[];
  readonly states: (State | undefined)[];
}

const NOT_NEGATIVE = ["lr", "alpha", "eps", "momentum", "weight_decay"] as const;

/**
 * An RMSprop without tricks: one loop over the elements, one object for the state of each parameter. It shares no
 * code with the production implementation. Subclasses and other parts make it wrong, or right in another way.
 */
export class PlainOptimizer implements Optimizer {
  /** One for each group. */
  protected readonly hyperparameters: Hyperparameters[];
  protected readonly parameters: readonly Float32Array[];
  /** The group of each parameter. */
  protected readonly groupOf: readonly number[];
  /** Whether the dialect feeds its buffer where momentum is 0. */
  private readonly feedsAtZero: boolean;
  /** One for each parameter; undefined before its first step. */
  protected states: (State | undefined)[];

  constructor(
    groups: readonly OptimizerGroup[],
    protected readonly parts: Parts = PLAIN,
    dialect = "pytorch",
  ) {
    const { defaults, zeroMomentum } = dialectById(dialect);
    this.feedsAtZero = zeroMomentum === "buffered";
    this.hyperparameters = groups.map((group) => changed(defaults, group.hyperparameters));
    this.parameters = groups.flatMap((group) => [...group.parameters]);
    this.groupOf = groups.flatMap((group, g) => group.parameters.map(() => g));
    this.states = this.parameters.map(() => undefined);
  }

  step(gradients: readonly (Float32Array | null)[]): void {
    for (const [k, gradient] of gradients.entries()) if (gradient) this.stepParameter(k, gradient);
  }

  /** Step parameter `k`, which has a gradient. */
  protected stepParameter(k: number, gradient: Float32Array): void {
    const h = this.hyperparameters[this.groupOf[k]];
    this.states[k] ??= this.initialState(gradient.length, h);
    const state = this.states[k];
    state.step++;
    if (h.centered) state.grad_avg ??= new Float32Array(gradient.length);
    if (this.hasBuffer(h)) state.momentum_buffer ??= new Float32Array(gradient.length);
    this.stepElements(this.parameters[k], gradient, state, h);
  }

  private hasBuffer({ momentum }: Hyperparameters): boolean {
    return momentum > 0 || this.feedsAtZero;
  }

  protected initialState(length: number, _h: Hyperparameters): State {
    return { step: 0, square_avg: new Float32Array(length) };
  }

  /** One step of all elements of a parameter, whose state has the buffers that it needs. */
  protected stepElements(p: Float32Array, gradient: Float32Array, state: State, h: Hyperparameters): void {
    const at = {
      h,
      scalars: this.parts.scalars(h, state.step),
      step: state.step,
      index: 0,
      length: p.length,
    };
    for (; at.index < p.length; at.index++) this.stepElement(p, gradient, state, at);
  }

  /** One step of the element at a place. */
  protected stepElement(p: Float32Array, gradient: Float32Array, state: State, at: Place): void {
    const { parts } = this;
    const { h, index: i } = at;
    const s = state.square_avg as Float32Array;
    const g = parts.gradient(gradient[i], p[i], at);
    s[i] = parts.meanSquare(s[i], g, at);
    let v = s[i];
    if (h.centered) {
      const a = state.grad_avg as Float32Array;
      a[i] = parts.meanGradient(a[i], g, at);
      v = parts.variance(v, a[i], at);
    }
    const d = parts.denominator(v, at);
    if (this.hasBuffer(h)) {
      const b = state.momentum_buffer as Float32Array;
      b[i] = parts.buffer(b[i], g, d, at);
      p[i] = parts.moveByBuffer(p[i], b[i], at, g, d);
    } else p[i] = parts.move(p[i], g, d, at);
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
      hyperparameters: structuredClone(this.hyperparameters),
      states: this.states.map((state) => state && copyOf(state)),
    };
  }

  restore(saved: Saved): void {
    for (const [g, h] of saved.hyperparameters.entries()) this.hyperparameters[g] = h;
    this.states = saved.states;
  }
}

export function copyOf(state: OptimizerState): State {
  const copy: State = { step: state.step };
  for (const slot of STATE_SLOTS) {
    const values = state[slot];
    if (values) copy[slot] = values.slice();
  }
  return copy;
}

/** `base` with what is given in place of its own. */
function changed(base: Hyperparameters, given: GivenHyperparameters): Hyperparameters {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const h: Hyperparameters = { ...base, ...Object.fromEntries(entries) };
  for (const name of NOT_NEGATIVE) {
    if (!(h[name] >= 0)) throw new RejectedHyperparameter(`${name} is ${h[name]}; it must not be negative`);
  }
  return h;
}
