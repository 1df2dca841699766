import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { fromBits } from "../float32/bits.js";
import { ulp } from "../float32/neighbours.js";

/** Random inputs of one step for a block of elements: what engines are compared on. */
export interface ElementSteps {
  readonly parameter: Float64Array;
  readonly gradient: Float64Array;
  readonly square_avg: Float64Array;
  readonly grad_avg: Float64Array;
  readonly momentum_buffer: Float64Array;
}

/** A source of random numbers that gives the same ones for the same seed. */
export class RandomSource {
  private readonly generator;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** In [0, 1). */
  uniform(): number {
    return uniformFloat64(this.generator);
  }

  /** An integer of [min, max]. */
  integer(min: number, max: number): number {
    return uniformInt(this.generator, min, max);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)];
  }

  /** A float32 with a random sign and mantissa and an exponent of [min, max]. */
  float(min: number, max: number): number {
    const magnitude = (1 + this.integer(0, 0x7fffff) / 0x800000) * 2 ** this.integer(min, max);
    return Math.fround(this.uniform() < 0.5 ? -magnitude : magnitude);
  }

  bits(): number {
    return fromBits(this.integer(0, 0xffffffff));
  }
}

type Element = { readonly [K in keyof ElementSteps]: number };

/** A parameter of about the update's size, zero now and then: one that an update shows in. */
function updateSized(random: RandomSource): number {
  return random.uniform() < 0.25 ? 0 : random.float(-12, -1);
}

/** A state like one that gradients of this size leave: s ≥ a² in the calm regimes. */
function consistent(random: RandomSource, gradient: number, parameter: number): Element {
  const square_avg = Math.fround(gradient * gradient * (0.25 + random.uniform() * 2));
  const grad_avg = Math.fround(gradient * 0.5 * (random.uniform() * 2 - 1));
  return { parameter, gradient, square_avg, grad_avg, momentum_buffer: random.float(-4, 2) };
}

/** The regimes of the primer: where rounding behaves differently. */
export const STEP_REGIMES = {
  normal: (random) => consistent(random, random.float(-4, 4), updateSized(random)),
  small: (random) => consistent(random, random.float(-60, -40), updateSized(random)),
  subnormal: (random) => ({
    parameter: random.float(-149, -120),
    gradient: random.float(-80, -60),
    square_avg: Math.abs(random.float(-149, -124)),
    grad_avg: random.float(-149, -80),
    momentum_buffer: random.float(-149, -120),
  }),
  large: (random) => consistent(random, random.float(40, 60), random.float(-2, 60)),
  overflow: (random) => ({
    parameter: random.float(100, 127),
    gradient: random.float(60, 127),
    square_avg: Math.abs(random.float(100, 127)),
    grad_avg: random.float(55, 127),
    momentum_buffer: random.float(100, 127),
  }),
  "centered cancellation": (random) => {
    const gradient = random.float(-3, 3);
    const grad_avg = gradient;
    const square = Math.fround(grad_avg * grad_avg);
    const square_avg = Math.fround(square + random.integer(-3, 3) * ulp(square));
    return {
      parameter: updateSized(random),
      gradient,
      square_avg,
      grad_avg,
      momentum_buffer: random.float(-4, 2),
    };
  },
  "raw bits": (random) => ({
    parameter: random.bits(),
    gradient: random.bits(),
    square_avg: random.bits(),
    grad_avg: random.bits(),
    momentum_buffer: random.bits(),
  }),
  "update-sized p": (random) => {
    const step = consistent(random, random.float(-1, 1), 0);
    return { ...step, parameter: random.float(-9, -5) };
  },
  "few-bit grid": (random) => {
    const grid = () =>
      random.pick([
        0,
        -0,
        0.25,
        -0.5,
        0.75,
        1,
        -1,
        1.5,
        2,
        -3,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        Number.NaN,
      ]);
    return {
      parameter: grid(),
      gradient: grid(),
      square_avg: Math.abs(grid()),
      grad_avg: grid(),
      momentum_buffer: grid(),
    };
  },
} as const satisfies Record<string, (random: RandomSource) => Element>;

export type StepRegime = keyof typeof STEP_REGIMES;
export const ALL_STEP_REGIMES = Object.keys(STEP_REGIMES) as StepRegime[];

/** A block of `count` random element-steps of a regime. */
export function elementSteps(regime: StepRegime, count: number, random: RandomSource): ElementSteps {
  const block: ElementSteps = {
    parameter: new Float64Array(count),
    gradient: new Float64Array(count),
    square_avg: new Float64Array(count),
    grad_avg: new Float64Array(count),
    momentum_buffer: new Float64Array(count),
  };
  const names = Object.keys(block) as (keyof ElementSteps)[];
  for (let i = 0; i < count; i++) {
    const element = STEP_REGIMES[regime](random);
    for (const name of names) block[name][i] = Math.fround(element[name]);
  }
  return block;
}
