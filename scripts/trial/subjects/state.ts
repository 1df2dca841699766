import { STATE_SLOTS } from "../../../spec/arithmetic.js";
import { optimizerOf } from "../../../src/adapter/bundled.js";
import type { Optimizer, OptimizerGroup, OptimizerState } from "../../../src/adapter/optimizer.js";
import { nextUp } from "../../../src/float32/neighbours.js";
import { bfloat16, float16 } from "./narrow-floats.js";
import { copyOf, PlainOptimizer, type Saved, type State } from "./plain-optimizer.js";
import { type Mutant, withClass } from "./variant.js";

/** What is kept between steps, and for whom: shared state, checkpoints, loaded state, missing gradients. */

type Create = Mutant["create"];

/** Checkpoints that are not what they were when they are read back. */
function restoring(change: (saved: Saved) => Saved): Create {
  return withClass(
    class extends PlainOptimizer {
      override restore(saved: Saved): void {
        super.restore(change(saved));
      }
    },
  );
}

function restoringStates(change: (state: State) => State | undefined): Create {
  return restoring(({ hyperparameters, states }) => ({
    hyperparameters,
    states: states.map((state) => state && change(state)),
  }));
}

/** The state with another mean square. */
function squaresAs(state: State, as: (s: number) => number): State {
  return { ...state, square_avg: (state.square_avg as Float32Array).map(as) };
}

/** Every value of the state is written by a checkpoint in some way that changes it. */
function writing(write: (value: number) => number): Create {
  return restoringStates((state) => {
    for (const slot of STATE_SLOTS) if (state[slot]) state[slot] = state[slot].map(write);
    return state;
  });
}

/** A checkpoint that gives a hyperparameter the value that it had in the beginning. */
function forgettingChange(name: "lr" | "eps" | "momentum" | "weight_decay"): Create {
  return withClass(
    class extends PlainOptimizer {
      private readonly first = [...this.hyperparameters];

      override save(): Saved {
        const { hyperparameters, states } = super.save();
        return {
          hyperparameters: hyperparameters.map((h, g) => ({ ...h, [name]: this.first[g][name] })),
          states,
        };
      }
    },
  );
}

/** A `load` that changes what it is given. */
function loading(change: (state: State, before: State | undefined) => State | undefined): Create {
  return withClass(
    class extends PlainOptimizer {
      override load(index: number, state: OptimizerState): void {
        this.states[index] = change(copyOf(state), this.states[index]);
      }
    },
  );
}

/** Something else that is done where a gradient is missing. */
function withoutGradient(act: (optimizer: OpenOptimizer, k: number) => void): Create {
  return withClass(
    class extends OpenOptimizer {
      override step(gradients: readonly (Float32Array | null)[]): void {
        super.step(gradients);
        for (const [k, gradient] of gradients.entries()) if (!gradient) act(this, k);
      }
    },
  );
}

class OpenOptimizer extends PlainOptimizer {
  declare states: (State | undefined)[];
  declare readonly parameters: readonly Float32Array[];
  readonly lastGradients: (Float32Array | undefined)[] = [];

  override stepParameter(k: number, gradient: Float32Array): void {
    this.lastGradients[k] = gradient.slice();
    super.stepParameter(k, gradient);
  }
}

/** One state for all parameters that have the same key; a parameter has its state from its first step on. */
function sharing(
  keyOf: (parameter: Float32Array) => string,
  states = () => new Map<string, State>(),
): Create {
  return withClass(
    class extends PlainOptimizer {
      private readonly shared = states();
      private readonly keys = this.parameters.map(keyOf);

      protected override stepParameter(k: number, gradient: Float32Array): void {
        this.states[k] ??= this.shared.get(this.keys[k]);
        super.stepParameter(k, gradient);
        this.shared.set(this.keys[k], this.states[k] as State);
      }
    },
  );
}

/** A mean square that outlives its optimizer; the count of steps starts again. */
const outliving = new Map<number, Float32Array>();

