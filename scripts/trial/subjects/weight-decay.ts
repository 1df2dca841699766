import { nextUp } from "../../../src/float32/neighbours.js";
import { KERAS_PARTS, shrunkByRate, withAxes, withPartsIn } from "./dialect-parts.js";
import { type Parts, PLAIN, type Place } from "./parts.js";
import { PlainOptimizer } from "./plain-optimizer.js";
import { type Mutant, type Variant, withClass, withParts } from "./variant.js";

const f = Math.fround;

/** The plain optimizer that adds something else than λθ to the gradient, where there is weight decay at all. */
function withDecay(term: (p: number, lambda: number, at: Place) => number): Variant["create"] {
  return withParts({
    gradient: (g, p, at) =>
      at.h.weight_decay === 0
        ? PLAIN.gradient(g, p, at)
        : f((at.h.maximize ? -g : g) + term(p, at.scalars.weightDecay, at)),
  });
}

/** The averages that are fed by the gradient before weight decay. */
function averagesWithoutDecay(...averages: readonly ("meanSquare" | "meanGradient")[]): Partial<Parts> {
  let undecayed = 0;
  const parts: Partial<Parts> = {
    gradient(g, p, at) {
      undecayed = at.h.maximize ? -g : g;
      return PLAIN.gradient(g, p, at);
    },
  };
  for (const average of averages) parts[average] = (old, _, at) => PLAIN[average](old, undecayed, at);
  return parts;
}

/** With momentum, λθ goes into the buffer and not into the gradient. */
function decayOfTheBuffer(): Partial<Parts> {
  let theta = 0;
  return {
    gradient(g, p, at) {
      theta = p;
      return PLAIN.gradient(g, p, at.h.momentum > 0 ? { ...at, h: { ...at.h, weight_decay: 0 } } : at);
    },
    buffer(b, g, d, at) {
      const sum = PLAIN.buffer(b, g, d, at);
      return at.h.weight_decay === 0 ? sum : f(sum + f(theta * at.scalars.weightDecay));
    },
  };
}

class DecaysWithoutGradient extends PlainOptimizer {
  override step(gradients: readonly (Float32Array | null)[]): void {
    super.step(
      gradients.map((gradient, k) => {
        const decays = this.hyperparameters[this.groupOf[k]].weight_decay > 0;
        return gradient ?? (decays ? new Float32Array(this.parameters[k].length) : null);
      }),
    );
  }
}

class ShrinksWithoutGradient extends PlainOptimizer {
  override step(gradients: readonly (Float32Array | null)[]): void {
    super.step(gradients);
    for (const [k, gradient] of gradients.entries()) {
      if (gradient) continue;
      const p = this.parameters[k];
      const h = this.hyperparameters[this.groupOf[k]];
      const at = { h, scalars: this.parts.scalars(h, 1), step: 1, index: 0, length: p.length };
      for (const [i, x] of p.entries()) p[i] = shrunkByRate(x, at);
    }
  }
}

