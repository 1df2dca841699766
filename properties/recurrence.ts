import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import type { Program } from "../src/program/program.js";
import { vector } from "../src/program/tensor.js";
import { arb } from "./arbitraries/arb.js";
import type { DescribedArbitrary } from "./arbitraries/described-arbitrary.js";
import { ALL_REGIMES, CALM_REGIMES, floatWithExponent } from "./arbitraries/floats.js";
import { EVERY_PART, hyperparameters } from "./arbitraries/hyperparameters.js";
import { changedRates, hasMomentum } from "./arbitraries/momentum-traces.js";
import { type ScheduledTrace, scheduledProgram } from "./arbitraries/scheduled-traces.js";
import {
  OBSERVE_PARAMETER,
  observeAll,
  programOf,
  step,
  type Trace,
  traceProgram,
  traces,
} from "./arbitraries/traces.js";
import { property } from "./property.js";

/** Family 1: the recurrence itself, judged step by step and over whole traces. */

/** Several parameters, in one group or two, and their first gradients. */
interface Beginning {
  readonly groups: readonly {
    readonly hyperparameters: Hyperparameters;
    readonly gradients: readonly (readonly number[])[];
  }[];
}

function beginnings(dialect: Dialect): DescribedArbitrary<Beginning> {
  const gradients = arb.array(arb.array(floatWithExponent(-4, 4), { minLength: 1, maxLength: 9 }), {
    minLength: 1,
    maxLength: 3,
  });
  const group = arb.record({ hyperparameters: hyperparameters(dialect, EVERY_PART), gradients });
  return arb.record({ groups: arb.array(group, { minLength: 1, maxLength: 2 }) });
}

function beginningProgram(dialect: Dialect, { groups }: Beginning): Program {
  const slots = new Set(groups.flatMap(({ hyperparameters: h }) => observeAll(dialect, h).slots));
  // Behind each of them a zero: what a slot starts with is all that the first step leaves there, however small it is.
  const gradients = groups.map((group) => group.gradients.map((gradient) => [...gradient, 0]));
  return programOf(dialect, [
    {
      op: "init",
      groups: groups.map(({ hyperparameters }, k) => ({
        hyperparameters,
        parameters: gradients[k].map((gradient) => vector(gradient.map(() => 0))),
      })),
    },
    step(...gradients.flat()),
    { op: "observe", slots: [...slots] },
  ]);
}

export const plainStepsAreAccepted = property<Trace>({
  id: "plain-steps-are-accepted",
  clauses: ["RMS-1.1", "RMS-1.2", "RMS-1.3"],
  target: "implementation",
  requires: ["state"],
  weight: 2,
  arbitrary: ({ dialect }) => traces(dialect, { regimes: [...CALM_REGIMES, "wide"] }),
  check: async (trace, subject) => {
    await subject.conforms(traceProgram(subject.declaration.dialect, trace));
  },
});

export const longPlainTracesAreAccepted = property<Trace>({
  id: "long-plain-traces-are-accepted",
  clauses: ["RMS-1.1", "RMS-1.2"],
  target: "implementation",
  requires: ["state"],
  weight: 0.1,
  arbitrary: ({ dialect }) =>
    traces(dialect, { regimes: CALM_REGIMES, minSteps: 20, maxSteps: 60, lengths: [1, 4, 9] }),
  check: async (trace, subject) => {
    await subject.conforms(traceProgram(subject.declaration.dialect, trace));
  },
});

export const everySlotStartsAsTheDialectSays = property<Beginning>({
  id: "every-slot-starts-as-the-dialect-says",
  clauses: ["RMS-1.3"],
  target: "implementation",
  requires: ["state"],
  weight: 0.5,
  arbitrary: ({ dialect }) => beginnings(dialect),
  check: async (beginning, subject) => {
    await subject.conforms(beginningProgram(subject.declaration.dialect, beginning));
  },
});

export const hiddenStateTracesAreAccepted = property<Trace>({
  id: "hidden-state-traces-are-accepted",
  clauses: ["RMS-1.4"],
  target: "implementation",
  requires: [],
  weight: 0.25,
  arbitrary: ({ dialect }) =>
    traces(dialect, { parts: EVERY_PART, regimes: CALM_REGIMES, maxSteps: 8, lengths: [1, 4, 9] }),
  check: async (trace, subject) => {
    await subject.conforms(traceProgram(subject.declaration.dialect, trace, "parameter"));
  },
});

export const changedLearningRateShowsInTheParameters = property<ScheduledTrace>({
  id: "changed-learning-rate-shows-in-the-parameters",
  clauses: ["RMS-6.3"],
  target: "implementation",
  requires: ["momentum", "set"],
  weight: 0.5,
  appliesTo: hasMomentum,
  arbitrary: ({ dialect }) => changedRates(dialect),
  check: async (trace, subject) => {
    const program = scheduledProgram(subject.declaration.dialect, trace);
    const operations = program.operations.map((each) => (each.op === "observe" ? OBSERVE_PARAMETER : each));
    await subject.conforms({ ...program, operations });
  },
});

export const largeTensorsAreAccepted = property<readonly [Trace, Trace]>({
  id: "large-tensors-are-accepted",
  clauses: ["RMS-1.1", "RMS-1.2", "RMS-8.3"],
  target: "implementation",
  requires: ["state"],
  weight: 0.05,
  arbitrary: ({ dialect }) =>
    arb.tuple(
      traces(dialect, {
        parts: EVERY_PART,
        regimes: ALL_REGIMES,
        maxSteps: 2,
        lengths: [255, 257, 1024, 1031],
      }),
      // Values in which no two states are alike, and a state from before: who reads another element's is seen.
      traces(dialect, {
        parts: EVERY_PART,
        regimes: ["normal"],
        minSteps: 2,
        maxSteps: 2,
        lengths: [1031],
      }),
    ),
  check: async (both, subject) => {
    for (const trace of both) await subject.conforms(traceProgram(subject.declaration.dialect, trace));
  },
});
export const recurrenceProperties = [
  plainStepsAreAccepted,
  longPlainTracesAreAccepted,
  everySlotStartsAsTheDialectSays,
  hiddenStateTracesAreAccepted,
  changedLearningRateShowsInTheParameters,
  largeTensorsAreAccepted,
];
