import fc from "fast-check";
import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { shownSlots, slotsOf, stepShape } from "../spec/step-shape.js";
import { ulp } from "../src/float32/neighbours.js";
import type { Declaration } from "../src/judge/declaration.js";
import type { Program, ProgramHyperparameters, StateEntry } from "../src/program/program.js";
import { vector } from "../src/program/tensor.js";
import { resolveHyperparameters } from "../src/program/timeline.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { ALL_REGIMES, CALM_REGIMES, floatWithExponent, gridFloat } from "./arbitraries/floats.js";
import { EVERY_PART, hyperparameters, STRATA, type Stratum } from "./arbitraries/hyperparameters.js";
import { hasMomentum } from "./arbitraries/momentum-traces.js";
import { type SwitchedTrace, switchedProgram, switchedTraces } from "./arbitraries/switched-traces.js";
import {
  init,
  observeAll,
  programOf,
  smallParameter,
  step,
  type Trace,
  traceProgram,
  traces,
} from "./arbitraries/traces.js";
import { withZeroGradients } from "./arbitraries/zero-gradients.js";
import { acceptRun, failureOf, runProgram, valuesOf } from "./program-run.js";
import { property } from "./property.js";
import { expectSameObservations } from "./same-observations.js";
import { valueText } from "./value-text.js";

/** Family 9: what the options of the rule do, and when. */

const couples = ({ dialect }: Declaration): boolean => dialect.weightDecay === "l2";
const decouples = ({ dialect }: Declaration): boolean =>
  dialect.weightDecay === "decoupled" || dialect.weightDecay === "decoupled-lr";

/** Hyperparameters with weight decay on. */
function decaying(dialect: Dialect): DescribedArbitrary<Hyperparameters> {
  return arb
    .constantFrom<Stratum>("dyadic", "decimal")
    .chain((stratum) =>
      arb
        .tuple(
          hyperparameters(dialect, EVERY_PART, arb.constant(stratum)),
          arb.constantFrom(...STRATA[stratum].weight_decay),
        )
        .map(([h, weight_decay]) => ({ ...h, weight_decay })),
    );
}

/** A gradient g and then zeros, in values short enough for g + λθ to be exact where λ is a power of two. */
interface DecayTrace {
  readonly hyperparameters: Hyperparameters;
  readonly parameter: readonly number[];
  readonly gradient: readonly number[];
  /** Steps with a zero gradient after the first one. */
  readonly zeros: number;
}

function decayTraces(dialect: Dialect): DescribedArbitrary<DecayTrace> {
  return arb.constantFrom(1, 3, 4, 9).chain((length) => {
    const tuple = (element: DescribedArbitrary<number>) =>
      arb.array(element, { minLength: length, maxLength: length });
    return arb.record({
      hyperparameters: arb
        .tuple(hyperparameters(dialect, EVERY_PART), arb.constantFrom(2 ** -4, 0.5, 2, 2 ** -10))
        .map(([h, weight_decay]) => ({ ...h, weight_decay, clip_value: Number.POSITIVE_INFINITY })),
      parameter: tuple(gridFloat.map((x) => x / 16)),
      gradient: tuple(gridFloat),
      zeros: arb.integer({ min: 0, max: 3 }),
    });
  });
}

function decayTrace({ hyperparameters: h, parameter, gradient, zeros }: DecayTrace): Trace {
  const nothing = Array.from({ length: zeros }, () => gradient.map(() => 0));
  return { hyperparameters: h, parameter, gradients: [gradient, ...nothing] };
}

/** A trace in which hyperparameters are changed after `before` steps. */
interface ChangedTrace {
  readonly trace: Trace;
  readonly before: number;
  readonly changes: ProgramHyperparameters;
}

/**
 * The changes stay in the stratum of the trace. Momentum and centering are not switched, because not every
 * implementation can make a buffer after the first step (PyTorch cannot).
 */
