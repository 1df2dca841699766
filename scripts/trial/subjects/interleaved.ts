import type { GivenHyperparameters, OptimizerState } from "../../../src/adapter/optimizer.js";
import { copyOf, PlainOptimizer, type Saved } from "./plain-optimizer.js";
import { type Mutant, withClass } from "./variant.js";

/** Operations of which each is right by itself, and wrong after or between others. */

export const INTERLEAVING_MUTANTS: readonly Mutant[] = [
  {
    id: "checkpoint-keeps-changes-of-the-first-group",
    title: "A checkpoint has the changes of the first group; the others get back what they were made with.",
    clause: "RMS-10.5",
    create: withClass(
      class extends PlainOptimizer {
        private readonly first = [...this.hyperparameters];

        override save(): Saved {
          const { hyperparameters, states } = super.save();
          return { hyperparameters: hyperparameters.map((h, g) => (g === 0 ? h : this.first[g])), states };
        }
      },
    ),
  },
  {
    id: "load-drops-the-states-that-it-does-not-list",
    title: "A load of some parameters leaves the others without state.",
    clause: "RMS-10.5",
    create: withClass(
      class extends PlainOptimizer {
        override load(index: number, state: OptimizerState): void {
          this.states = this.states.map((_, k) => (k === index ? copyOf(state) : undefined));
        }
      },
    ),
  },
  {
    id: "change-after-a-checkpoint-ignored",
    title: "After a checkpoint, changes go to the groups of the instance before it.",
    clause: "RMS-10.5",
    create: withClass(
      class extends PlainOptimizer {
        private restored = false;

        override restore(saved: Saved): void {
          super.restore(saved);
          this.restored = true;
        }

        override setHyperparameters(group: number, changes: GivenHyperparameters): void {
          if (!this.restored) super.setHyperparameters(group, changes);
        }
      },
    ),
  },
  {
    id: "load-undone-by-a-missing-gradient",
    title: "A loaded state is put in at the next step, but only where that has a gradient.",
    clause: "RMS-10.5",
    create: withClass(
      class extends PlainOptimizer {
        private readonly before = new Map<number, (typeof this.states)[number]>();

        override load(index: number, state: OptimizerState): void {
          this.before.set(index, this.states[index]);
          super.load(index, state);
        }

        override step(gradients: readonly (Float32Array | null)[]): void {
          for (const [k, state] of this.before) if (!gradients[k]) this.states[k] = state;
          this.before.clear();
          super.step(gradients);
        }
      },
    ),
  },
  {
    id: "checkpoint-after-a-missing-gradient-loses-the-count",
    title: "A checkpoint counts no steps of a parameter that had no gradient in the last one.",
    clause: "RMS-10.5",
    create: withClass(
      class extends PlainOptimizer {
        private missing: number[] = [];

        override step(gradients: readonly (Float32Array | null)[]): void {
          super.step(gradients);
          this.missing = [...gradients.keys()].filter((k) => !gradients[k]);
        }

        override save(): Saved {
          const saved = super.save();
          for (const k of this.missing) {
            const state = saved.states[k];
            if (state) state.step = 0;
          }
          return saved;
        }
      },
    ),
  },
  {
    id: "empty-parameter-ends-the-step",
    title: "A parameter without elements ends the step for those behind it.",
    clause: "RMS-10.5",
    create: withClass(
      class extends PlainOptimizer {
        override step(gradients: readonly (Float32Array | null)[]): void {
          const empty = gradients.findIndex((gradient) => gradient?.length === 0);
          super.step(empty < 0 ? gradients : gradients.slice(0, empty + 1));
        }
      },
    ),
  },
  {
    id: "loaded-state-shared-by-equal-lengths",
    title:
      "A load finds the memory for a state by its length: parameters of one length share what was loaded last.",
    clause: "RMS-10.5",
    create: withClass(
      class extends PlainOptimizer {
        private readonly loaded = new Map<number, Float32Array>();

        override load(index: number, state: OptimizerState): void {
          super.load(index, state);
          const own = this.states[index];
          const square = own?.square_avg;
          if (!own || !square) return;
          const shared = this.loaded.get(square.length) ?? square;
          shared.set(square);
          own.square_avg = shared;
          this.loaded.set(square.length, shared);
        }
      },
    ),
  },
  {
    id: "change-resets-the-buffers-of-other-groups",
    title: "A change of one group resets the momentum buffers of the others.",
    clause: "RMS-10.5",
    create: withClass(
      class extends PlainOptimizer {
        override setHyperparameters(group: number, changes: GivenHyperparameters): void {
          super.setHyperparameters(group, changes);
          for (const [k, state] of this.states.entries())
            if (this.groupOf[k] !== group) state?.momentum_buffer?.fill(0);
        }
      },
    ),
  },
  {
    id: "groups-exchanged-by-a-checkpoint",
    title: "A checkpoint gives the groups back in reverse order.",
    clause: "RMS-10.5",
    create: withClass(
      class extends PlainOptimizer {
        override save(): Saved {
          const { hyperparameters, states } = super.save();
          return { hyperparameters: hyperparameters.reverse(), states };
        }
      },
    ),
  },
];
