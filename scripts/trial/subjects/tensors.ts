import type { Hyperparameters } from "../../../spec/dialect.js";
import type { OptimizerGroup } from "../../../src/adapter/optimizer.js";
import { fma32 } from "../../../src/float32/fma.js";
import { nextUp } from "../../../src/float32/neighbours.js";
import { PLAIN, type Place } from "./parts.js";
import { PlainOptimizer, type State } from "./plain-optimizer.js";
import { type Mutant, withClass, withParts } from "./variant.js";

/** Where an element or a tensor stands: tails, blocks, lengths, neighbours. */

type Create = Mutant["create"];

/** Elements that are left out of every step. */
function skipping(left: (at: Place) => boolean): Create {
  return withClass(
    class extends PlainOptimizer {
      protected override stepElement(p: Float32Array, g: Float32Array, state: State, at: Place): void {
        if (!left(at)) super.stepElement(p, g, state, at);
      }
    },
  );
}

/** Elements that take the mean square of another one before the step for their own. */
function misplaced(sourceOf: (at: Place) => number): Create {
  return withClass(
    class extends PlainOptimizer {
      private before = new Float32Array();

      protected override stepElement(p: Float32Array, g: Float32Array, state: State, at: Place): void {
        const s = state.square_avg as Float32Array;
        if (at.index === 0) this.before = s.slice();
        s[at.index] = this.before[sourceOf(at)];
        super.stepElement(p, g, state, at);
      }
    },
  );
}

/** Gradients that are replaced, one for each parameter, before the step. */
function replacing(
  replace: (gradients: readonly (Float32Array | null)[]) => (Float32Array | null)[],
): Create {
  return withClass(
    class extends PlainOptimizer {
      override step(gradients: readonly (Float32Array | null)[]): void {
        super.step(replace(gradients));
      }
    },
  );
}

/** The last elements of a tensor, which fill no register of `width` lanes. */
function inTail({ index, length }: Place, width = 8): boolean {
  return index >= length - (length % width);
}

function norm(tensors: readonly (Float32Array | null)[]): number {
  return Math.hypot(...tensors.flatMap((tensor) => [...(tensor ?? [])]));
}