function changedTraces(dialect: Dialect): DescribedArbitrary<ChangedTrace> {
  return arb.constantFrom<Stratum>("dyadic", "decimal").chain((stratum) => {
    const complete = hyperparameters(dialect, EVERY_PART, arb.constant(stratum));
    const momentum = arb.constantFrom(...STRATA[stratum].momentum);
    // Where the state starts at ε, a change before the first step is read differently by lazy and eager starts.
    const first = dialect.initialAccumulator === "epsilon" ? 1 : 0;
    return arb
      .record({
        trace: traces(dialect, {
          regimes: [...CALM_REGIMES, "wide"],
          minSteps: 2,
          maxSteps: 5,
          lengths: [1, 3, 4, 9],
          hyperparameters: complete,
        }),
        after: complete,
        momentum,
        names: arb.subarray([...CHANGEABLE], { minLength: 1 }),
      })
      .chain(({ trace, after, momentum, names }) => {
        const { hyperparameters: h } = trace;
        const requested = { ...after, momentum: h.momentum > 0 ? momentum : 0 };
        return arb.integer({ min: first, max: trace.gradients.length - 1 }).map((before) => ({
          trace,
          before,
          changes: Object.fromEntries(names.map((name) => [name, requested[name]])) as ProgramHyperparameters,
        }));
      });
  });
}

/** Two steps, between which hyperparameters change by a factor, from values as small as schedules end with. */
interface SmallChange {
  readonly hyperparameters: Hyperparameters;
  readonly factor: number;
  readonly gradients: readonly [readonly number[], readonly number[]];
}

function smallChanges(dialect: Dialect): DescribedArbitrary<SmallChange> {
  const gradient = arb.array(floatWithExponent(-4, 4), { minLength: 4, maxLength: 4 });
  return arb.record({
    hyperparameters: arb
      .tuple(hyperparameters(dialect, { weightDecay: true }), arb.constantFrom(1e-8, 1e-7, 0.01))
      .map(([h, lr]) => ({ ...h, lr })),
    factor: arb.constantFrom(0.5, 2, 1 - 2 ** -10, 1 + 2 ** -10),
    gradients: arb.tuple(gradient, gradient),
  });
}

const CHANGEABLE = [
  "lr",
  "alpha",
  "eps",
  "momentum",
  "weight_decay",
  "maximize",
  "lr_decay",
  "clip_value",
] as const;

/** The trace with these sets after `before` steps, each step observed in every slot. */
function programWithSets(
  dialect: Dialect,
  { trace, before }: ChangedTrace,
  ...sets: readonly ProgramHyperparameters[]
): Program {
  const steps = trace.gradients.map((gradient) => [
    step(gradient),
    observeAll(dialect, trace.hyperparameters),
  ]);
  return programOf(dialect, [
    init(trace.hyperparameters, trace.parameter),
    ...steps.slice(0, before).flat(),
    ...sets.map((changes) => ({ op: "set" as const, group: 0, hyperparameters: changes })),
    ...steps.slice(before).flat(),
  ]);
}

