import type { Hyperparameters } from "../../../../spec/dialect.js";
import type { OptimizerGroup } from "../../../../src/adapter/optimizer.js";
import { PLAIN } from "../parts.js";
import { PlainOptimizer, type State } from "../plain-optimizer.js";
import type { Declares, Variant } from "../variant.js";

/** Implementations with a loop of their own, in any dialect. */

const f = Math.fround;

/** One step of one parameter; the state has its count already, and the mean square. */
export type Loop = (p: Float32Array, g: Float32Array, state: State, h: Hyperparameters) => void;

class OwnLoop extends PlainOptimizer {
  constructor(
    groups: readonly OptimizerGroup[],
    dialect: string,
    private readonly loop: Loop,
    private readonly start: (h: Hyperparameters) => number,
  ) {
    super(groups, PLAIN, dialect);
  }

  protected override initialState(length: number, h: Hyperparameters): State {
    return { step: 0, square_avg: new Float32Array(length).fill(this.start(h)) };
  }

  protected override stepParameter(k: number, gradient: Float32Array): void {
    const h = this.hyperparameters[this.groupOf[k]];
    this.states[k] ??= this.initialState(gradient.length, h);
    this.states[k].step++;
    this.loop(this.parameters[k], gradient, this.states[k], h);
  }
}

interface InDialect extends Pick<Variant, "id" | "title">, Omit<Declares, "dialect"> {
  readonly dialect: string;
  readonly loop: Loop;
  /** The mean square before the first step. @default 0 */
  readonly start?: (h: Hyperparameters) => number;
}

export function inDialect({ id, title, dialect, loop, start = () => 0, ...declares }: InDialect): Variant {
  return {
    id,
    title,
    declares: { dialect, ...declares },
    create: (groups) => new OwnLoop(groups, dialect, loop, start),
  };
}

type Buffer = Exclude<keyof State, "step">;

/** A buffer of the state, which begins at zero. */
export function bufferOf(state: State, slot: Buffer, { length }: Float32Array): Float32Array {
  state[slot] ??= new Float32Array(length);
  return state[slot];
}

/** Two-term running average. */
export function average(old: number, h: Hyperparameters, gained: number): number {
  return f(f(old * f(h.alpha)) + gained);
}

export function gainedSquare(h: Hyperparameters, g: number): number {
  return f(f(f(1 - h.alpha) * g) * g);
}
