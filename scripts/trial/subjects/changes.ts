import type { Hyperparameters } from "../../../spec/dialect.js";
import type { GivenHyperparameters, OptimizerGroup } from "../../../src/adapter/optimizer.js";
import { type Parts, PLAIN } from "./parts.js";
import { PlainOptimizer } from "./plain-optimizer.js";
import { type Mutant, withClass } from "./variant.js";

/** Hyperparameters that are changed between steps, and those of groups. */

type Create = Mutant["create"];

/** A change that is made into another one; undefined where it is not made at all. */
function changing(
  rewrite: (
    changes: GivenHyperparameters,
    before: Hyperparameters,
    stepped: boolean,
  ) => GivenHyperparameters | undefined,
): Create {
  return withClass(
    class extends PlainOptimizer {
      override setHyperparameters(group: number, changes: GivenHyperparameters): void {
        const stepped = this.states.some((state) => state !== undefined);
        const other = rewrite(changes, this.hyperparameters[group], stepped);
        if (other) super.setHyperparameters(group, other);
      }
    },
  );
}

/** A change that leaves one hyperparameter as it was. */
function ignoring(name: keyof Hyperparameters): Create {
  return changing((changes) => ({ ...changes, [name]: undefined }));
}

/** Hyperparameters, once changed, to those from before the changes. */
const origins = new WeakMap<Hyperparameters, Hyperparameters>();

/** Scalars of which some are not computed again when hyperparameters change. */
function stale(
  scalars: (now: Hyperparameters, origin: Hyperparameters) => Partial<ReturnType<Parts["scalars"]>>,
): Create {
  const parts: Parts = {
    ...PLAIN,
    scalars: (h, step) => ({ ...PLAIN.scalars(h, step), ...scalars(h, origins.get(h) ?? h) }),
  };
  return withClass(
    class extends PlainOptimizer {
      constructor(groups: readonly OptimizerGroup[]) {
        super(groups, parts);
      }

      override setHyperparameters(group: number, changes: GivenHyperparameters): void {
        const before = this.hyperparameters[group];
        super.setHyperparameters(group, changes);
        origins.set(this.hyperparameters[group], origins.get(before) ?? before);
      }
    },
  );
}

/** Groups that are given other hyperparameters than their own. */
function grouping(rewrite: (groups: readonly OptimizerGroup[]) => readonly GivenHyperparameters[]): Create {
  return (groups) => {
    const others = rewrite(groups);
    return new PlainOptimizer(groups.map((group, g) => ({ ...group, hyperparameters: others[g] })));
  };
}

