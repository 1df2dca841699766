import { STATE_SLOTS, type StateSlot } from "../../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../../spec/dialect.js";
import { dialectById } from "../../../../spec/dialects.js";
import {
  type GivenHyperparameters,
  type Optimizer,
  type OptimizerGroup,
  type OptimizerState,
  RejectedHyperparameter,
} from "../../../../src/adapter/optimizer.js";
import { bitsOf, fromBits } from "../../../../src/float32/bits.js";
import { fma32 } from "../../../../src/float32/fma.js";
import { type Parts, PLAIN } from "../parts.js";
import { PlainOptimizer, type State } from "../plain-optimizer.js";
import { type Variant, withClass } from "../variant.js";

/** Implementations that keep, save and show what they know in another way, or show little of it. */

/** Every buffer is there from the beginning, used or not. */
class StateFromTheStart extends PlainOptimizer {
  constructor(groups: readonly OptimizerGroup[]) {
    super(groups);
    this.states = this.parameters.map(({ length }) => ({
      step: 0,
      square_avg: new Float32Array(length),
      grad_avg: new Float32Array(length),
      momentum_buffer: new Float32Array(length),
    }));
  }
}

interface SparseState {
  readonly step: number;
  readonly values: ReadonlyMap<StateSlot, ReadonlyMap<number, number>>;
}

/** The state of an element has an entry only where it is not zero. */
class StateWhereNeeded extends PlainOptimizer {
  private readonly sparse = this.parameters.map((): SparseState | undefined => undefined);

  protected override stepParameter(k: number, gradient: Float32Array): void {
    this.states[k] = this.state(k);
    super.stepParameter(k, gradient);
    this.load(k, this.states[k] as State);
  }

  override state(k: number): State | undefined {
    const sparse = this.sparse[k];
    if (!sparse) return undefined;
    const filled = [...sparse.values].map(([slot, entries]) => {
      const array = new Float32Array(this.parameters[k].length);
      for (const [i, x] of entries) array[i] = x;
      return [slot, array];
    });
    return { step: sparse.step, ...Object.fromEntries(filled) };
  }

  override load(k: number, state: OptimizerState): void {
    const values = new Map<StateSlot, Map<number, number>>();
    for (const slot of STATE_SLOTS) {
      const array = state[slot];
      if (array) values.set(slot, new Map([...array.entries()].filter(([, x]) => !Object.is(x, 0))));
    }
    this.sparse[k] = { step: state.step, values };
  }

  override save() {
    const states = this.parameters.map((_, k) => this.state(k));
    return { hyperparameters: structuredClone(this.hyperparameters), states };
  }

  override restore(saved: ReturnType<PlainOptimizer["save"]>): void {
    super.restore(saved);
    for (const [k, state] of saved.states.entries()) if (state) this.load(k, state);
  }
}

/** As in PyTorch, where the count is a tensor like the others. */
class FloatingStepCount extends PlainOptimizer {
  private readonly counts = new Float32Array(this.parameters.length);

  protected override stepParameter(k: number, gradient: Float32Array): void {
    this.counts[k] += 1;
    super.stepParameter(k, gradient);
    (this.states[k] as State).step = this.counts[k];
  }

  override load(k: number, state: OptimizerState): void {
    super.load(k, state);
    this.counts[k] = state.step;
  }

  override restore(saved: ReturnType<PlainOptimizer["save"]>): void {
    super.restore(saved);
    for (const [k, state] of saved.states.entries()) this.counts[k] = state?.step ?? 0;
  }
}

/** Keeps what it was given, by name, and asks the defaults for the rest when it needs them. */
class NamedHyperparameters extends PlainOptimizer {
  private readonly given: Map<string, number | boolean>[];

  constructor(groups: readonly OptimizerGroup[]) {
    super(groups);
    this.given = groups.map(({ hyperparameters }) => named(hyperparameters));
  }

  override setHyperparameters(group: number, changes: GivenHyperparameters): void {
    for (const [name, value] of named(changes)) this.given[group].set(name, value);
  }

  protected override stepParameter(k: number, gradient: Float32Array): void {
    const group = this.groupOf[k];
    const { defaults } = dialectById("pytorch");
    const entries = Object.entries(defaults).map(([name, value]) => [
      name,
      this.given[group].get(name) ?? value,
    ]);
    this.hyperparameters[group] = Object.fromEntries(entries) as unknown as Hyperparameters;
    super.stepParameter(k, gradient);
  }

  override save() {
    return { ...super.save(), given: this.given.map((each) => new Map(each)) };
  }

  override restore(saved: ReturnType<NamedHyperparameters["save"]>): void {
    super.restore(saved);
    this.given.splice(0, this.given.length, ...saved.given);
  }
}

