import { bfloat16, float16 } from "./narrow-floats.js";
import { nudged } from "./nudged.js";
import { type Parts, PLAIN, type Place } from "./parts.js";
import { PlainOptimizer, type State } from "./plain-optimizer.js";
import { type Mutant, withParts } from "./variant.js";

const f = Math.fround;

const decayed = (s: number, { scalars }: Place): number => f(s * scalars.alpha);
const squareShare = (g: number, { scalars: { complement } }: Place): number => f(f(complement * g) * g);

/**
 * The denominator from another mean square than the one that is stored. Parts are asked in the order of the
 * formula, element by element, so one value is enough to remember.
 *
 * @param chosen what stands for s, given the old one, the unrounded new one and the new one
 */
function withDenominatorFrom(
  chosen: (old: number, unrounded: number, stored: number) => number,
): Mutant["create"] {
  return (groups) => {
    let used = 0;
    return new PlainOptimizer(groups, {
      ...PLAIN,
      meanSquare(s, g, at) {
        const unrounded = decayed(s, at) + squareShare(g, at);
        used = chosen(s, unrounded, f(unrounded));
        return f(unrounded);
      },
      variance: (_, a) => f(used - f(a * a)),
      denominator: (v, at) => f(f(Math.sqrt(at.h.centered ? v : used)) + at.scalars.eps),
    });
  };
}

/** An optimizer that keeps a list in addition to each parameter's state, which it neither shows nor saves. */
function withHidden<T extends Float32Array | Float64Array>(
  start: (p: Float32Array, state: State) => T,
  parts: (hidden: () => T) => Partial<Parts>,
): Mutant["create"] {
  return (groups) => {
    const lists = new WeakMap<State, T>();
    let current: T;
    class Hiding extends PlainOptimizer {
      protected override stepElement(p: Float32Array, gradient: Float32Array, state: State, at: Place): void {
        const kept = lists.get(state);
        current = kept ?? start(p, state);
        if (!kept) lists.set(state, current);
        super.stepElement(p, gradient, state, at);
      }
    }
    return new Hiding(groups, { ...PLAIN, ...parts(() => current) });
  };
}

/** The same for every place, step and float32; as good as random. */
function isRoundedUp({ step, index }: Place): boolean {
  return (Math.imul(index * 1021 + step, 0x9e3779b1) >>> 16) % 2 === 0;
}

/** One of the two floats around a sum, by the place of the element. */
function roundedByPlace(x: number, at: Place): number {
  const nearest = f(x);
  if (nearest === x || !Number.isFinite(x)) return nearest;
  if (isRoundedUp(at) === nearest > x) return nearest;
  return nudged(nearest, nearest > x ? "towards zero" : "away");
}

/** What is kept between steps and what is read: too few bits, too many, or too late. */
export const STORAGE_MUTANTS: readonly Mutant[] = [
  {
    id: "mean-square-in-bfloat16",
    title: "The mean square is kept in bfloat16.",
    clause: "RMS-4.1",
    create: withParts({ meanSquare: (s, g, at) => bfloat16(PLAIN.meanSquare(s, g, at)) }),
  },
  {
    id: "mean-square-in-float16",
    title: "The mean square is kept in float16.",
    clause: "RMS-4.2",
    create: withParts({ meanSquare: (s, g, at) => float16(PLAIN.meanSquare(s, g, at)) }),
  },
  {
    id: "momentum-buffer-in-bfloat16",
    title: "The momentum buffer is kept in bfloat16.",
    clause: "RMS-6.1",
    create: withParts({ buffer: (b, g, d, at) => bfloat16(PLAIN.buffer(b, g, d, at)) }),
  },
  {
    id: "mean-gradient-in-float16",
    title: "The mean gradient is kept in float16.",
    clause: "RMS-7.1",
    create: withParts({ meanGradient: (a, g, at) => float16(PLAIN.meanGradient(a, g, at)) }),
  },
  {
    id: "gradient-in-float16",
    title: "The gradient is cast to float16: what is small vanishes.",
    clause: "RMS-11.4",
    create: withParts({ gradient: (g, p, at) => PLAIN.gradient(float16(g), p, at) }),
  },
  {
    id: "gradient-in-bfloat16",
    title: "The gradient is cast to bfloat16.",
    clause: "RMS-4.2",
    create: withParts({ gradient: (g, p, at) => PLAIN.gradient(bfloat16(g), p, at) }),
  },
  {
    id: "root-of-the-unrounded-mean-square",
    title: "The denominator reads the mean square before it is rounded, which is not declared.",
    clause: "RMS-1.2",
    create: withDenominatorFrom((_, unrounded) => unrounded),
  },
  {
    id: "mean-square-of-the-step-before",
    title: "The denominator reads the mean square that the last step left.",
    clause: "RMS-2.4",
    create: withDenominatorFrom((old) => old),
  },
  {
    id: "mean-square-carried-in-binary64",
    title: "The mean square is carried on in binary64; what is shown is rounded.",
    clause: "RMS-10.1",
    create: withHidden(
      (_, { square_avg }) => Float64Array.from(square_avg as Float32Array),
      (hidden) => ({
        meanSquare(_, g, { index, scalars: { alpha, complement } }) {
          const s = hidden();
          s[index] = s[index] * alpha + complement * g * g;
          return f(s[index]);
        },
      }),
    ),
  },
  {
    id: "parameters-carried-in-binary64",
    title: "A copy of the parameters in binary64 takes the updates; what is shown is rounded, and saved.",
    clause: "RMS-10.1",
    create: withHidden(
      (p) => Float64Array.from(p),
      (hidden) => {
        const moved = ({ index }: Place, update: number): number => {
          hidden()[index] -= update;
          return f(hidden()[index]);
        };
        return {
          move: (_, g, d, at) => moved(at, f(f(at.scalars.lr * g) / d)),
          moveByBuffer: (_, b, at) => moved(at, f(b * at.scalars.lr)),
        };
      },
    ),
  },
  {
    id: "mean-square-rounded-by-place",
    title: "The mean square is rounded up or down by a number drawn for each place and step.",
    clause: "RMS-8.3",
    create: withParts({
      meanSquare: (s, g, at) => roundedByPlace(decayed(s, at) + squareShare(g, at), at),
    }),
  },
  {
    id: "every-second-square-postponed",
    title: "The square of an odd step is accumulated in the step after it, as if it had been in time.",
    clause: "RMS-4.3",
    create: withHidden(
      (p) => new Float32Array(p.length),
      (waiting) => ({
        meanSquare(s, g, at) {
          if (at.step % 2 === 1) {
            waiting()[at.index] = squareShare(g, at);
            return decayed(s, at);
          }
          return f(f(decayed(s, at) + decayed(waiting()[at.index], at)) + squareShare(g, at));
        },
      }),
    ),
  },
];
