import type { Slot } from "../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import type { Program } from "../src/program/program.js";
import { vector } from "../src/program/tensor.js";
import { arb } from "./arbitraries/arb.js";
import { ALL_REGIMES, CALM_REGIMES, gridFloat, nonFiniteFloat } from "./arbitraries/floats.js";
import { EVERY_PART, hyperparameters, withChanges } from "./arbitraries/hyperparameters.js";
import { init, observeAll, programOf, step, type Trace, traceProgram, traces } from "./arbitraries/traces.js";
import { isAccurate } from "./plain-update.js";
import { property } from "./property.js";
import { PropertyFailure } from "./property-failure.js";
import { differenceOf, listsOf, type SlotLists } from "./same-bits.js";
import type { Subject } from "./subject.js";

/** Family 8: what must not matter. Two runs are compared to the bit; which evaluation they use is open. */

type Transform = (values: readonly number[]) => number[];

/** What every observation of the second run must be, given the one of the first. */
async function bothRuns(
  subject: Subject,
  first: Program,
  second: Program,
  expected: (lists: SlotLists) => SlotLists,
): Promise<void> {
  const before = await subject.conforms(first);
  const after = await subject.run(second);
  before.forEach((observation, k) => {
    const difference = differenceOf(
      movable(subject, expected(listsOf(observation.parameters[0]))),
      movable(subject, listsOf(after[k].parameters[0])),
    );
    if (difference === undefined) return;
    throw new PropertyFailure(`observation ${k}: ${difference}`, "contract-mismatch", {
      program: second,
      observations: after,
    });
  });
}

function mapTrace(trace: Trace, parameter: Transform, gradient: Transform = parameter): Trace {
  return { ...trace, parameter: parameter(trace.parameter), gradients: trace.gradients.map(gradient) };
}

function mapSlots(
  lists: SlotLists,
  transforms: Partial<Record<Slot, Transform>>,
  other: Transform,
): SlotLists {
  const entries = Object.entries(lists) as [Slot, number[]][];
  return Object.fromEntries(entries.map(([slot, values]) => [slot, (transforms[slot] ?? other)(values)]));
}

const same: Transform = (values) => [...values];
const negated: Transform = (values) => values.map((x) => -x);
const scaled =
  (factor: number): Transform =>
  (values) =>
    values.map((x) => x * factor);

/** Rounding −0 + 0 gives +0 whichever sign the rest has, so a zero's sign is not part of odd symmetry. */
const zeroSignsDropped: Transform = (values) => values.map((x) => (x === 0 ? 0 : x));

function dropZeroSigns(lists: SlotLists): SlotLists {
  return mapSlots(lists, {}, zeroSignsDropped);
}

/**
 * What must not depend on an element's place. A vectorized loop that computes a mirrored lerp as g + (g − a)·(w − 1) and
 * leaves the other form to its tail gives, at w = 1, zeros of either sign by position; where both forms are declared, as
 * PyTorch has both, the sign of a zero mean gradient is left out.
 */
function movable({ declaration: { evaluation } }: Subject, lists: SlotLists): SlotLists {
  const orders = evaluation["order.mean-gradient"];
  const hasBoth = orders.includes("lerp-mirrored") && orders.includes("lerp-mirrored-added");
  return hasBoth ? mapSlots(lists, { grad_avg: zeroSignsDropped }, same) : lists;
}

/** The trace of one parameter gives the same bits where the parameter is cut into several. */
async function demandSplit(subject: Subject, trace: Trace, cuts: readonly number[]): Promise<void> {
  const { dialect } = subject.declaration;
  const whole = await subject.conforms(traceProgram(dialect, trace));
  const cut = (values: readonly number[]) =>
    [0, ...cuts].map((start, k) => values.slice(start, cuts[k] ?? values.length));
  const program = programOf(dialect, [
    init(trace.hyperparameters, ...cut(trace.parameter)),
    ...trace.gradients.flatMap((gradient) => [
      step(...cut(gradient)),
      observeAll(dialect, trace.hyperparameters),
    ]),
  ]);
  const parts = await subject.run(program);
  whole.forEach((observation, k) => {
    const lists = parts[k].parameters.map(listsOf);
    const joined = Object.fromEntries(
      Object.keys(lists[0]).map((slot) => [slot, lists.flatMap((part) => part[slot as Slot] ?? [])]),
    );
    const difference = differenceOf(
      movable(subject, listsOf(observation.parameters[0])),
      movable(subject, joined),
    );
    if (difference === undefined) return;
    const message = `split at ${cuts.join(", ")}, observation ${k}: ${difference}`;
    throw new PropertyFailure(message, "contract-mismatch", { program, observations: parts });
  });
}