/** A trace of which only some hyperparameters are given, the rest being left to the defaults. */
interface DefaultedTrace {
  readonly given: ProgramHyperparameters;
  readonly parameter: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

function defaultedTraces(dialect: Dialect): DescribedArbitrary<DefaultedTrace> {
  // Roots of the mean square from far below every ε in use to far above: else a wrong ε would not show.
  const gradient = arb.oneof(floatWithExponent(-36, -6), floatWithExponent(-4, 4));
  return arb.constantFrom(1, 4, 9).chain((length) => {
    const tuple = (element: DescribedArbitrary<number>) =>
      arb.array(element, { minLength: length, maxLength: length });
    const names = Object.keys(dialect.defaults) as (keyof Hyperparameters)[];
    return arb
      .record({
        some: hyperparameters(dialect, EVERY_PART),
        names: arb.oneof(arb.constant<(keyof Hyperparameters)[]>([]), arb.subarray(names)),
        parameter: tuple(arb.constantFrom(0, 0, 2 ** -6, -(2 ** -9))),
        gradients: arb.array(tuple(gradient), { minLength: 1, maxLength: 3 }),
      })
      .map(({ some, names, parameter, gradients }) => ({
        given: Object.fromEntries(names.map((name) => [name, some[name]])) as ProgramHyperparameters,
        parameter,
        gradients,
      }));
  });
}

function defaultedProgram(
  dialect: Dialect,
  { given, parameter, gradients }: DefaultedTrace,
  written: ProgramHyperparameters,
): Program {
  const observe = observeAll(dialect, resolveHyperparameters(dialect, given));
  return programOf(dialect, [
    { op: "init", groups: [{ hyperparameters: written, parameters: [vector(parameter)] }] },
    ...gradients.flatMap((gradient) => [step(gradient), observe]),
  ]);
}

/** Zero gradients of either sign at zero parameters of either sign. */
function zerosOf({ hyperparameters: h }: Trace): Trace {
  return {
    hyperparameters: { ...h, weight_decay: 0 },
    parameter: [0, 0, -0, -0],
    gradients: [[0, -0, 0, -0]],
  };
}

export const maximizingIsMinimizingTheNegatedGradient = property<Trace>({
  id: "maximizing-is-minimizing-the-negated-gradient",
  clauses: ["RMS-9.1"],
  target: "implementation",
  requires: ["state", "maximize", "deterministic"],
  appliesTo: ({ dialect }) => dialect.maximize === "optional",
  // Zeros of either sign, gradients and parameters: to negate is not to subtract from zero.
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: ALL_REGIMES,
      hyperparameters: arb.oneof(decaying(dialect), hyperparameters(dialect, EVERY_PART)),
      parameter: arb.oneof(smallParameter, arb.constant(-0)),
    }).chain((trace) => withZeroGradients(trace, 1)),
  check: async (drawn, subject) => {
    const { dialect } = subject.declaration;
    for (const trace of [drawn, zerosOf(drawn)]) {
      const variant = (maximize: boolean, sign: 1 | -1): Trace => ({
        ...trace,
        hyperparameters: { ...trace.hyperparameters, maximize },
        gradients: trace.gradients.map((gradient) => gradient.map((g) => sign * g)),
      });
      const expected = await subject.run(traceProgram(dialect, variant(false, -1)));
      const run = await runProgram(subject, traceProgram(dialect, variant(true, 1)));
      expectSameObservations(run, expected, "maximizing g against minimizing −g");
      acceptRun(subject, run);
    }
  },
});

export const coupledWeightDecayIsPartOfTheGradient = property<DecayTrace>({
  id: "coupled-weight-decay-is-part-of-the-gradient",
  clauses: ["RMS-9.2"],
  target: "implementation",
  requires: ["state", "weight-decay", "deterministic"],
  appliesTo: couples,
  arbitrary: ({ dialect }) => decayTraces(dialect),
  check: async (input, subject) => {
    const { dialect } = subject.declaration;
    const { weight_decay, maximize } = input.hyperparameters;
    const trace = decayTrace(input);
    const run = await runProgram(subject, traceProgram(dialect, trace));
    // λθ only moves the exponent of θ, and where g is not zero both are short, so that g + λθ is exact.
    const sign = maximize ? -1 : 1;
    const gradients = trace.gradients.map((gradient, t) => {
      const theta = t === 0 ? trace.parameter : valuesOf(run, t - 1, "parameter");
      return gradient.map((g, i) => sign * g + weight_decay * theta[i]);
    });
    const plain: Trace = {
      ...trace,
      hyperparameters: { ...trace.hyperparameters, weight_decay: 0, maximize: false },
      gradients,
    };
    const expected = await subject.run(traceProgram(dialect, plain));
    expectSameObservations(run, expected, "weight decay against the plain rule with g + λθ");
    acceptRun(subject, run);
  },
});