/** The bundled optimizer in a dialect with one of its methods done otherwise. */
function bundledWith(
  dialect: string,
  change: (optimizer: Optimizer, groups: readonly OptimizerGroup[]) => Partial<Optimizer>,
): Create {
  return (groups) => {
    const optimizer = optimizerOf(dialect, "unfused", groups);
    return {
      step: (gradients) => optimizer.step(gradients),
      parameter: (k) => optimizer.parameter(k),
      setHyperparameters: (group, changes) => optimizer.setHyperparameters?.(group, changes),
      state: (k) => optimizer.state?.(k),
      load: (k, state) => optimizer.load?.(k, state),
      save: () => optimizer.save?.(),
      restore: (saved) => optimizer.restore?.(saved),
      ...change(optimizer, groups),
    };
  };
}

export const STATE_MUTANTS: readonly Mutant[] = [
  {
    id: "state-shared-by-equal-lengths",
    title: "Parameters of the same length share one state.",
    clause: "RMS-8.4",
    create: sharing(({ length }) => `${length}`),
  },
  {
    id: "state-found-by-the-parameters-values",
    title: "The state is kept under the values that the parameter has in the beginning.",
    clause: "RMS-8.6",
    create: sharing((values) => values.join()),
  },
  {
    id: "state-shared-between-instances",
    title: "The mean square is kept in a cache of the module, by length, which a new optimizer goes on with.",
    clause: "RMS-10.2",
    create: withClass(
      class extends PlainOptimizer {
        protected override initialState(length: number): State {
          const square_avg = outliving.get(length) ?? new Float32Array(length);
          outliving.set(length, square_avg);
          return { step: 0, square_avg };
        }
      },
    ),
  },
  {
    id: "state-lost-by-a-checkpoint",
    title: "A checkpoint has the hyperparameters but no state.",
    clause: "RMS-10.1",
    create: restoringStates(() => undefined),
  },
  {
    id: "mean-square-reset-by-a-checkpoint",
    title: "After a checkpoint the mean square starts from zero again.",
    clause: "RMS-10.1",
    create: restoringStates((state) => squaresAs(state, () => 0)),
  },
  {
    id: "momentum-buffer-lost-by-a-checkpoint",
    title: "A checkpoint has no momentum buffer.",
    clause: "RMS-10.1",
    create: restoringStates(({ momentum_buffer: _, ...state }) => state),
  },
  {
    id: "mean-gradient-lost-by-a-checkpoint",
    title: "A checkpoint has no mean gradient.",
    clause: "RMS-10.1",
    create: restoringStates(({ grad_avg: _, ...state }) => state),
  },
  {
    id: "unused-buffers-lost-by-a-checkpoint",
    title: "A checkpoint has only the buffers that the present hyperparameters use.",
    clause: "RMS-10.1",
    create: withClass(
      class extends PlainOptimizer {
        override save(): Saved {
          const { hyperparameters, states } = super.save();
          return {
            hyperparameters,
            states: states.map((state, k) => {
              if (!state) return state;
              const { momentum, centered } = hyperparameters[this.groupOf[k]];
              const { momentum_buffer, grad_avg, ...rest } = state;
              return { ...rest, ...(momentum > 0 && { momentum_buffer }), ...(centered && { grad_avg }) };
            }),
          };
        }
      },
    ),
  },
  {
    id: "checkpoint-in-bfloat16",
    title: "A checkpoint stores the state in bfloat16.",
    clause: "RMS-10.1",
    create: writing(bfloat16),
  },
  {
    id: "checkpoint-in-float16",
    title: "A checkpoint stores the state in float16.",
    clause: "RMS-10.1",
    create: writing(float16),
  },
  {
    id: "checkpoint-with-eight-decimal-digits",
    title: "A checkpoint stores the state as text with eight decimal digits, of which nine are needed.",
    clause: "RMS-10.1",
    create: writing((x) => Number(x.toPrecision(8))),
  },
  {
    id: "checkpoint-as-json-numbers",
    title: "A checkpoint stores the state as JSON numbers, so that NaN and infinities come back as 0.",
    clause: "RMS-10.1",
    create: writing((x) => (Number.isFinite(x) ? x : 0)),
  },
  {
    id: "checkpoint-loses-the-sign-of-zero",
    title: "A −0 in the state is +0 after a checkpoint.",
    clause: "RMS-10.1",
    create: writing((x) => (x === 0 ? 0 : x)),
  },
  {
    id: "checkpoint-flushes-subnormals",
    title: "A checkpoint stores subnormal state as 0.",
    clause: "RMS-10.1",
    create: writing((x) => (Math.abs(x) < 2 ** -126 ? 0 : x)),
  },
  {
    id: "checkpoint-resets-the-step-count",
    title: "After a checkpoint the steps are counted from 0 again.",
    clause: "RMS-10.1",
    create: restoringStates((state) => ({ ...state, step: 0 })),
  },
  {
    id: "checkpoint-resets-the-bias-correction",
    title:
      "After a checkpoint the steps of the bias correction are counted from 0 again, but not those that are shown.",
    clause: "RMS-10.1",
    declares: { dialect: "optax-bias-corrected" },
    create: bundledWith("optax-bias-corrected", (optimizer, groups) => {
      const before = groups.flatMap(({ parameters }) => parameters.map(() => 0));
      const visibleState = (k: number): OptimizerState | undefined => {
        const state = optimizer.state?.(k);
        return state && { ...state, step: state.step + before[k] };
      };
      return {
        state: visibleState,
        load: (k, state) => {
          before[k] = 0;
          optimizer.load?.(k, state);
        },
        save: () => ({ inner: optimizer.save?.(), states: before.map((_, k) => visibleState(k)) }),
        restore: (saved) => {
          const { inner, states } = saved as { inner: unknown; states: (OptimizerState | undefined)[] };
          optimizer.restore?.(inner);
          for (const [k, state] of states.entries()) {
            if (!state) continue;
            before[k] = state.step;
            optimizer.load?.(k, { ...state, step: 0 });
          }
        },
      };
    }),
  },
  {
    id: "checkpoint-gives-zeros-to-new-parameters",
    title:
      "After a checkpoint a parameter that had no state starts at a mean square of 0, where the dialect says 1.",
    clause: "RMS-10.1",
    declares: { dialect: "tensorflow" },
    create: bundledWith("tensorflow", (optimizer, groups) => ({
      restore: (saved) => {
        optimizer.restore?.(saved);
        const zeros = groups.flatMap(({ hyperparameters: { centered, momentum = 0 }, parameters }) =>
          parameters.map(({ length }) => ({
            step: 0,
            square_avg: new Float32Array(length),
            ...(centered && { grad_avg: new Float32Array(length) }),
            ...(momentum > 0 && { momentum_buffer: new Float32Array(length) }),
          })),
        );
        for (const [k, state] of zeros.entries()) if (!optimizer.state?.(k)) optimizer.load?.(k, state);
      },
    })),
  },
  {
    id: "checkpoint-swaps-equal-lengths",
    title: "A checkpoint gives two parameters of the same length each other's state.",
    clause: "RMS-10.1",
    create: restoring(({ hyperparameters, states }) => ({
      hyperparameters,
      states: states.map((state, k) => {
        const { length } = state?.square_avg ?? [];
        return states.findLast((other, j) => j !== k && other?.square_avg?.length === length) ?? state;
      }),
    })),
  },
  {
    id: "checkpoint-skips-what-has-no-state",
    title: "A checkpoint lists the states that there are, and they come back to the first parameters.",
    clause: "RMS-10.1",
    create: withClass(
      class extends PlainOptimizer {
        override restore({ hyperparameters, states }: Saved): void {
          const present = states.filter((state) => state !== undefined);
          const fitting = this.parameters.map(({ length }, k) =>
            present[k]?.square_avg?.length === length ? present[k] : undefined,
          );
          super.restore({ hyperparameters, states: fitting });
        }
      },
    ),
  },
  {
    id: "checkpoint-keeps-the-first-learning-rate",
    title: "A checkpoint has the learning rate that the optimizer was made with.",
    clause: "RMS-10.1",
    create: forgettingChange("lr"),
  },
  {
    id: "checkpoint-keeps-the-first-epsilon",
    title: "A checkpoint has the ε that the optimizer was made with.",
    clause: "RMS-10.1",
    create: forgettingChange("eps"),
  },
  {
    id: "checkpoint-keeps-the-first-momentum",
    title: "A checkpoint has the momentum that the optimizer was made with.",
    clause: "RMS-10.1",
    create: forgettingChange("momentum"),
  },
  {
    id: "checkpoint-keeps-the-first-weight-decay",
    title: "A checkpoint has the weight decay that the optimizer was made with.",
    clause: "RMS-10.1",
    create: forgettingChange("weight_decay"),
  },
  {
    id: "load-at-step-zero-is-ignored",
    title: "A loaded state that counts no step is taken for none.",
    clause: "RMS-11.7",
    create: loading((state) => (state.step === 0 ? undefined : state)),
  },
  {
    id: "load-keeps-the-old-step-count",
    title: "A loaded state leaves the steps counted as before.",
    clause: "RMS-9.4",
    create: loading((state, before) => ({ ...state, step: before?.step ?? 0 })),
  },
  {
    id: "load-takes-only-the-mean-square",
    title: "A loaded state leaves the buffers at zero.",
    clause: "RMS-9.4",
    create: loading(({ grad_avg: _a, momentum_buffer: _b, ...state }) => state),
  },
  {
    id: "load-scales-the-mean-square",
    title: "A loaded mean square is divided by 1 − β^t, as if it had to be corrected for its bias.",
    clause: "RMS-9.4",
    create: loading((state) => squaresAs(state, (s) => s / (1 - 0.99 ** Math.max(state.step, 1)))),
  },
  {
    id: "load-one-ulp-off",
    title: "A loaded mean square of 1 or more is one float higher.",
    clause: "RMS-11.7",
    create: loading((state) => squaresAs(state, (s) => (s >= 1 && s < 2 ** 127 ? nextUp(s) : s))),
  },
  {
    id: "missing-gradient-drops-the-state",
    title: "A parameter without a gradient loses its state at once.",
    clause: "RMS-10.4",
    create: withoutGradient((optimizer, k) => {
      optimizer.states[k] = undefined;
    }),
  },
  {
    id: "state-made-anew-after-a-missing-gradient", // cspell:disable-line
    title: "The first gradient after a missing one finds the mean square at zero.",
    clause: "RMS-10.4",
    create: withClass(
      class extends PlainOptimizer {
        private readonly missed = new Set<number>();

        override step(gradients: readonly (Float32Array | null)[]): void {
          for (const [k, gradient] of gradients.entries()) {
            if (!gradient) this.missed.add(k);
            else if (this.missed.delete(k)) this.states[k]?.square_avg?.fill(0);
          }
          super.step(gradients);
        }
      },
    ),
  },
  {
    id: "missing-gradient-is-counted",
    title: "A step without a gradient is counted.",
    clause: "RMS-10.4",
    create: withoutGradient(({ states }, k) => {
      const state = states[k];
      if (state) state.step++;
    }),
  },
  {
    id: "missing-gradient-repeats-the-last-update",
    title: "Where a gradient is missing, the last one is used again.",
    clause: "RMS-10.4",
    create: withoutGradient((optimizer, k) => {
      const last = optimizer.lastGradients[k];
      if (last) optimizer.stepParameter(k, last);
    }),
  },
  {
    id: "missing-gradient-is-taken-as-zero",
    title: "A missing gradient is taken as zeros: the mean square decays.",
    clause: "RMS-10.4",
    create: withoutGradient((optimizer, k) => {
      optimizer.stepParameter(k, new Float32Array(optimizer.parameters[k].length));
    }),
  },
  {
    id: "missing-gradient-moves-by-the-momentum",
    title: "Without a gradient the momentum buffer decays.",
    clause: "RMS-10.4",
    create: withoutGradient(({ states }, k) => {
      const buffer = states[k]?.momentum_buffer;
      for (const i of buffer?.keys() ?? []) (buffer as Float32Array)[i] *= 0.5;
    }),
  },
  {
    id: "missing-gradient-ends-the-step",
    title: "A missing gradient ends the step for the parameters behind it.",
    clause: "RMS-10.4",
    create: withClass(
      class extends PlainOptimizer {
        override step(gradients: readonly (Float32Array | null)[]): void {
          const missing = gradients.indexOf(null);
          super.step(missing < 0 ? gradients : gradients.slice(0, missing));
        }
      },
    ),
  },
];
