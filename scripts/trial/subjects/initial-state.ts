import type { Hyperparameters } from "../../../spec/dialect.js";
import { MIN_SUBNORMAL } from "../../../src/float32/bits.js";
import { nextDown } from "../../../src/float32/neighbours.js";
import { INSIDE_PARTS, withAxes } from "./dialect-parts.js";
import { type Parts, PLAIN } from "./parts.js";
import { PlainOptimizer } from "./plain-optimizer.js";
import { type Mutant, type Variant, withClass, withParts } from "./variant.js";

/** An element whose state is about to be made. */
interface Newcomer {
  readonly h: Hyperparameters;
  readonly parameter: number;
  readonly group: number;
  readonly index: number;
  readonly length: number;
}

/** The plain optimizer with a start of its own for the mean square. */
function starting(
  start: (at: Newcomer) => number,
  parts: Parts = PLAIN,
  dialect = "pytorch",
): Variant["create"] {
  class Starting extends PlainOptimizer {
    protected override stepParameter(k: number, gradient: Float32Array): void {
      const group = this.groupOf[k];
      const { length } = gradient;
      const at = { h: this.hyperparameters[group], parameter: k, group, length };
      this.states[k] ??= {
        step: 0,
        square_avg: gradient.map((_, index) => start({ ...at, index })),
      };
      super.stepParameter(k, gradient);
    }
  }
  return (groups) => new Starting(groups, parts, dialect);
}

/** TensorFlow's rule with another start than 1. */
const startingInTensorFlow = (start: (at: Newcomer) => number): Variant["create"] =>
  starting(start, INSIDE_PARTS, "tensorflow");

class MeanGradientFromTheFirst extends PlainOptimizer {
  protected override stepParameter(k: number, gradient: Float32Array): void {
    const h = this.hyperparameters[this.groupOf[k]];
    this.states[k] ??= this.initialState(gradient.length, h);
    if (h.centered) this.states[k].grad_avg ??= gradient.slice();
    super.stepParameter(k, gradient);
  }
}

/** A buffer that is made is filled with ones. */
function bufferOfOnes(when: (stepsTaken: number) => boolean): Variant["create"] {
  return withClass(
    class extends PlainOptimizer {
      protected override stepParameter(k: number, gradient: Float32Array): void {
        const h = this.hyperparameters[this.groupOf[k]];
        this.states[k] ??= this.initialState(gradient.length, h);
        const state = this.states[k];
        if (h.momentum > 0 && when(state.step)) state.momentum_buffer ??= gradient.map(() => 1);
        super.stepParameter(k, gradient);
      }
    },
  );
}

/** Faults in what a state is before the first step. */
export const INITIAL_STATE_MUTANTS: readonly Mutant[] = [
  {
    id: "mean-square-starts-at-one",
    title: "The mean square starts at 1 where the dialect's starts at 0.",
    clause: "RMS-1.3",
    bug: {
      where: "torch7's rmsprop.lua, June to September 2016",
      what: "The mean square started at 1 instead of 0.",
    },
    create: withAxes("pytorch", { initialAccumulator: "one" }),
  },
  {
    id: "mean-square-starts-at-epsilon",
    title: "The mean square starts at ε where the dialect's starts at 0.",
    clause: "RMS-1.3",
    create: withAxes("pytorch", { initialAccumulator: "epsilon" }),
  },
  {
    id: "mean-square-starts-at-the-first-square",
    title: "The mean square starts at the first squared gradient.",
    clause: "RMS-1.3",
    create: withAxes("pytorch", { initialAccumulator: "first-gradient-squared" }),
  },
  {
    id: "mean-square-starts-tiny",
    title: "The mean square starts at 1e-10 to keep away from zero.",
    clause: "RMS-1.3",
    create: starting(() => 1e-10),
  },
  {
    id: "mean-square-starts-at-the-smallest-float",
    title: "The mean square starts at the smallest subnormal.",
    clause: "RMS-1.3",
    create: starting(() => MIN_SUBNORMAL),
  },
  {
    id: "mean-square-starts-at-zero",
    title: "The mean square starts at 0 where the dialect's starts at 1.",
    clause: "RMS-1.3",
    declares: { dialect: "tensorflow" },
    create: withAxes("tensorflow", { initialAccumulator: "zero" }),
  },
  {
    id: "mean-square-starts-one-ulp-below-one",
    title: "The mean square starts at the float below 1.",
    clause: "RMS-1.3",
    declares: { dialect: "tensorflow" },
    create: startingInTensorFlow(() => nextDown(1)),
  },
  {
    id: "first-parameter-starts-at-one",
    title: "The dialect's start of 1 is given to the first parameter alone.",
    clause: "RMS-1.3",
    declares: { dialect: "tensorflow" },
    create: startingInTensorFlow(({ parameter }) => (parameter === 0 ? 1 : 0)),
  },
  {
    id: "first-group-starts-at-one",
    title: "The dialect's start of 1 is not given to parameters of later groups.",
    clause: "RMS-1.3",
    declares: { dialect: "tensorflow" },
    create: startingInTensorFlow(({ group }) => (group === 0 ? 1 : 0)),
  },
  {
    id: "start-missing-from-the-tail",
    title: "Elements after the last whole block of eight start at 0 instead of 1.",
    clause: "RMS-1.3",
    declares: { dialect: "tensorflow" },
    create: startingInTensorFlow(({ index, length }) => (index < length - (length % 8) ? 1 : 0)),
  },
  {
    id: "mean-square-starts-at-the-default-epsilon",
    title: "The mean square starts at the default ε whatever ε is given.",
    clause: "RMS-1.3",
    declares: { dialect: "dl4j" },
    create: starting(() => 1e-8, PLAIN, "dl4j"),
  },
  {
    id: "mean-gradient-starts-at-the-first-gradient",
    title: "The mean gradient starts at the first gradient instead of 0.",
    clause: "RMS-1.3",
    create: withClass(MeanGradientFromTheFirst),
  },
  {
    id: "buffer-starts-at-the-first-quotient",
    title: "The buffer starts at the first g/d instead of 0, so that the first step is 1 + μ times as long.",
    clause: "RMS-1.3",
    create: withParts({
      buffer: (b, g, d, at) => PLAIN.buffer(at.step === 1 ? Math.fround(g / d) : b, g, d, at),
    }),
  },
  {
    id: "buffer-starts-at-one",
    title: "The buffer starts at 1 instead of 0.",
    clause: "RMS-1.3",
    create: bufferOfOnes(() => true),
  },
  {
    id: "late-buffer-starts-at-one",
    title: "A buffer that is first needed after the first step starts at 1 instead of 0.",
    clause: "RMS-9.4",
    create: bufferOfOnes((stepsTaken) => stepsTaken > 0),
  },
];
