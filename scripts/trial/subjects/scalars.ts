import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { optimizerOf } from "../../../src/adapter/bundled.js";
import { bfloat16 } from "./narrow-floats.js";
import { nudged } from "./nudged.js";
import { type Parts, PLAIN, type Place, type Scalars } from "./parts.js";
import { PlainOptimizer, type State } from "./plain-optimizer.js";
import { type Mutant, withClass, withParts } from "./variant.js";

const f = Math.fround;

/** Scalars with some of them made in another way. */
function withScalars(
  change: (scalars: Scalars, h: Hyperparameters, step: number) => Partial<Scalars>,
): Mutant["create"] {
  return withParts({
    scalars(h, step) {
      const scalars = PLAIN.scalars(h, step);
      return { ...scalars, ...change(scalars, h, step) };
    },
  });
}

/** Other defaults for what is not given. */
function withDefaults(defaults: Partial<Hyperparameters>): Mutant["create"] {
  return (groups) =>
    new PlainOptimizer(
      groups.map(({ hyperparameters, parameters }) => ({
        hyperparameters: { ...defaults, ...hyperparameters },
        parameters,
      })),
    );
}

/** s and a divided by a correction before they meet; the momentum form of the Optax dialect. */
function biasCorrected(correction: (at: Place) => number): Parts {
  return {
    ...PLAIN,
    variance(s, a, at) {
      const corrected = f(a / correction(at));
      return f(f(s / correction(at)) - f(corrected * corrected));
    },
    denominator: (v, at) => PLAIN.denominator(at.h.centered ? v : f(v / correction(at)), at),
    buffer: (b, g, d, { scalars: { lr, momentum } }) => f(f(b * momentum) + f(f(lr * g) / d)),
    moveByBuffer: (p, b) => f(p - b),
  };
}

const correction = ({ h }: Place, step: number): number => f(1 - h.alpha ** step);

function inBiasCorrected(parts: Partial<Parts>): Pick<Mutant, "declares" | "create"> {
  const dialect = "optax-bias-corrected";
  const right = biasCorrected((at) => correction(at, at.step));
  return {
    declares: { dialect },
    create: (groups) => new PlainOptimizer(groups, { ...right, ...parts }, dialect),
  };
}

/** A learning rate that the step lowers. */
function withDecayedRate(
  share: (decay: number, step: number) => number,
): Pick<Mutant, "declares" | "create"> {
  const dialect = "keras-2";
  const scalars: Parts["scalars"] = (h, step) => ({
    ...PLAIN.scalars(h, step),
    lr: f(h.lr * share(h.lr_decay, step)),
  });
  return {
    declares: { dialect },
    create: (groups) => new PlainOptimizer(groups, { ...PLAIN, scalars }, dialect),
  };
}

/** A changed β that is read one step too late. */
class StaleDecay extends PlainOptimizer {
  private readonly alphas = new WeakMap<State, number>();

  protected override stepElements(
    p: Float32Array,
    gradient: Float32Array,
    state: State,
    h: Hyperparameters,
  ): void {
    const alpha = this.alphas.get(state) ?? h.alpha;
    this.alphas.set(state, h.alpha);
    super.stepElements(p, gradient, state, { ...h, alpha });
  }
}

