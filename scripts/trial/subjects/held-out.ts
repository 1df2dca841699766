import { isDeepStrictEqual } from "node:util";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import type { GivenHyperparameters, OptimizerGroup, OptimizerState } from "../../../src/adapter/optimizer.js";
import { MAX_FLOAT32, MIN_NORMAL } from "../../../src/float32/bits.js";
import { ulp } from "../../../src/float32/neighbours.js";
import { type Parts, PLAIN, type Place, type Scalars } from "./parts.js";
import { copyOf, PlainOptimizer, type Saved, type State } from "./plain-optimizer.js";
import { type Mutant, withClass, withParts } from "./variant.js";

/**
 * Written when the suite was finished, without looking at its properties: these measure how many faults the suite
 * detects that its authors did not have in mind.
 */

const f = Math.fround;

/** Scalars that are infinite in float32 although they were given as finite. */
function saturated(scalars: Scalars): Scalars {
  const finite = (x: number) => (x === Number.POSITIVE_INFINITY ? MAX_FLOAT32 : x);
  return {
    ...scalars,
    lr: finite(scalars.lr),
    eps: finite(scalars.eps),
    momentum: finite(scalars.momentum),
    weightDecay: finite(scalars.weightDecay),
  };
}

/** A part that does its work only where the learning rate is not zero, and else gives the parameter back. */
const UNTOUCHED_AT_RATE_ZERO: Partial<Parts> = {
  move: (p, g, d, at) => (at.scalars.lr === 0 ? p : PLAIN.move(p, g, d, at)),
  moveByBuffer: (p, b, at, g, d) => (at.scalars.lr === 0 ? p : PLAIN.moveByBuffer(p, b, at, g, d)),
};

/** Mean squares below 2^-40 of the largest one of their block of 256 become 0, as one scale cannot hold both. */
function quantizeBlocks(squares: Float32Array): void {
  for (let start = 0; start < squares.length; start += 256) {
    const block = squares.subarray(start, start + 256);
    const largest = block.reduce((max, s) => Math.max(max, s), 0);
    if (!Number.isFinite(largest)) continue;
    for (const [i, s] of block.entries()) if (s > 0 && s < largest * 2 ** -40) block[i] = 0;
  }
}

