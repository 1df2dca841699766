import { dialectById } from "../../../spec/dialects.js";
import { optimizerOf } from "../../../src/adapter/bundled.js";
import { MIN_NORMAL } from "../../../src/float32/bits.js";
import { float16 } from "./narrow-floats.js";
import { nudged } from "./nudged.js";
import { type Parts, PLAIN, type Place } from "./parts.js";
import { type Mutant, withParts } from "./variant.js";

const f = Math.fround;
const root = (v: number): number => f(Math.sqrt(v));

/** The denominator √v + ε with another ε. */
function withEpsilon(eps: (at: Place) => number): Mutant["create"] {
  return withParts({ denominator: (v, at) => f(root(v) + f(eps(at))) });
}

/** The denominator made of the radicand and ε in another way. */
function withDenominator(denominator: (v: number, eps: number, at: Place) => number): Mutant["create"] {
  return withParts({ denominator: (v, at) => denominator(v, at.scalars.eps, at) });
}

/** The quotient of gradient and denominator plus something, with momentum and without. */
function withQuotient(quotient: (g: number, d: number, at: Place) => number): Partial<Parts> {
  return {
    buffer: (b, g, d, at) => f(f(b * at.scalars.momentum) + quotient(g, d, at)),
    move: (p, g, d, at) => f(p - f(at.scalars.lr * quotient(g, d, at))),
  };
}

