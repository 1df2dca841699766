import type { StateSlot } from "../../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../../spec/dialect.js";
import type { Scalars } from "../parts.js";
import { PlainOptimizer, type State } from "../plain-optimizer.js";
import { type Variant, withClass } from "../variant.js";

/** Implementations that go over the elements in another way, and keep them elsewhere. */

const f = Math.fround;

/** Goes over the places of a tensor in an order of its own. */
abstract class InOtherOrder extends PlainOptimizer {
  protected abstract order(length: number): Iterable<number>;

  protected override stepElements(p: Float32Array, gradient: Float32Array, state: State, h: Hyperparameters) {
    const { length } = p;
    const scalars = this.parts.scalars(h, state.step);
    for (const index of this.order(length)) {
      this.stepElement(p, gradient, state, { h, scalars, step: state.step, index, length });
    }
  }
}

const BLOCK = 256;

class BackwardsInBlocks extends InOtherOrder {
  protected override *order(length: number) {
    for (let start = 0; start < length; start += BLOCK) {
      for (let i = Math.min(start + BLOCK, length) - 1; i >= start; i--) yield i;
    }
  }
}

const STRIDE = 5;

class Strided extends InOtherOrder {
  protected override *order(length: number) {
    for (let first = 0; first < STRIDE; first++) {
      for (let i = first; i < length; i += STRIDE) yield i;
    }
  }
}

/** A thread over its part of a tensor: it gives way after each element. */
function* thread(from: number, to: number): Generator<number> {
  for (let i = from; i < to; i++) yield i;
}

const THREADS = 4;

class Threaded extends InOtherOrder {
  protected override *order(length: number) {
    const share = Math.ceil(length / THREADS);
    const running = Array.from({ length: THREADS }, (_, k) =>
      thread(k * share, Math.min((k + 1) * share, length)),
    );
    // The scheduler prefers the last thread, then goes round.
    while (running.length > 0) {
      const [next] = running.splice(-1);
      const { value, done } = next.next();
      if (done) continue;
      yield value;
      running.unshift(next);
    }
  }
}

/** What the operations of a step read and write of one parameter. */
interface Lane {
  readonly p: Float32Array;
  readonly state: State;
  readonly h: Hyperparameters;
  readonly scalars: Scalars;
  g: Float32Array;
  d: Float32Array;
}

/** One operation over all parameters before the next one, each result in an array. */
class ForEach extends PlainOptimizer {
  override step(gradients: readonly (Float32Array | null)[]): void {
    const rows = gradients.flatMap((gradient, k) => (gradient ? [this.lane(k, gradient)] : []));
    for (const row of rows) if (row.h.maximize) row.g = row.g.map((x) => -x);
    for (const row of rows.filter(({ h }) => h.weight_decay !== 0)) {
      const decay = row.p.map((x) => x * row.scalars.weightDecay);
      row.g = row.g.map((x, i) => x + decay[i]);
    }
    for (const { g, state, scalars } of rows) {
      const kept = bufferOf(state, "square_avg", g).map((x) => x * scalars.alpha);
      const gained = g.map((x) => f(scalars.complement * x) * x);
      state.square_avg = kept.map((x, i) => x + gained[i]);
    }
    for (const lane of rows) lane.d = (lane.state.square_avg as Float32Array).slice();
    for (const lane of rows.filter(({ h }) => h.centered)) {
      const mean = bufferOf(lane.state, "grad_avg", lane.g);
      const w = lane.scalars.complement;
      const apart = lane.g.map((x, i) => x - mean[i]);
      const moved = apart.map((x) => x * (w < 0.5 && w > -0.5 ? w : f(1 - w)));
      lane.state.grad_avg =
        w < 0.5 && w > -0.5 ? mean.map((x, i) => x + moved[i]) : lane.g.map((x, i) => x - moved[i]);
      const squared = lane.state.grad_avg.map((x) => x * x);
      lane.d = lane.d.map((x, i) => x - squared[i]);
    }
    for (const lane of rows) lane.d = lane.d.map(Math.sqrt);
    for (const lane of rows) lane.d = lane.d.map((x) => x + lane.scalars.eps);
    for (const { p, g, d, h, state, scalars } of rows) {
      let change: Float32Array;
      if (h.momentum > 0) {
        const kept = bufferOf(state, "momentum_buffer", g).map((x) => x * scalars.momentum);
        const gained = g.map((x, i) => x / d[i]);
        state.momentum_buffer = kept.map((x, i) => x + gained[i]);
        change = state.momentum_buffer.map((x) => x * scalars.lr);
      } else change = g.map((x) => x * scalars.lr).map((x, i) => x / d[i]);
      p.set(p.map((x, i) => x - change[i]));
    }
  }

