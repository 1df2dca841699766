import type { Hyperparameters } from "../../../../spec/dialect.js";
import { MIN_NORMAL } from "../../../../src/float32/bits.js";
import { fma32 } from "../../../../src/float32/fma.js";
import { type Parts, PLAIN, type Scalars } from "../parts.js";
import { PlainOptimizer, type State } from "../plain-optimizer.js";
import { type Variant, withClass, withParts } from "../variant.js";

/** Implementations that round less, more or otherwise than every operation to the nearest float32. */

const f = Math.fround;

function uncast(h: Hyperparameters): Scalars {
  return {
    lr: h.lr,
    alpha: h.alpha,
    complement: 1 - h.alpha,
    eps: h.eps,
    momentum: h.momentum,
    weightDecay: h.weight_decay,
  };
}

/** All of a step in binary64; only what is stored is rounded. */
abstract class InBinary64 extends PlainOptimizer {
  protected abstract scalarsOf(h: Hyperparameters): Scalars;
  /** Whether the step goes on from what it stored. */
  protected readonly rereads: boolean = false;

  protected override stepElements(p: Float32Array, gradient: Float32Array, state: State, h: Hyperparameters) {
    const { lr, alpha, complement, eps, momentum, weightDecay } = this.scalarsOf(h);
    const { square_avg: s, grad_avg: a, momentum_buffer: b } = state as Required<State>;
    const stored = this.rereads ? f : (x: number) => x;
    for (let i = 0; i < p.length; i++) {
      let g = h.maximize ? -gradient[i] : gradient[i];
      if (h.weight_decay !== 0) g += weightDecay * p[i];
      let v = stored(alpha * s[i] + complement * g * g);
      s[i] = v;
      if (h.centered) {
        const mean = stored(alpha * a[i] + complement * g);
        a[i] = mean;
        v -= mean * mean;
      }
      let update = g / (Math.sqrt(v) + eps);
      if (h.momentum > 0) {
        update = stored(momentum * b[i] + update);
        b[i] = update;
      }
      p[i] -= lr * update;
    }
  }
}

class KeptInBinary64 extends InBinary64 {
  protected override scalarsOf(h: Hyperparameters): Scalars {
    return PLAIN.scalars(h, 1);
  }
}

class RereadFromFloat32 extends InBinary64 {
  protected override scalarsOf(h: Hyperparameters): Scalars {
    return PLAIN.scalars(h, 1);
  }
  protected override readonly rereads = true;
}

class AllInBinary64 extends InBinary64 {
  protected override scalarsOf(h: Hyperparameters): Scalars {
    return uncast(h);
  }
}

interface Rounding {
  round(x: number): number;
  /** x·y + z */
  multiplyAdd(x: number, y: number, z: number): number;
}

/** Zero with the sign of x. */
const zeroOf = (x: number) => x * 0;
const isTiny = (x: number) => Math.abs(x) < MIN_NORMAL;

/** Tininess looked for in the rounded result. */
function flushLate(x: number): number {
  const rounded = f(x);
  return isTiny(rounded) ? zeroOf(rounded) : rounded;
}

/** Tininess looked for in the exact result. Of two float32s, binary64 shows it for every operation. */
function flushEarly(x: number): number {
  return isTiny(x) ? zeroOf(x) : f(x);
}

/** An FPU that has no subnormals, neither as results nor as operands. */
function withoutSubnormals({ round, multiplyAdd }: Rounding): Partial<Parts> {
  const read = (x: number) => (isTiny(x) ? zeroOf(x) : x);
  return {
    scalars(h) {
      const scalars = Object.entries(PLAIN.scalars(h, 1)).map(([name, value]) => [name, read(value)]);
      return Object.fromEntries(scalars) as unknown as Scalars;
    },
    gradient(g, p, { h, scalars }) {
      const downhill = read(h.maximize ? -g : g);
      return h.weight_decay === 0 ? downhill : multiplyAdd(read(p), scalars.weightDecay, downhill);
    },
    meanSquare: (s, g, { scalars: { alpha, complement } }) =>
      multiplyAdd(round(complement * g), g, round(alpha * read(s))),
    meanGradient: (a, g, { scalars: { alpha, complement } }) =>
      multiplyAdd(complement, g, round(alpha * read(a))),
    variance: (s, a) => multiplyAdd(-a, a, s),
    denominator: (v, { scalars }) => round(round(Math.sqrt(v)) + scalars.eps),
    buffer: (b, g, d, { scalars }) => multiplyAdd(read(b), scalars.momentum, round(g / d)),
    moveByBuffer: (p, b, { scalars }) => multiplyAdd(-b, scalars.lr, read(p)),
    move: (p, g, d, { scalars }) => round(read(p) - round(round(scalars.lr * g) / d)),
  };
}

