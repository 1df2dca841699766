import { MAX_FLOAT32, MIN_NORMAL, MIN_SUBNORMAL } from "../../../src/float32/bits.js";
import { type Parts, PLAIN, type Place } from "./parts.js";
import { PlainOptimizer, type State } from "./plain-optimizer.js";
import { type Mutant, withClass, withParts } from "./variant.js";

/** NaN, infinities, zeros, subnormals, overflow and underflow. */

type Create = Mutant["create"];

const flushed = (x: number) => (Math.abs(x) < MIN_NORMAL ? x * 0 : x);
const clamped = (x: number) => Math.min(Math.max(x, -MAX_FLOAT32), MAX_FLOAT32);

/** The gradient as something else. */
function reading(read: (g: number) => number): Create {
  return withParts({ gradient: (g, p, at) => PLAIN.gradient(read(g), p, at) });
}

/** The new mean square as something else. */
function storing(store: (s: number, g: number, before: number) => number): Create {
  return withParts({ meanSquare: (s, g, at) => store(PLAIN.meanSquare(s, g, at), g, s) });
}

/** The new parameter as something else, with and without momentum. */
function moving(move: (after: number, before: number, at: Place) => number): Create {
  return withParts({
    move: (p, g, d, at) => move(PLAIN.move(p, g, d, at), p, at),
    moveByBuffer: (p, b, at, g, d) => move(PLAIN.moveByBuffer(p, b, at, g, d), p, at),
  });
}

/** The quotient g/d as something else, with and without momentum. */
function dividing(divide: (quotient: number, g: number, d: number) => number | undefined): Create {
  const replaced =
    <T>(other: (quotient: number) => T, usual: () => T) =>
    (g: number, d: number) => {
      const quotient = divide(g / d, g, d);
      return quotient === undefined ? usual() : other(Math.fround(quotient));
    };
  const buffer: Parts["buffer"] = (b, g, d, at) =>
    replaced(
      (quotient) => Math.fround(Math.fround(b * at.scalars.momentum) + quotient),
      () => PLAIN.buffer(b, g, d, at),
    )(g, d);
  const move: Parts["move"] = (p, g, d, at) =>
    replaced(
      (quotient) => Math.fround(p - Math.fround(at.scalars.lr * quotient)),
      () => PLAIN.move(p, g, d, at),
    )(g, d);
  return withParts({ buffer, move });
}

/** Tensors or elements that a step leaves as they are, though it is counted. */
function skippingTensors(left: (gradient: Float32Array) => boolean): Create {
  return withClass(
    class extends PlainOptimizer {
      protected override stepElements(...given: Parameters<PlainOptimizer["stepElements"]>): void {
        if (!left(given[1])) super.stepElements(...given);
      }
    },
  );
}

function skippingElements(left: (g: number) => boolean): Create {
  return withClass(
    class extends PlainOptimizer {
      protected override stepElement(p: Float32Array, g: Float32Array, state: State, at: Place): void {
        if (!left(g[at.index])) super.stepElement(p, g, state, at);
      }
    },
  );
}

