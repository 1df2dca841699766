import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import type { Operation, Program } from "../src/program/program.js";
import { vector } from "../src/program/tensor.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import {
  ALL_REGIMES,
  anyBits,
  CALM_REGIMES,
  edgeFloat,
  gridFloat,
  nonFiniteFloat,
  REGIMES,
  subnormalFloat,
} from "./arbitraries/floats.js";
import { EVERY_PART, hyperparameters } from "./arbitraries/hyperparameters.js";
import { type LoadedTrace, loadedProgram, loadedTraces } from "./arbitraries/loaded-traces.js";
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
import { acceptRun, failureOf, type ProgramRun, runProgram, valuesOf } from "./program-run.js";
import { property } from "./property.js";
import { differenceOf, listsOf } from "./same-bits.js";
import { expectSameObservations } from "./same-observations.js";
import { valueText } from "./value-text.js";

/** Family 10: what is kept between steps, and what a step may not touch. */

const CHECKPOINT: Operation = { op: "checkpoint" };

/** A trace and how many checkpoints follow the init and each step. */
interface InterruptedTrace {
  readonly trace: Trace;
  readonly checkpoints: readonly number[];
}

function interruptedTraces(dialect: Dialect, minSteps = 1): DescribedArbitrary<InterruptedTrace> {
  return traces(dialect, { parts: EVERY_PART, regimes: ALL_REGIMES, minSteps, maxSteps: 4 }).chain(
    (trace) => {
      const places = trace.gradients.length + 1;
      return arb.record({
        trace: arb.constant(trace),
        checkpoints: arb
          .tuple(
            arb.nat({ max: places - 1 }),
            arb.integer({ min: 1, max: 2 }),
            arb.array(arb.constantFrom(0, 0, 1), { minLength: places, maxLength: places }),
          )
          .map(([place, count, others]) => others.map((other, k) => (k === place ? count : other))),
      });
    },
  );
}

/** Each step is observed twice, and a checkpoint stands between the two. */
function interruptedProgram(
  dialect: Dialect,
  { trace, checkpoints }: InterruptedTrace,
  interrupt: boolean,
  changes: readonly Operation[] = [],
): Program {
  const observe = observeAll(dialect, trace.hyperparameters);
  const at = (k: number) =>
    interrupt ? Array.from({ length: checkpoints[k] }, (): Operation => CHECKPOINT) : [];
  return programOf(dialect, [
    init(trace.hyperparameters, trace.parameter),
    ...changes,
    ...at(0),
    ...trace.gradients.flatMap((gradient, k) => [step(gradient), observe, ...at(k + 1), observe]),
  ]);
}

function withMomentum(trace: Trace, momentum: number): Trace {
  return { ...trace, hyperparameters: { ...trace.hyperparameters, momentum } };
}

/** Several parameters in one group; a gradient may be missing. */
interface GappyTrace {
  readonly hyperparameters: Hyperparameters;
  readonly parameters: readonly (readonly number[])[];
  /** For each step, for each parameter. */
  readonly gradients: readonly (readonly (readonly number[] | null)[])[];
}

const TWELVE_SCALARS: number[] = Array.from({ length: 12 }, () => 1);

