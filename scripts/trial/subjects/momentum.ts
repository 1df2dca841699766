import { CAPABILITIES } from "../../../spec/capabilities.js";
import type { GivenHyperparameters } from "../../../src/adapter/optimizer.js";
import { nextUp } from "../../../src/float32/neighbours.js";
import { withAxes } from "./dialect-parts.js";
import { type Parts, PLAIN, type Place } from "./parts.js";
import { PlainOptimizer, type State } from "./plain-optimizer.js";
import { type Mutant, type Variant, withClass, withParts } from "./variant.js";

const f = Math.fround;

/** The plain optimizer with another μ. */
function withMomentum(momentum: (given: number) => number): Variant["create"] {
  return withParts({
    scalars: (h, step) => ({ ...PLAIN.scalars(h, step), momentum: f(momentum(h.momentum)) }),
  });
}

/** The root of the mean square before the step. The first step has none, and the centered form takes its own. */
function staleDenominator(): Partial<Parts> {
  let stale = 0;
  return {
    meanSquare(s, g, at) {
      stale = PLAIN.denominator(s, at);
      return PLAIN.meanSquare(s, g, at);
    },
    buffer: (b, g, d, at) => PLAIN.buffer(b, g, at.h.centered || at.step === 1 ? d : stale, at),
  };
}

function oneStepLate(): Partial<Parts> {
  let before = 0;
  return {
    buffer(b, g, d, at) {
      before = b;
      return PLAIN.buffer(b, g, d, at);
    },
    moveByBuffer: (p, _, at, g, d) => PLAIN.moveByBuffer(p, before, at, g, d),
  };
}

/** What moves the parameter is the buffer before it decays; what is stored has decayed already. */
function decayedAfterTheMove(): Partial<Parts> {
  let sum = 0;
  return {
    buffer(b, g, d, { scalars: { momentum } }) {
      sum = f(b + f(g / d));
      return f(sum * momentum);
    },
    moveByBuffer: (p, _, at, g, d) => PLAIN.moveByBuffer(p, sum, at, g, d),
  };
}

/** Polyak's heavy ball on the parameters: θ − η·g/d + μ·(θ − θ_{t−1}). A buffer is kept, but moves nothing. */
const heavyBall: Variant["create"] = (groups) => {
  let last: ArrayLike<number> = [];
  const parts: Parts = {
    ...PLAIN,
    moveByBuffer: (p, _, at, g, d) =>
      f(PLAIN.move(p, g, d, at) + f(f(p - last[at.index]) * at.scalars.momentum)),
  };
  class HeavyBall extends PlainOptimizer {
    private readonly previous = new WeakMap<State, Float32Array>();

    protected override stepElements(
      p: Float32Array,
      gradient: Float32Array,
      state: State,
      h: PlainOptimizer["hyperparameters"][number],
    ): void {
      const before = p.slice();
      // A state that was loaded says by its buffer where the parameter came from.
      last = this.previous.get(state) ?? p.map((x, i) => x + h.lr * (state.momentum_buffer?.[i] ?? 0));
      super.stepElements(p, gradient, state, h);
      this.previous.set(state, before);
    }
  }
  return new HeavyBall(groups, parts);
};

/** Clears the buffers of a group after some changes. */
function clearsBuffers(after: (before: number, changes: GivenHyperparameters) => boolean): Variant["create"] {
  return withClass(
    class extends PlainOptimizer {
      override setHyperparameters(group: number, changes: GivenHyperparameters): void {
        const clears = after(this.hyperparameters[group].lr, changes);
        super.setHyperparameters(group, changes);
        if (!clears) return;
        for (const [k, state] of this.states.entries())
          if (this.groupOf[k] === group) state?.momentum_buffer?.fill(0);
      }
    },
  );
}

class FeedsUnusedBuffer extends PlainOptimizer {
  protected override stepElement(p: Float32Array, gradient: Float32Array, state: State, at: Place): void {
    const takesPart = at.h.momentum === 0 && state.momentum_buffer !== undefined;
    // The scalar stays 0: over the reals, the buffer is g/d and the parameter moves by the plain rule.
    const h = takesPart ? { ...at.h, momentum: Number.MIN_VALUE } : at.h;
    super.stepElement(p, gradient, state, { ...at, h });
  }
}

