import { bitsOf } from "../../../src/float32/bits.js";
import { fma32 } from "../../../src/float32/fma.js";
import { bfloat16 } from "./narrow-floats.js";
import { nudged } from "./nudged.js";
import type { Parts, Scalars } from "./parts.js";
import { type Mutant, withParts } from "./variant.js";

const f = Math.fround;
const root = (v: number): number => f(Math.sqrt(v));

/** Towards zero instead of to nearest. */
function truncated(x: number): number {
  const nearest = f(x);
  return Math.abs(nearest) > Math.abs(x) ? nudged(nearest, "towards zero") : nearest;
}

/** Towards −∞ instead of to nearest. */
function floored(x: number): number {
  const nearest = f(x);
  return nearest > x ? nudged(nearest, x > 0 ? "towards zero" : "away") : nearest;
}

/** To nearest, ties away from zero instead of to even. */
function roundedHalfAway(x: number): number {
  const nearest = f(x);
  const mirror = 2 * x - nearest;
  return Math.abs(mirror) > Math.abs(nearest) && f(mirror) === mirror ? mirror : nearest;
}

/** For some floats, as good as at random; always the same ones. */
function isStruck(x: number): boolean {
  return Math.imul(bitsOf(x), 0x9e3779b1) >>> 29 === 0;
}

/** The exponent of a normal float32: 0 for 1 ≤ |x| < 2. */
function exponentOf(x: number): number {
  return ((bitsOf(x) >>> 23) & 0xff) - 127;
}

function withRoot(rootOf: (v: number) => number): Mutant["create"] {
  return withParts({ denominator: (v, { scalars }) => f(rootOf(v) + scalars.eps) });
}

/** η·g/d, and g/d for the momentum buffer, with another division. */
function withQuotient(quotient: (x: number, d: number) => number): Mutant["create"] {
  return withParts({
    buffer: (b, g, d, { scalars }) => f(f(b * scalars.momentum) + quotient(g, d)),
    move: (p, g, d, { scalars: { lr } }) => f(p - quotient(f(lr * g), d)),
  });
}

/** β·s and (1−β)·g² put together in another way. */
function withMeanSquare(meanSquare: (s: number, g: number, scalars: Scalars) => number): Mutant["create"] {
  return withParts({ meanSquare: (s, g, { scalars }) => meanSquare(s, g, scalars) });
}

const squareShare = (g: number, { complement }: Scalars): number => f(f(complement * g) * g);

/** The sum of the two terms in binary64, before it is rounded. */
const meanSquareSum = (s: number, g: number, scalars: Scalars): number =>
  f(s * scalars.alpha) + squareShare(g, scalars);

/** PyTorch's AVX2 kernels: the evaluation `fused`. */
const FUSED: Partial<Parts> = {
  gradient(g, p, { h, scalars }) {
    const downhill = h.maximize ? -g : g;
    return h.weight_decay === 0 ? downhill : fma32(p, scalars.weightDecay, downhill);
  },
  meanSquare: (s, g, { scalars: { alpha, complement } }) => fma32(f(complement * g), g, f(s * alpha)),
  meanGradient: (a, g, { scalars: { complement: w } }) =>
    Math.abs(w) < 0.5 ? fma32(w, f(g - a), a) : fma32(-f(1 - w), f(g - a), g),
  variance: (s, a) => fma32(-a, a, s),
  moveByBuffer: (p, b, { scalars }) => fma32(b, -scalars.lr, p),
};

