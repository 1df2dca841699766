import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { stepShape } from "../spec/step-shape.js";
import { VALIDATED } from "../src/adapter/hello.js";
import type { Declaration, Validation } from "../src/judge/declaration.js";
import type { Operation, Program, ProgramHyperparameters } from "../src/program/program.js";
import { vector } from "../src/program/tensor.js";
import { arb } from "./arbitraries/arb.js";
import { gridFloat } from "./arbitraries/floats.js";
import { hyperparameters } from "./arbitraries/hyperparameters.js";
import { init, OBSERVE_PARAMETER, observeAll, programOf, step } from "./arbitraries/traces.js";
import { property } from "./property.js";
import { PropertyFailure, RefusalFailure } from "./property-failure.js";
import type { Subject } from "./subject.js";
import { isValidating, refusedNames } from "./validating-dialects.js";

/** Family 12: which hyperparameters are refused, when, and what is left behind. */

type Validated = (typeof VALIDATED)[number];

/** What must be refused, by kind. */
const WRONG_VALUES = {
  /** The last one is a float32 only as a subnormal: a check after a cast that flushes sees −0. */
  negative: [-1, Number.NEGATIVE_INFINITY, -(2 ** -149)],
  nan: [Number.NaN],
} as const satisfies Record<keyof Validation, readonly number[]>;

const refuses = (kind: keyof Validation) => (declaration: Declaration) =>
  refusedNames(declaration, kind).length > 0 ||
  (declaration.validates !== undefined && `no hyperparameter is declared to be refused where it is ${kind}`);

/** Each name with each value: an implementation may forget any one of them, and none is left to luck. */
function wrongOnes(subject: Subject, kind: keyof Validation): ProgramHyperparameters[] {
  const values = WRONG_VALUES[kind];
  // What it does not offer, it need not refuse.
  const offered = refusedNames(subject.declaration, kind).filter(
    (name) =>
      (name !== "momentum" || subject.offers("momentum")) &&
      (name !== "weight_decay" || subject.offers("weight-decay")),
  );
  return offered.flatMap((name) => values.map((value) => ({ [name]: value })));
}

/** Hyperparameters with which each name in turn is taken to the ends of what is allowed. */
interface Boundary {
  readonly hyperparameters: Hyperparameters;
  readonly gradient: number;
}

const BOUNDARIES: readonly { readonly name: Validated; readonly value: number }[] = VALIDATED.flatMap(
  (name) => {
    const large = name === "momentum" || name === "weight_decay" ? [1, 2] : [1, 2, Number.POSITIVE_INFINITY];
    return [0, -0, 2 ** -149, ...large].map((value) => ({ name, value }));
  },
);

/** A program that goes on after an init, so that an implementation that checks later is seen to. */
function steppedProgram(dialect: Dialect, h: Hyperparameters, gradient = 1): Program {
  const once = [step([gradient, -gradient]), observeAll(dialect, h)];
  return programOf(dialect, [init(h, [0, 1]), ...once, ...once, ...once]);
}

/** The program with this value must be run, and judged like any other. */
async function demandAccepted(
  subject: Subject,
  program: Program,
  h: Hyperparameters,
  name: Validated,
): Promise<void> {
  const { dialect } = subject.declaration;
  const reply = await subject.reply(program);
  if (reply.status !== "ok") {
    const message = `${wrongText({ [name]: h[name] })} is allowed, but the implementation answered ${reply.phase}: ${reply.message}`;
    throw new RefusalFailure(message, "contract-mismatch", { program, observations: [] });
  }
  // A zero of either sign switches momentum off.
  const { momentum_buffer } = reply.observations[0].parameters[0];
  if (momentum_buffer?.values.some((x) => x !== 0) && !stepShape(dialect, h).momentum) {
    const message = `${wrongText({ momentum: h.momentum })} fills a momentum buffer`;
    throw new PropertyFailure(message, "contract-mismatch", { program, observations: reply.observations });
  }
  subject.accept(program, reply.observations);
}

/** The program must be refused in this phase, as an invalid hyperparameter. */
async function expectRefusal(
  subject: Subject,
  program: Program,
  phase: "init" | "set",
  wrong: ProgramHyperparameters,
): Promise<void> {
  const reply = await subject.refusal(program);
  if (reply.status === "error" && reply.phase === phase && reply.class === "invalid-hyperparameter") return;
  const answer =
    reply.status === "ok" ? "accepted it" : `answered ${reply.class} in ${reply.phase}: ${reply.message}`;
  const message = `${wrongText(wrong)} must be refused in ${phase} as invalid-hyperparameter, but the implementation ${answer}`;
  const observations = reply.status === "ok" ? reply.observations : [];
  throw new RefusalFailure(message, "contract-mismatch", { program, observations });
}