/** ε: left out, replaced, misplaced, and one float off. */
export const EPSILON_MUTANTS: readonly Mutant[] = [
  {
    id: "epsilon-ignored",
    title: "The denominator is the root alone, whatever ε is.",
    clause: "RMS-5.3",
    create: withEpsilon(() => 0),
  },
  {
    id: "epsilon-dropped-beside-a-large-root", // cspell:disable-line
    title: "ε is left out where it is less than a thousandth of the root.",
    clause: "RMS-1.2",
    create: withDenominator((v, eps) => (eps < root(v) / 1024 ? root(v) : f(root(v) + eps))),
  },
  {
    id: "zero-epsilon-replaced",
    title: "ε = 0 is taken for an ε that was not given and becomes 1e-7.",
    clause: "RMS-11.6",
    bug: {
      where: "tf.keras, the legacy optimizers (optimizer_v2)",
      what: "The constructor takes `epsilon or backend.epsilon()`, so that 0 becomes 1e-7.",
    },
    create: withEpsilon(({ h }) => (h.eps === 0 ? 1e-7 : h.eps)),
  },
  {
    id: "underflowing-epsilon-replaced",
    title: "An ε that is zero only once it is cast becomes ten times the machine's epsilon.",
    clause: "RMS-11.6",
    create: withEpsilon(({ h }) => (h.eps > 0 && f(h.eps) === 0 ? 10 * 2 ** -23 : h.eps)),
  },
  {
    id: "tiny-epsilon-raised",
    title: "An ε between 0 and 1e-9 is raised to 1e-9.",
    clause: "RMS-11.4",
    create: withEpsilon(({ h }) => (h.eps > 0 ? Math.max(h.eps, 1e-9) : 0)),
  },
  {
    id: "subnormal-epsilon-vanishes",
    title: "An ε that is subnormal in float32 is taken for 0.",
    clause: "RMS-11.4",
    create: withEpsilon(({ scalars: { eps } }) => (eps < MIN_NORMAL ? 0 : eps)),
  },
  {
    id: "epsilon-inside-the-root",
    title: "√(s + ε) instead of √s + ε.",
    clause: "RMS-1.2",
    bug: {
      where: "MXNet, issue 4493",
      what: "ε = 1e-4 stood inside the root, where Torch and Caffe have it outside; small gradients hardly moved.",
    },
    create: withDenominator((v, eps) => root(f(v + eps))),
  },
  {
    id: "epsilon-outside-the-root",
    title: "√s + ε in a dialect that has √(s + ε).",
    clause: "RMS-1.2",
    declares: { dialect: "keras" },
    bug: {
      where: "JAX, pull request 1427",
      what: "ε stood outside the root, unlike in TensorFlow, which large values of ε showed.",
    },
    create: (groups) => optimizerOf({ ...dialectById("keras"), epsilon: "outside" }, "unfused", groups),
  },
  {
    id: "epsilon-inside-the-root-under-momentum",
    title: "ε is outside the root without momentum and inside with it.",
    clause: "RMS-6.1",
    bug: {
      where: "tf.keras, the legacy optimizers (optimizer_v2)",
      what: "The path without momentum adds ε after the root; the kernel that is called with momentum, before.",
    },
    create: withDenominator((v, eps, { h }) => (h.momentum > 0 ? root(f(v + eps)) : f(root(v) + eps))),
  },
  {
    id: "epsilon-inside-the-root-when-centered",
    title: "ε is outside the root of the mean square and inside that of the variance.",
    clause: "RMS-7.1",
    bug: {
      where: "MXNet 2.0, rmsprop_update and rmspropalex_update",
      what: "One option switches centering on and moves ε into the root with it.",
    },
    create: withDenominator((v, eps, { h }) => (h.centered ? root(f(v + eps)) : f(root(v) + eps))),
  },
  {
    id: "epsilon-subtracted-from-the-variance",
    title: "√(s − (a² + ε)) instead of √((s − a²) + ε) when centered.",
    clause: "RMS-7.1",
    declares: { dialect: "keras" },
    bug: {
      where: "TensorFlow.js 4.22",
      what: "ε stands in the bracket that is subtracted, so that a zero gradient gives NaN.",
    },
    create: (groups) => optimizerOf({ ...dialectById("keras"), epsilon: "subtracted" }, "unfused", groups),
  },
  {
    id: "epsilon-in-both-places",
    title: "√(s + ε) + ε.",
    clause: "RMS-1.2",
    create: withDenominator((v, eps) => f(root(f(v + eps)) + eps)),
  },
  {
    id: "epsilon-squared",
    title: "√s + ε².",
    clause: "RMS-5.3",
    create: withEpsilon(({ scalars: { eps } }) => eps * eps),
  },
  {
    id: "epsilon-added-twice",
    title: "√s + ε + ε.",
    clause: "RMS-5.3",
    create: withDenominator((v, eps) => f(f(root(v) + eps) + eps)),
  },
  {
    id: "epsilon-taken-off-the-root",
    title: "√s − ε.",
    clause: "RMS-2.4",
    create: withEpsilon(({ scalars }) => -scalars.eps),
  },
  {
    id: "epsilon-as-a-lower-bound",
    title: "max(√s, ε).",
    clause: "RMS-5.3",
    create: withDenominator((v, eps) => Math.max(root(v), eps)),
  },
  {
    id: "epsilon-one-ulp-high",
    title: "ε is the float32 above the cast one.",
    clause: "RMS-11.4",
    create: withEpsilon(({ scalars }) => nudged(scalars.eps, "away")),
  },
  {
    id: "epsilon-in-float16",
    title: "ε is cast to float16, where 1e-8 is zero.",
    clause: "RMS-3.1",
    bug: {
      where: "Optax, issue 1784",
      what: "With float16 tensors the default ε underflows, and a zero gradient in the first step gives NaN.",
    },
    create: withEpsilon(({ scalars }) => float16(scalars.eps)),
  },
  {
    id: "epsilon-added-after-the-division",
    title: "g/√s + ε: brackets are missing.",
    clause: "RMS-8.2",
    create: withParts({
      denominator: root,
      ...withQuotient((g, d, { scalars }) => f(f(g / d) + scalars.eps)),
    }),
  },
  {
    id: "epsilon-stored-in-the-mean-square",
    title: "ε is added to s before s is stored, and so in every step again.",
    clause: "RMS-3.2",
    declares: { dialect: "pfrl" },
    create: withParts({
      meanSquare: (s, g, at) => f(PLAIN.meanSquare(s, g, at) + at.scalars.eps),
      denominator: root,
    }),
  },
  {
    id: "epsilon-added-to-the-update",
    title: "ε is in the denominator and is also added to what is taken off the parameter.",
    clause: "RMS-3.1",
    create: withParts({
      move: (p, g, d, { scalars: { lr, eps } }) => f(p - f(f(f(lr * g) / d) + eps)),
    }),
  },
  {
    id: "epsilon-times-the-learning-rate",
    title: "√s + η·ε.",
    clause: "RMS-5.3",
    create: withEpsilon(({ scalars: { lr, eps } }) => lr * eps),
  },
  {
    id: "epsilon-grows-with-the-steps",
    title: "√s + ε·√t, as where ε is divided by a bias correction.",
    clause: "RMS-5.3",
    create: withEpsilon(({ scalars, step }) => scalars.eps * Math.sqrt(step)),
  },
];