/** Faults in how weight decay enters, coupled and decoupled. */
export const WEIGHT_DECAY_MUTANTS: readonly Mutant[] = [
  {
    id: "weight-decay-ignored",
    title: "Weight decay is accepted and not used.",
    clause: "RMS-9.2",
    create: withAxes("pytorch", { weightDecay: "none" }),
  },
  {
    id: "weight-decay-of-the-wrong-sign",
    title: "Takes λθ off the gradient.",
    clause: "RMS-9.2",
    create: withDecay((p, lambda) => -f(p * lambda)),
  },
  {
    id: "weight-decay-after-the-square",
    title: "λθ enters the numerator alone: neither mean sees it.",
    clause: "RMS-9.2",
    create: withParts(averagesWithoutDecay("meanSquare", "meanGradient")),
  },
  {
    id: "weight-decay-missing-from-the-square",
    title: "λθ enters the mean gradient and the numerator, but not the mean square.",
    clause: "RMS-9.2",
    create: withParts(averagesWithoutDecay("meanSquare")),
  },
  {
    id: "mean-gradient-before-weight-decay",
    title: "The mean gradient is of the gradient as it was given.",
    clause: "RMS-9.2",
    create: withParts(averagesWithoutDecay("meanGradient")),
  },
  {
    id: "decoupled-where-coupled-is-declared",
    title: "Weight decay shrinks the parameter by ηλ and does not enter the gradient.",
    clause: "RMS-9.2",
    create: withAxes("pytorch", { weightDecay: "decoupled-lr" }),
  },
  {
    id: "coupled-where-decoupled-is-declared",
    title: "Weight decay is added to the gradient.",
    clause: "RMS-9.3",
    declares: { dialect: "keras" },
    create: withAxes("keras", { weightDecay: "l2" }),
  },
  {
    id: "coupled-beside-raw-momentum", // cspell:disable-line
    title: "Weight decay is added to the gradient, which the buffer then collects.",
    clause: "RMS-9.3",
    declares: { dialect: "fastai" },
    create: withAxes("fastai", { weightDecay: "l2" }),
  },
  {
    id: "decoupled-decay-without-the-rate",
    title: "The parameter shrinks by λ where the dialect says ηλ.",
    clause: "RMS-9.3",
    declares: { dialect: "keras" },
    create: withAxes("keras", { weightDecay: "decoupled" }),
  },
  {
    id: "decoupled-decay-with-the-rate",
    title: "The parameter shrinks by ηλ where the dialect says λ.",
    clause: "RMS-9.3",
    declares: { dialect: "flashlight" },
    create: withAxes("flashlight", { weightDecay: "decoupled-lr" }),
  },
  {
    id: "decoupled-decay-also-in-the-gradient",
    title: "The parameter shrinks by ηλ, and λθ enters the mean square too.",
    clause: "RMS-9.3",
    declares: { dialect: "keras" },
    create: withPartsIn("keras", {
      ...KERAS_PARTS,
      gradient: (g, p, at) => PLAIN.gradient(g, p, { ...at, h: { ...at.h, maximize: false } }),
    }),
  },
  {
    id: "decoupled-decay-after-the-update",
    title: "What shrinks is the parameter after the update, and the update with it.",
    clause: "RMS-9.3",
    declares: { dialect: "keras" },
    create: withPartsIn("keras", {
      ...KERAS_PARTS,
      moveByBuffer: (p, b, at) => shrunkByRate(f(p - b), at),
      move: (p, g, d, at) => shrunkByRate(PLAIN.move(p, g, d, at), at),
    }),
  },
  {
    id: "coupled-decay-scaled-by-the-rate",
    title: "Adds ηλθ to the gradient.",
    clause: "RMS-9.2",
    create: withDecay((p, lambda, { scalars: { lr } }) => f(f(p * lambda) * lr)),
  },
  {
    id: "weight-decay-twice",
    title: "Adds λθ twice.",
    clause: "RMS-9.2",
    create: withDecay((p, lambda) => 2 * f(p * lambda)),
  },
  {
    id: "weight-decay-halved",
    title: "Adds λθ/2, as if the penalty were λθ²/4.",
    clause: "RMS-9.2",
    create: withDecay((p, lambda) => f(p * lambda) / 2),
  },
  {
    id: "small-parameters-not-decayed",
    title: "Parameters below 2^-10 are left without weight decay.",
    clause: "RMS-9.2",
    create: withDecay((p, lambda) => (Math.abs(p) < 2 ** -10 ? 0 : f(p * lambda))),
  },
  {
    id: "tiny-parameters-not-decayed",
    title: "Parameters below 1e-6 are left without weight decay.",
    clause: "RMS-9.2",
    create: withDecay((p, lambda) => (Math.abs(p) < 1e-6 ? 0 : f(p * lambda))),
  },
  {
    id: "weight-decay-in-the-buffer",
    title: "With momentum, λθ is added to the buffer instead of the gradient.",
    clause: "RMS-9.2",
    create: withParts(decayOfTheBuffer()),
  },
  {
    id: "sign-decay",
    title: "Adds λ with the sign of the parameter: the penalty is its magnitude.",
    clause: "RMS-9.2",
    create: withDecay((p, lambda) => Math.sign(p) * lambda),
  },
  {
    id: "weight-decay-one-ulp-high",
    title: "λ is the float after the right one.",
    clause: "RMS-9.2",
    create: withDecay((p, lambda) => f(p * nextUp(lambda))),
  },
  {
    id: "decay-takes-a-step-without-a-gradient",
    title: "With weight decay, a missing gradient is a zero gradient.",
    clause: "RMS-10.4",
    create: withClass(DecaysWithoutGradient),
  },
  {
    id: "decoupled-decay-without-a-gradient",
    title: "The parameter shrinks although it has no gradient.",
    clause: "RMS-10.4",
    declares: { dialect: "keras" },
    create: (groups) => new ShrinksWithoutGradient(groups, KERAS_PARTS, "keras"),
  },
];