export const coupledWeightDecayIsAccepted = property<Trace>({
  id: "coupled-weight-decay-is-accepted",
  clauses: ["RMS-9.2"],
  target: "implementation",
  requires: ["state", "weight-decay"],
  appliesTo: couples,
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      regimes: [...CALM_REGIMES, "wide"],
      hyperparameters: decaying(dialect),
      // As large as the gradient, so that λθ matters, or small, so that the update shows.
      parameter: arb.oneof(floatWithExponent(-12, 0), floatWithExponent(0, 6), gridFloat),
    }),
  check: async (trace, subject) => {
    const { dialect } = subject.declaration;
    const { alpha, weight_decay } = trace.hyperparameters;
    await subject.conforms(traceProgram(dialect, trace));
    // Under a zero gradient only λθ can enter the mean square.
    const still = { ...trace, gradients: trace.gradients.map((gradient) => gradient.map(() => 0)) };
    const plain = { ...still, hyperparameters: { ...trace.hyperparameters, weight_decay: 0 } };
    const undecayed = await runProgram(subject, traceProgram(dialect, plain));
    const run = await runProgram(subject, traceProgram(dialect, still));
    const without = valuesOf(undecayed, 0, "square_avg");
    for (const [i, s] of valuesOf(run, 0, "square_avg").entries()) {
      const share = (1 - alpha) * (weight_decay * trace.parameter[i]) ** 2;
      // Neither result is more than four ulps off, so more than eight must show.
      if (!(share > 8 * ulp(without[i])) || s > without[i]) continue;
      const theta = valueText(Math.fround(trace.parameter[i]));
      const message = `element ${i}: weight decay ${weight_decay} of ${theta} should add ${share} to the mean square ${valueText(without[i])}, but it is ${valueText(s)}`;
      throw failureOf(run, "differs", message);
    }
    acceptRun(subject, run);
  },
});

export const decoupledWeightDecayShrinksTheParameter = property<DecayTrace>({
  id: "decoupled-weight-decay-shrinks-the-parameter",
  clauses: ["RMS-9.3"],
  target: "implementation",
  requires: ["state", "weight-decay"],
  appliesTo: decouples,
  arbitrary: ({ dialect }) =>
    decayTraces(dialect).chain((trace) =>
      arb.constantFrom(...STRATA.dyadic.lr).map((lr) => ({
        ...trace,
        hyperparameters: { ...trace.hyperparameters, lr },
        gradient: trace.gradient.map(() => 0),
      })),
    ),
  check: async (input, subject) => {
    const { dialect } = subject.declaration;
    const { lr, weight_decay } = input.hyperparameters;
    const run = await runProgram(subject, traceProgram(dialect, decayTrace(input)));
    const share = dialect.weightDecay === "decoupled-lr" ? lr * weight_decay : weight_decay;
    // Powers of two and at most seven digits of θ: nothing is rounded, and a zero gradient adds nothing.
    for (const [i, p] of valuesOf(run, 0, "parameter").entries()) {
      const theta = input.parameter[i];
      const expected = theta - share * theta;
      if (p === expected) continue;
      const message = `element ${i}: a zero gradient and weight decay ${weight_decay} should take ${valueText(theta)} to ${valueText(expected)}, but it is ${valueText(p)}`;
      throw failureOf(run, "differs", message);
    }
    acceptRun(subject, run);
  },
});

export const decoupledWeightDecayLeavesTheStateAlone = property<Trace>({
  id: "decoupled-weight-decay-leaves-the-state-alone",
  clauses: ["RMS-9.3"],
  target: "implementation",
  requires: ["state", "weight-decay", "deterministic"],
  appliesTo: decouples,
  arbitrary: ({ dialect }) => traces(dialect, { regimes: ALL_REGIMES, hyperparameters: decaying(dialect) }),
  check: async (trace, subject) => {
    const { dialect } = subject.declaration;
    const plain = { ...trace, hyperparameters: { ...trace.hyperparameters, weight_decay: 0 } };
    const expected = await subject.run(traceProgram(dialect, plain));
    const run = await runProgram(subject, traceProgram(dialect, trace));
    const slots = shownSlots(dialect, trace.hyperparameters);
    expectSameObservations(run, expected, "the state with and without weight decay", { slots });
    acceptRun(subject, run);
  },
});

export const changesHoldFromTheNextStepOn = property<ChangedTrace>({
  id: "changes-hold-from-the-next-step-on",
  clauses: ["RMS-9.4"],
  target: "implementation",
  requires: ["state", "set", "deterministic"],
  arbitrary: ({ dialect }) => changedTraces(dialect),
  check: async (input, subject) => {
    const { dialect } = subject.declaration;
    const unchanged = await subject.run(programWithSets(dialect, input));
    const run = await runProgram(subject, programWithSets(dialect, input, input.changes));
    const observations = run.observations.slice(0, input.before);
    const expected = unchanged.slice(0, input.before);
    expectSameObservations(run, expected, "the steps before a change", { observations });
    acceptRun(subject, run);
    const apart = Object.entries(input.changes).map(([name, value]) => ({ [name]: value }));
    const oneByOne = await subject.run(programWithSets(dialect, input, ...apart));
    expectSameObservations(run, oneByOne, "a change at once against the same one by one");
  },
});

