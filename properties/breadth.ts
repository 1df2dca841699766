import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { EVALUATION_AXES, type EvaluationAxis, openChoices } from "../spec/evaluation.js";
import type { Declaration } from "../src/judge/declaration.js";
import type { Program } from "../src/program/program.js";
import type { Tensor } from "../src/program/tensor.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { CALM_REGIMES } from "./arbitraries/floats.js";
import { EVERY_PART, hyperparameters } from "./arbitraries/hyperparameters.js";
import { hasMomentum } from "./arbitraries/momentum-traces.js";
import { plainHyperparameters } from "./arbitraries/plain-hyperparameters.js";
import { init, observeAll, programOf, step, type Trace, traceProgram, traces } from "./arbitraries/traces.js";
import { property } from "./property.js";
import { isValidating } from "./validating-dialects.js";

/** Family 1 again, where chance seldom goes: every exponent, hyperparameters far out, a place far back in a tensor, a step far along a trace. */

/** Of float32 numbers, subnormals included. */
const EXPONENTS = Array.from({ length: 277 }, (_, k) => k - 149);

const MANTISSA = arb.integer({ min: 0, max: 0x7fffff });

/** A number for each exponent: two draws of each mantissa, so that squares have even and odd exponents. */
interface ExponentSweep {
  readonly hyperparameters: Hyperparameters;
  /** Zero, of the exponent of the gradient, or of the exponents the other way round. */
  readonly parameter: "zero" | "same" | "reversed";
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly negative: boolean;
}

function gradientsOf(mantissas: readonly number[], negative: boolean): number[] {
  const sign = negative ? -1 : 1;
  return EXPONENTS.map((exponent, k) => Math.fround(sign * (1 + mantissas[k] / 0x800000) * 2 ** exponent));
}

/** Long enough for a vector body, a tail, and any place that is counted in thousands. */
const MANY = 2 ** 20 + 7;

/** As many as can be judged in some seconds where choices are open, and sets are large or made of intervals. */
const MANY_UNDER_OPEN_CHOICES = 2 ** 16 + 7;

function manyFor({ evaluation }: Declaration): number {
  const open = AXES.some((axis) => {
    const choices: readonly string[] = evaluation[axis];
    return openChoices(axis).some((choice) => choices.includes(choice));
  });
  return open ? MANY_UNDER_OPEN_CHOICES : MANY;
}

const AXES = Object.keys(EVALUATION_AXES) as EvaluationAxis[];

const LONG = 1030;

/** Powers of two from −3 to 3: squares of these and their mean with dyadic weights are exact, and so are few to choose from. */
function powersOfTwo({ shape, values }: Tensor): Tensor {
  return { shape, values: values.map((x) => Math.sign(x) * 2 ** Math.round(3 * Math.sin(100 * x))) };
}

/** A float of about 1 for each place of a tensor, of which no two have anything to do with one another. */
function scattered(length: number, seed: number): Tensor {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const mixed = Math.imul((i + seed) ^ ((i + seed) >>> 15), 0x2c1b3c6d);
    const hash = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
    values[i] = (hash ^ (hash >>> 15)) / 2 ** 30;
  }
  return { shape: [length], values };
}

function manyElements(dialect: Dialect, h: Hyperparameters, seed: number, count: number): Program {
  return programOf(dialect, [
    { op: "init", groups: [{ hyperparameters: h, parameters: [scattered(count, seed)] }] },
    { op: "step", gradients: [powersOfTwo(scattered(count, seed + count))] },
    observeAll(dialect, h),
  ]);
}

/** Values beyond those of the strata, each of which somebody uses. */
const FAR = {
  lr: [1e-7, 4],
  alpha: [0.9999, 1 - 2 ** -14, 0.0625, 0],
  eps: [1e-12, 1e-15, 1e-38, 16],
  momentum: [0.0625, 0.01, 0.999],
  weight_decay: [1e-6, 4],
} as const;

/** Beyond 1 too, where a dialect says itself what it refuses and does not refuse these. */
const BEYOND_ONE = { alpha: [1.5], momentum: [1.25] } as const;

interface FarTrace {
  readonly trace: Trace;
  readonly far: Partial<Hyperparameters>;
}

type FarName = "lr" | "alpha" | "eps" | "weight_decay";

/** ε and weight decay are left alone where the dialect has none. */
function farNames({ epsilon, weightDecay }: Dialect): FarName[] {
  return [
    "lr",
    "alpha",
    ...(epsilon === "none" ? [] : (["eps"] as const)),
    ...(weightDecay === "none" ? [] : (["weight_decay"] as const)),
  ];
}