export const TENSOR_MUTANTS: readonly Mutant[] = [
  {
    id: "tail-skipped",
    title: "The elements behind the last full register of eight are not stepped.",
    clause: "RMS-8.3",
    create: skipping((at) => inTail(at)),
  },
  {
    id: "tail-of-sixteen-skipped",
    title: "In tensors of 16 elements or more, those behind the last full block of sixteen are not stepped.",
    clause: "RMS-8.3",
    create: skipping((at) => at.length > 16 && inTail(at, 16)),
  },
  {
    id: "tail-with-the-neighbours-mean-square",
    title: "In the tail, behind a full register, an element uses the mean square of the element before it.",
    clause: "RMS-8.3",
    create: misplaced((at) => (at.index > 0 && at.length > 8 && inTail(at) ? at.index - 1 : at.index)),
  },
  {
    id: "tail-fused",
    title:
      "The tail is compiled with fused multiply-add, the registers' part without: the same element differs by its place.",
    clause: "RMS-8.3",
    bug: {
      where: "PyTorch built with clang or for aarch64 (pull requests 183904 and 197018)",
      what: "The vector body is not contracted where the scalar tail is, so that a result depends on the element's index.",
    },
    create: withParts({
      meanSquare: (s, g, at) => {
        const { alpha, complement } = at.scalars;
        if (!inTail(at)) return PLAIN.meanSquare(s, g, at);
        return fma32(Math.fround(complement * g), g, Math.fround(s * alpha));
      },
    }),
  },
  {
    id: "tail-in-another-order",
    title: "The tail multiplies the quotient by the learning rate, the registers' part divides the product.",
    clause: "RMS-8.3",
    create: withParts({
      move: (p, g, d, at) =>
        inTail(at)
          ? Math.fround(p - Math.fround(at.scalars.lr * Math.fround(g / d)))
          : PLAIN.move(p, g, d, at),
    }),
  },
  {
    id: "tail-without-epsilon",
    title: "In the tail ε is forgotten.",
    clause: "RMS-8.3",
    create: withParts({
      denominator: (v, at) => (inTail(at) ? Math.fround(Math.sqrt(v)) : PLAIN.denominator(v, at)),
    }),
  },
  {
    id: "lanes-exchanged",
    title: "In every full register of eight, elements 2 and 3 have each other's mean square.",
    clause: "RMS-8.3",
    create: misplaced((at) => {
      const lane = at.index % 8;
      return !inTail(at) && (lane === 2 || lane === 3) ? at.index - lane + (5 - lane) : at.index;
    }),
  },
  {
    id: "last-element-twice",
    title: "The last element of a tensor of more than one is stepped twice.",
    clause: "RMS-8.3",
    create: withClass(
      class extends PlainOptimizer {
        protected override stepElement(p: Float32Array, g: Float32Array, state: State, at: Place): void {
          super.stepElement(p, g, state, at);
          if (at.length > 1 && at.index === at.length - 1) super.stepElement(p, g, state, at);
        }
      },
    ),
  },
  {
    id: "block-of-256-starts-with-the-state-before",
    title:
      "The first element of every block of 256 but the first uses the mean square of the element before it.",
    clause: "RMS-8.3",
    create: misplaced(({ index }) => (index > 0 && index % 256 === 0 ? index - 1 : index)),
  },
  {
    id: "first-1024-elements-only",
    title: "Elements from the 1,025th on are not stepped.",
    clause: "RMS-8.3",
    create: skipping(({ index }) => index >= 1024),
  },
  {
    id: "first-65536-elements-only",
    title: "Elements from the 65,537th on are not stepped.",
    clause: "RMS-8.3",
    create: skipping(({ index }) => index >= 65_536),
  },
  {
    id: "one-element-in-a-million",
    title: "The mean square of element 999,999 is one float too high.",
    clause: "RMS-8.3",
    create: withParts({
      meanSquare: (s, g, at) =>
        at.index === 999_999 ? nextUp(PLAIN.meanSquare(s, g, at)) : PLAIN.meanSquare(s, g, at),
    }),
  },
  {
    id: "single-element-skipped",
    title: "A tensor of one element, as a scalar has, is not stepped.",
    clause: "RMS-8.4",
    create: skipping(({ length }) => length === 1),
  },
  {
    id: "single-element-without-epsilon",
    title: "A tensor of one element takes another path, which has no ε.",
    clause: "RMS-8.4",
    create: withParts({
      denominator: (v, at) => (at.length === 1 ? Math.fround(Math.sqrt(v)) : PLAIN.denominator(v, at)),
    }),
  },
  {
    id: "empty-tensor-throws",
    title: "A step fails where a tensor is empty.",
    clause: "RMS-8.4",
    create: withClass(
      class extends PlainOptimizer {
        protected override stepElements(
          p: Float32Array,
          gradient: Float32Array,
          state: State,
          h: Hyperparameters,
        ): void {
          if (p.length === 0) throw new RangeError("reduction of an empty tensor");
          super.stepElements(p, gradient, state, h);
        }
      },
    ),
  },
  {
    id: "empty-tensor-ends-the-step",
    title: "The parameters behind an empty one are not stepped.",
    clause: "RMS-8.4",
    create: replacing((gradients) => {
      const empty = gradients.findIndex((gradient) => gradient?.length === 0);
      return gradients.map((gradient, k) => (empty >= 0 && k > empty ? null : gradient));
    }),
  },
  {
    id: "equal-lengths-exchange-gradients",
    title: "Of two neighbouring parameters of the same length, each has the other's gradient.",
    clause: "RMS-8.4",
    create: replacing((gradients) => {
      const swapped = [...gradients];
      for (let k = 1; k < swapped.length; k++) {
        const [a, b] = [swapped[k - 1], swapped[k]];
        if (a && b && a.length === b.length) [swapped[k - 1], swapped[k]] = [b, a];
      }
      return swapped;
    }),
  },
  {
    id: "eight-parameters-at-most",
    title: "Parameters from the ninth on are not stepped.",
    clause: "RMS-8.4",
    create: replacing((gradients) => gradients.map((gradient, k) => (k < 8 ? gradient : null))),
  },
  {
    id: "last-parameter-of-the-list-left-out",
    title: "Of three parameters or more the last one is not stepped.",
    clause: "RMS-8.4",
    create: replacing((gradients) =>
      gradients.map((gradient, k) => (k >= 2 && k === gradients.length - 1 ? null : gradient)),
    ),
  },
  {
    id: "gradients-centralized",
    title: "The mean of the gradient is subtracted from it where a tensor has more than one element.",
    clause: "RMS-8.5",
    create: replacing((gradients) =>
      gradients.map((gradient) => {
        if (!gradient || gradient.length < 2) return gradient;
        const mean = gradient.reduce((sum, g) => sum + g, 0) / gradient.length;
        return gradient.map((g) => g - mean);
      }),
    ),
  },
  {
    id: "clipped-at-a-large-global-norm",
    title: "All gradients are scaled down where their common norm is beyond a million.",
    clause: "RMS-8.5",
    create: replacing((gradients) => {
      const scale = Math.min(1, 1e6 / norm(gradients));
      return scale < 1
        ? gradients.map((gradient) => gradient?.map((g) => g * scale) ?? null)
        : [...gradients];
    }),
  },
  {
    id: "one-denominator-for-a-long-tensor",
    title: "In tensors of 16 elements or more the largest mean square stands in every denominator.",
    clause: "RMS-8.5",
    create: (groups: readonly OptimizerGroup[]) => new LargestMeanSquare(groups),
  },
];

class LargestMeanSquare extends PlainOptimizer {
  constructor(groups: readonly OptimizerGroup[]) {
    let largest = 0;
    super(groups, {
      ...PLAIN,
      denominator: (v, at) => {
        largest = at.index === 0 ? v : Math.max(largest, v);
        return PLAIN.denominator(at.length >= 16 ? largest : v, at);
      },
    });
  }
}
