import { INSIDE_PARTS, withAxes, withPartsIn } from "./dialect-parts.js";
import { type Parts, PLAIN, type Place } from "./parts.js";
import { PlainOptimizer, type State } from "./plain-optimizer.js";
import { type Mutant, withClass, withParts } from "./variant.js";

const f = Math.fround;

function staleMean(): Partial<Parts> {
  let before = 0;
  return {
    meanGradient(a, g, at) {
      before = a;
      return PLAIN.meanGradient(a, g, at);
    },
    variance: (s, _, at) => PLAIN.variance(s, before, at),
  };
}

/** The mean gradient is used, but zero is stored: it never remembers. */
function forgottenMean(): Partial<Parts> {
  let used = 0;
  return {
    meanGradient(a, g, at) {
      used = PLAIN.meanGradient(a, g, at);
      return 0;
    },
    variance: (s, _, at) => PLAIN.variance(s, used, at),
  };
}

/** Welford's deviations: the mean square is of g less the mean gradient before the step. */
class MeanOfDeviations extends PlainOptimizer {
  private mean = 0;

  constructor(groups: ConstructorParameters<typeof PlainOptimizer>[0]) {
    super(groups, {
      ...PLAIN,
      meanSquare: (s, g, at) => PLAIN.meanSquare(s, f(g - this.mean), at),
      variance: (s) => s,
    });
  }

  protected override stepElement(p: Float32Array, gradient: Float32Array, state: State, at: Place): void {
    this.mean = at.h.centered ? (state.grad_avg?.[at.index] ?? 0) : 0;
    super.stepElement(p, gradient, state, at);
  }
}

class MeanOnlyFromTheStart extends PlainOptimizer {
  private readonly late = new WeakSet<State>();

  protected override stepParameter(k: number, gradient: Float32Array): void {
    const state = this.states[k];
    const { centered } = this.hyperparameters[this.groupOf[k]];
    if (state && state.step > 0 && centered && !state.grad_avg) this.late.add(state);
    super.stepParameter(k, gradient);
  }

  protected override stepElement(p: Float32Array, gradient: Float32Array, state: State, at: Place): void {
    const h = this.late.has(state) ? { ...at.h, centered: false } : at.h;
    super.stepElement(p, gradient, state, { ...at, h });
  }
}

class MeanGoesOnUnused extends PlainOptimizer {
  protected override stepElement(p: Float32Array, gradient: Float32Array, state: State, at: Place): void {
    const a = state.grad_avg;
    if (a && !at.h.centered) {
      const g = this.parts.gradient(gradient[at.index], p[at.index], at);
      a[at.index] = this.parts.meanGradient(a[at.index], g, at);
    }
    super.stepElement(p, gradient, state, at);
  }
}

/** Bias-corrected Optax, whose centered variance takes the mean gradient as it is stored. */
const halfCorrected: Parts = {
  ...INSIDE_PARTS,
  variance: (s, a, at) => f(f(s / correction(at)) - f(a * a)),
  denominator: (v, at) => PLAIN.denominator(at.h.centered ? v : f(v / correction(at)), at),
};

function correction({ h, step }: Place): number {
  return f(1 - h.alpha ** step);
}