function wrongText(wrong: ProgramHyperparameters): string {
  return Object.entries(wrong)
    .map(([name, value]) => `${name} = ${Object.is(value, -0) ? "-0" : value}`)
    .join(", ");
}

const refusedAtInit = (id: string, clause: string, kind: keyof Validation) =>
  property<Hyperparameters>({
    id,
    clauses: [clause],
    target: "implementation",
    requires: [],
    appliesTo: refuses(kind),
    weight: 0.2,
    arbitrary: ({ dialect }) => hyperparameters(dialect, {}),
    check: async (h, subject) => {
      const { dialect } = subject.declaration;
      // What is refused must be the wrong value and not another one.
      subject.demandDomain(steppedProgram(dialect, h));
      for (const wrong of wrongOnes(subject, kind)) {
        const program = steppedProgram(dialect, { ...h, ...wrong } as Hyperparameters);
        await expectRefusal(subject, program, "init", wrong);
        if (!subject.offers("groups")) continue;
        const parameters = [vector([0])];
        const groups = [h, { ...h, ...wrong } as Hyperparameters].map((each) => ({
          hyperparameters: each,
          parameters,
        }));
        const later = programOf(dialect, [{ op: "init", groups }, step([1], [1]), OBSERVE_PARAMETER]);
        await expectRefusal(subject, later, "init", wrong);
      }
    },
  });

export const boundaryHyperparametersAreAccepted = property<Boundary>({
  id: "boundary-hyperparameters-are-accepted",
  clauses: ["RMS-12.1"],
  target: "implementation",
  requires: ["state", "momentum", "weight-decay"],
  // −0 is not negative, and nothing bounds them from above: β = 2 makes the mean square negative.
  appliesTo: ({ dialect }) => isValidating(dialect),
  weight: 0.1,
  arbitrary: ({ dialect }) =>
    arb.record({ hyperparameters: hyperparameters(dialect, {}), gradient: gridFloat }),
  check: async ({ hyperparameters: h, gradient }, subject) => {
    const { dialect } = subject.declaration;
    const programs = new Map(
      BOUNDARIES.map((each) => [steppedProgram(dialect, { ...h, [each.name]: each.value }, gradient), each]),
    );
    for (const program of subject.accepted([...programs.keys()])) {
      const { name, value } = programs.get(program) as (typeof BOUNDARIES)[number];
      await demandAccepted(subject, program, { ...h, [name]: value }, name);
    }
  },
});

export const wrongChangesAreRefused = property<{ hyperparameters: Hyperparameters; good: number }>({
  id: "wrong-changes-are-refused",
  clauses: ["RMS-12.3"],
  target: "implementation",
  requires: ["state", "set"],
  appliesTo: (declaration) => {
    const negative = refuses("negative")(declaration);
    return negative === true || refuses("nan")(declaration);
  },
  weight: 0.1,
  arbitrary: ({ dialect }) =>
    arb.record({ hyperparameters: hyperparameters(dialect, {}), good: arb.constantFrom(0.5, 0.25) }),
  check: async ({ hyperparameters: h, good }, subject) => {
    const { dialect } = subject.declaration;
    const set = (changes: ProgramHyperparameters): Operation => ({
      op: "set",
      group: 0,
      hyperparameters: changes,
    });
    const start = steppedProgram(dialect, h).operations;
    const again = steppedProgram(dialect, h).operations.slice(1);
    for (const wrong of [...wrongOnes(subject, "negative"), ...wrongOnes(subject, "nan")]) {
      const neighbour: ProgramHyperparameters = "lr" in wrong ? { alpha: good } : { lr: good };
      // The same change may also set a good value, which must not take effect either.
      for (const other of [{}, neighbour]) {
        // With good values the same change is accepted, so it is not `set` that is refused.
        const right = Object.keys(wrong).map((name) => [name, h[name as Validated]]);
        const changed = set({ ...other, ...Object.fromEntries(right) });
        await subject.conforms(programOf(dialect, [...start, changed, ...again]));
        const program = programOf(dialect, [...start, set({ ...other, ...wrong })]);
        await expectRefusal(subject, program, "set", wrong);
      }
    }
  },
});

export const negativeHyperparametersAreRefused = refusedAtInit(
  "negative-hyperparameters-are-refused",
  "RMS-12.1",
  "negative",
);

export const nanHyperparametersAreRefused = refusedAtInit(
  "nan-hyperparameters-are-refused",
  "RMS-12.2",
  "nan",
);

export const rejectedHyperparameterProperties = [
  negativeHyperparametersAreRefused,
  nanHyperparametersAreRefused,
  boundaryHyperparametersAreAccepted,
  wrongChangesAreRefused,
];