export const SPECIAL_VALUE_MUTANTS: readonly Mutant[] = [
  {
    id: "nan-gradient-as-zero",
    title: "A NaN gradient is taken as 0.",
    clause: "RMS-11.1",
    create: reading((g) => (Number.isNaN(g) ? 0 : g)),
  },
  {
    id: "nan-gradient-skips-the-element",
    title: "An element with a NaN gradient is not stepped.",
    clause: "RMS-11.1",
    create: skippingElements(Number.isNaN),
  },
  {
    id: "nan-kept-out-of-the-mean-square",
    title: "A NaN gradient makes the parameter NaN and leaves the mean square as it was.",
    clause: "RMS-11.1",
    create: storing((after, g, before) => (Number.isNaN(g) ? before : after)),
  },
  {
    id: "nan-mean-square-restarted",
    title: "A mean square that is NaN is taken as 0 at the next step.",
    clause: "RMS-11.1",
    create: withParts({ meanSquare: (s, g, at) => PLAIN.meanSquare(Number.isNaN(s) ? 0 : s, g, at) }),
  },
  {
    id: "nan-update-not-applied",
    title: "A parameter that would become NaN stays as it is.",
    clause: "RMS-11.1",
    create: moving((after, before) => (Number.isNaN(after) ? before : after)),
  },
  {
    id: "nan-parameter-revived",
    title: "A parameter that is NaN is taken as 0.",
    clause: "RMS-11.7",
    create: withParts({
      move: (p, g, d, at) => PLAIN.move(Number.isNaN(p) ? 0 : p, g, d, at),
      moveByBuffer: (p, b, at, g, d) => PLAIN.moveByBuffer(Number.isNaN(p) ? 0 : p, b, at, g, d),
    }),
  },
  {
    id: "non-finite-gradient-skips-the-tensor",
    title: "A tensor with a gradient that is not finite in it is not stepped, as a gradient scaler does.",
    clause: "RMS-8.5",
    create: skippingTensors((gradient) => !gradient.every(Number.isFinite)),
  },
  {
    id: "infinite-gradient-skips-the-element",
    title: "An element with an infinite gradient is not stepped.",
    clause: "RMS-11.2",
    create: skippingElements((g) => Math.abs(g) === Number.POSITIVE_INFINITY),
  },
  {
    id: "infinite-gradient-clamped",
    title: "An infinite gradient is taken as the largest float.",
    clause: "RMS-11.2",
    create: reading(clamped),
  },
  {
    id: "infinity-over-infinity-is-zero",
    title: "∞/∞ is taken as 0, so that an infinite gradient does not move the parameter.",
    clause: "RMS-11.2",
    create: dividing((_, g, d) => (Math.abs(g) === d && d === Number.POSITIVE_INFINITY ? 0 : undefined)),
  },
  {
    id: "infinity-over-infinity-is-one",
    title: "∞/∞ is taken as 1 with the sign of the gradient.",
    clause: "RMS-11.2",
    create: dividing((_, g, d) =>
      Math.abs(g) === d && d === Number.POSITIVE_INFINITY ? Math.sign(g) : undefined,
    ),
  },
  {
    id: "overflowing-mean-square-clamped",
    title: "A mean square that overflows is the largest float.",
    clause: "RMS-11.3",
    create: storing((after, g) => (Number.isFinite(g) ? Math.min(after, MAX_FLOAT32) : after)),
  },
  {
    id: "infinite-mean-square-restarted",
    title: "A mean square that is infinite is taken as 0 at the next step.",
    clause: "RMS-11.3",
    create: withParts({
      meanSquare: (s, g, at) => PLAIN.meanSquare(s === Number.POSITIVE_INFINITY ? 0 : s, g, at),
    }),
  },
  {
    id: "infinite-denominator-clamped",
    title: "A denominator that is infinite under a finite gradient is the largest float.",
    clause: "RMS-11.3",
    create: dividing((_, g, d) =>
      d === Number.POSITIVE_INFINITY && Number.isFinite(g) ? g / MAX_FLOAT32 : undefined,
    ),
  },
  {
    id: "underflowing-square-is-the-smallest-normal",
    title: "A square that underflows is taken as the smallest normal float.",
    clause: "RMS-11.4",
    create: storing((after, g) => (g !== 0 && after === 0 ? MIN_NORMAL : after)),
  },
  {
    id: "underflowing-square-is-the-smallest-float",
    title: "A square that underflows is taken as the smallest float.",
    clause: "RMS-11.4",
    create: storing((after, g) => (g !== 0 && after === 0 ? MIN_SUBNORMAL : after)),
  },
  {
    id: "division-by-zero-is-zero",
    title: "At ε = 0 the quotient over a mean square of zero is 0 instead of infinite.",
    clause: "RMS-11.4",
    create: dividing((quotient, g, d) => (d === 0 && g !== 0 && !Number.isFinite(quotient) ? 0 : undefined)),
  },
  {
    id: "zero-over-zero-is-zero",
    title: "At ε = 0 a zero gradient over a mean square of zero does not move the parameter.",
    clause: "RMS-11.6",
    create: dividing((_, g, d) => (d === 0 && g === 0 ? 0 : undefined)),
  },
  {
    id: "zero-denominator-is-the-default-epsilon",
    title: "A denominator of zero is replaced by 1e-8.",
    clause: "RMS-11.6",
    create: withParts({ denominator: (v, at) => PLAIN.denominator(v, at) || Math.fround(1e-8) }),
  },
  {
    id: "subnormal-gradients-flushed",
    title: "A subnormal gradient is read as 0.",
    clause: "RMS-11.5",
    create: reading(flushed),
  },
  {
    id: "subnormal-parameters-flushed",
    title: "A subnormal parameter is stored as 0.",
    clause: "RMS-11.5",
    create: moving(flushed),
  },
  {
    id: "subnormal-mean-squares-flushed",
    title: "A subnormal mean square is stored as 0.",
    clause: "RMS-11.5",
    create: storing(flushed),
  },
  {
    id: "subnormal-mean-gradients-flushed",
    title: "A subnormal mean gradient is stored as 0.",
    clause: "RMS-11.5",
    create: withParts({ meanGradient: (a, g, at) => flushed(PLAIN.meanGradient(a, g, at)) }),
  },
  {
    id: "subnormal-buffers-flushed",
    title: "A subnormal momentum buffer is stored as 0.",
    clause: "RMS-11.5",
    create: withParts({ buffer: (b, g, d, at) => flushed(PLAIN.buffer(b, g, d, at)) }),
  },
  {
    id: "subnormal-updates-flushed",
    title: "An update that is subnormal is taken as 0.",
    clause: "RMS-11.5",
    create: withParts({
      move: (p, g, d, at) => Math.fround(p - flushed(Math.fround(Math.fround(at.scalars.lr * g) / d))),
    }),
  },
  {
    id: "smallest-subnormal-flushed",
    title: "A mean square that is the smallest float is stored as 0.",
    clause: "RMS-11.5",
    create: storing((after) => (after === MIN_SUBNORMAL ? 0 : after)),
  },
  {
    id: "negative-zero-parameter-loses-its-sign",
    title: "A parameter of −0 becomes +0 under a gradient of +0.",
    clause: "RMS-11.7",
    create: moving((after) => (after === 0 ? 0 : after)),
  },
  {
    id: "negative-zero-gradient-loses-its-sign",
    title: "A gradient of −0 is taken as +0.",
    clause: "RMS-11.7",
    create: reading((g) => (g === 0 ? 0 : g)),
  },
  {
    id: "infinite-variance-difference-is-zero",
    title: "Where mean square and squared mean gradient are both infinite, the variance is 0 instead of NaN.",
    clause: "RMS-11.7",
    create: withParts({
      variance: (s, a, at) => {
        const v = PLAIN.variance(s, a, at);
        return Number.isNaN(v) && s === Number.POSITIVE_INFINITY && !Number.isNaN(a) ? 0 : v;
      },
    }),
  },
  {
    id: "negative-mean-square-as-zero",
    title: "A mean square below zero, as it may be loaded, is taken as 0 under the root.",
    clause: "RMS-11.7",
    create: withParts({
      denominator: (v, at) => PLAIN.denominator(!at.h.centered && v < 0 ? 0 : v, at),
    }),
  },
  {
    id: "update-clamped-to-ten-learning-rates",
    title: "An update is at most ten times the learning rate, which the first step at β = 0.999 exceeds.",
    clause: "RMS-1.2",
    create: withParts({
      move: (p, g, d, at) => {
        const { lr } = at.scalars;
        const update = Math.fround(Math.fround(lr * g) / d);
        return Math.abs(update) > 10 * lr
          ? Math.fround(p - Math.sign(g) * Math.fround(10 * lr))
          : PLAIN.move(p, g, d, at);
      },
    }),
  },
];
