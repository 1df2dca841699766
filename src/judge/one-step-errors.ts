import { SLOTS, type Slot, STATE_SLOTS, type StateSlot } from "../../spec/arithmetic.js";
import type { Dialect } from "../../spec/dialect.js";
import { slotsOf, stepShape } from "../../spec/step-shape.js";
import type { StepInputs } from "../../spec/update-rule.js";
import {
  type Enclosure,
  type ExactStepOptions,
  errorInUlps,
  exactStep,
  point,
} from "../oracle/exact/index.js";
import { initialState, type StateBlocks, withMissingBuffers } from "../oracle/initial-state.js";
import type { Observation, ObservedParameter } from "../program/observation.js";
import type { Program } from "../program/program.js";
import { type Timeline, type TimelineEvent, timelinesOf } from "../program/timeline.js";
import { unitOf } from "./error-unit.js";

/** The errors of one slot of one parameter after one step. */
export interface StepErrors {
  readonly slot: Slot;
  readonly parameter: number;
  /** Index of the step in the program's operations. */
  readonly operation: number;
  /** Steps of the parameter so far, this one included. */
  readonly step: number;
  /** For each element, in ulps of `unitOf`; see `errorInUlps`. NaN where no number of digits tells. */
  readonly ulps: Float64Array;
  readonly got: Float32Array;
  /** The exact result of an element in decimal, to 20 digits; NaN, Infinity or -Infinity. */
  exactText(element: number): string;
}

type StepEvent = Extract<TimelineEvent, { kind: "step" }>;
type Blocks = Partial<Record<Slot, Float32Array>>;

/** The state before a step, known to the bit. */
interface KnownState {
  readonly parameter: Float32Array;
  /** Absent before the first step. */
  readonly state?: Partial<Record<StateSlot, Float32Array>>;
}

/**
 * Digits to try, in order. The first leave a float32 far behind; the second hold the square of any float32 between 2^-80
 * and 2^80, so that a variance which is exactly zero is seen to be.
 */
const DIGITS = [30, 140] as const;

/** Far more digits than a float32 needs: an error of a thousandth of an ulp is seen in them. */
const SHOWN_DIGITS = 20;

/**
 * The error of every step from known values, which the program gave or the implementation showed, compared with the same
 * step over the reals from the same values. Later slots of a step are compared with what follows from the observed
 * state, as in the judge, so that an error of the state is not counted twice. Steps from a state that was not shown are
 * left out, and so are tensors of the wrong length.
 *
 * @param observations as many as the program has `observe` operations, with all parameters in each
 */
export function oneStepErrors(
  program: Program,
  observations: readonly Observation[],
  dialect: Dialect,
): StepErrors[] {
  return timelinesOf(program, dialect).flatMap((timeline) => errorsOf(timeline, observations, dialect));
}

function errorsOf(timeline: Timeline, observations: readonly Observation[], dialect: Dialect): StepErrors[] {
  const { events, initial, parameter } = timeline;
  const errors: StepErrors[] = [];
  let known: KnownState | undefined = { parameter: initial.values };
  let steps = 0;
  for (const [i, event] of events.entries()) {
    if (event.kind === "load") {
      steps = event.entry.step;
      known &&= { parameter: known.parameter, state: stateOf(event.entry) };
    }
    if (event.kind !== "step") continue;
    steps++;
    const next = events[i + 1];
    const observed =
      next?.kind === "observe"
        ? observedBlocks(observations[next.observation].parameters[parameter], initial.values.length)
        : {};
    if (known) errors.push(...stepErrors(dialect, event, steps, parameter, known, observed));
    known = knownAfter(dialect, event, known, observed);
  }
  return errors;
}

/** A step whose results are all shown is the start of the next one. */
function knownAfter(
  dialect: Dialect,
  { hyperparameters }: StepEvent,
  before: KnownState | undefined,
  observed: Blocks,
): KnownState | undefined {
  const { parameter } = observed;
  const written = slotsOf(stepShape(dialect, hyperparameters));
  if (!parameter || !written.every((slot) => observed[slot])) return undefined;
  return { parameter, state: { ...before?.state, ...stateIn(observed) } };
}

function stepErrors(
  dialect: Dialect,
  event: StepEvent,
  step: number,
  parameter: number,
  known: KnownState,
  observed: Blocks,
): StepErrors[] {
  const inputs = inputsOf(dialect, event, known);
  const seen = stateIn(observed);
  const bySlot = new Map<Slot, { ulps: Float64Array; exact: Enclosure[] }>();
  let pending = Array.from(inputs.gradient, (_, element) => element);
  for (const digits of DIGITS) {
    const exact = exactStep(dialect, event.hyperparameters, step, pick(inputs, pending), {
      digits,
      observed: pick(seen, pending) as Required<ExactStepOptions>["observed"],
    });
    const open = new Set<number>();
    for (const slot of SLOTS) {
      const results = exact[slot];
      const got = observed[slot];
      const before = inputs[slot];
      if (!results || !got || !before) continue;
      const errors = bySlot.get(slot) ?? { ulps: new Float64Array(got.length), exact: [] };
      bySlot.set(slot, errors);
      for (const [i, element] of pending.entries()) {
        const unit = unitOf(slot, results[i], point(before[element]));
        errors.exact[element] = results[i];
        errors.ulps[element] = errorInUlps(got[element], results[i], unit);
        if (Number.isNaN(errors.ulps[element])) open.add(element);
      }
    }
    pending = [...open];
    if (pending.length === 0) break;
  }
  return [...bySlot].map(([slot, { ulps, exact }]) => ({
    slot,
    parameter,
    operation: event.operation,
    step,
    ulps,
    got: observed[slot] as Float32Array,
    exactText: (element) => exact[element].lo.toSignificantDigits(SHOWN_DIGITS).toString(),
  }));
}

function inputsOf(dialect: Dialect, event: StepEvent, known: KnownState): StepInputs<ArrayLike<number>> {
  const { hyperparameters: h } = event;
  const gradient = event.gradient.values;
  const shape = stepShape(dialect, h);
  const state: StateBlocks = known.state?.square_avg
    ? withMissingBuffers(wide(known.state) as unknown as StateBlocks, shape)
    : initialState(dialect, h, shape, Float64Array.from(gradient));
  return { parameter: known.parameter, gradient, ...state };
}

function wide(state: Partial<Record<StateSlot, Float32Array>>): Partial<Record<StateSlot, Float64Array>> {
  const entries = Object.entries(state).map(([slot, values]) => [slot, Float64Array.from(values)]);
  return Object.fromEntries(entries);
}

function stateOf(
  entry: Extract<TimelineEvent, { kind: "load" }>["entry"],
): Partial<Record<StateSlot, Float32Array>> {
  const given = STATE_SLOTS.flatMap((slot) => {
    const tensor = entry[slot];
    return tensor ? [[slot, tensor.values]] : [];
  });
  return Object.fromEntries(given);
}

function observedBlocks(entry: ObservedParameter, length: number): Blocks {
  const seen = SLOTS.flatMap((slot) => {
    const values = entry[slot]?.values;
    return values?.length === length ? [[slot, values]] : [];
  });
  return Object.fromEntries(seen);
}

function stateIn({ parameter: _, ...state }: Blocks): Partial<Record<StateSlot, Float32Array>> {
  return state;
}

/** These elements of each block. */
function pick<B extends object>(blocks: B, elements: readonly number[]): B {
  const entries = Object.entries(blocks as Record<string, ArrayLike<number>>);
  return Object.fromEntries(
    entries.map(([name, block]) => [name, elements.map((element) => block[element])]),
  ) as B;
}
