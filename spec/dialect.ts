/**
 * Formula axes: what an RMSprop computes over the reals, before any rounding.
 *
 * A dialect is one value on each axis. Which published implementation has which value is in `dialects.ts`.
 */
export const DIALECT_AXES = {
  /** Where ε stands in the denominator, `v` being the mean square or the centered variance. */
  epsilon: [
    "outside", // √v + ε
    "inside", // √(v + ε)
    "both", // √(v + ε) + ε
    "subtracted", // √(s − (a² + ε)) when centered, √(s + ε) otherwise
    "max-clamp", // max(√v, ε)
    "none", // √v
  ],
  /** The mean square before the first step. */
  initialAccumulator: ["zero", "one", "epsilon", "given", "first-gradient-squared"],
  /** What a step at μ = 0 does with the momentum buffer. */
  zeroMomentum: [
    "unbuffered", // nothing: the parameter follows the plain rule, and a buffer from before stays as it is
    "buffered", // what it does at any μ: b ← 0·b + …, and the parameter follows b
  ],
  /** What the momentum buffer collects and where the learning rate enters. */
  momentum: [
    "none", // the dialect has no momentum
    "lr-outside", // b ← μb + g/d;      p ← p − η·b
    "lr-inside", // b ← μb + η·g/d;    p ← p − b
    "raw-gradient", // b ← μb + g;        p ← p − η·b/d
    "nesterov", // b ← μb + η·g/d;    p ← p − (μ·b + η·g/d)
    "nesterov-lr-outside", // b ← μb + g/d;      p ← p − η·(μ·b + g/d)
    "ignored", // accepted as an argument and not used
  ],
  /** Whether a mean gradient is subtracted from the mean square. */
  centered: ["never", "optional", "always"],
  /** What becomes of a centered variance that rounding has made negative. */
  negativeVariance: [
    "kept", // its root is NaN, unless ε lifts it above zero
    "clamped", // v ← max(v, 0)
  ],
  /** How weight decay λ enters. */
  weightDecay: [
    "none",
    "l2", // g ← g + λ·p
    "decoupled-lr", // p ← p − η·λ·p before the update
    "decoupled", // p ← p − λ·p before the update
  ],
  /** Whether s and a are divided by 1 − β^t before they are used. */
  biasCorrection: ["never", "always"],
  /** Whether `maximize` negates the gradient, before weight decay. */
  maximize: ["never", "optional"],
  /** Whether the step itself lowers the learning rate: η / (1 + decay·t), t counted from 0. */
  lrDecay: ["never", "inverse-time"],
  /** Clipping of gradient values to ±c, before or after g² is accumulated. */
  clipping: ["never", "before-square", "after-square"],
} as const;

/** An axis on which formulas differ. */
export type DialectAxis = keyof typeof DIALECT_AXES;
/** One value on each formula axis. */
export type DialectAxes = { readonly [A in DialectAxis]: (typeof DIALECT_AXES)[A][number] };

/** Hyperparameters as binary64 numbers; each is taken as exactly the number that its 64 bits say. */
export interface Hyperparameters {
  /** η, the learning rate. Range [0, ∞]. */
  readonly lr: number;
  /** β, the decay of the running averages (PyTorch: alpha; elsewhere rho, gamma, decay). Range [0, ∞]. */
  readonly alpha: number;
  /** ε. Range [0, ∞]. */
  readonly eps: number;
  /** μ. Range [0, ∞]; at 0 most dialects have no momentum buffer. */
  readonly momentum: number;
  /** λ. Range [0, ∞]. */
  readonly weight_decay: number;
  /** Subtract the squared mean gradient from the mean square. */
  readonly centered: boolean;
  /** Ascend instead of descend. */
  readonly maximize: boolean;
  /** Rate of the inverse-time decay of η; read only by dialects with `lrDecay`. Range [0, ∞]. */
  readonly lr_decay: number;
  /** Bound c of gradient clipping; read only by dialects with `clipping`. Range (0, ∞]; ∞ clips nothing. */
  readonly clip_value: number;
}

/** A hyperparameter that is a number. */
export type ScalarHyperparameter = {
  [K in keyof Hyperparameters]: Hyperparameters[K] extends number ? K : never;
}[keyof Hyperparameters];

/** What is computed over the reals, with the defaults of its hyperparameters. */
export interface Dialect extends DialectAxes {
  /** Stable identifier, as used on the command line. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly defaults: Hyperparameters;
}
