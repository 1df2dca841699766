import { ALL_REGIMES, CALM_REGIMES } from "./arbitraries/floats.js";
import { EVERY_PART } from "./arbitraries/hyperparameters.js";
import { type Trace, traceProgram, traces } from "./arbitraries/traces.js";
import { property } from "./property.js";

/** Family 1: the recurrence itself, judged step by step and over whole traces. */
export const recurrenceProperties = [
  property<Trace>({
    id: "plain-steps-are-accepted",
    clauses: ["RMS-1.1", "RMS-1.2", "RMS-1.3"],
    of: "implementation",
    needs: ["state"],
    weight: 2,
    arbitrary: ({ dialect }) => traces(dialect, { regimes: [...CALM_REGIMES, "wide"] }),
    check: async (trace, subject) => {
      await subject.conforms(traceProgram(subject.declaration.dialect, trace));
    },
  }),
  property<Trace>({
    id: "long-plain-traces-are-accepted",
    clauses: ["RMS-1.1", "RMS-1.2"],
    of: "implementation",
    needs: ["state"],
    weight: 0.1,
    arbitrary: ({ dialect }) =>
      traces(dialect, { regimes: CALM_REGIMES, minSteps: 20, maxSteps: 60, lengths: [1, 4, 9] }),
    check: async (trace, subject) => {
      await subject.conforms(traceProgram(subject.declaration.dialect, trace));
    },
  }),
  property<Trace>({
    id: "hidden-state-traces-are-accepted",
    clauses: ["RMS-1.4"],
    of: "implementation",
    needs: [],
    weight: 0.25,
    arbitrary: ({ dialect }) =>
      traces(dialect, { parts: EVERY_PART, regimes: CALM_REGIMES, maxSteps: 8, lengths: [1, 4, 9] }),
    check: async (trace, subject) => {
      await subject.conforms(traceProgram(subject.declaration.dialect, trace, "parameter"));
    },
  }),
  property<Trace>({
    id: "large-tensors-are-accepted",
    clauses: ["RMS-1.1", "RMS-1.2", "RMS-8.3"],
    of: "implementation",
    needs: ["state"],
    weight: 0.05,
    arbitrary: ({ dialect }) =>
      traces(dialect, {
        parts: EVERY_PART,
        regimes: ALL_REGIMES,
        maxSteps: 2,
        lengths: [255, 257, 1024, 1031],
      }),
    check: async (trace, subject) => {
      await subject.conforms(traceProgram(subject.declaration.dialect, trace));
    },
  }),
];