class BufferOnlyFromTheStart extends PlainOptimizer {
  private readonly late = new WeakSet<State>();

  protected override stepElement(p: Float32Array, gradient: Float32Array, state: State, at: Place): void {
    const wasMadeLate = this.late.has(state);
    super.stepElement(p, gradient, state, wasMadeLate ? { ...at, h: { ...at.h, momentum: 0 } } : at);
  }

  protected override stepParameter(k: number, gradient: Float32Array): void {
    const state = this.states[k];
    const { momentum } = this.hyperparameters[this.groupOf[k]];
    if (state && state.step > 0 && momentum > 0 && !state.momentum_buffer) this.late.add(state);
    super.stepParameter(k, gradient);
  }
}

/** Faults in the momentum buffer, in how the parameter follows it, and in when it is kept. */
export const MOMENTUM_MUTANTS: readonly Mutant[] = [
  {
    id: "momentum-ignored",
    title: "Momentum is accepted and not used; there is no buffer.",
    clause: "RMS-6.1",
    bug: {
      where: "bitsandbytes (95f9af30) and MXNet 2.0's rmsprop_update",
      what: "The argument is accepted and the update is the one without momentum.",
    },
    create: withAxes("pytorch", { momentum: "ignored" }),
  },
  {
    id: "buffer-kept-but-not-used",
    title: "The buffer is right, but the parameter moves by the quotient of this step alone.",
    clause: "RMS-6.1",
    create: withParts({ moveByBuffer: (p, _, at, g, d) => PLAIN.move(p, g, d, at) }),
  },
  {
    id: "momentum-of-the-raw-gradient",
    title: "The buffer collects gradients, and the sum is divided by the newest denominator.",
    clause: "RMS-6.1",
    create: withAxes("pytorch", { momentum: "raw-gradient" }),
  },
  {
    id: "learning-rate-inside-the-buffer",
    title: "The buffer collects η·g/d, so that a changed learning rate does not reach what was collected.",
    clause: "RMS-6.3",
    create: withAxes("pytorch", { momentum: "lr-inside" }),
  },
  {
    id: "learning-rate-inside-a-hidden-buffer",
    title: "As learning-rate-inside-the-buffer, in an implementation that does not show its state.",
    clause: "RMS-6.3",
    declares: { capabilities: CAPABILITIES.filter((name) => name !== "state" && name !== "load") },
    create: withAxes("pytorch", { momentum: "lr-inside" }),
  },
  {
    id: "learning-rate-outside-the-buffer",
    title: "Collects g/d where the dialect collects η·g/d.",
    clause: "RMS-6.3",
    declares: { dialect: "optax" },
    create: withAxes("optax", { momentum: "lr-outside" }),
  },
  {
    id: "momentum-from-the-second-step-on",
    title: "The first step leaves the buffer at zero and moves without it.",
    clause: "RMS-6.1",
    create: withParts({
      buffer: (b, g, d, at) => (at.step === 1 ? 0 : PLAIN.buffer(b, g, d, at)),
      moveByBuffer: (p, b, at, g, d) =>
        at.step === 1 ? PLAIN.move(p, g, d, at) : PLAIN.moveByBuffer(p, b, at, g, d),
    }),
  },
  {
    id: "dampened-buffer",
    title: "The quotient enters the buffer with the weight 1 − μ.",
    clause: "RMS-6.1",
    create: withParts({
      buffer: (b, g, d, { h, scalars }) => f(f(b * scalars.momentum) + f(f(1 - h.momentum) * f(g / d))),
    }),
  },
  {
    id: "dampened-after-the-first-step",
    title: "The quotient enters the buffer with the weight 1 − μ, but for the first one.",
    clause: "RMS-6.1",
    create: withParts({
      buffer: (b, g, d, at) =>
        at.step === 1
          ? PLAIN.buffer(b, g, d, at)
          : f(f(b * at.scalars.momentum) + f(f(1 - at.h.momentum) * f(g / d))),
    }),
  },
  {
    id: "nesterov-where-plain-is-declared",
    title: "Looks ahead by μ·b, which the dialect does not.",
    clause: "RMS-6.1",
    create: withAxes("pytorch", { momentum: "nesterov-lr-outside" }),
  },
  {
    id: "plain-where-nesterov-is-declared",
    title: "Moves by the buffer and does not look ahead.",
    clause: "RMS-6.1",
    declares: { dialect: "torchopt-nesterov" },
    create: withAxes("torchopt-nesterov", { momentum: "lr-outside" }),
  },
  {
    id: "optax-nesterov-without-lookahead",
    title: "Moves by a buffer of η·g/d and does not look ahead.",
    clause: "RMS-6.1",
    declares: { dialect: "optax-nesterov" },
    create: withAxes("optax-nesterov", { momentum: "lr-inside" }),
  },
  {
    id: "nesterov-with-the-learning-rate-outside",
    title: "Looks ahead in a buffer of g/d where the dialect's is of η·g/d.",
    clause: "RMS-6.3",
    declares: { dialect: "optax-nesterov" },
    create: withAxes("optax-nesterov", { momentum: "nesterov-lr-outside" }),
  },
  {
    id: "buffer-cleared-when-the-learning-rate-changes",
    title: "A changed learning rate resets the momentum buffer.",
    clause: "RMS-9.4",
    create: clearsBuffers((before, { lr }) => lr !== undefined && lr !== before),
  },
  {
    id: "buffer-cleared-when-momentum-is-set-to-zero",
    title: "Switching momentum off throws away the buffer that a later step needs again.",
    clause: "RMS-9.4",
    create: clearsBuffers((_, { momentum }) => momentum === 0),
  },
  {
    id: "unused-buffer-still-fed",
    title:
      "A buffer that is there is written at μ = 0 as well, so that momentum comes back with another one.",
    clause: "RMS-9.4",
    create: withClass(FeedsUnusedBuffer),
  },
  {
    id: "momentum-only-from-the-start",
    title: "Momentum that is switched on after the first step is ignored, because no buffer was made.",
    clause: "RMS-9.4",
    create: withClass(BufferOnlyFromTheStart),
  },
  {
    id: "buffer-sleeps-on-zero-gradients",
    title: "A zero gradient leaves the buffer as it is instead of letting it decay.",
    clause: "RMS-6.1",
    create: withParts({ buffer: (b, g, d, at) => (g === 0 ? b : PLAIN.buffer(b, g, d, at)) }),
  },
  {
    id: "momentum-squared",
    title: "The buffer is multiplied by μ twice.",
    clause: "RMS-6.1",
    create: withParts({
      buffer: (b, g, d, at) => PLAIN.buffer(f(b * at.scalars.momentum), g, d, at),
    }),
  },
  {
    id: "buffer-by-the-denominator-before",
    title: "Uncentered, the gradient is divided by the denominator of the step before.",
    clause: "RMS-6.1",
    create: withParts(staleDenominator()),
  },
  {
    id: "buffer-decays-after-the-move",
    title: "What is stored as the buffer was already multiplied by μ for the next step.",
    clause: "RMS-6.1",
    create: withParts(decayedAfterTheMove()),
  },
  {
    id: "buffer-one-step-late",
    title: "The parameter moves by the buffer of the step before.",
    clause: "RMS-6.1",
    create: withParts(oneStepLate()),
  },
  {
    id: "heavy-ball-on-parameters",
    title: "Carries the last change of the parameter on, and with it the learning rate of that time.",
    clause: "RMS-6.3",
    create: heavyBall,
  },
  {
    id: "momentum-one-ulp-high",
    title: "μ is the float after the right one.",
    clause: "RMS-6.1",
    create: withMomentum((mu) => nextUp(f(mu))),
  },
  {
    id: "small-momentum-ignored",
    title: "A momentum of 0.1 or less is taken for none.",
    clause: "RMS-6.1",
    create: withClass(
      class extends PlainOptimizer {
        protected override stepElement(
          p: Float32Array,
          gradient: Float32Array,
          state: State,
          at: Place,
        ): void {
          const h = at.h.momentum <= 0.1 ? { ...at.h, momentum: 0 } : at.h;
          super.stepElement(p, gradient, state, { ...at, h });
        }
      },
    ),
  },
  {
    id: "momentum-clamped-at-one",
    title: "A momentum above 1 is taken for 1.",
    clause: "RMS-6.1",
    create: withMomentum((mu) => Math.min(mu, 1)),
  },
];