const ANY_LENGTHS: DescribedArbitrary<number[]> = arb.oneof(
  arb.array(arb.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
  // What is told apart by its length alone is exchanged here, and what is sorted as text.
  arb.constantFrom([1, 1], [3, 3, 3], [4, 4], TWELVE_SCALARS),
);

function gappyTraces(
  dialect: Dialect,
  someLengths = ANY_LENGTHS,
  minSteps = 1,
): DescribedArbitrary<GappyTrace> {
  const regimes = [...CALM_REGIMES, "wide", "special"] as const;
  const shape = arb.record({ lengths: someLengths, regime: arb.constantFrom(...regimes) });
  return shape.chain(({ lengths, regime }) => {
    const tuples = (element: DescribedArbitrary<number>) =>
      lengths.map((length) => arb.array(element, { minLength: length, maxLength: length }));
    const value = REGIMES[regime].as(() => "of the regime");
    const gradients = arb.tuple(...tuples(value).map((gradient) => arb.option(gradient, { freq: 2 })));
    return arb.record({
      hyperparameters: hyperparameters(dialect, EVERY_PART),
      parameters: arb.tuple(...tuples(smallParameter)),
      gradients: arb.array(gradients, { minLength: minSteps, maxLength: 5 }),
    });
  });
}

function gappyProgram(dialect: Dialect, trace: GappyTrace, between: readonly Operation[] = []): Program {
  const observe = observeAll(dialect, trace.hyperparameters);
  return programOf(dialect, [
    init(trace.hyperparameters, ...trace.parameters),
    ...trace.gradients.flatMap((gradients) => [...between, step(...gradients), observe]),
  ]);
}

/** The trace of one parameter as if the others and the steps without a gradient had not been. */
function aloneOf({ hyperparameters: h, parameters, gradients }: GappyTrace, p: number): Trace {
  const own = gradients.map((each) => each[p]).filter((gradient) => gradient !== null);
  return { hyperparameters: h, parameter: parameters[p], gradients: own };
}

/** A step without a gradient must leave every slot and the step count of the parameter as they were. */
function expectKept(run: ProgramRun, trace: GappyTrace): void {
  for (const [t, gradients] of trace.gradients.entries()) {
    for (const [p, gradient] of gradients.entries()) {
      if (gradient !== null) continue;
      const why = `step ${t + 1} has no gradient for parameter ${p}, but`;
      const taken = trace.gradients.slice(0, t).filter((each) => each[p] !== null).length;
      const before = t > 0 ? run.observations[t - 1].parameters[p] : undefined;
      const now = run.observations[t].parameters[p];
      if (now.step !== undefined && now.step !== taken) {
        throw failureOf(run, "contract-mismatch", `${why} ${now.step} steps are counted instead of ${taken}`);
      }
      // Before the first gradient there may be no state yet, or the initial one.
      const expected = before ? listsOf(before) : { parameter: trace.parameters[p].map(Math.fround) };
      const got = before?.square_avg ? listsOf(now) : { parameter: [...valuesOf(run, t, "parameter", p)] };
      const difference = differenceOf(expected, got);
      if (difference !== undefined) throw failureOf(run, "contract-mismatch", `${why} ${difference}`);
    }
  }
}

/** A step, a load of the mean square alone, and another step. */
interface PartialLoad {
  readonly hyperparameters: Hyperparameters;
  readonly gradients: readonly [readonly number[], readonly number[]];
  readonly square: number;
}

function partialLoads(dialect: Dialect): DescribedArbitrary<PartialLoad> {
  const gradient = arb.array(gridFloat, { minLength: 3, maxLength: 3 });
  return arb.record({
    hyperparameters: arb
      .tuple(hyperparameters(dialect, EVERY_PART), arb.constantFrom(0.5, 0.75))
      .map(([h, momentum]) => ({ ...h, momentum })),
    gradients: arb.tuple(gradient, gradient),
    square: arb.constantFrom(4, 16),
  });
}

export const checkpointIsTheIdentity = property<InterruptedTrace>({
  id: "checkpoint-is-the-identity",
  clauses: ["RMS-10.1"],
  target: "implementation",
  requires: ["state", "checkpoint", "deterministic"],
  arbitrary: ({ dialect }) => interruptedTraces(dialect),
  check: async (input, subject) => {
    const { dialect } = subject.declaration;
    const expected = await subject.run(interruptedProgram(dialect, input, false));
    const run = await runProgram(subject, interruptedProgram(dialect, input, true));
    expectSameObservations(run, expected, "with checkpoints against without");
    acceptRun(subject, run);
  },
});

export const checkpointKeepsChangedHyperparameters = property<{
  interrupted: InterruptedTrace;
  other: Hyperparameters;
}>({
  id: "checkpoint-keeps-changed-hyperparameters",
  clauses: ["RMS-10.1", "RMS-9.4"],
  target: "implementation",
  requires: ["state", "checkpoint", "set", "deterministic"],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    arb.record({
      interrupted: interruptedTraces(dialect, 3),
      other: hyperparameters(dialect, EVERY_PART),
    }),
  check: async ({ interrupted, other }, subject) => {
    const { dialect } = subject.declaration;
    const { centered, eps, momentum } = interrupted.trace.hyperparameters;
    const hyperparameters = {
      ...other,
      // Buffers are neither asked for late nor left behind.
      centered,
      momentum: momentum > 0 ? other.momentum || 0.5 : 0,
      // Where the state starts at ε, a change before the first step is read differently by lazy and eager starts.
      eps: dialect.initialAccumulator === "epsilon" ? eps : other.eps,
    };
    const changed = [{ each: interrupted, hyperparameters }];
    if (hasMomentum(subject.declaration) && subject.offers("momentum"))
      changed.push({
        // Right after the change, with steps to come in which the buffer shows it.
        each: {
          trace: withMomentum(interrupted.trace, 0.5),
          checkpoints: [1, ...interrupted.checkpoints.slice(1)],
        },
        hyperparameters: { ...hyperparameters, momentum: 0.75 },
      });
    for (const { each, hyperparameters } of changed) {
      const changes: Operation = { op: "set", group: 0, hyperparameters };
      const expected = await subject.run(interruptedProgram(dialect, each, false, [changes]));
      const run = await runProgram(subject, interruptedProgram(dialect, each, true, [changes]));
      expectSameObservations(run, expected, "after a change, with checkpoints against without");
    }
  },
});

export const checkpointKeepsAnyBits = property<LoadedTrace>({
  id: "checkpoint-keeps-any-bits",
  clauses: ["RMS-10.1"],
  target: "implementation",
  requires: ["state", "load", "checkpoint", "deterministic"],
  weight: 0.5,
  arbitrary: ({ dialect }) => {
    const any = arb.oneof(anyBits, subnormalFloat, arb.constantFrom(0, -0));
    return loadedTraces(
      traces(dialect, { parts: EVERY_PART, regimes: ["edges"], maxSteps: 2 }),
      any.map(Math.abs),
      any,
    );
  },
  check: async (loaded, subject) => {
    const { dialect } = subject.declaration;
    const [first, load, ...rest] = loadedProgram(dialect, loaded).operations;
    const observe = observeAll(dialect, loaded.trace.hyperparameters);
    const programWith = (...between: Operation[]) =>
      programOf(dialect, [first, load, observe, ...between, observe, ...rest]);
    const expected = await subject.run(programWith());
    const run = await runProgram(subject, programWith(CHECKPOINT));
    expectSameObservations(run, expected, "with a checkpoint after a load against without");
  },
});

export const checkpointKeepsUnusedBuffers = property<SwitchedTrace>({
  id: "checkpoint-keeps-unused-buffers",
  clauses: ["RMS-10.1"],
  target: "implementation",
  requires: ["state", "set", "momentum", "checkpoint", "deterministic"],
  weight: 0.5,
  appliesTo: hasMomentum,
  arbitrary: ({ dialect }) => switchedTraces(dialect),
  check: async (trace, subject) => {
    const { dialect } = subject.declaration;
    const expected = await subject.run(switchedProgram(dialect, trace));
    const run = await runProgram(subject, switchedProgram(dialect, trace, [CHECKPOINT]));
    expectSameObservations(run, expected, "with a checkpoint while a buffer is not used against without");
  },
});

export const aLoadLeavesNothingOfTheStateBefore = property<PartialLoad>({
  id: "a-load-leaves-nothing-of-the-state-before",
  clauses: ["RMS-6.1"],
  target: "implementation",
  requires: ["state", "load", "momentum"],
  weight: 0.5,
  appliesTo: hasMomentum,
  arbitrary: ({ dialect }) => partialLoads(dialect),
  check: async ({ hyperparameters: h, gradients: [first, second], square }, subject) => {
    const { dialect } = subject.declaration;
    const square_avg = vector(first.map(() => square));
    const observe = observeAll(dialect, h);
    const start = first.map(() => 0);
    const program = programOf(dialect, [
      init(h, start),
      step(first),
      observe,
      { op: "load", state: [{ parameter: 0, step: 1, square_avg }] },
      step(second),
      observe,
    ]);
    // PyTorch makes its buffers at the first step and has no answer here.
    await subject.conformsIfItCan(program, "step from a state without its buffers");
  },
});

export const checkpointWithParametersWithoutState = property<readonly [GappyTrace, GappyTrace]>({
  id: "checkpoint-with-parameters-without-state",
  clauses: ["RMS-10.1", "RMS-10.4"],
  target: "implementation",
  requires: ["state", "checkpoint", "missing-gradient", "deterministic"],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    arb.tuple(gappyTraces(dialect), gappyTraces(dialect, arb.constant(TWELVE_SCALARS), 3)),
  check: async (both, subject) => {
    const { dialect } = subject.declaration;
    for (const trace of both) {
      const expected = await subject.run(gappyProgram(dialect, trace));
      const run = await runProgram(subject, gappyProgram(dialect, trace, [CHECKPOINT]));
      expectSameObservations(run, expected, "with checkpoints against without");
    }
  },
});

export const sameProgramSameBits = property<{ trace: Trace; other: Trace }>({
  id: "same-program-same-bits",
  clauses: ["RMS-10.2"],
  target: "implementation",
  requires: ["state", "deterministic"],
  arbitrary: ({ dialect }) => {
    const any = traces(dialect, { parts: EVERY_PART, regimes: ALL_REGIMES });
    return arb.record({ trace: any, other: any });
  },
  check: async ({ trace, other }, subject) => {
    const { dialect } = subject.declaration;
    const program = traceProgram(dialect, trace);
    const first = await subject.run(program);
    // Another program in between, so that what it leaves behind would show.
    await subject.run(traceProgram(dialect, other));
    const again = await runProgram(subject, program);
    expectSameObservations(again, first, "the same program again");
    acceptRun(subject, again);
  },
});

export const gradientIsLeftAlone = property<Trace>({
  id: "gradient-is-left-alone",
  clauses: ["RMS-10.3"],
  target: "implementation",
  requires: ["state"],
  appliesTo: ({ gradient }) =>
    gradient !== "scratch" || "a step may use the gradient as scratch, as declared",
  arbitrary: ({ dialect }) => {
    const whole = traces(dialect, { parts: EVERY_PART, regimes: ALL_REGIMES });
    const special = arb.oneof(gridFloat, edgeFloat, nonFiniteFloat, arb.constant(-0));
    return arb.tuple(whole, special).map(([trace, first]) => ({
      ...trace,
      gradients: trace.gradients.map(([, ...rest]) => [first, ...rest]),
    }));
  },
  check: async (trace, subject) => {
    const run = await runProgram(subject, traceProgram(subject.declaration.dialect, trace));
    for (const [k, gradient] of trace.gradients.entries()) {
      const after = run.observations[k].parameters[0].gradient?.values;
      // A slot that is not observed is no error.
      if (!after) return subject.passOver("the implementation does not show the gradient after a step");
      for (const [i, g] of gradient.entries()) {
        const passed = Math.fround(g);
        if (Object.is(passed, after[i])) continue;
        const message = `step ${k + 1}: element ${i} of the gradient was ${valueText(passed)} and is now ${valueText(after[i])}`;
        throw failureOf(run, "contract-mismatch", message);
      }
    }
    acceptRun(subject, run);
  },
});

export const aMissingGradientIsNoStep = property<GappyTrace>({
  id: "a-missing-gradient-is-no-step",
  clauses: ["RMS-10.4"],
  target: "implementation",
  requires: ["state", "missing-gradient", "deterministic"],
  arbitrary: ({ dialect }) => gappyTraces(dialect),
  check: async (trace, subject) => {
    const { dialect } = subject.declaration;
    const run = await runProgram(subject, gappyProgram(dialect, trace));
    expectKept(run, trace);
    for (const p of trace.parameters.keys()) {
      const expected = await subject.run(traceProgram(dialect, aloneOf(trace, p)));
      const observations = run.observations
        .filter((_, t) => trace.gradients[t][p] !== null)
        .map(({ parameters }) => ({ parameters: [parameters[p]] }));
      const why = `parameter ${p} against the same steps without those that have no gradient for it`;
      expectSameObservations(run, expected, why, { observations });
    }
    acceptRun(subject, run);
  },
});

export const stateAndPurityProperties = [
  checkpointIsTheIdentity,
  checkpointKeepsChangedHyperparameters,
  checkpointKeepsAnyBits,
  checkpointKeepsUnusedBuffers,
  aLoadLeavesNothingOfTheStateBefore,
  checkpointWithParametersWithoutState,
  sameProgramSameBits,
  gradientIsLeftAlone,
  aMissingGradientIsNoStep,
];