export const HELD_OUT_MUTANTS: readonly Mutant[] = [
  {
    id: "beta-zero-overwrites",
    title: "At β = 0 the mean square is overwritten without being read, as beta = 0 does in BLAS.",
    clause: "RMS-11.7",
    create: withParts({
      meanSquare: (s, g, at) =>
        at.scalars.alpha === 0 ? f(f(at.scalars.complement * g) * g) : PLAIN.meanSquare(s, g, at),
    }),
  },
  {
    id: "rate-zero-leaves-the-parameter-alone",
    title: "At η = 0 the parameter is not written, not even where 0·g/d is NaN.",
    clause: "RMS-11.1",
    create: withParts(UNTOUCHED_AT_RATE_ZERO),
  },
  {
    id: "scalars-saturate",
    title: "A finite hyperparameter beyond the float32s becomes the largest of them instead of infinite.",
    clause: "RMS-1.2",
    create: withParts({
      scalars: (h, step) => {
        const cast = PLAIN.scalars(h, step);
        const given = [h.lr, h.eps, h.momentum, h.weight_decay];
        return given.every(Number.isFinite) ? saturated(cast) : cast;
      },
    }),
  },
  {
    id: "update-thought-to-be-absorbed",
    title:
      "An update below half an ulp of the parameter is not made, although below a power of two the floats are closer.",
    clause: "RMS-1.2",
    create: withParts({
      move: (p, g, d, at) => {
        const update = f(f(at.scalars.lr * g) / d);
        const absorbed = Number.isFinite(p) && Math.abs(update) < ulp(p) / 2;
        return absorbed ? p : f(p - update);
      },
    }),
  },
  {
    id: "lerp-mirrored-after-one-half",
    title: "The mean gradient's lerp takes its mirrored form beyond a weight of ½, and not from ½ on.",
    clause: "RMS-7.1",
    declares: { reference: "unfused" },
    create: withParts({
      meanGradient: (a, g, at) =>
        at.scalars.complement === 0.5 ? f(a + f(0.5 * f(g - a))) : PLAIN.meanGradient(a, g, at),
    }),
  },
  {
    id: "one-scale-for-a-block",
    title:
      "The mean square is stored with one scale for 256 elements: what is small relative to the largest is lost.",
    clause: "RMS-8.5",
    create: withClass(
      class extends PlainOptimizer {
        protected override stepElements(
          p: Float32Array,
          g: Float32Array,
          state: State,
          h: Hyperparameters,
        ): void {
          super.stepElements(p, g, state, h);
          quantizeBlocks(state.square_avg as Float32Array);
        }
      },
    ),
  },
  {
    id: "equal-groups-are-one",
    title: "Groups that are made with equal hyperparameters share them: a change of one is a change of all.",
    clause: "RMS-8.6",
    create: withClass(
      class extends PlainOptimizer {
        private readonly leaders = this.hyperparameters.map((h, _, all) =>
          all.findIndex((other) => isDeepStrictEqual(other, h)),
        );

        override setHyperparameters(group: number, changes: GivenHyperparameters): void {
          for (const [g, leader] of this.leaders.entries())
            if (leader === this.leaders[group]) super.setHyperparameters(g, changes);
        }
      },
    ),
  },
  {
    id: "later-groups-unchecked",
    title: "The hyperparameters of the first group are checked, those of later groups are not.",
    clause: "RMS-12.1",
    create: withClass(
      class extends PlainOptimizer {
        constructor(groups: readonly OptimizerGroup[]) {
          super(groups.map((group, g) => (g === 0 ? group : { ...group, hyperparameters: {} })));
          for (const [g, { hyperparameters }] of groups.entries()) {
            const given = Object.entries(hyperparameters).filter(([, value]) => value !== undefined);
            this.hyperparameters[g] = { ...dialectById("pytorch").defaults, ...Object.fromEntries(given) };
          }
        }
      },
    ),
  },
  {
    id: "second-change-replaces-the-first",
    title: "Of two changes between the same steps only the second one is made.",
    clause: "RMS-9.4",
    create: withClass(
      class extends PlainOptimizer {
        private current = [...this.hyperparameters];

        override step(gradients: readonly (Float32Array | null)[]): void {
          this.current = [...this.hyperparameters];
          super.step(gradients);
        }

        override setHyperparameters(group: number, changes: GivenHyperparameters): void {
          this.hyperparameters[group] = this.current[group];
          super.setHyperparameters(group, changes);
        }

        override restore(saved: Saved): void {
          super.restore(saved);
          this.current = [...this.hyperparameters];
        }
      },
    ),
  },
  {
    id: "small-change-of-the-rate-ignored",
    title: "A change of the learning rate by 1e-8 or less is not made, as in a scheduler with a threshold.",
    clause: "RMS-9.4",
    create: withClass(
      class extends PlainOptimizer {
        override setHyperparameters(group: number, changes: GivenHyperparameters): void {
          const { lr } = changes;
          const small = lr !== undefined && lr >= 0 && Math.abs(lr - this.hyperparameters[group].lr) <= 1e-8;
          super.setHyperparameters(group, small ? { ...changes, lr: undefined } : changes);
        }
      },
    ),
  },
  {
    id: "loading-undoes-changes",
    title: "A loaded state brings back the hyperparameters that the group was made with.",
    clause: "RMS-9.4",
    create: withClass(
      class extends PlainOptimizer {
        private readonly first = [...this.hyperparameters];

        override load(index: number, state: OptimizerState): void {
          super.load(index, state);
          const group = this.groupOf[index];
          this.hyperparameters[group] = this.first[group];
        }
      },
    ),
  },
  {
    id: "checkpoint-in-order-of-text",
    title: "A checkpoint lists the states by their numbers as text, so that 10 comes before 2.",
    clause: "RMS-10.1",
    create: withClass(
      class extends PlainOptimizer {
        override save(): Saved {
          const { hyperparameters, states } = super.save();
          const order = [...states.keys()].map(String).sort();
          return { hyperparameters, states: order.map((k) => states[Number(k)]) };
        }
      },
    ),
  },
  {
    id: "single-element-without-weight-decay",
    title: "A tensor of one element is left without weight decay, as biases often are.",
    clause: "RMS-8.4",
    create: withParts({
      gradient: (g, p, at) =>
        at.length === 1
          ? PLAIN.gradient(g, p, { ...at, h: { ...at.h, weight_decay: 0 } })
          : PLAIN.gradient(g, p, at),
    }),
  },
  {
    id: "buffers-out-of-line-with-gradients",
    title:
      "Where a gradient is missing, the present ones are paired with the group's buffers from the first on.",
    clause: "RMS-10.4",
    create: withClass(
      class extends PlainOptimizer {
        private readonly members = this.hyperparameters.map((_, g) =>
          [...this.groupOf.keys()].filter((k) => this.groupOf[k] === g),
        );

        override step(gradients: readonly (Float32Array | null)[]): void {
          const before = this.states.map((state) => state?.momentum_buffer);
          const moved: number[] = [];
          for (const members of this.members) {
            const present = members.filter((k) => gradients[k]);
            for (const [i, k] of present.entries()) {
              const [state, other] = [this.states[k], before[members[i]]];
              if (
                members[i] === k ||
                !state?.momentum_buffer ||
                other?.length !== state.momentum_buffer.length
              )
                continue;
              state.momentum_buffer = other;
              moved.push(k);
            }
          }
          super.step(gradients);
          for (const k of moved) (this.states[k] as State).momentum_buffer = before[k] as Float32Array;
        }
      },
    ),
  },
  {
    id: "loaded-state-is-merged",
    title: "A loaded state without a momentum buffer leaves the buffer that was there.",
    clause: "RMS-6.1",
    create: withClass(
      class extends PlainOptimizer {
        override load(index: number, state: OptimizerState): void {
          const momentum_buffer = this.states[index]?.momentum_buffer;
          this.states[index] = { ...(momentum_buffer && { momentum_buffer }), ...copyOf(state) };
        }
      },
    ),
  },
  {
    id: "mean-gradient-and-buffer-in-one-array",
    title: "Where a step makes the mean gradient and the buffer, both are the same array of zeros.",
    clause: "RMS-6.1",
    create: withClass(
      class extends PlainOptimizer {
        protected override stepParameter(k: number, gradient: Float32Array): void {
          const h = this.hyperparameters[this.groupOf[k]];
          this.states[k] ??= this.initialState(gradient.length, h);
          const state = this.states[k];
          if (h.centered && h.momentum > 0 && !state.grad_avg && !state.momentum_buffer)
            state.grad_avg = state.momentum_buffer = new Float32Array(gradient.length);
          super.stepParameter(k, gradient);
        }
      },
    ),
  },
  {
    id: "rest-of-four-threads-skipped",
    title: "Beyond 32,768 elements a tensor is divided among four threads, and what remains is not stepped.",
    clause: "RMS-8.3",
    create: withClass(
      class extends PlainOptimizer {
        protected override stepElement(p: Float32Array, g: Float32Array, state: State, at: Place): void {
          const left = at.length > 32_768 && at.index >= at.length - (at.length % 4);
          if (!left) super.stepElement(p, g, state, at);
        }
      },
    ),
  },
  {
    id: "subnormal-numerator-flushed",
    title: "Where η·g is subnormal it is taken as 0 before it is divided.",
    clause: "RMS-11.5",
    create: withParts({
      move: (p, g, d, at) => {
        const numerator = f(at.scalars.lr * g);
        return f(p - f((Math.abs(numerator) < MIN_NORMAL ? 0 * numerator : numerator) / d));
      },
    }),
  },
  {
    id: "late-complement-at-nine-tenths",
    title: "The kernel for β = 0.9 subtracts β from 1 in float32, which is not declared.",
    clause: "RMS-1.1",
    create: withParts({
      scalars: (h, step) => {
        const scalars = PLAIN.scalars(h, step);
        return h.alpha === 0.9 ? { ...scalars, complement: f(1 - scalars.alpha) } : scalars;
      },
    }),
  },
];
