import { type Parts, PLAIN } from "../parts.js";
import { type Declares, type Variant, withParts } from "../variant.js";
import { average, bufferOf, gainedSquare, inDialect, type Loop } from "./own-loop.js";

/** What published implementations do and the default freedom does not have: each is right where it is declared. */

const f = Math.fround;

function pytorchWith(id: string, title: string, parts: Partial<Parts>, declares: Declares): Variant {
  return { id, title, declares, create: withParts(parts) };
}

/** MXNet and convnetjs: the product with λ is formed whatever λ is. */
const decayAtZero: Partial<Parts> = {
  gradient: (g, p, { h, scalars }) => f((h.maximize ? -g : g) + f(p * scalars.weightDecay)),
};

/** The square of a float32 array in binary64, as in `np.square(g, dtype=np.float64)`, cast back at once. */
const wideSquare: Partial<Parts> = {
  meanSquare: (s, g, { scalars: { alpha, complement } }) => f(f(s * alpha) + f(complement * g * g)),
};

/** `float d = sqrt((double)s - (double)a * a) + eps;` */
const wideDenominator: Partial<Parts> = {
  variance: (s, a) => s - a * a,
  denominator: (v, { scalars }) => f(Math.sqrt(v) + scalars.eps),
};

/** `double d = sqrt(s) + eps;`, and then C's usual conversions: lr * g is a float, the quotient a double. */
const promoted: Partial<Parts> = {
  variance: (s, a) => s - a * a,
  denominator: (v, { scalars }) => Math.sqrt(v) + scalars.eps,
  buffer: (b, g, d, { scalars }) => f(f(b * scalars.momentum) + g / d),
  moveByBuffer: (p, b, { scalars }) => f(p - f(b * scalars.lr)),
  move: (p, g, d, { scalars }) => f(p - f(scalars.lr * g) / d),
};

/** The variance clamped at zero, NaN passed on, as `jnp.maximum(v, 0)` does. */
const clamped: Partial<Parts> = { variance: (s, a) => Math.max(PLAIN.variance(s, a, NOWHERE), 0) };
const NOWHERE = {} as Parameters<Parts["variance"]>[2];

/** Keras on PyTorch and timm: θ·(1 − λη), the factor computed in binary64 and cast. */
const decayAsFactor: Loop = (p, g, state, h) => {
  const velocity = bufferOf(state, "square_avg", p);
  const share = f(1 - h.weight_decay * h.lr);
  for (let i = 0; i < p.length; i++) {
    velocity[i] = average(velocity[i], h, gainedSquare(h, g[i]));
    const increment = f(f(f(h.lr) * g[i]) / f(Math.sqrt(f(velocity[i] + f(h.eps)))));
    p[i] = f(p[i] * (h.weight_decay === 0 ? 1 : share)) - increment;
  }
};

/** Keras compiled: λη is a float32 product. */
const decayRateInFloat32: Loop = (p, g, state, h) => {
  const velocity = bufferOf(state, "square_avg", p);
  const rate = f(f(h.weight_decay) * f(h.lr));
  for (let i = 0; i < p.length; i++) {
    velocity[i] = average(velocity[i], h, gainedSquare(h, g[i]));
    const increment = f(f(f(h.lr) * g[i]) / f(Math.sqrt(f(velocity[i] + f(h.eps)))));
    p[i] = (h.weight_decay === 0 ? p[i] : f(p[i] - f(p[i] * rate))) - increment;
  }
};

/** optax keeps its updates, −b, and adds them: trace ← μ·trace − η·g/d, θ ← θ + trace. The state shows b. */
const negatedTrace: Loop = (p, g, state, h) => {
  const nu = bufferOf(state, "square_avg", p);
  const hasTrace = state.momentum_buffer !== undefined;
  const buffer = bufferOf(state, "momentum_buffer", p);
  for (let i = 0; i < p.length; i++) {
    nu[i] = average(nu[i], h, f(f(1 - h.alpha) * f(g[i] * g[i])));
    const update = f(f(g[i] / f(Math.sqrt(f(nu[i] + f(h.eps))))) * f(-h.lr));
    const trace = f(f((hasTrace ? -buffer[i] : 0) * f(h.momentum)) + update);
    buffer[i] = -trace;
    p[i] += trace;
  }
};

/** optax: the correction is 1 − β^t in float32, by whose reciprocal the mean is multiplied. */
const correctionInFloat32: Loop = (p, g, state, h) => {
  const nu = bufferOf(state, "square_avg", p);
  const reciprocal = f(1 / f(1 - f(f(h.alpha) ** state.step)));
  for (let i = 0; i < p.length; i++) {
    nu[i] = average(nu[i], h, f(f(1 - h.alpha) * f(g[i] * g[i])));
    const v = f(nu[i] * reciprocal);
    p[i] -= f(f(h.lr) * f(g[i] / f(f(Math.sqrt(v)) + f(h.eps))));
  }
};

const UNCENTERED = [
  "groups",
  "set",
  "load",
  "checkpoint",
  "state",
  "missing-gradient",
  "deterministic",
] as const;

export const DECLARED_CHOICES: readonly Variant[] = [
  pytorchWith("weight-decay-at-zero", "Multiplies by λ where it is 0, so that 0·∞ enters.", decayAtZero, {
    choices: { "zero-weight-decay": ["multiplied"] },
  }),
  pytorchWith("square-in-binary64", "Squares in binary64, and does the rest in float32.", wideSquare, {
    choices: { "intermediates.square": ["binary64"] },
  }),
  pytorchWith("denominator-in-binary64", "Has the denominator in binary64, then casts it.", wideDenominator, {
    choices: { "intermediates.denominator": ["binary64"] },
  }),
  pytorchWith("promoted-by-the-denominator", "Has a double denominator, and C's conversions.", promoted, {
    choices: { "intermediates.denominator": ["binary64"], "intermediates.update": ["promoted"] },
  }),
  pytorchWith("variance-clamped", "Clamps a negative variance at zero.", clamped, {
    axes: { negativeVariance: "clamped" },
  }),
  inDialect({
    id: "decay-as-a-factor",
    title: "Decays by θ·(1 − λη), the factor cast once.",
    dialect: "keras",
    capabilities: [...UNCENTERED, "weight-decay"],
    loop: decayAsFactor,
  }),
  inDialect({
    id: "decay-rate-in-float32",
    title: "Decays by θ − θ·(λη), the rate multiplied in float32.",
    dialect: "keras",
    capabilities: [...UNCENTERED, "weight-decay"],
    choices: { "order.decoupled-decay": ["rate-first"], "decay-rate": ["float32"] },
    loop: decayRateInFloat32,
  }),
  inDialect({
    id: "negated-buffer",
    title: "Keeps −b, which it adds, at every μ.",
    dialect: "optax",
    capabilities: [...UNCENTERED, "momentum"],
    choices: { "momentum-buffer": ["negated"] },
    loop: negatedTrace,
  }),
  inDialect({
    id: "correction-in-float32",
    title: "Multiplies by the reciprocal of a correction that is formed in float32.",
    dialect: "optax-bias-corrected",
    capabilities: UNCENTERED,
    choices: { correction: ["float32"], "bias-correction": ["reciprocal"] },
    loop: correctionInFloat32,
  }),
];