export const CHANGE_MUTANTS: readonly Mutant[] = [
  ...(
    [
      ["lr", "learning rate"],
      ["alpha", "decay of the running averages"],
      ["eps", "ε"],
      ["momentum", "momentum"],
      ["weight_decay", "weight decay"],
      ["maximize", "direction"],
      ["centered", "choice between centered and not"],
    ] as const
  ).map(
    ([name, text]): Mutant => ({
      id: `change-of-${name.replace("_", "-")}-ignored`,
      title: `The ${text} cannot be changed after the optimizer was made.`,
      clause: "RMS-9.4",
      create: ignoring(name),
    }),
  ),
  {
    id: "change-one-step-late",
    title: "A change holds from the step after the next one on.",
    clause: "RMS-9.4",
    create: withClass(
      class extends PlainOptimizer {
        private readonly late: [number, GivenHyperparameters][] = [];

        override setHyperparameters(group: number, changes: GivenHyperparameters): void {
          this.late.push([group, changes]);
        }

        override step(gradients: readonly (Float32Array | null)[]): void {
          super.step(gradients);
          for (const [group, changes] of this.late.splice(0)) super.setHyperparameters(group, changes);
        }
      },
    ),
  },
  {
    id: "change-before-the-first-step-ignored",
    title: "A change before the first step is not made.",
    clause: "RMS-9.4",
    create: changing((changes, _, stepped) => (stepped ? changes : undefined)),
  },
  {
    id: "change-resets-the-others",
    title: "A change gives the other hyperparameters their defaults.",
    clause: "RMS-9.4",
    create: changing((changes) => ({
      lr: 0.01,
      alpha: 0.99,
      eps: 1e-8,
      momentum: 0,
      weight_decay: 0,
      ...changes,
    })),
  },
  {
    id: "change-forgets-the-changes-before",
    title: "A change starts from the hyperparameters that the optimizer was made with.",
    clause: "RMS-9.4",
    create: withClass(
      class extends PlainOptimizer {
        private readonly first = [...this.hyperparameters];

        override setHyperparameters(group: number, changes: GivenHyperparameters): void {
          this.hyperparameters[group] = this.first[group];
          super.setHyperparameters(group, changes);
        }
      },
    ),
  },
  {
    id: "change-of-equal-value-doubles",
    title: "A learning rate that is set again to what it is becomes half of it.",
    clause: "RMS-9.4",
    create: changing((changes, { lr }) => (changes.lr === lr ? { ...changes, lr: lr / 2 } : changes)),
  },
  {
    id: "change-resets-the-state",
    title: "A change resets the mean square to zero.",
    clause: "RMS-9.4",
    create: withClass(
      class extends PlainOptimizer {
        private readonly changedGroups = new Set<number>();

        override setHyperparameters(group: number, changes: GivenHyperparameters): void {
          super.setHyperparameters(group, changes);
          this.changedGroups.add(group);
        }

        override step(gradients: readonly (Float32Array | null)[]): void {
          for (const [k, state] of this.states.entries())
            if (this.changedGroups.has(this.groupOf[k])) state?.square_avg?.fill(0);
          this.changedGroups.clear();
          super.step(gradients);
        }
      },
    ),
  },
  {
    id: "change-of-lr-scales-the-buffer",
    title: "A change of the learning rate scales the momentum buffer, as if the rate were in it.",
    clause: "RMS-6.3",
    create: withClass(
      class extends PlainOptimizer {
        override setHyperparameters(group: number, changes: GivenHyperparameters): void {
          const { lr } = this.hyperparameters[group];
          super.setHyperparameters(group, changes);
          const ratio = lr / this.hyperparameters[group].lr;
          for (const [k, state] of this.states.entries()) {
            const buffer = this.groupOf[k] === group && Number.isFinite(ratio) && state?.momentum_buffer;
            if (buffer) for (const i of buffer.keys()) buffer[i] *= ratio;
          }
        }
      },
    ),
  },
  {
    id: "change-of-alpha-keeps-the-complement",
    title: "A change of β leaves 1 − β as it was.",
    clause: "RMS-9.4",
    create: stale((_, { alpha }) => ({ complement: Math.fround(1 - alpha) })),
  },
  {
    id: "change-of-lr-keeps-the-momentum-step",
    title: "Under momentum a change of the learning rate leaves the cached −η as it was.",
    clause: "RMS-9.4",
    create: stale((now, { lr }) => (now.momentum > 0 ? { lr: Math.fround(lr) } : {})),
  },
  {
    id: "change-reaches-the-first-parameter-only",
    title: "A change of the learning rate holds for the first parameter of the group alone.",
    clause: "RMS-9.4",
    create: withClass(
      class extends PlainOptimizer {
        private readonly first = [...this.hyperparameters];

        protected override stepParameter(k: number, gradient: Float32Array): void {
          const group = this.groupOf[k];
          const h = this.hyperparameters[group];
          if (this.groupOf[k - 1] === group) this.hyperparameters[group] = { ...h, lr: this.first[group].lr };
          super.stepParameter(k, gradient);
          this.hyperparameters[group] = h;
        }
      },
    ),
  },
  {
    id: "change-reaches-all-groups",
    title: "A change of one group is made in all of them.",
    clause: "RMS-8.6",
    create: withClass(
      class extends PlainOptimizer {
        override setHyperparameters(_: number, changes: GivenHyperparameters): void {
          for (const g of this.hyperparameters.keys()) super.setHyperparameters(g, changes);
        }
      },
    ),
  },
  {
    id: "change-goes-to-the-first-group",
    title: "A change of any group is made in the first one.",
    clause: "RMS-8.6",
    create: withClass(
      class extends PlainOptimizer {
        override setHyperparameters(_: number, changes: GivenHyperparameters): void {
          super.setHyperparameters(0, changes);
        }
      },
    ),
  },
  {
    id: "second-group-has-the-first-learning-rate",
    title: "Every group moves with the learning rate of the first one.",
    clause: "RMS-8.6",
    create: grouping(([first, ...others]) => [
      first.hyperparameters,
      ...others.map(({ hyperparameters }) => ({ ...hyperparameters, lr: first.hyperparameters.lr })),
    ]),
  },
  {
    id: "second-group-has-the-first-epsilon",
    title: "Every group has the ε of the first one.",
    clause: "RMS-8.6",
    create: grouping(([first, ...others]) => [
      first.hyperparameters,
      ...others.map(({ hyperparameters }) => ({ ...hyperparameters, eps: first.hyperparameters.eps })),
    ]),
  },
  {
    id: "learning-rate-with-six-decimals",
    title: "The learning rate is handed on as text with six decimals.",
    clause: "RMS-1.2",
    bug: {
      where: "MXNet, C++ package",
      what: "Hyperparameters are printed with six decimals on their way, so that a learning rate below 5e-7 becomes 0.",
    },
    create: grouping((groups) =>
      groups.map(({ hyperparameters: { lr, ...h } }) => ({ ...h, lr: lr && Number(lr.toFixed(6)) })),
    ),
  },
  {
    id: "groups-in-reverse-order",
    title: "The hyperparameters of the groups are taken from the last group to the first.",
    clause: "RMS-8.6",
    create: grouping((groups) => groups.map(({ hyperparameters }) => hyperparameters).reverse()),
  },
  {
    id: "weight-decay-in-the-first-group-only",
    title: "Only the first group has weight decay.",
    clause: "RMS-8.6",
    create: grouping((groups) =>
      groups.map(({ hyperparameters: h }, g) => (g === 0 ? h : { ...h, weight_decay: 0 })),
    ),
  },
  {
    id: "third-group-is-the-second",
    title: "From the third group on, groups have the hyperparameters of the second.",
    clause: "RMS-8.6",
    create: grouping((groups) => groups.map((_, g) => groups[Math.min(g, 1)].hyperparameters)),
  },
];
