import type { Hyperparameters } from "../../../spec/dialect.js";
import { optimizerOf } from "../../../src/adapter/bundled.js";
import {
  type GivenHyperparameters,
  type OptimizerGroup,
  RejectedHyperparameter,
} from "../../../src/adapter/optimizer.js";
import { fma32 } from "../../../src/float32/fma.js";
import { nextUp } from "../../../src/float32/neighbours.js";
import { type Parts, PLAIN } from "./parts.js";
import { PlainOptimizer } from "./plain-optimizer.js";
import { type Mutant, withClass, withParts } from "./variant.js";

/** What a step may touch, what must be refused, and what must not depend on what was before. */

type Create = Mutant["create"];

const f = Math.fround;

/** A step that leaves other gradients behind than it was given. */
function spoiling(
  spoil: (g: number, p: number, h: Hyperparameters, gradient: Float32Array) => number,
): Create {
  return withClass(
    class extends PlainOptimizer {
      protected override stepParameter(k: number, gradient: Float32Array): void {
        const before = this.parameters[k].slice();
        super.stepParameter(k, gradient);
        const h = this.hyperparameters[this.groupOf[k]];
        const given = gradient.slice();
        for (const [i, g] of given.entries()) gradient[i] = spoil(g, before[i], h, given);
      }
    },
  );
}

type Validated = "lr" | "alpha" | "eps" | "momentum" | "weight_decay";
const VALIDATED = ["lr", "alpha", "eps", "momentum", "weight_decay"] as const;

/** Which values of a hyperparameter pass though they must be refused. */
type Passes = (value: number, name: Validated) => boolean;

/** The plain optimizer with a leaky check: what passes is put in after the check. */
function accepting(passes: Passes, where: "everywhere" | "in changes"): Create {
  const leaking = (given: GivenHyperparameters) => {
    const entries = VALIDATED.flatMap((name) => {
      const value = given[name];
      return value !== undefined && !(value >= 0) && passes(value, name) ? [[name, value]] : [];
    });
    const leaked: GivenHyperparameters = Object.fromEntries(entries);
    const checked = { ...given, ...Object.fromEntries(entries.map(([name]) => [name, undefined])) };
    return { leaked: leaked as Partial<Hyperparameters>, checked };
  };
  return withClass(
    class extends PlainOptimizer {
      constructor(groups: readonly OptimizerGroup[]) {
        super(
          where === "everywhere"
            ? groups.map((group) => ({ ...group, hyperparameters: leaking(group.hyperparameters).checked }))
            : groups,
        );
        if (where === "in changes") return;
        for (const [g, { hyperparameters }] of groups.entries())
          this.hyperparameters[g] = { ...this.hyperparameters[g], ...leaking(hyperparameters).leaked };
      }

      override setHyperparameters(group: number, changes: GivenHyperparameters): void {
        const { leaked, checked } = leaking(changes);
        super.setHyperparameters(group, checked);
        this.hyperparameters[group] = { ...this.hyperparameters[group], ...leaked };
      }
    },
  );
}

/** Refusing, when the optimizer is made and in a change, what is allowed. */
function refusing(name: Validated, refused: (value: number) => boolean): Create {
  const check = ({ [name]: value }: GivenHyperparameters) => {
    if (value !== undefined && refused(value)) throw new RejectedHyperparameter(`${name} is ${value}`);
  };
  return withClass(
    class extends PlainOptimizer {
      constructor(groups: readonly OptimizerGroup[]) {
        super(groups);
        for (const { hyperparameters } of groups) check(hyperparameters);
      }

      override setHyperparameters(group: number, changes: GivenHyperparameters): void {
        check(changes);
        super.setHyperparameters(group, changes);
      }
    },
  );
}

/** The other order that the default freedom allows. */
const fusedMeanSquare: Parts["meanSquare"] = (s, g, { scalars: { alpha, complement } }) =>
  fma32(f(complement * g), g, f(s * alpha));

/** An optimizer of which it depends on something outside of the program whether it fuses. */
function fusingIf(fuses: () => boolean): Create {
  return withParts({
    meanSquare: (s, g, at) => (fuses() ? fusedMeanSquare : PLAIN.meanSquare)(s, g, at),
  });
}

/** Counts calls over all optimizers of the process. */
function counter(): () => number {
  let count = 0;
  return () => count++;
}

const largest = new WeakMap<Float32Array, number>();

/** The largest magnitude of a gradient as it was when it was first asked for: looked for once and not for each element. */
function largestIn(gradient: Float32Array): number {
  const known = largest.get(gradient);
  if (known !== undefined) return known;
  const found = gradient.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  largest.set(gradient, found);
  return found;
}

/** A generator of bits that is never seeded again. */
function bits(): () => boolean {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >= 2 ** 31;
  };
}

const instances = counter();
const elements = counter();
const chance = bits();