export const powerOfTwoScalingAtEpsZero = property<{ trace: Trace; exponent: number }>({
  id: "power-of-two-scaling-at-eps-zero",
  clauses: ["RMS-8.1"],
  target: "implementation",
  requires: ["state", "deterministic"],
  // The initial mean square must scale too, and weight decay or clipping would not. The error of an approximate
  // root or quotient may be another one in another binade.
  appliesTo: ({ dialect, evaluation }) =>
    dialect.initialAccumulator === "zero" && dialect.momentum !== "raw-gradient" && isAccurate(evaluation),
  arbitrary: ({ dialect }) =>
    arb.record({
      exponent: arb.integer({ min: -20, max: 20 }),
      trace: traces(dialect, {
        regimes: ["normal", "powers of two"],
        hyperparameters: withChanges(hyperparameters(dialect, { momentum: true, centered: true }), {
          eps: 0,
          clip_value: Number.POSITIVE_INFINITY,
        }),
      }),
    }),
  check: async ({ trace, exponent }, subject) => {
    const { dialect } = subject.declaration;
    const factor = 2 ** exponent;
    const second = mapTrace(trace, same, scaled(factor));
    await bothRuns(subject, traceProgram(dialect, trace), traceProgram(dialect, second), (lists) =>
      mapSlots(lists, { square_avg: scaled(factor * factor), grad_avg: scaled(factor) }, same),
    );
  },
});

export const oddSymmetry = property<Trace>({
  id: "odd-symmetry",
  clauses: ["RMS-8.2"],
  target: "implementation",
  requires: ["state", "deterministic"],
  arbitrary: ({ dialect }) => traces(dialect, { parts: EVERY_PART, regimes: ALL_REGIMES }),
  check: async (trace, subject) => {
    const { dialect } = subject.declaration;
    const mirrored = mapTrace(trace, negated);
    const before = await subject.conforms(traceProgram(dialect, trace));
    const program = traceProgram(dialect, mirrored);
    const after = await subject.run(program);
    before.forEach((observation, k) => {
      const expected = mapSlots(listsOf(observation.parameters[0]), { square_avg: same }, negated);
      const got = listsOf(after[k].parameters[0]);
      const difference = differenceOf(dropZeroSigns(expected), dropZeroSigns(got));
      if (difference === undefined) return;
      throw new PropertyFailure(`mirrored run, observation ${k}: ${difference}`, "contract-mismatch", {
        program,
        observations: after,
      });
    });
  },
});

export const permutationEquivariance = property<{ trace: Trace; seed: readonly number[] }>({
  id: "permutation-equivariance",
  clauses: ["RMS-8.3"],
  target: "implementation",
  requires: ["state", "deterministic"],
  weight: 2,
  arbitrary: ({ dialect }) =>
    arb
      .oneof(
        traces(dialect, { parts: EVERY_PART, regimes: ALL_REGIMES, maxSteps: 2 }),
        // Lengths with a vector body and a tail, in values that show every rounding.
        traces(dialect, {
          hyperparameters: hyperparameters(dialect, {}, arb.constant("decimal")),
          regimes: ["normal", "wide"],
          minSteps: 2,
          maxSteps: 3,
          lengths: [9, 15, 17, 31, 33, 67],
        }),
      )
      .chain((trace) =>
        arb.record({
          trace: arb.constant(trace),
          seed: arb.shuffledSubarray(
            trace.parameter.map((_, i) => i),
            { minLength: trace.parameter.length },
          ),
        }),
      ),
  check: async ({ trace, seed }, subject) => {
    const { dialect } = subject.declaration;
    const permuted: Transform = (values) => seed.map((i) => values[i]);
    await bothRuns(
      subject,
      traceProgram(dialect, trace),
      traceProgram(dialect, mapTrace(trace, permuted)),
      (lists) => mapSlots(lists, {}, permuted),
    );
  },
});

export const splitAndConcat = property<{ trace: Trace; cuts: readonly number[]; many: Trace }>({
  id: "split-and-concat",
  clauses: ["RMS-8.4"],
  target: "implementation",
  requires: ["state", "deterministic"],
  arbitrary: ({ dialect }) =>
    arb
      .tuple(
        traces(dialect, { parts: EVERY_PART, regimes: ALL_REGIMES, maxSteps: 2 }),
        traces(dialect, { parts: EVERY_PART, regimes: ["normal"], maxSteps: 1, lengths: [17] }),
      )
      .chain(([trace, many]) =>
        arb.record({
          trace: arb.constant(trace),
          cuts: arb.subarray([0, ...trace.parameter.map((_, i) => i + 1)], {
            minLength: 1,
            maxLength: Math.min(11, trace.parameter.length + 1),
          }),
          many: arb.constant(many),
        }),
      ),
  check: async ({ trace, cuts, many }, subject) => {
    await demandSplit(subject, trace, cuts);
    // Twelve parameters, of which no fixed number of slots has room.
    await demandSplit(
      subject,
      many,
      Array.from({ length: 11 }, (_, k) => k + 1),
    );
  },
});

