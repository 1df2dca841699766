import { CAPABILITIES } from "../../../../spec/capabilities.js";
import { fma32 } from "../../../../src/float32/fma.js";
import { type Parts, PLAIN, type Place } from "../parts.js";
import { type Variant, withParts } from "../variant.js";
import { roundOnce } from "./round-once.js";

/** Implementations that fuse products into sums. */

const f = Math.fround;

type MultiplyAdd = (x: number, y: number, z: number) => number;

/** PyTorch's kernels on a CPU with FMA. */
function asPytorch(fma: MultiplyAdd): Partial<Parts> {
  return {
    gradient(g, p, { h, scalars }) {
      const downhill = h.maximize ? -g : g;
      return h.weight_decay === 0 ? downhill : fma(p, scalars.weightDecay, downhill);
    },
    meanSquare: (s, g, { scalars: { alpha, complement } }) => fma(f(complement * g), g, f(s * alpha)),
    meanGradient: (a, g, { scalars: { complement: w } }) =>
      Math.abs(w) < 0.5 ? fma(w, f(g - a), a) : fma(-f(1 - w), f(g - a), g),
    variance: (s, a) => fma(-a, a, s),
    moveByBuffer: (p, b, { scalars }) => fma(-b, scalars.lr, p),
  };
}

const FUSED = asPytorch(fma32);

/** PyTorch's kernels on CUDA: the scalar is fused last, so that the variance has nothing to fuse. */
const CUDA: Partial<Parts> = {
  ...FUSED,
  meanSquare: (s, g, { scalars: { alpha, complement } }) => fma32(complement, f(g * g), f(s * alpha)),
  variance: PLAIN.variance,
  move: (p, g, d, { scalars }) => fma32(-scalars.lr, f(g / d), p),
};

function multiplyAddByOddSum(x: number, y: number, z: number): number {
  const product = x * y;
  const sum = product + z;
  const zPart = sum - product;
  return roundOnce(sum, product - (sum - zPart) + (z - zPart));
}

/** Of each sum, the left operand wherever it is a product, otherwise the right one. */
const LEFT: Partial<Parts> = {
  ...FUSED,
  meanSquare: (s, g, { scalars: { alpha, complement } }) => fma32(s, alpha, f(f(complement * g) * g)),
  meanGradient: (a, g, { scalars: { alpha, complement } }) => fma32(a, alpha, f(complement * g)),
  buffer: (b, g, d, { scalars }) => fma32(b, scalars.momentum, f(g / d)),
};

/** Of each sum the right operand, after reciprocals and quotients that leave a product there. */
const RIGHT: Partial<Parts> = {
  ...FUSED,
  meanSquare: (s, g, { scalars: { alpha, complement } }) => fma32(complement, f(g * g), f(s * alpha)),
  meanGradient: (a, g, { scalars: { alpha, complement } }) => fma32(complement, g, f(a * alpha)),
  buffer: (b, g, d, { scalars }) => fma32(g, f(1 / d), f(b * scalars.momentum)),
  move: (p, g, d, { scalars }) => fma32(-scalars.lr, f(g / d), p),
};

/** Each operation as the chosen parts do it. */
function chosenBy(choose: (at: Place) => Parts): Parts {
  return {
    scalars: PLAIN.scalars,
    gradient: (g, p, at) => choose(at).gradient(g, p, at),
    meanSquare: (s, g, at) => choose(at).meanSquare(s, g, at),
    meanGradient: (a, g, at) => choose(at).meanGradient(a, g, at),
    variance: (s, a, at) => choose(at).variance(s, a, at),
    denominator: (v, at) => choose(at).denominator(v, at),
    buffer: (b, g, d, at) => choose(at).buffer(b, g, d, at),
    moveByBuffer: (p, b, at, g, d) => choose(at).moveByBuffer(p, b, at, g, d),
    move: (p, g, d, at) => choose(at).move(p, g, d, at),
  };
}

const FUSED_PARTS: Parts = { ...PLAIN, ...FUSED };

/** Another choice each time: the state of this generator is shared by all optimizers. */
let state = 20130;
function coin(): boolean {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state < 0;
}

const anyhow = chosenBy(() => (coin() ? FUSED_PARTS : PLAIN));

const NOT_DETERMINISTIC = CAPABILITIES.filter((capability) => capability !== "deterministic");

export const CONTRACTIONS: readonly Variant[] = [
  {
    id: "fused-as-pytorch",
    title: "Fuses what PyTorch's AVX2 kernels fuse, and says so.",
    declares: { reference: "fused" },
    create: withParts(FUSED),
  },
  {
    id: "fused-as-pytorch-on-cuda",
    title: "Fuses what PyTorch's CUDA kernels fuse, squares and divides first, and says so.",
    declares: { reference: "cuda" },
    create: withParts(CUDA),
  },
  {
    id: "fused-by-odd-sums",
    title: "Fuses what PyTorch fuses, by binary64 sums rounded to odd, and claims no evaluation's bits.",
    create: withParts(asPytorch(multiplyAddByOddSum)),
  },
  {
    id: "fused-left",
    title: "Fuses the left product of every sum, or the right one where there is no other.",
    create: withParts(LEFT),
  },
  {
    id: "fused-right",
    title: "Fuses the right product of every sum, having made products of quotients.",
    create: withParts(RIGHT),
  },
  {
    id: "fused-now-and-then",
    title: "Fuses an operation or not as it happens, and does not claim to be deterministic.",
    declares: { capabilities: NOT_DETERMINISTIC },
    create: withParts(anyhow),
  },
];