export const CONTRACT_MUTANTS: readonly Mutant[] = [
  {
    id: "gradient-changed-by-weight-decay",
    title: "Weight decay is added to the given gradient in place.",
    clause: "RMS-10.3",
    bug: {
      where: "PyTorch 1.13, torch.optim.RMSprop with foreach=True",
      what: "_foreach_add_ added weight_decay·param to p.grad in place; the single-tensor path did not.",
    },
    create: spoiling((g, p, h) => (h.weight_decay === 0 || h.maximize ? g : f(g + f(p * f(h.weight_decay))))),
  },
  {
    id: "gradient-changed-by-maximize",
    title: "Maximizing negates the given gradient in place.",
    clause: "RMS-10.3",
    create: spoiling((g, _, h) => (h.maximize ? -g : g)),
  },
  {
    id: "gradient-zeroed",
    title: "A step sets the gradient to zero.",
    clause: "RMS-10.3",
    create: spoiling(() => 0),
  },
  {
    id: "gradient-normalized-in-long-tensors",
    title: "In tensors of more than 16 elements the gradient is divided by its largest value in place.",
    clause: "RMS-10.3",
    create: spoiling((g, _p, _h, gradient) => (gradient.length > 16 ? g / largestIn(gradient) : g)),
  },
  {
    id: "gradient-cleaned-of-nan",
    title: "A NaN in the gradient is replaced by 0 in place, after it was used.",
    clause: "RMS-10.3",
    create: spoiling((g) => (Number.isNaN(g) ? 0 : g)),
  },
  {
    id: "gradient-loses-the-sign-of-zero",
    title: "A −0 in the gradient becomes +0 in place.",
    clause: "RMS-10.3",
    create: spoiling((g) => (g === 0 ? 0 : g)),
  },
  {
    id: "negative-lr-accepted",
    title: "A negative learning rate is accepted.",
    clause: "RMS-12.1",
    create: accepting((value, name) => name === "lr" && value < 0, "everywhere"),
  },
  {
    id: "negative-momentum-accepted",
    title: "A negative momentum is accepted.",
    clause: "RMS-12.1",
    create: accepting((value, name) => name === "momentum" && value < 0, "everywhere"),
  },
  {
    id: "negative-subnormal-accepted",
    title: "A negative hyperparameter that is subnormal in float32 is taken for −0 and accepted.",
    clause: "RMS-12.1",
    create: accepting((value) => value > -(2 ** -126), "everywhere"),
  },
  {
    id: "refused-at-the-first-step",
    title: "A negative hyperparameter is accepted by the constructor and refused by the first step.",
    clause: "RMS-12.1",
    create: (groups) => {
      const Lenient = class extends PlainOptimizer {
        private readonly wrong = groups.some(({ hyperparameters }) =>
          VALIDATED.some((name) => Number(hyperparameters[name]) < 0),
        );

        override step(gradients: readonly (Float32Array | null)[]): void {
          if (this.wrong) throw new RejectedHyperparameter("a hyperparameter is negative");
          super.step(gradients);
        }
      };
      const harmless = ({ hyperparameters: h, parameters }: OptimizerGroup): OptimizerGroup => ({
        hyperparameters: Object.fromEntries(
          Object.entries(h).map(([name, value]) => [name, Number(value) < 0 ? 0 : value]),
        ),
        parameters,
      });
      return new Lenient(groups.map(harmless));
    },
  },
  {
    id: "refused-as-some-error",
    title: "A wrong hyperparameter ends in an error that does not say that it is one of hyperparameters.",
    clause: "RMS-12.1",
    create: (groups) => {
      try {
        return new PlainOptimizer(groups);
      } catch (error) {
        throw new RangeError(String(error));
      }
    },
  },
  {
    id: "nan-accepted",
    title: "Hyperparameters are refused where x < 0, so that NaN passes.",
    clause: "RMS-12.2",
    create: accepting(Number.isNaN, "everywhere"),
  },
  {
    id: "nan-epsilon-accepted",
    title: "An ε of NaN is accepted.",
    clause: "RMS-12.2",
    create: accepting((value, name) => name === "eps" && Number.isNaN(value), "everywhere"),
  },
  {
    id: "changes-not-checked",
    title: "Hyperparameters are checked when the optimizer is made and not when they are changed.",
    clause: "RMS-12.3",
    create: accepting(() => true, "in changes"),
  },
  {
    id: "nan-in-a-change-accepted",
    title: "A NaN is refused when the optimizer is made and accepted in a change.",
    clause: "RMS-12.3",
    create: accepting(Number.isNaN, "in changes"),
  },
  {
    id: "zero-lr-refused",
    title: "A learning rate of 0 is refused.",
    clause: "RMS-12.1",
    create: refusing("lr", (value) => value === 0),
  },
  {
    id: "negative-zero-refused",
    title: "A weight decay of −0 is refused.",
    clause: "RMS-12.1",
    create: refusing("weight_decay", (value) => Object.is(value, -0)),
  },
  {
    id: "infinite-lr-refused",
    title: "An infinite learning rate is refused.",
    clause: "RMS-12.1",
    create: refusing("lr", (value) => value === Number.POSITIVE_INFINITY),
  },
  {
    id: "alpha-above-one-refused",
    title: "A β above 1 is refused.",
    clause: "RMS-12.1",
    create: refusing("alpha", (value) => value > 1),
  },
  {
    id: "alpha-of-one-refused",
    title: "A β of 1 is refused.",
    clause: "RMS-5.2",
    create: refusing("alpha", (value) => value === 1),
  },
  {
    id: "alpha-of-zero-refused",
    title: "A β of 0 is refused.",
    clause: "RMS-5.4",
    create: refusing("alpha", (value) => value === 0),
  },
  {
    id: "epsilon-of-zero-refused",
    title: "An ε of 0 is refused.",
    clause: "RMS-11.6",
    create: refusing("eps", (value) => value === 0),
  },
  {
    id: "last-bit-by-a-counter",
    title: "Every seventh mean square that the process computes is one float too high.",
    clause: "RMS-10.2",
    create: withParts({
      meanSquare: (s, g, at) => {
        const right = PLAIN.meanSquare(s, g, at);
        return elements() % 7 === 6 && right < 2 ** 127 ? nextUp(right) : right;
      },
    }),
  },
  {
    id: "fuses-by-chance",
    title: "It is left to chance whether a product is fused.",
    clause: "RMS-10.2",
    create: fusingIf(chance),
  },
  {
    id: "fuses-in-every-third-instance",
    title: "Every third optimizer of the process fuses, the others do not.",
    clause: "RMS-10.2",
    create: (groups) => {
      const fuses = instances() % 3 === 2;
      return fusingIf(() => fuses)(groups);
    },
  },
  {
    id: "fuses-in-every-second-instance",
    title: "Every second optimizer of the process fuses, the others do not.",
    clause: "RMS-10.2",
    create: (groups) => {
      const fuses = instances() % 2 === 1;
      return fusingIf(() => fuses)(groups);
    },
  },
  {
    id: "fuses-when-warmed-up",
    title: "After five thousand elements the process goes over to fused code, and after as many back again.",
    clause: "RMS-10.2",
    create: fusingIf(() => elements() % 10_000 >= 5000),
  },
  {
    id: "parameter-shown-late",
    title: "What is shown of a parameter is what it was before the last step.",
    clause: "RMS-1.2",
    create: withClass(
      class extends PlainOptimizer {
        private reportedValues = this.parameters.map((values) => values.slice());

        override step(gradients: readonly (Float32Array | null)[]): void {
          this.reportedValues = this.parameters.map((values) => values.slice());
          super.step(gradients);
        }

        override parameter(index: number): Float32Array {
          return this.reportedValues[index];
        }
      },
    ),
  },
  {
    id: "parameter-shown-once",
    title: "What was shown of a parameter is shown again, whatever steps were made since.",
    clause: "RMS-1.2",
    create: withClass(
      class extends PlainOptimizer {
        private readonly observed: Float32Array[] = [];

        override parameter(index: number): Float32Array {
          this.observed[index] ??= super.parameter(index).slice();
          return this.observed[index];
        }
      },
    ),
  },
  {
    id: "fails-at-step-100",
    title: "The hundredth step of a parameter fails.",
    clause: "RMS-13.4",
    create: withParts({
      scalars: (h, step) => {
        if (step === 100) throw new RangeError("index 100 is out of range");
        return PLAIN.scalars(h, step);
      },
    }),
  },
  {
    id: "step-count-wraps-at-256",
    title: "The step count is a byte: after 256 steps the bias correction begins again.",
    clause: "RMS-1.2",
    declares: { dialect: "optax-bias-corrected" },
    create: (groups) => {
      const optimizer = optimizerOf("optax-bias-corrected", "unfused", groups);
      const step = optimizer.step.bind(optimizer);
      optimizer.step = (gradients) => {
        step(gradients);
        for (const k of gradients.keys()) {
          const state = optimizer.state?.(k);
          if (state?.step === 256) optimizer.load?.(k, { ...state, step: 0 });
        }
      };
      return optimizer;
    },
  },
  {
    id: "shown-step-count-wraps-at-256",
    title: "The step count is a byte: after 256 steps it is 0.",
    clause: "RMS-13.6",
    create: withClass(
      class extends PlainOptimizer {
        protected override stepParameter(k: number, gradient: Float32Array): void {
          super.stepParameter(k, gradient);
          const state = this.states[k];
          if (state) state.step %= 256;
        }
      },
    ),
  },
  {
    id: "learning-rate-halves-after-500-steps",
    title: "From step 501 on the learning rate is half of what was given.",
    clause: "RMS-1.2",
    create: withParts({
      scalars: (h, step) => PLAIN.scalars(step > 500 ? { ...h, lr: h.lr / 2 } : h, step),
    }),
  },
  {
    id: "mean-square-frozen-after-1000-steps",
    title: "From step 1,001 on the mean square is not updated.",
    clause: "RMS-1.1",
    create: withParts({
      meanSquare: (s, g, at) => (at.step > 1000 ? s : PLAIN.meanSquare(s, g, at)),
    }),
  },
];