function farValues(dialect: Dialect, name: FarName): readonly number[] {
  return name === "alpha" && isValidating(dialect) ? [...FAR.alpha, ...BEYOND_ONE.alpha] : FAR[name];
}

/** Traces with one or two extreme hyperparameters, or, with momentum, possibly none. */
function farTraces(dialect: Dialect, withMomentum = false): DescribedArbitrary<FarTrace> {
  const names = farNames(dialect);
  const value = (name: FarName) => arb.constantFrom(...farValues(dialect, name));
  return arb.record({
    trace: traces(dialect, {
      parts: { weightDecay: true, maximize: true, ...(withMomentum && { momentum: true, centered: true }) },
      regimes: [...CALM_REGIMES, "wide"],
      // A buffer that begins at zero does not show its momentum in the first step.
      minSteps: withMomentum ? 2 : 1,
      maxSteps: 3,
      lengths: [1, 4, 9],
    }),
    far: arb
      .tuple(
        arb.subarray(names, { minLength: withMomentum ? 0 : 1, maxLength: 2 }),
        arb.record({
          lr: value("lr"),
          alpha: value("alpha"),
          eps: value("eps"),
          weight_decay: value("weight_decay"),
        }),
      )
      .map(([chosen, values]) => Object.fromEntries(chosen.map((name) => [name, values[name]]))),
  });
}

const farProgram = (dialect: Dialect, { trace, far }: FarTrace): Program =>
  traceProgram(dialect, { ...trace, hyperparameters: { ...trace.hyperparameters, ...far } });

/** Finite, and infinite as a float32. */
const BEYOND_FLOAT32 = 1e39;

/** A step whose update is three eighths of an ulp of the parameter, towards zero and away from it. */
interface AbsorbedUpdate {
  readonly hyperparameters: Hyperparameters;
  readonly exponent: number;
  readonly gradient: number;
}

const SEED = arb.integer({ min: 0, max: 2 ** 20 });

export const everyExponentIsAccepted = property<ExponentSweep>({
  id: "every-exponent-is-accepted",
  clauses: ["RMS-1.1", "RMS-1.2", "RMS-11.5"],
  target: "implementation",
  requires: ["state"],
  weight: 0.2,
  arbitrary: ({ dialect }) => {
    const mantissas = arb.array(MANTISSA, { minLength: EXPONENTS.length, maxLength: EXPONENTS.length });
    return arb
      .record({
        hyperparameters: hyperparameters(dialect, EVERY_PART),
        parameter: arb.constantFrom("zero", "same", "reversed"),
        first: mantissas,
        second: mantissas,
        negative: arb.boolean(),
      })
      .as(() => "gradients of every exponent of the format, twice, with any mantissas; parameters 0");
  },
  check: async ({ hyperparameters: h, parameter, first, second, negative }, subject) => {
    const { dialect } = subject.declaration;
    const same = gradientsOf(second, negative);
    const values = { zero: EXPONENTS.map(() => 0), same, reversed: [...same].reverse() };
    await subject.conforms(
      programOf(dialect, [
        init(h, values[parameter]),
        step(gradientsOf(first, negative)),
        observeAll(dialect, h),
        step(gradientsOf(second, !negative)),
        observeAll(dialect, h),
      ]),
    );
  },
});

export const farHyperparametersAreAccepted = property<FarTrace>({
  id: "far-hyperparameters-are-accepted",
  clauses: ["RMS-1.1", "RMS-1.2"],
  target: "implementation",
  requires: ["state"],
  weight: 0.2,
  arbitrary: ({ dialect }) => farTraces(dialect),
  check: async ({ trace, far }, subject) => {
    const { dialect } = subject.declaration;
    // Each alone too: one value far out must not need the luck of being drawn.
    const names = farNames(dialect).filter(
      (name) => name !== "weight_decay" || subject.offers("weight-decay"),
    );
    const each = names.flatMap((name) => farValues(dialect, name).map((value) => ({ [name]: value })));
    const programs = [far, ...each].map((one) => farProgram(dialect, { trace, far: one }));
    for (const program of subject.accepted(programs)) await subject.conforms(program);
  },
});

export const farMomentumIsAccepted = property<FarTrace>({
  id: "far-momentum-is-accepted",
  clauses: ["RMS-6.1"],
  target: "implementation",
  requires: ["state", "momentum"],
  weight: 0.2,
  appliesTo: hasMomentum,
  arbitrary: ({ dialect }) => farTraces(dialect, true),
  check: async ({ trace, far }, subject) => {
    const { dialect } = subject.declaration;
    const beyond = isValidating(dialect) ? BEYOND_ONE.momentum : [];
    const programs = [...FAR.momentum, ...beyond].map((momentum) =>
      farProgram(dialect, { trace, far: { ...far, momentum } }),
    );
    for (const program of subject.accepted(programs)) await subject.conforms(program);
  },
});