/** Faults in the mean gradient and in the variance that is made of it. */
export const CENTERED_MUTANTS: readonly Mutant[] = [
  {
    id: "centered-ignored",
    title: "The flag is accepted, and there is no mean gradient.",
    clause: "RMS-7.1",
    create: withAxes("pytorch", { centered: "never" }),
  },
  {
    id: "mean-gradient-not-subtracted",
    title: "The mean gradient is kept, but the denominator is of the mean square.",
    clause: "RMS-7.1",
    create: withParts({ variance: (s) => s }),
  },
  {
    id: "mean-gradient-of-the-step-before",
    title: "The variance is made with the mean gradient before this step.",
    clause: "RMS-7.1",
    create: withParts(staleMean()),
  },
  {
    id: "variance-clamped-at-zero",
    title: "A variance that rounding made negative is taken for zero.",
    clause: "RMS-7.3",
    create: withParts({ variance: (s, a, at) => Math.max(PLAIN.variance(s, a, at), 0) }),
  },
  {
    id: "variance-clamped-at-epsilon",
    title: "A variance below ε is taken for ε.",
    clause: "RMS-7.3",
    create: withParts({ variance: (s, a, at) => Math.max(PLAIN.variance(s, a, at), at.scalars.eps) }),
  },
  {
    id: "magnitude-of-the-variance",
    title: "A variance that rounding made negative loses its sign.",
    clause: "RMS-7.3",
    create: withParts({ variance: (s, a, at) => Math.abs(PLAIN.variance(s, a, at)) }),
  },
  {
    id: "negative-variance-skips-the-step",
    title: "Where the variance is negative the parameter stays as it is.",
    clause: "RMS-7.3",
    create: withParts({
      denominator: (v, at) => (v < 0 ? Number.POSITIVE_INFINITY : PLAIN.denominator(v, at)),
    }),
  },
  {
    id: "squared-mean-added",
    title: "Adds the squared mean gradient to the mean square.",
    clause: "RMS-7.1",
    create: withParts({ variance: (s, a) => f(s + f(a * a)) }),
  },
  {
    id: "mean-not-squared",
    title: "Takes the mean gradient itself off the mean square.",
    clause: "RMS-7.1",
    create: withParts({ variance: (s, a) => f(s - a) }),
  },
  {
    id: "mean-of-magnitudes",
    title: "The mean gradient is a mean of magnitudes.",
    clause: "RMS-7.1",
    create: withParts({ meanGradient: (a, g, at) => PLAIN.meanGradient(a, Math.abs(g), at) }),
  },
  {
    id: "mean-gradient-without-its-weight",
    title: "The mean gradient adds g with the weight 1, as a momentum would.",
    clause: "RMS-7.1",
    create: withParts({ meanGradient: (a, g, { scalars: { alpha } }) => f(f(a * alpha) + g) }),
  },
  {
    id: "mean-gradient-with-swapped-weights",
    title: "The mean gradient goes to g by the share β instead of 1 − β.",
    clause: "RMS-7.1",
    create: withParts({ meanGradient: (a, g, { scalars: { alpha } }) => f(a + f(alpha * f(g - a))) }),
  },
  {
    id: "mean-gradient-not-stored",
    title: "The variance has its mean gradient, but a zero is stored.",
    clause: "RMS-7.1",
    create: withParts(forgottenMean()),
  },
  {
    id: "mean-gradient-only-from-the-start",
    title: "Centering that is switched on after the first step is ignored, because no mean was kept.",
    clause: "RMS-9.4",
    create: withClass(MeanOnlyFromTheStart),
  },
  {
    id: "unused-mean-gradient-goes-on",
    title: "A mean gradient that is there is written while centering is switched off.",
    clause: "RMS-9.4",
    create: withClass(MeanGoesOnUnused),
  },
  {
    id: "mean-square-of-deviations",
    title: "Centered, the mean square is of deviations from the mean gradient, and nothing is subtracted.",
    clause: "RMS-7.1",
    create: withClass(MeanOfDeviations),
  },
  {
    id: "always-centered",
    title: "The variance stands under the root although centering is off.",
    clause: "RMS-1.2",
    create: withAxes("pytorch", { centered: "always" }),
  },
  {
    id: "epsilon-subtracted-when-centered",
    title: "The centered form takes ε off the variance together with the squared mean.",
    clause: "RMS-7.1",
    bug: {
      where: "TensorFlow.js 4.22, rmsprop_optimizer.ts",
      what: "The centered denominator is √(s − (a² + ε)): ε stands inside the subtracted part.",
    },
    declares: { dialect: "optax" },
    create: withAxes("optax", { epsilon: "subtracted" }),
  },
  {
    id: "mean-gradient-not-bias-corrected",
    title: "The variance is of the corrected mean square and the uncorrected mean gradient.",
    clause: "RMS-7.1",
    declares: { dialect: "optax-bias-corrected" },
    create: withPartsIn("optax-bias-corrected", halfCorrected),
  },
];