export const elementsAreIndependent = property<{ trace: Trace; element: number; replacement: number }>({
  id: "elements-are-independent",
  clauses: ["RMS-8.5"],
  target: "implementation",
  requires: ["state", "deterministic"],
  arbitrary: ({ dialect }) =>
    traces(dialect, {
      parts: EVERY_PART,
      regimes: CALM_REGIMES,
      maxSteps: 2,
      lengths: [2, 4, 8, 9, 17, 33],
    }).chain((trace) =>
      arb.record({
        trace: arb.constant(trace),
        element: arb.nat({ max: trace.parameter.length - 1 }),
        replacement: arb.oneof(gridFloat, nonFiniteFloat, arb.constantFrom(1e30, 1e-30)),
      }),
    ),
  check: async ({ trace, element, replacement }, subject) => {
    const { dialect } = subject.declaration;
    const replaced: Transform = (values) =>
      values.map((x, i) => (i === element ? Math.fround(replacement) : x));
    const without: Transform = (values) => values.filter((_, i) => i !== element);
    const before = await subject.conforms(traceProgram(dialect, trace));
    const program = traceProgram(dialect, mapTrace(trace, same, replaced));
    const after = await subject.run(program);
    before.forEach((observation, k) => {
      const expected = mapSlots(listsOf(observation.parameters[0]), {}, without);
      const got = mapSlots(listsOf(after[k].parameters[0]), {}, without);
      const difference = differenceOf(expected, got);
      if (difference === undefined) return;
      const message = `the gradient of element ${element} changed another element: ${difference}`;
      throw new PropertyFailure(message, "contract-mismatch", { program, observations: after });
    });
  },
});

export const groupsAreIndependent = property<{ first: Trace; other: Hyperparameters }>({
  id: "groups-are-independent",
  clauses: ["RMS-8.6"],
  target: "implementation",
  requires: ["state", "groups", "deterministic"],
  arbitrary: ({ dialect }) =>
    arb.record({
      first: traces(dialect, { parts: EVERY_PART, regimes: CALM_REGIMES, lengths: [1, 4, 9] }),
      other: hyperparameters(dialect, EVERY_PART),
    }),
  check: async ({ first, other }, subject) => {
    const { dialect } = subject.declaration;
    const second: Trace = { ...first, hyperparameters: other };
    const alone = [
      await subject.conforms(traceProgram(dialect, first)),
      await subject.conforms(traceProgram(dialect, second)),
    ];
    const program = twoGroups(dialect, first, other);
    const together = await subject.run(program);
    together.forEach(({ parameters }, k) => {
      parameters.forEach((observed, group) => {
        const difference = differenceOf(
          listsOf(alone[group][k].parameters[0]),
          onlySlotsOf(listsOf(alone[group][k].parameters[0]), listsOf(observed)),
        );
        if (difference === undefined) return;
        const message = `group ${group} differs from an optimizer of its own: ${difference}`;
        throw new PropertyFailure(message, "contract-mismatch", { program, observations: together });
      });
    });
  },
});

export const aChangeIsForItsGroup = property<{ first: Trace; other: Hyperparameters; changed: 0 | 1 | 2 }>({
  id: "a-change-is-for-its-group",
  clauses: ["RMS-8.6"],
  target: "implementation",
  requires: ["state", "groups", "set"],
  weight: 0.5,
  arbitrary: ({ dialect }) =>
    arb.record({
      first: traces(dialect, { regimes: CALM_REGIMES, minSteps: 2, lengths: [1, 4, 9] }),
      other: hyperparameters(dialect, {}),
      changed: arb.constantFrom(0, 1, 2),
    }),
  check: async ({ first, other, changed }, subject) => {
    const { dialect } = subject.declaration;
    const group = { hyperparameters: first.hyperparameters, parameters: [vector(first.parameter)] };
    const { lr, alpha, lr_decay } = other;
    const observe = observeAll(dialect, first.hyperparameters);
    const all = (gradient: readonly number[]) => [step(gradient, gradient, gradient), observe];
    const [gradient, ...later] = first.gradients;
    await subject.conforms(
      programOf(dialect, [
        { op: "init", groups: [group, group, group] },
        ...all(gradient),
        { op: "set", group: changed, hyperparameters: { lr, alpha, lr_decay } },
        ...later.flatMap(all),
      ]),
    );
  },
});

export const symmetryProperties = [
  powerOfTwoScalingAtEpsZero,
  oddSymmetry,
  permutationEquivariance,
  splitAndConcat,
  elementsAreIndependent,
  groupsAreIndependent,
  aChangeIsForItsGroup,
];

function twoGroups(dialect: Dialect, first: Trace, other: Hyperparameters): Program {
  const parameters = [vector(first.parameter)];
  const groups = [first.hyperparameters, other].map((h) => ({ hyperparameters: h, parameters }));
  const slots = [...new Set([first.hyperparameters, other].flatMap((h) => observeAll(dialect, h).slots))];
  return programOf(dialect, [
    { op: "init", groups },
    ...first.gradients.flatMap((gradient) => [step(gradient, gradient), { op: "observe" as const, slots }]),
  ]);
}

/** An implementation may keep more slots than a group needs; only those that are needed are compared. */
function onlySlotsOf(needed: SlotLists, lists: SlotLists): SlotLists {
  const entries = Object.entries(lists).filter(([slot]) => needed[slot as Slot]);
  return Object.fromEntries(entries);
}