export const scalarsBeyondFloat32AreInfinite = property<Trace>({
  id: "scalars-beyond-float32-are-infinite",
  clauses: ["RMS-1.2"],
  target: "implementation",
  requires: ["state"],
  weight: 0.2,
  arbitrary: ({ dialect }) =>
    traces(dialect, { regimes: [...CALM_REGIMES, "wide"], maxSteps: 2, lengths: [1, 4, 9] }),
  check: async (drawn, subject) => {
    const { dialect } = subject.declaration;
    // One element has no gradient: 0·∞ is NaN, and zero times the largest float is zero.
    const trace = {
      ...drawn,
      parameter: [...drawn.parameter, 1],
      gradients: drawn.gradients.map((gradient) => [...gradient, 0]),
    };
    const programs = ["lr", ...(dialect.epsilon === "none" ? [] : ["eps"])].map((name) =>
      farProgram(dialect, { trace, far: { [name]: BEYOND_FLOAT32 } }),
    );
    for (const program of subject.accepted(programs)) {
      // PyTorch raises where such a scalar meets a tensor.
      await subject.conformsIfItCan(program, "take a scalar beyond float32");
    }
  },
});

export const anUpdateBelowHalfAnUlpMayCount = property<AbsorbedUpdate>({
  id: "an-update-below-half-an-ulp-may-count",
  clauses: ["RMS-1.2"],
  target: "implementation",
  requires: ["state"],
  weight: 0.2,
  arbitrary: ({ dialect }) =>
    arb.record({
      hyperparameters: plainHyperparameters(dialect, { alpha: 0, eps: 0 }),
      exponent: arb.integer({ min: -8, max: 8 }),
      gradient: arb.constantFrom(-2, -1, 1, 4),
    }),
  check: async ({ hyperparameters: h, exponent, gradient }, subject) => {
    const { dialect } = subject.declaration;
    // Floats below a power of two are half as far apart as above: 3/8 of an ulp is most of the way down.
    const lr = 0.75 * 2 ** (exponent - 24);
    const p = Math.sign(gradient) * 2 ** exponent;
    const rule = { ...h, lr };
    await subject.conforms(
      programOf(dialect, [init(rule, [p, -p]), step([gradient, -gradient]), observeAll(dialect, rule)]),
    );
  },
});

export const aMillionElementsAreAccepted = property<{
  readonly hyperparameters: Hyperparameters;
  readonly seed: number;
}>({
  id: "a-million-elements-are-accepted",
  clauses: ["RMS-8.3", "RMS-1.1", "RMS-1.2"],
  target: "implementation",
  requires: ["state"],
  weight: 0,
  lessJudged: (declaration) =>
    manyFor(declaration) < MANY ? `${manyFor(declaration)} elements instead of ${MANY}` : undefined,
  arbitrary: (declaration) =>
    arb
      .record({
        hyperparameters: hyperparameters(declaration.dialect, {}, arb.constant("dyadic")),
        seed: SEED,
      })
      .as(
        () => `one step of ${manyFor(declaration)} elements, gradients of ±2^-3…2^3, parameters of about 1`,
      ),
  check: async ({ hyperparameters: h, seed }, subject) => {
    const { declaration } = subject;
    await subject.conforms(manyElements(declaration.dialect, h, seed, manyFor(declaration)));
  },
});

export const aThousandStepsAreAccepted = property<{
  readonly hyperparameters: Hyperparameters;
  readonly seed: number;
}>({
  id: "a-thousand-steps-are-accepted",
  clauses: ["RMS-1.1", "RMS-1.2"],
  target: "implementation",
  requires: ["state"],
  weight: 0,
  arbitrary: ({ dialect }) =>
    arb
      .record({ hyperparameters: hyperparameters(dialect, EVERY_PART), seed: SEED })
      .as(() => `${LONG} steps of 4 elements, gradients of about 1, parameters 0`),
  check: async ({ hyperparameters: h, seed }, subject) => {
    const { dialect } = subject.declaration;
    const steps = Array.from({ length: LONG }, (_, t) => [
      step([...scattered(4, seed + 4 * t).values]),
      observeAll(dialect, h),
    ]);
    await subject.conforms(programOf(dialect, [init(h, [0, 0, 0, 0]), ...steps.flat()]));
  },
});

export const breadthProperties = [
  everyExponentIsAccepted,
  farHyperparametersAreAccepted,
  farMomentumIsAccepted,
  scalarsBeyondFloat32AreInfinite,
  anUpdateBelowHalfAnUlpMayCount,
  aMillionElementsAreAccepted,
  aThousandStepsAreAccepted,
];
