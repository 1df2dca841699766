import type { Dialect, DialectAxes, Hyperparameters } from "./dialect.js";

const PLAIN: Hyperparameters = {
  lr: 0.01,
  alpha: 0.99,
  eps: 1e-8,
  momentum: 0,
  weight_decay: 0,
  centered: false,
  maximize: false,
  lr_decay: 0,
  clip_value: Number.POSITIVE_INFINITY,
};

/** The axes of the torch family, from which most of the others are one or two steps away. */
const TORCH_AXES: DialectAxes = {
  epsilon: "outside",
  initialAccumulator: "zero",
  momentum: "lr-outside",
  zeroMomentum: "unbuffered",
  centered: "optional",
  negativeVariance: "kept",
  weightDecay: "l2",
  biasCorrection: "never",
  maximize: "optional",
  lrDecay: "never",
  clipping: "never",
};

const INSIDE_AXES: DialectAxes = {
  ...TORCH_AXES,
  epsilon: "inside",
  momentum: "lr-inside",
  weightDecay: "none",
  maximize: "never",
};

function dialect(
  id: string,
  title: string,
  base: DialectAxes,
  axes: Partial<DialectAxes>,
  defaults: Partial<Hyperparameters>,
): Dialect {
  return { ...base, ...axes, id, title, defaults: { ...PLAIN, ...defaults } };
}

/**
 * The catalogue: published RMSprops by what they compute over the reals. Values were read from the sources
 * that SPEC.md names; each has a fingerprint in dialect-fingerprints.json, computed from its source without this code.
 */
export const DIALECTS: readonly Dialect[] = [
  dialect(
    "textbook",
    "Lecture notes and d2l: ε inside the root, nothing else",
    INSIDE_AXES,
    { momentum: "none", centered: "never" },
    { alpha: 0.9, eps: 1e-6 },
  ),
  dialect("pytorch", "torch.optim.RMSprop", TORCH_AXES, {}, {}),
  dialect(
    "tensorflow",
    "TensorFlow 1 RMSPropOptimizer and its kernels",
    INSIDE_AXES,
    { initialAccumulator: "one", zeroMomentum: "buffered" },
    {
      lr: 0.001,
      alpha: 0.9,
      eps: 1e-10,
    },
  ),
  dialect(
    "keras",
    "Keras 3",
    INSIDE_AXES,
    { weightDecay: "decoupled-lr" },
    { lr: 0.001, alpha: 0.9, eps: 1e-7 },
  ),
  dialect("optax", "optax.rmsprop", INSIDE_AXES, { zeroMomentum: "buffered" }, { lr: 0.001, alpha: 0.9 }),
  dialect(
    "optax-nesterov",
    "optax.rmsprop(nesterov=True)",
    INSIDE_AXES,
    { momentum: "nesterov", zeroMomentum: "buffered" },
    {
      lr: 0.001,
      alpha: 0.9,
    },
  ),
  dialect(
    "optax-bias-corrected",
    "optax.rmsprop(bias_correction=True, eps_in_sqrt=False)",
    INSIDE_AXES,
    { epsilon: "outside", biasCorrection: "always", zeroMomentum: "buffered" },
    { lr: 0.001, alpha: 0.9 },
  ),
  dialect(
    "graves-2013",
    "Graves 2013, equations 38 to 45",
    INSIDE_AXES,
    { centered: "always", zeroMomentum: "buffered" },
    {
      lr: 1e-4,
      alpha: 0.95,
      eps: 1e-4,
      momentum: 0.9,
      centered: true,
    },
  ),
  dialect(
    "hinton",
    "Hinton's lecture 6e: no ε",
    INSIDE_AXES,
    { epsilon: "none", momentum: "none", centered: "never" },
    { lr: 0.001, alpha: 0.9, eps: 0 },
  ),
  dialect(
    "timm",
    "timm RMSpropTF",
    INSIDE_AXES,
    { initialAccumulator: "one", weightDecay: "l2" },
    {
      alpha: 0.9,
      eps: 1e-10,
    },
  ),
  dialect(
    "sb3",
    "Stable-Baselines3 RMSpropTFLike",
    TORCH_AXES,
    { epsilon: "inside", initialAccumulator: "one", maximize: "never" },
    {},
  ),
  dialect("pfrl", "pfrl RMSpropEpsInsideSqrt", TORCH_AXES, { epsilon: "inside", maximize: "never" }, {}),
  dialect(
    "fastai",
    "fastai 2 RMSProp",
    TORCH_AXES,
    { momentum: "raw-gradient", centered: "never", weightDecay: "decoupled-lr", maximize: "never" },
    {},
  ),
  dialect(
    "flashlight",
    "flashlight: weight decay not scaled by the learning rate",
    TORCH_AXES,
    { momentum: "none", weightDecay: "decoupled", maximize: "never" },
    {},
  ),
  dialect(
    "bitsandbytes",
    "bitsandbytes RMSprop: momentum accepted and ignored",
    TORCH_AXES,
    { momentum: "ignored", centered: "never", maximize: "never" },
    {},
  ),
  dialect(
    "dl4j",
    "DL4J RmsProp: state starts at ε",
    TORCH_AXES,
    { initialAccumulator: "epsilon", momentum: "none", centered: "never", maximize: "never" },
    { lr: 0.1, alpha: 0.95 },
  ),
  dialect(
    "neon",
    "neon: √(s + ε) + ε",
    INSIDE_AXES,
    { epsilon: "both", momentum: "none", centered: "never" },
    { lr: 0.002, alpha: 0.95, eps: 1e-6 },
  ),
  dialect(
    "tfjs",
    "TensorFlow.js: ε subtracted when centered",
    INSIDE_AXES,
    { epsilon: "subtracted", zeroMomentum: "buffered" },
    {
      alpha: 0.9,
      eps: 1e-7,
    },
  ),
  dialect(
    "pylearn2",
    "pylearn2 and blocks: the root clamped from below",
    TORCH_AXES,
    { epsilon: "max-clamp", momentum: "none", centered: "never", weightDecay: "none", maximize: "never" },
    { alpha: 0.9, eps: 1e-5 },
  ),
  dialect(
    "autograd",
    "HIPS/autograd and trax: ε outside, mean square starts at 1",
    TORCH_AXES,
    {
      initialAccumulator: "one",
      momentum: "none",
      centered: "never",
      weightDecay: "none",
      maximize: "never",
    },
    { lr: 0.1, alpha: 0.9 },
  ),
  dialect(
    "torchopt-nesterov",
    "torchopt rmsprop(nesterov=True)",
    TORCH_AXES,
    { momentum: "nesterov-lr-outside" },
    {},
  ),
  dialect(
    "keras-2",
    "Keras 1 and 2: ε outside, inverse-time decay of the learning rate",
    TORCH_AXES,
    { momentum: "none", centered: "never", weightDecay: "none", maximize: "never", lrDecay: "inverse-time" },
    { lr: 0.001, alpha: 0.9, eps: 1e-7 },
  ),
  dialect(
    "recurrentjs",
    "recurrentjs, brain.js, gorgonia: clipped after g² is accumulated",
    INSIDE_AXES,
    { momentum: "none", centered: "never", weightDecay: "decoupled", clipping: "after-square" },
    { alpha: 0.999, clip_value: 5 },
  ),
];

/**
 * Look a dialect up by its id.
 * @throws {RangeError} naming the known ids.
 */
export function dialectById(id: string): Dialect {
  const found = DIALECTS.find((d) => d.id === id);
  if (found) return found;
  throw new RangeError(`unknown dialect "${id}"; known: ${DIALECTS.map((d) => d.id).join(", ")}`);
}