function named(given: GivenHyperparameters): Map<string, number | boolean> {
  const entries = Object.entries(given).filter(
    (entry): entry is [string, number | boolean] => entry[1] !== undefined,
  );
  for (const [name, value] of entries) {
    if (Number.isNaN(value) || Number(value) < 0) {
      throw new RejectedHyperparameter(`Invalid value for ${name}: ${value}`);
    }
  }
  return new Map(entries);
}

const hex = (bits: number | bigint, digits: number) => bits.toString(16).padStart(digits, "0");
const DOUBLE = new Float64Array(1);
const WORD = new BigUint64Array(DOUBLE.buffer);

function hexOfDouble(x: number): string {
  DOUBLE[0] = x;
  return hex(WORD[0], 16);
}

function doubleOfHex(text: string): number {
  WORD[0] = BigInt(`0x${text}`);
  return DOUBLE[0];
}

const hexOfArray = (values: Float32Array) => [...values].map((x) => hex(bitsOf(x), 8)).join("");
const arrayOfHex = (text: string) =>
  Float32Array.from(text.match(/.{8}/g) ?? [], (word) => fromBits(Number.parseInt(word, 16)));

/** A checkpoint is a text: tensors and numbers by their bits. */
function savingText(groups: readonly OptimizerGroup[]): Optimizer {
  const optimizer = new PlainOptimizer(groups);
  return {
    step: (gradients) => optimizer.step(gradients),
    parameter: (k) => optimizer.parameter(k),
    state: (k) => optimizer.state(k),
    load: (k, state) => optimizer.load(k, state),
    setHyperparameters: (group, changes) => optimizer.setHyperparameters(group, changes),
    save: () =>
      JSON.stringify(optimizer.save(), (_, value) => {
        if (typeof value === "number") return { double: hexOfDouble(value) };
        return value instanceof Float32Array ? { floats: hexOfArray(value) } : value;
      }),
    restore(saved) {
      const { hyperparameters, states } = JSON.parse(saved as string, (_, value) => {
        if (typeof value?.double === "string") return doubleOfHex(value.double);
        return typeof value?.floats === "string" ? arrayOfHex(value.floats) : value;
      });
      optimizer.restore({ hyperparameters, states: states.map((state: State | null) => state ?? undefined) });
    },
  };
}

/** What is not declared is not there. */
function stepsAlone(groups: readonly OptimizerGroup[], parts: Partial<Parts> = {}): Optimizer {
  const optimizer = new PlainOptimizer(groups, { ...PLAIN, ...parts });
  return {
    step: (gradients) => optimizer.step(gradients),
    parameter: (k) => optimizer.parameter(k),
  };
}

const f = Math.fround;
const OPTIONS = ["momentum", "centered", "weight-decay", "maximize", "deterministic"] as const;

export const LIFE_CYCLES: readonly Variant[] = [
  {
    id: "state-from-the-start",
    title: "Has every buffer from the beginning and shows it, used or not.",
    declares: { reference: "unfused" },
    create: withClass(StateFromTheStart),
  },
  {
    id: "state-where-needed",
    title: "Keeps the state in maps, without an entry for what is zero.",
    declares: { reference: "unfused" },
    create: withClass(StateWhereNeeded),
  },
  {
    id: "floating-step-count",
    title: "Counts steps in a float32.",
    declares: { reference: "unfused" },
    create: withClass(FloatingStepCount),
  },
  {
    id: "named-hyperparameters",
    title: "Keeps the hyperparameters that it was given by name, and looks the others up when it steps.",
    declares: { reference: "unfused" },
    create: withClass(NamedHyperparameters),
  },
  {
    id: "checkpoint-in-text",
    title: "Saves a JSON text in which every number stands by its bits.",
    declares: { reference: "unfused" },
    create: savingText,
  },
  {
    id: "hidden-state",
    title: "Offers nothing but steps, and claims PyTorch's bits.",
    declares: { reference: "unfused", capabilities: OPTIONS },
    create: (groups) => stepsAlone(groups),
  },
  {
    id: "hidden-state-in-other-orders",
    title: "Offers nothing but steps: squares first, two-term means, a reciprocal, fused sums.",
    declares: { capabilities: OPTIONS },
    create: (groups) =>
      stepsAlone(groups, {
        meanSquare: (s, g, { scalars: { alpha, complement } }) => fma32(alpha, s, f(complement * f(g * g))),
        meanGradient: (a, g, { scalars: { alpha, complement } }) => fma32(alpha, a, f(complement * g)),
        variance: (s, a) => fma32(a, -a, s),
        denominator: (v, { scalars }) => f(1 / f(f(Math.sqrt(v)) + scalars.eps)),
        buffer: (b, g, r, { scalars }) => fma32(g, r, f(scalars.momentum * b)),
        move: (p, g, r, { scalars }) => fma32(-scalars.lr, f(g * r), p),
      }),
  },
  {
    id: "no-capabilities",
    title: "Offers the plain rule for one group and nothing that need be declared.",
    declares: { capabilities: [] },
    create: (groups) => stepsAlone(groups),
  },
];