/** Hyperparameters on their way to the tensors: wrong ones, wrong precisions, wrong steps. */
export const SCALAR_MUTANTS: readonly Mutant[] = [
  {
    id: "complement-missing",
    title: "s ← βs + g²: the factor 1 − β is left out.",
    clause: "RMS-2.2",
    create: withScalars(() => ({ complement: 1 })),
  },
  {
    id: "complement-and-decay-swapped",
    title: "s ← (1−β)·s + β·g².",
    clause: "RMS-3.2",
    create: withScalars(({ alpha, complement }) => ({ alpha: complement, complement: alpha })),
  },
  {
    id: "complement-in-bfloat16",
    title: "1 − β is cast to bfloat16.",
    clause: "RMS-13.2",
    create: withScalars(({ complement }) => ({ complement: bfloat16(complement) })),
  },
  {
    id: "decay-in-bfloat16",
    title: "β is cast to bfloat16 before 1 − β is taken: 0.999 becomes 1, and the mean square is frozen.",
    clause: "RMS-4.1",
    bug: {
      where: "TensorFlow's RMSProp kernels with bfloat16 tensors",
      what: "1 − ρ is subtracted in the tensors' type, in which ρ = 0.999 is 1, so that nothing is accumulated.",
    },
    create: withScalars(({ alpha }) => ({ alpha: bfloat16(alpha), complement: f(1 - bfloat16(alpha)) })),
  },
  {
    id: "complement-subtracted-in-float32",
    title: "1 − β is subtracted after β was cast, which is not declared.",
    clause: "RMS-4.2",
    create: withScalars(({ alpha }) => ({ complement: f(1 - alpha) })),
  },
  {
    id: "complement-one-ulp-high",
    title: "1 − β is the float32 above the right one.",
    clause: "RMS-1.1",
    create: withScalars(({ complement }) => ({ complement: nudged(complement, "away") })),
  },
  {
    id: "complement-one-ulp-low",
    title: "1 − β is the float32 below the right one.",
    clause: "RMS-1.1",
    create: withScalars(({ complement }) => ({ complement: nudged(complement, "towards zero") })),
  },
  {
    id: "decay-one-ulp-high",
    title: "β is the float32 above the right one; 1 − β is right.",
    clause: "RMS-3.2",
    create: withScalars(({ alpha }) => ({ alpha: nudged(alpha, "away") })),
  },
  {
    id: "decay-one-ulp-low",
    title: "β is the float32 below the right one; 1 − β is right.",
    clause: "RMS-3.2",
    create: withScalars(({ alpha }) => ({ alpha: nudged(alpha, "towards zero") })),
  },
  {
    id: "learning-rate-one-ulp-high",
    title: "η is the float32 above the right one.",
    clause: "RMS-5.4",
    create: withScalars(({ lr }) => ({ lr: nudged(lr, "away") })),
  },
  {
    id: "learning-rate-one-ulp-low",
    title: "η is the float32 below the right one.",
    clause: "RMS-5.4",
    create: withScalars(({ lr }) => ({ lr: nudged(lr, "towards zero") })),
  },
  {
    id: "learning-rate-squared",
    title: "The learning rate is multiplied in twice.",
    clause: "RMS-5.4",
    create: withScalars(({ lr }) => ({ lr: f(lr * lr) })),
  },
  {
    id: "learning-rate-in-six-decimals",
    title: "The learning rate travels as text with six decimals.",
    clause: "RMS-5.4",
    bug: {
      where: "MXNet's C++ package",
      what: "Learning rates are printed with six decimals, so that those below 5e-7 become 0.",
    },
    create: withScalars((_, h) => ({ lr: f(Number(h.lr.toFixed(6))) })),
  },
  {
    id: "tiny-learning-rate-vanishes",
    title: "A learning rate below 5e-7 is 0.",
    clause: "RMS-1.2",
    create: withScalars(({ lr }) => ({ lr: lr < 5e-7 ? 0 : lr })),
  },
  {
    id: "learning-rate-clamped-at-one",
    title: "A learning rate above 1 is 1.",
    clause: "RMS-1.2",
    create: withScalars(({ lr }) => ({ lr: Math.min(lr, 1) })),
  },
  {
    id: "decay-clamped-at-one",
    title: "A β above 1 is 1.",
    clause: "RMS-1.1",
    create: withScalars((_, h) => (h.alpha > 1 ? { alpha: 1, complement: 0 } : {})),
  },
  {
    id: "learning-rate-absent-in-the-first-step",
    title: "The first step of a parameter takes the learning rate for 1.",
    clause: "RMS-2.4",
    create: withScalars(({ lr }, _, step) => ({ lr: step === 1 ? 1 : lr })),
  },
  {
    id: "decay-one-step-late",
    title: "A changed β is used from the second step on.",
    clause: "RMS-9.4",
    create: withClass(StaleDecay),
  },
  {
    id: "decay-near-one-frozen",
    title: "A β between 0.9995 and 1 is 1: nothing is accumulated.",
    clause: "RMS-1.1",
    create: withScalars((_, h) => (h.alpha > 0.9995 && h.alpha < 1 ? { alpha: 1, complement: 0 } : {})),
  },
  {
    id: "decay-and-momentum-swapped",
    title: "β and μ change places where there is momentum.",
    clause: "RMS-6.1",
    create: withScalars(({ alpha, momentum }, h) =>
      h.momentum > 0 ? { alpha: momentum, complement: f(1 - h.momentum), momentum: alpha } : {},
    ),
  },
  {
    id: "default-learning-rate-of-another-library",
    title: "A learning rate that is left out is 0.001, as in Keras.",
    clause: "RMS-9.5",
    bug: {
      where: "TorchSharp",
      what: "PyTorch's default of 0.01 stands in the factory method, 0.001 in the constructor.",
    },
    create: withDefaults({ lr: 0.001 }),
  },
  {
    id: "default-decay-of-another-library",
    title: "A β that is left out is 0.9, as in TensorFlow.",
    clause: "RMS-9.5",
    create: withDefaults({ alpha: 0.9 }),
  },
  {
    id: "default-epsilon-of-another-library",
    title: "An ε that is left out is 1e-7, as in Keras.",
    clause: "RMS-9.5",
    create: withDefaults({ eps: 1e-7 }),
  },
  {
    id: "default-momentum-of-another-library",
    title: "A momentum that is left out is 0.9, as in burn.",
    clause: "RMS-5.5",
    create: withDefaults({ momentum: 0.9 }),
  },
  {
    id: "bias-correction-added",
    title: "The mean square is divided by 1 − β^t before its root is taken.",
    clause: "RMS-13.1",
    create: withParts({
      denominator: (v, at) => PLAIN.denominator(f(v / correction(at, at.step)), at),
    }),
  },
  {
    id: "bias-correction-missing",
    title: "No bias correction in a dialect that has it.",
    clause: "RMS-1.2",
    declares: { dialect: "optax-bias-corrected" },
    create: (groups) =>
      optimizerOf({ ...dialectById("optax-bias-corrected"), biasCorrection: "never" }, "unfused", groups),
  },
  {
    id: "bias-correction-one-step-ahead",
    title: "The bias correction of step t is 1 − β^(t+1).",
    clause: "RMS-1.2",
    ...inBiasCorrected(biasCorrected((at) => correction(at, at.step + 1))),
  },
  {
    id: "bias-correction-from-the-cast-decay",
    title: "The bias correction is made of the float32 β.",
    clause: "RMS-1.2",
    ...inBiasCorrected(biasCorrected(({ scalars, step }) => f(1 - scalars.alpha ** step))),
  },
  {
    id: "bias-correction-stored",
    title: "The corrected mean square is what is stored, and corrected again in the next step.",
    clause: "RMS-4.1",
    ...inBiasCorrected({
      meanSquare: (s, g, at) => f(PLAIN.meanSquare(s, g, at) / correction(at, at.step)),
      variance(s, a, at) {
        const corrected = f(a / correction(at, at.step));
        return f(s - f(corrected * corrected));
      },
      denominator: PLAIN.denominator,
    }),
  },
  {
    id: "learning-rate-decay-one-step-ahead",
    title: "The first step already has a lowered learning rate.",
    clause: "RMS-1.2",
    ...withDecayedRate((decay, step) => 1 / (1 + decay * step)),
  },
  {
    id: "learning-rate-decay-compounded",
    title: "The lowered learning rate is kept and lowered again.",
    clause: "RMS-1.2",
    ...withDecayedRate((decay, step) => {
      let share = 1;
      for (let t = 1; t < step; t++) share /= 1 + decay * t;
      return share;
    }),
  },
];