export const smallChangesHold = property<SmallChange>({
  id: "small-changes-hold",
  clauses: ["RMS-9.4"],
  target: "implementation",
  requires: ["state", "set"],
  weight: 0.5,
  arbitrary: ({ dialect }) => smallChanges(dialect),
  check: async ({ hyperparameters: h, factor, gradients: [first, second] }, subject) => {
    const { dialect } = subject.declaration;
    const { lr, eps, weight_decay } = h;
    const changes = { lr: lr * factor, eps: eps * factor, weight_decay: weight_decay * factor };
    const observe = observeAll(dialect, h);
    await subject.conforms(
      programOf(dialect, [
        init(
          h,
          first.map(() => 0),
        ),
        step(first),
        observe,
        { op: "set", group: 0, hyperparameters: changes },
        step(second),
        observe,
      ]),
    );
  },
});

export const aLoadKeepsChangedHyperparameters = property<{
  readonly changed: ChangedTrace;
  readonly square: number;
}>({
  id: "a-load-keeps-changed-hyperparameters",
  clauses: ["RMS-9.4"],
  target: "implementation",
  requires: ["state", "set", "load"],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    arb.record({ changed: changedTraces(dialect), square: arb.constantFrom(0.25, 1, 3) }),
  check: async ({ changed: { trace, changes }, square }, subject) => {
    const { dialect } = subject.declaration;
    const after = { ...trace.hyperparameters, ...changes } as Hyperparameters;
    const values = vector(trace.parameter.map(() => square));
    const state = slotsOf(stepShape(dialect, after)).map((slot) => [slot, values]);
    const entry = { parameter: 0, step: 1, ...Object.fromEntries(state) } as StateEntry;
    await subject.conforms(
      programOf(dialect, [
        init(trace.hyperparameters, trace.parameter),
        { op: "set", group: 0, hyperparameters: changes },
        { op: "load", state: [entry] },
        ...trace.gradients.flatMap((gradient) => [step(gradient), observeAll(dialect, after)]),
      ]),
    );
  },
});

export const aChangeThatIsTakenBackChangesNothing = property<ChangedTrace>({
  id: "a-change-that-is-taken-back-changes-nothing",
  clauses: ["RMS-9.4"],
  target: "implementation",
  requires: ["state", "set", "deterministic"],
  weight: 0.5,
  arbitrary: ({ dialect }) => changedTraces(dialect),
  check: async (input, subject) => {
    const { dialect } = subject.declaration;
    const { hyperparameters: h } = input.trace;
    const back = Object.fromEntries(
      Object.keys(input.changes).map((name) => [name, h[name as keyof Hyperparameters]]),
    ) as ProgramHyperparameters;
    const expected = await subject.run(programWithSets(dialect, input));
    const run = await runProgram(subject, programWithSets(dialect, input, input.changes, back));
    expectSameObservations(run, expected, "a change that was taken back before any step");
  },
});

export const buffersAreKeptWhileTheyAreNotUsed = property<SwitchedTrace>({
  id: "buffers-are-kept-while-they-are-not-used",
  clauses: ["RMS-9.4"],
  target: "implementation",
  requires: ["state", "set", "momentum"],
  weight: 0.5,
  appliesTo: hasMomentum,
  arbitrary: ({ dialect }) => switchedTraces(dialect),
  check: async (trace, subject) => {
    await subject.conforms(switchedProgram(subject.declaration.dialect, trace));
  },
});