const rounded = (round: (x: number) => number): Rounding => ({
  round,
  multiplyAdd: (x, y, z) => round(round(x * y) + z),
});

export const PRECISIONS: readonly Variant[] = [
  {
    id: "kept-in-binary64",
    title: "Computes in binary64 with float32 scalars and goes on from what it has not rounded.",
    declares: { choices: { intermediates: ["binary64"] } },
    create: withClass(KeptInBinary64),
  },
  {
    id: "binary64-between-stores",
    title: "Computes in binary64 with float32 scalars and reads back what it stored.",
    declares: { choices: { intermediates: ["binary64"] } },
    create: withClass(RereadFromFloat32),
  },
  {
    id: "all-in-binary64",
    title: "Computes in binary64, scalars too, as a JavaScript library over Float32Arrays does.",
    declares: { choices: { intermediates: ["binary64"], scalars: ["binary64"] } },
    create: withClass(AllInBinary64),
  },
  {
    id: "binary64-scalars",
    title: "Rounds every operation on tensors, but has scalars in binary64.",
    declares: { choices: { scalars: ["binary64"] } },
    create: withParts({
      scalars: uncast,
      meanGradient: (a, g, { scalars: { alpha, complement } }) => f(f(a * alpha) + f(complement * g)),
    }),
  },
  {
    id: "binary64-scalars-mirrored-lerp",
    title: "Has scalars in binary64, the weight 1 − (1 − β) of a mirrored lerp among them.",
    declares: { choices: { scalars: ["binary64"], "order.mean-gradient": ["lerp-mirrored"] } },
    create: withParts({
      scalars: uncast,
      meanGradient: (a, g, { scalars: { complement: w } }) =>
        Math.abs(w) < 0.5 ? f(a + f(w * f(g - a))) : f(g - f(f(g - a) * (1 - w))),
    }),
  },
  {
    id: "complement-in-float32",
    title: "Subtracts 1 − β in float32.",
    declares: { choices: { complement: ["float32"] } },
    create: withParts({
      scalars: (h, step) => ({ ...PLAIN.scalars(h, step), complement: f(1 - f(h.alpha)) }),
    }),
  },
  {
    id: "complement-in-float32-fused",
    title: "Subtracts 1 − β in float32 and fuses the sums.",
    declares: { choices: { complement: ["float32"] } },
    create: withParts({
      scalars: (h, step) => ({ ...PLAIN.scalars(h, step), complement: f(1 - f(h.alpha)) }),
      meanSquare: (s, g, { scalars: { alpha, complement } }) => fma32(alpha, s, f(f(complement * g) * g)),
      variance: (s, a) => fma32(a, -a, s),
    }),
  },
  {
    id: "flushed",
    title: "Has no subnormals; a result is looked at after it is rounded.",
    declares: { choices: { subnormals: ["flushed"] } },
    create: withParts(withoutSubnormals(rounded(flushLate))),
  },
  {
    id: "flushed-fused",
    title: "Has no subnormals, looks after rounding and fuses.",
    declares: { choices: { subnormals: ["flushed"] } },
    create: withParts(
      withoutSubnormals({ round: flushLate, multiplyAdd: (x, y, z) => flushLate(fma32(x, y, z)) }),
    ),
  },
  {
    id: "flushed-early",
    title: "Has no subnormals; a result is looked at before it is rounded.",
    declares: { choices: { subnormals: ["flushed-early"] } },
    create: withParts(withoutSubnormals(rounded(flushEarly))),
  },
];