/** Results that are one or a few floats away from every declared one, always or seldom. */
export const ROUNDING_MUTANTS: readonly Mutant[] = [
  {
    id: "root-one-ulp-high",
    title: "The root is the float32 above the right one.",
    clause: "RMS-5.4",
    create: withRoot((v) => nudged(root(v), "away")),
  },
  {
    id: "root-one-ulp-low",
    title: "The root is the float32 below the right one.",
    clause: "RMS-2.4",
    create: withRoot((v) => nudged(root(v), "towards zero")),
  },
  {
    id: "root-one-ulp-high-for-odd-exponents",
    title: "The root is one float high where the exponent is odd.",
    clause: "RMS-5.4",
    create: withRoot((v) => (exponentOf(v) % 2 === 0 ? root(v) : nudged(root(v), "away"))),
  },
  {
    id: "root-sometimes-one-ulp-off",
    title: "One root in eight is the float32 above the right one, which is not declared.",
    clause: "RMS-1.2",
    bug: {
      where: "PyTorch 2.13.0, the wheel from PyPI",
      what: "The root comes from MKL's vector library; one in six is one float off.",
    },
    create: withRoot((v) => (isStruck(v) ? nudged(root(v), "away") : root(v))),
  },
  {
    id: "root-from-an-estimate",
    title: "√v is v times an estimate of 1/√v that has twelve bits.",
    clause: "RMS-1.2",
    create: withRoot((v) => (isRegular(v) ? f(v * estimate(v)) : root(v))),
  },
  {
    id: "root-from-an-estimate-and-one-newton-step",
    title: "The same after one Newton step, which is nearly enough.",
    clause: "RMS-5.4",
    create: withRoot((v) => {
      if (!isRegular(v)) return root(v);
      const r = estimate(v);
      return f(v * f(r * f(1.5 - f(f(0.5 * v) * f(r * r)))));
    }),
  },
  {
    id: "root-by-logarithm",
    title: "√v is exp(½·log v), each in float32.",
    clause: "RMS-8.1",
    create: withRoot((v) => f(Math.exp(f(0.5 * f(Math.log(v)))))),
  },
  {
    id: "root-one-ulp-high-for-one-exponent",
    title: "The root is one float high where 2^-20 ≤ v < 2^-19.",
    clause: "RMS-1.2",
    create: withRoot((v) => (exponentOf(v) === -20 ? nudged(root(v), "away") : root(v))),
  },
  {
    id: "quotient-truncated",
    title: "Quotients are rounded towards zero.",
    clause: "RMS-1.2",
    create: withQuotient((x, d) => truncated(x / d)),
  },
  {
    id: "quotient-rounded-down",
    title: "Quotients are rounded towards −∞.",
    clause: "RMS-8.2",
    create: withQuotient((x, d) => floored(x / d)),
  },
  {
    id: "quotient-sometimes-one-ulp-off",
    title: "One quotient in eight is the float32 next to the right one, away from zero.",
    clause: "RMS-1.2",
    create: withQuotient((x, d) => (isStruck(d) ? nudged(f(x / d), "away") : f(x / d))),
  },
  {
    id: "mean-square-truncated",
    title: "The sum that is stored as the mean square is rounded towards zero.",
    clause: "RMS-1.1",
    create: withMeanSquare((s, g, scalars) => truncated(meanSquareSum(s, g, scalars))),
  },
  {
    id: "mean-square-rounded-half-away",
    title: "A mean square halfway between two floats goes to the larger one.",
    clause: "RMS-1.1",
    create: withMeanSquare((s, g, scalars) => roundedHalfAway(meanSquareSum(s, g, scalars))),
  },
  {
    id: "mean-square-by-lerp",
    title: "s ← s + (1−β)·(g² − s), which is not declared: an infinite mean square becomes NaN.",
    clause: "RMS-11.3",
    bug: {
      where: "TensorFlow's documentation of ApplyRMSProp",
      what: "It promises the two-term mean; the dense kernels compute the incremental one.",
    },
    create: withMeanSquare((s, g, { complement }) => f(s + f(complement * f(f(g * g) - s)))),
  },
  {
    id: "square-keeps-the-sign",
    title: "g·|g| is accumulated instead of g².",
    clause: "RMS-2.2",
    create: withMeanSquare((s, g, scalars) =>
      f(f(s * scalars.alpha) + squareShare(g, scalars) * Math.sign(g)),
    ),
  },
  {
    id: "square-share-made-positive",
    title: "(1−β)·g·|g| without its sign: the share is not taken off where β is above 1.",
    clause: "RMS-1.1",
    create: withMeanSquare((s, g, scalars) => f(f(s * scalars.alpha) + Math.abs(squareShare(g, scalars)))),
  },
  {
    id: "square-by-power-function",
    title: "g² comes from a power function that is one float off for one gradient in eight.",
    clause: "RMS-1.1",
    create: withMeanSquare((s, g, { alpha, complement }) => {
      const square = f(g * g);
      return f(f(s * alpha) + f(complement * (isStruck(g) ? nudged(square, "away") : square)));
    }),
  },
  {
    id: "mean-square-off-for-one-exponent",
    title: "The mean square is one float high where 2^-31 ≤ |g| < 2^-30.",
    clause: "RMS-1.1",
    create: withMeanSquare((s, g, scalars) => {
      const right = f(meanSquareSum(s, g, scalars));
      return exponentOf(g) === -31 ? nudged(right, "away") : right;
    }),
  },
  {
    id: "mean-square-off-for-one-mantissa",
    title: "The mean square is one float high where all bits of the gradient's mantissa are ones.",
    clause: "RMS-11.7",
    create: withMeanSquare((s, g, scalars) => {
      const right = f(meanSquareSum(s, g, scalars));
      return (bitsOf(g) & 0x7fffff) === 0x7fffff ? nudged(right, "away") : right;
    }),
  },
  {
    id: "parameter-truncated",
    title: "The new parameter is rounded towards zero.",
    clause: "RMS-1.2",
    create: withParts({
      move: (p, g, d, { scalars: { lr } }) => truncated(p - f(f(lr * g) / d)),
      moveByBuffer: (p, b, { scalars: { lr } }) => truncated(p - f(b * lr)),
    }),
  },
  {
    id: "update-in-bfloat16",
    title: "The update is rounded to bfloat16 before it is taken off the parameter.",
    clause: "RMS-13.1",
    create: withParts({
      move: (p, g, d, { scalars: { lr } }) => f(p - bfloat16(f(f(lr * g) / d))),
      moveByBuffer: (p, b, { scalars: { lr } }) => f(p - bfloat16(f(b * lr))),
    }),
  },
  {
    id: "other-product-fused",
    title: "β·s is fused into the sum where (1−β)·g·g is declared to be.",
    clause: "RMS-1.1",
    declares: { reference: "fused" },
    create: withParts({
      ...FUSED,
      meanSquare: (s, g, { scalars }) => fma32(s, scalars.alpha, squareShare(g, scalars)),
    }),
  },
  {
    id: "mean-square-fused",
    title: "The mean square is fused where nothing is declared to be.",
    clause: "RMS-1.1",
    declares: { reference: "unfused" },
    create: withParts({ meanSquare: FUSED.meanSquare as Parts["meanSquare"] }),
  },
  {
    id: "parameter-fused-under-momentum",
    title: "p − η·b is fused where nothing is declared to be.",
    clause: "RMS-6.1",
    declares: { reference: "unfused" },
    create: withParts({ moveByBuffer: FUSED.moveByBuffer as Parts["moveByBuffer"] }),
  },
  {
    id: "mean-gradient-in-two-terms",
    title: "The mean gradient is β·a + (1−β)·g where lerp is declared.",
    clause: "RMS-7.1",
    declares: { reference: "unfused" },
    create: withParts({
      meanGradient: (a, g, { scalars: { alpha, complement } }) => f(f(a * alpha) + f(complement * g)),
    }),
  },
  {
    id: "ratio-before-the-gradient",
    title: "(η/d)·g where (η·g)/d is declared.",
    clause: "RMS-1.2",
    declares: { reference: "unfused" },
    create: withParts({ move: (p, g, d, { scalars: { lr } }) => f(p - f(f(lr / d) * g)) }),
  },
  {
    id: "division-by-reciprocal",
    title: "x·(1/d) where x/d is declared.",
    clause: "RMS-1.2",
    declares: { reference: "unfused" },
    create: withQuotient((x, d) => f(x * f(1 / d))),
  },
];

function isRegular(v: number): boolean {
  return v > 0 && v < Number.POSITIVE_INFINITY;
}

/** 1/√v with twelve bits, as processors give it at once. */
function estimate(v: number): number {
  const r = 1 / Math.sqrt(v);
  const unit = 2 ** (Math.floor(Math.log2(r)) - 11);
  return Math.round(r / unit) * unit;
}