export const aSlotThatIsNeededLateStartsAtZero = property<SwitchedTrace>({
  id: "a-slot-that-is-needed-late-starts-at-zero",
  clauses: ["RMS-9.4"],
  target: "implementation",
  requires: ["state", "set"],
  weight: 0.5,
  appliesTo: (declaration) => hasMomentum(declaration) || declaration.dialect.centered === "optional",
  arbitrary: ({ dialect }) => switchedTraces(dialect),
  check: async ({ hyperparameters: h, gradients: [first, second, last] }, subject) => {
    const { dialect } = subject.declaration;
    const { momentum, centered } = h;
    const without = { ...h, momentum: 0, centered: dialect.centered === "always" };
    const program = programOf(dialect, [
      init(
        without,
        first.map(() => 0),
      ),
      step(first),
      observeAll(dialect, without),
      { op: "set", group: 0, hyperparameters: { momentum, centered } },
      ...[second, last].flatMap((gradient) => [step(gradient), observeAll(dialect, h)]),
    ]);
    // PyTorch makes its buffers at the first step and has no answer here.
    await subject.conformsIfItCan(program, "make a buffer after the first step");
  },
});

export const aChangeIsAStartWithOtherHyperparameters = property<ChangedTrace>({
  id: "a-change-is-a-start-with-other-hyperparameters",
  clauses: ["RMS-9.4"],
  target: "implementation",
  requires: ["state", "set", "load", "deterministic"],
  weight: 0.5,
  arbitrary: ({ dialect }) => changedTraces(dialect).filter(({ before }) => before > 0),
  check: async (input, subject) => {
    const { dialect } = subject.declaration;
    const { trace, before, changes } = input;
    const run = await runProgram(subject, programWithSets(dialect, input, changes));
    const after = { ...trace.hyperparameters, ...changes } as Hyperparameters;
    const [observed] = run.observations[before - 1].parameters;
    const needed = shownSlots(dialect, trace.hyperparameters);
    const slots = slotsOf(stepShape(dialect, after)).filter(
      (slot) => needed.includes(slot) || observed?.[slot],
    );
    // A buffer that was fed at μ = 0 and not shown cannot be given to a start.
    fc.pre(after.momentum === 0 || !stepShape(dialect, after).momentum || slots.includes("momentum_buffer"));
    const state = slots.map((slot) => [slot, vector(valuesOf(run, before - 1, slot))]);
    const entry = { parameter: 0, step: before, ...Object.fromEntries(state) } as StateEntry;
    const fresh = programOf(dialect, [
      init(after, [...valuesOf(run, before - 1, "parameter")]),
      { op: "load", state: [entry] },
      ...trace.gradients.slice(before).flatMap((g) => [step(g), observeAll(dialect, after)]),
    ]);
    const expected = await subject.run(fresh);
    const why = "the steps after a change, against a start with the changed hyperparameters";
    expectSameObservations(run, expected, why, { observations: run.observations.slice(before) });
  },
});

export const omittedHyperparametersHaveTheDefaults = property<DefaultedTrace>({
  id: "omitted-hyperparameters-have-the-defaults",
  clauses: ["RMS-9.5"],
  target: "implementation",
  requires: ["state", "deterministic"],
  arbitrary: ({ dialect }) => defaultedTraces(dialect),
  check: async (input, subject) => {
    const { dialect } = subject.declaration;
    const explicit = resolveHyperparameters(dialect, input.given);
    const expected = await subject.run(defaultedProgram(dialect, input, explicit));
    const run = await runProgram(subject, defaultedProgram(dialect, input, input.given));
    const omitted = Object.keys(explicit).filter((name) => !(name in input.given));
    const why = `left out against given explicitly: ${omitted.join(", ") || "nothing"}`;
    expectSameObservations(run, expected, why);
    acceptRun(subject, run);
  },
});

export const optionProperties = [
  maximizingIsMinimizingTheNegatedGradient,
  coupledWeightDecayIsPartOfTheGradient,
  coupledWeightDecayIsAccepted,
  decoupledWeightDecayShrinksTheParameter,
  decoupledWeightDecayLeavesTheStateAlone,
  changesHoldFromTheNextStepOn,
  smallChangesHold,
  aLoadKeepsChangedHyperparameters,
  aChangeThatIsTakenBackChangesNothing,
  buffersAreKeptWhileTheyAreNotUsed,
  aSlotThatIsNeededLateStartsAtZero,
  aChangeIsAStartWithOtherHyperparameters,
  omittedHyperparametersHaveTheDefaults,
];
