import { nextDown } from "../../../src/float32/neighbours.js";
import { clipped, RECURRENT_PARTS, shrunk, withAxes, withPartsIn } from "./dialect-parts.js";
import { PLAIN } from "./parts.js";
import { PlainOptimizer } from "./plain-optimizer.js";
import { type Mutant, withParts } from "./variant.js";

const f = Math.fround;

/** The gradient of a tensor is scaled down to the bound where its norm is larger. */
class ClipsByNorm extends PlainOptimizer {
  private scale = 1;

  constructor(groups: ConstructorParameters<typeof PlainOptimizer>[0]) {
    super(
      groups,
      {
        ...RECURRENT_PARTS,
        move: (p, g, d, at) => PLAIN.move(shrunk(p, at), f(g * this.scale), d, at),
      },
      "recurrentjs",
    );
  }

  protected override stepParameter(k: number, gradient: Float32Array): void {
    const { clip_value } = this.hyperparameters[this.groupOf[k]];
    const norm = Math.hypot(...gradient);
    this.scale = norm > clip_value ? clip_value / norm : 1;
    super.stepParameter(k, gradient);
  }
}

/** Faults in the sign of a step: maximizing, which way the parameter goes, and clipping. */
export const DIRECTION_MUTANTS: readonly Mutant[] = [
  {
    id: "maximize-ignored",
    title: "The flag is accepted, and the step still descends.",
    clause: "RMS-9.1",
    create: withAxes("pytorch", { maximize: "never" }),
  },
  {
    id: "maximize-negates-the-decay",
    title: "The gradient is negated after weight decay was added, so that parameters grow.",
    clause: "RMS-9.1",
    create: withParts({
      gradient(g, p, at) {
        const decayed = PLAIN.gradient(g, p, { ...at, h: { ...at.h, maximize: false } });
        return at.h.maximize ? -decayed : decayed;
      },
    }),
  },
  {
    id: "maximize-only-with-momentum",
    title: "The gradient is negated in the branch with the buffer alone.",
    clause: "RMS-9.1",
    create: withParts({
      gradient: (g, p, at) =>
        PLAIN.gradient(g, p, { ...at, h: { ...at.h, maximize: at.h.maximize && at.h.momentum > 0 } }),
    }),
  },
  {
    id: "maximize-negates-the-update-only",
    title: "The parameter ascends, but the buffer and the mean gradient keep the sign of the gradient.",
    clause: "RMS-9.1",
    create: withParts({
      gradient: (g, p, at) => PLAIN.gradient(g, p, { ...at, h: { ...at.h, maximize: false } }),
      moveByBuffer: (p, b, at, g, d) => PLAIN.moveByBuffer(p, at.h.maximize ? -b : b, at, g, d),
      move: (p, g, d, at) => PLAIN.move(p, at.h.maximize ? -g : g, d, at),
    }),
  },
  {
    id: "maximize-negates-the-parameter",
    title: "The step descends, and the result is negated.",
    clause: "RMS-9.1",
    create: withParts({
      gradient: (g, p, at) => PLAIN.gradient(g, p, { ...at, h: { ...at.h, maximize: false } }),
      moveByBuffer: (p, b, at, g, d) => (at.h.maximize ? -1 : 1) * PLAIN.moveByBuffer(p, b, at, g, d),
      move: (p, g, d, at) => (at.h.maximize ? -1 : 1) * PLAIN.move(p, g, d, at),
    }),
  },
  {
    id: "maximize-by-subtraction-from-zero",
    title: "Maximizing takes the gradient off zero, which loses the sign of a zero gradient.",
    clause: "RMS-9.1",
    create: withParts({
      gradient: (g, p, at) =>
        at.h.maximize
          ? PLAIN.gradient(0 - g, p, { ...at, h: { ...at.h, maximize: false } })
          : PLAIN.gradient(g, p, at),
    }),
  },
  {
    id: "moves-uphill",
    title: "The update is added.",
    clause: "RMS-3.3",
    create: withParts({ move: (p, g, d, at) => PLAIN.move(p, -g, d, at) }),
  },
  {
    id: "uphill-where-the-square-underflows",
    title: "Gradients whose square underflows are followed instead of opposed.",
    clause: "RMS-3.3",
    create: withParts({
      move: (p, g, d, at) => PLAIN.move(p, Math.abs(g) < 2 ** -75 ? -g : g, d, at),
    }),
  },
  {
    id: "sign-of-the-gradient-lost",
    title: "The numerator is the magnitude of the gradient, as the root of its square would be.",
    clause: "RMS-3.3",
    create: withParts({ move: (p, g, d, at) => PLAIN.move(p, Math.abs(g), d, at) }),
  },
  {
    id: "buffer-follows-the-newest-sign",
    title: "The parameter moves by the size of the buffer, in the direction of the newest gradient.",
    clause: "RMS-6.1",
    create: withParts({
      moveByBuffer: (p, b, at, g, d) =>
        PLAIN.moveByBuffer(p, g === 0 ? b : Math.sign(g) * Math.abs(b), at, g, d),
    }),
  },
  {
    id: "clipping-ignored",
    title: "The bound is accepted and not used.",
    clause: "RMS-1.2",
    declares: { dialect: "recurrentjs" },
    create: withAxes("recurrentjs", { clipping: "never" }),
  },
  {
    id: "clipping-before-the-square",
    title: "The mean square is of the clipped gradient.",
    clause: "RMS-1.1",
    declares: { dialect: "recurrentjs" },
    create: withAxes("recurrentjs", { clipping: "before-square" }),
  },
  {
    id: "clips-the-update",
    title: "The bound holds for η·g/d and not for the gradient.",
    clause: "RMS-1.2",
    declares: { dialect: "recurrentjs" },
    create: withPartsIn("recurrentjs", {
      ...RECURRENT_PARTS,
      move: (p, g, d, at) => f(shrunk(p, at) - clipped(f(f(at.scalars.lr * g) / d), f(at.h.clip_value))),
    }),
  },
  {
    id: "clips-upward-only",
    title: "Large gradients are clipped, large negative ones are not.",
    clause: "RMS-8.2",
    declares: { dialect: "recurrentjs" },
    create: withPartsIn("recurrentjs", {
      ...RECURRENT_PARTS,
      move: (p, g, d, at) => PLAIN.move(shrunk(p, at), Math.min(g, f(at.h.clip_value)), d, at),
    }),
  },
  {
    id: "clips-by-norm",
    title: "The gradient of a tensor is scaled down as a whole where its norm is beyond the bound.",
    clause: "RMS-8.5",
    declares: { dialect: "recurrentjs" },
    create: (groups) => new ClipsByNorm(groups),
  },
  {
    id: "clip-bound-one-ulp-low",
    title: "The bound is the float before the right one.",
    clause: "RMS-1.2",
    declares: { dialect: "recurrentjs" },
    create: withPartsIn("recurrentjs", {
      ...RECURRENT_PARTS,
      move(p, g, d, at) {
        const bound = f(at.h.clip_value);
        const low = bound === Number.POSITIVE_INFINITY ? bound : nextDown(bound);
        return PLAIN.move(shrunk(p, at), clipped(g, low), d, at);
      },
    }),
  },
];
