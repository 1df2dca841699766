import { fma32 } from "../../../../src/float32/fma.js";
import type { Parts } from "../parts.js";
import { PLAIN } from "../parts.js";
import { PlainOptimizer } from "../plain-optimizer.js";
import { type Variant, withParts } from "../variant.js";

/** Implementations that do the operations in another order. */

const f = Math.fround;

const twoTermMean: Partial<Parts> = {
  meanGradient: (a, g, { scalars: { alpha, complement } }) => f(f(a * alpha) + f(complement * g)),
};

/** As torch.lerp does it, with every product fused that feeds a sum. */
function mirroredMean(from: number, to: number, w: number): number {
  const difference = f(to - from);
  return Math.abs(w) < 0.5 ? fma32(w, difference, from) : fma32(-difference, f(1 - w), to);
}

/** ε inside the root, so that the hardware's reciprocal root can take the place of root and division. */
const byReciprocalRoot: Partial<Parts> = {
  denominator: (v, { scalars }) => f(1 / Math.sqrt(f(v + scalars.eps))),
  buffer: (b, g, r, { scalars: { lr, momentum } }) => f(f(b * momentum) + f(f(lr * g) * r)),
  moveByBuffer: (p, b) => f(p - b),
  move: (p, g, r, { scalars: { lr } }) => f(p - f(f(lr * g) * r)),
};

export const ORDERS: readonly Variant[] = [
  {
    id: "operation-by-operation",
    title: "Rounds every operation, in the order of the formula, both running averages by two terms.",
    declares: { reference: "operation-by-operation" },
    create: withParts(twoTermMean),
  },
  {
    id: "unfused-as-pytorch",
    title: "Rounds every operation, the mean gradient by lerp, as PyTorch does without FMA.",
    declares: { reference: "unfused" },
    create: withParts({}),
  },
  {
    id: "two-term-mean-gradient",
    title: "Takes the mean gradient by two terms and claims no evaluation's bits.",
    create: withParts(twoTermMean),
  },
  {
    id: "unmirrored-lerp-mean-gradient",
    title: "Takes the mean gradient by a lerp that begins at the mean whatever its weight.",
    create: withParts({ meanGradient: (a, g, { scalars }) => f(a + f(scalars.complement * f(g - a))) }),
  },
  {
    id: "square-first",
    title: "Squares the gradient before it is weighted: t·(g·g).",
    create: withParts({
      meanSquare: (s, g, { scalars: { alpha, complement } }) => f(f(complement * f(g * g)) + f(alpha * s)),
    }),
  },
  {
    id: "lerp-mean-square",
    title: "Moves the mean square towards g² by its share of the difference.",
    declares: { choices: { "order.mean-square": ["lerp"] } },
    create: withParts({
      meanSquare: (s, g, { scalars: { complement } }) => f(s + f(complement * f(f(g * g) - s))),
    }),
  },
  {
    id: "mirrored-lerp-mean-square",
    title: "Takes both running averages by torch.lerp with fused sums.",
    declares: { choices: { "order.mean-square": ["lerp-mirrored"] } },
    create: withParts({
      meanSquare: (s, g, { scalars }) => mirroredMean(s, f(g * g), scalars.complement),
      meanGradient: (a, g, { scalars }) => mirroredMean(a, g, scalars.complement),
    }),
  },
  {
    id: "quotient-first",
    title: "Divides before the learning rate comes: lr·(g/d).",
    create: withParts({ move: (p, g, d, { scalars }) => f(p - f(scalars.lr * f(g / d))) }),
  },
  {
    id: "ratio-first",
    title: "Makes a learning rate for each element: (lr/d)·g.",
    create: withParts({ move: (p, g, d, { scalars }) => f(p - f(f(scalars.lr / d) * g)) }),
  },
  {
    id: "ratio-first-fused",
    title: "Makes a learning rate for each element and fuses it: p − (lr/d)·g, rounded once.",
    create: withParts({ move: (p, g, d, { scalars }) => fma32(f(scalars.lr / d), -g, p) }),
  },
  {
    id: "inverse",
    title: "Divides the denominator by the learning rate: g/(d/lr).",
    create: withParts({ move: (p, g, d, { scalars }) => f(p - f(g / f(d / scalars.lr))) }),
  },
  {
    id: "reciprocal",
    title: "Multiplies by 1/d everywhere.",
    create: withParts({
      denominator: (v, at) => f(1 / PLAIN.denominator(v, at)),
      buffer: (b, g, r, { scalars }) => f(f(b * scalars.momentum) + f(g * r)),
      move: (p, g, r, { scalars }) => f(p - f(f(scalars.lr * g) * r)),
    }),
  },
  {
    id: "reciprocal-root",
    title: "Multiplies by 1/√(v + ε), rounded once.",
    declares: { dialect: "optax", choices: { quotient: ["reciprocal-root"] } },
    create: (groups) => new PlainOptimizer(groups, { ...PLAIN, ...byReciprocalRoot }, "optax"),
  },
];