  private lane(k: number, gradient: Float32Array): Lane {
    const h = this.hyperparameters[this.groupOf[k]];
    this.states[k] ??= this.initialState(gradient.length, h);
    const state = this.states[k];
    state.step++;
    const scalars = this.parts.scalars(h, state.step);
    return { p: this.parameters[k], state, h, scalars, g: gradient, d: gradient };
  }
}

function bufferOf(state: State, slot: StateSlot, { length }: Float32Array): Float32Array {
  return state[slot] ?? new Float32Array(length);
}

const SLOTS_EACH = 3;

/** All buffers of all parameters in one array, of which a state is views. */
class FlatState extends PlainOptimizer {
  private readonly flat = new Float32Array(
    SLOTS_EACH * this.parameters.reduce((sum, { length }) => sum + length, 0),
  );

  private views(k: number): Required<Omit<State, "step">> {
    const { length } = this.parameters[k];
    const before = this.parameters.slice(0, k).reduce((sum, each) => sum + each.length, 0);
    const view = (slot: number) => {
      const start = SLOTS_EACH * before + slot * length;
      return this.flat.subarray(start, start + length);
    };
    return { square_avg: view(0), grad_avg: view(1), momentum_buffer: view(2) };
  }

  protected override stepParameter(k: number, gradient: Float32Array): void {
    const { step } = this.states[k] ?? { step: 0 };
    this.states[k] = { step, ...this.views(k) };
    super.stepParameter(k, gradient);
  }

  override load(k: number, { step, ...slots }: State): void {
    const views = this.views(k);
    for (const view of Object.values(views)) view.fill(0);
    for (const [slot, values] of Object.entries(slots)) {
      if (values) views[slot as keyof typeof views].set(values);
    }
    this.states[k] = { step, ...views };
  }

  override restore(saved: ReturnType<PlainOptimizer["save"]>): void {
    for (const [k, state] of saved.states.entries()) if (state) this.load(k, state);
    super.restore({ ...saved, states: this.states });
  }
}

/** Parameters are values: a step makes new ones. */
class NewParameters extends PlainOptimizer {
  private readonly current = [...this.parameters];

  protected override stepElements(p: Float32Array, gradient: Float32Array, state: State, h: Hyperparameters) {
    const k = this.parameters.indexOf(p);
    const next = this.current[k].slice();
    super.stepElements(next, gradient, state, h);
    this.current[k] = next;
  }

  override parameter(k: number): Float32Array {
    return this.current[k];
  }
}

export const LOOPS: readonly Variant[] = [
  {
    id: "backwards-in-blocks",
    title: "Goes backwards through blocks of 256 elements.",
    declares: { reference: "unfused" },
    create: withClass(BackwardsInBlocks),
  },
  {
    id: "strided",
    title: "Takes every fifth element, five times.",
    declares: { reference: "unfused" },
    create: withClass(Strided),
  },
  {
    id: "threads-in-turn",
    title: "Shares the elements among threads that run in turn.",
    declares: { reference: "unfused" },
    create: withClass(Threaded),
  },
  {
    id: "for-each",
    title: "Does one operation over all parameters before the next, with arrays between them.",
    declares: { reference: "unfused" },
    create: withClass(ForEach),
  },
  {
    id: "flat-state",
    title: "Keeps all buffers in one array, of which it shows views.",
    declares: { reference: "unfused" },
    create: withClass(FlatState),
  },
  {
    id: "new-parameters",
    title: "Makes new parameters in each step and leaves the given ones alone.",
    declares: { reference: "unfused" },
    create: withClass(NewParameters),
  },
];
