import { SLOTS, type Slot } from "../../spec/arithmetic.js";
import { stepShape } from "../../spec/step-shape.js";
import type { StepInputs } from "../../spec/update-rule.js";
import { nextDown, nextUp } from "../float32/neighbours.js";
import { floatText } from "../float32/text.js";
import type { Declaration } from "../judge/declaration.js";
import { judgeTimeline } from "../judge/judge-timeline.js";
import type { Mismatch } from "../judge/mismatch.js";
import { emulateStep } from "../oracle/emulated/index.js";
import {
  emptyBuffer,
  givenState,
  initialState,
  type StateBlocks,
  withMissingBuffers,
} from "../oracle/initial-state.js";
import { isolateElement } from "../program/isolate-element.js";
import type { Observation } from "../program/observation.js";
import type { Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { timelinesOf } from "../program/timeline.js";
import type { RandomSource } from "../search/element-steps.js";
import type { ControlCounts } from "./controls.js";
import { type Disagreement, setText } from "./disagreement.js";
import type { NamedPinned } from "./pinned-choices.js";
import { isIn } from "./sampled-element.js";

/** Longer programs are emulated up to this many operations only. */
const MAX_OPERATIONS = 64;

/**
 * Judge one element of a program whose state was partly hidden, with a trace of which it is known how it must be judged:
 * every step computed by decimal.js under one declared evaluation, and only what the implementation showed is shown. The
 * sets that were propagated must accept all of it, and must reject its last value once it is moved outside.
 */
export function judgePropagatedControl(
  program: Program,
  observations: readonly Observation[],
  declaration: Declaration,
  pinned: NamedPinned,
  random: RandomSource,
  counts: ControlCounts,
): Disagreement | undefined {
  const isolated = randomElement(program, declaration, random);
  if (!isolated || !pinned.isDeclared) return undefined;
  const { parameter, element } = isolated;
  const shown = observations.map(({ parameters }) => shownIn(parameters[parameter]));
  const trace = emulatedTrace(isolated.program, shown, declaration, pinned);
  const problemOf = (problem: string, observed: readonly Observation[]): Disagreement => ({
    message: `element ${element} of parameter ${parameter} with hidden state: ${problem}`,
    minimal: { program: isolated.program, observations: observed },
  });

  counts.positive++;
  const [wrong] = rejectionsOf(isolated.program, trace, declaration);
  if (wrong) {
    return problemOf(
      `under ${pinned.name} decimal arithmetic gives ${wrong.slot} ${floatText(wrong.got)} at step ${wrong.step}, and the judge accepts ${setText(wrong.accepted)} only`,
      trace,
    );
  }
  counts.accepted++;

  const moved = movedOutside(isolated.program, trace, declaration);
  if (!moved) return undefined;
  counts.negative++;
  if (rejectionsOf(isolated.program, moved.trace, declaration).some(({ slot }) => slot === moved.slot)) {
    counts.rejected++;
    return undefined;
  }
  return problemOf(
    `the judge accepts ${moved.slot} ${floatText(moved.value)}, the next float outside what is accepted, which it must reject`,
    moved.trace,
  );
}

interface IsolatedElement {
  readonly program: Program;
  readonly parameter: number;
  readonly element: number;
}

/** One element of the program, chosen at random; undefined if there is none, or no step. */
function randomElement(
  program: Program,
  { dialect }: Declaration,
  random: RandomSource,
): IsolatedElement | undefined {
  const timelines = timelinesOf(program, dialect).filter(({ initial }) => initial.values.length > 0);
  if (timelines.length === 0) return undefined;
  const { parameter, initial, events } = random.pick(timelines);
  const steps = events.filter(({ kind, operation }) => kind === "step" && operation < MAX_OPERATIONS);
  const last = steps.at(-1);
  if (!last) return undefined;
  const element = random.integer(0, initial.values.length - 1);
  return { program: isolateElement(program, parameter, element, last.operation), parameter, element };
}

function shownIn(observed: Observation["parameters"][number]): Slot[] {
  return SLOTS.filter((slot) => observed[slot]);
}

/** What an implementation of one pinned evaluation shows of a single element, computed by decimal.js. */
function emulatedTrace(
  program: Program,
  shown: readonly (readonly Slot[])[],
  { dialect }: Declaration,
  { evaluation }: NamedPinned,
): Observation[] {
  const [timeline] = timelinesOf(program, dialect);
  const zero = emptyBuffer({ "momentum-buffer": [evaluation["momentum-buffer"]] });
  let parameter = new Float64Array(timeline.initial.values);
  let state: StateBlocks | undefined;
  let steps = 0;
  const trace: Observation[] = [];
  for (const event of timeline.events) {
    if (event.kind === "load") {
      steps = event.entry.step;
      state = givenState(event.entry);
    } else if (event.kind === "step") {
      steps++;
      const gradient = new Float64Array(event.gradient.values);
      const shape = stepShape(dialect, event.hyperparameters);
      state = state
        ? withMissingBuffers(state, shape, zero)
        : initialState(dialect, event.hyperparameters, shape, gradient, zero);
      const blocks = { parameter, gradient, ...state };
      const inputs = Object.fromEntries(Object.entries(blocks).map(([name, [value]]) => [name, value]));
      const [stored] = emulateStep(dialect, event.hyperparameters, steps, evaluation, [
        inputs as unknown as StepInputs<number>,
      ]);
      const { parameter: updated, ...written } = stored;
      parameter = new Float64Array([updated as number]);
      const writtenBlocks = Object.entries(written).map(([slot, value]) => [slot, new Float64Array([value])]);
      state = { ...state, ...Object.fromEntries(writtenBlocks) };
    } else {
      const known: Partial<Record<Slot, Float64Array>> = { parameter, ...state };
      const slots = shown[event.observation].flatMap((slot) => {
        const block = known[slot];
        return block ? [[slot, vector([block[0]])] as const] : [];
      });
      trace.push({ parameters: [Object.fromEntries(slots)] });
    }
  }
  return trace;
}

function rejectionsOf(
  program: Program,
  trace: readonly Observation[],
  { dialect, evaluation }: Declaration,
): Mismatch[] {
  const rejected: Mismatch[] = [];
  const [timeline] = timelinesOf(program, dialect);
  judgeTimeline(
    timeline,
    trace,
    { dialect, evaluation },
    {
      count: () => {},
      differ: () => {},
      // What is shown or kept of unused slots is not decided by the sets.
      breach: () => {},
      reject: (make) => rejected.push(make()),
    },
  );
  return rejected;
}

interface MovedTrace {
  readonly slot: Slot;
  readonly value: number;
  readonly trace: readonly Observation[];
}

/**
 * The trace with the last parameter that it shows moved to the next float outside what is accepted of it; undefined where
 * nothing is shown, or the set ends with infinity.
 */
function movedOutside(
  program: Program,
  trace: readonly Observation[],
  declaration: Declaration,
): MovedTrace | undefined {
  const slot = "parameter";
  const last = trace.at(-1);
  const seen = last?.parameters[0][slot]?.values[0];
  if (last === undefined || seen === undefined || !Number.isFinite(seen)) return undefined;
  const withValue = (value: number): Observation[] => [
    ...trace.slice(0, -1),
    { parameters: [{ ...last.parameters[0], [slot]: vector([value]) }] },
  ];
  // A rejection carries what is accepted: the first of these that is not in the set shows the set.
  const set = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    .flatMap((value) => rejectionsOf(program, withValue(value), declaration))
    .find((mismatch) => mismatch.slot === slot)?.accepted;
  if (!set) return undefined;
  const ends = set.kind === "listed" ? set.values : set.ranges.flat();
  const numbers = ends.filter((value) => Number.isFinite(value));
  const candidates = [nextUp(Math.max(...numbers)), nextDown(Math.min(...numbers))];
  const value = candidates.find((candidate) => Number.isFinite(candidate) && !isIn(set, candidate));
  return value === undefined ? undefined : { slot, value, trace: withValue(value) };
}
