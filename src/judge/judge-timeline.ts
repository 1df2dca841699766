import { SLOTS, type Slot, STATE_SLOTS } from "../../spec/arithmetic.js";
import type { Hyperparameters } from "../../spec/dialect.js";
import { evaluationOf } from "../../spec/evaluation.js";
import { referenceEvaluation } from "../../spec/evaluations.js";
import { shownSlots, slotsOf, stepShape } from "../../spec/step-shape.js";
import type { StepInputs } from "../../spec/update-rule.js";
import { type EnumeratedStep, Enumerator } from "../oracle/enumerated/enumerated-step.js";
import {
  emptyBuffer,
  givenState,
  initialState,
  type StateBlocks,
  withMissingBuffers,
} from "../oracle/initial-state.js";
import type { Observation } from "../program/observation.js";
import type { Tensor } from "../program/tensor.js";
import type { Timeline, TimelineEvent } from "../program/timeline.js";
import type { Declaration } from "./declaration.js";
import type { Evidence } from "./evidence.js";
import { floatsIn } from "./floats-in.js";
import type { JudgementSink } from "./judgement-sink.js";
import { ListedMembership, listedValues } from "./membership.js";
import type { AcceptedValues, Mismatch } from "./mismatch.js";
import { ObservationContract, type ObservedBlocks, type ObserveEvent } from "./observation-contract.js";
import { PropagatedSets } from "./propagated-sets.js";
import { emptyTally } from "./tally.js";

type StepEvent = Extract<TimelineEvent, { kind: "step" }>;

/** The acceptance sets of one slot, by element, however they were made. */
interface SlotSet {
  accepts(i: number): boolean;
  evidence(i: number): Evidence;
  accepted(i: number): AcceptedValues;
  /** How many floats are accepted. */
  size(i: number): number;
}

/** What is known to the bit of a parameter: from the program, or because it was observed. */
interface KnownState {
  parameter: Float64Array;
  /** Absent before the first step. */
  state?: StateBlocks;
}

/**
 * Judge one parameter's observations, which must have this parameter. A step whose results are all observed, from a
 * state that is known, is judged on its own: by the listed results, or by intervals where intermediates may be wider
 * than binary64. Everything else is judged by sets that are propagated along.
 */
export function judgeTimeline(
  timeline: Timeline,
  observations: readonly Observation[],
  declaration: Declaration,
  sink: JudgementSink,
): void {
  new TimelineJudge(timeline, observations, declaration, sink).run();
}

/** Elements of a tensor whose sets are listed at once. */
const SEGMENT = 4096;

/** Scratch memory of all judgements: of one segment each, whatever was judged before. */
const SETS = new Enumerator();
const REFERENCE = new Enumerator();
const MEMBERSHIP = new ListedMembership();

class TimelineJudge {
  private known: KnownState | undefined;
  /** The reference evaluation's own state, which goes on where nothing is observed. */
  private reference: KnownState;
  private propagated: PropagatedSets | undefined;
  /** Where sets are propagated: the last step. */
  private lastStep: StepEvent | undefined;
  /** Where sets are propagated: the slots that were shown or loaded and that no step has written since. */
  private seen: ObservedBlocks = {};
  /** Where sets are propagated: the slots that a step has written and that were not shown since. */
  private readonly unseen = new Set<Slot>();
  /** The slots that an implementation must have by now, if they are asked for. */
  private required: readonly Slot[] = ["parameter"];
  /** The slots that the last step has written. */
  private present: readonly Slot[] = ["parameter"];
  private stepsTaken = 0;
  private lastGradient: Tensor | undefined;
  private readonly length: number;
  private readonly contract: ObservationContract;

  constructor(
    private readonly timeline: Timeline,
    observations: readonly Observation[],
    private readonly declaration: Declaration,
    private readonly sink: JudgementSink,
  ) {
    this.contract = new ObservationContract(timeline, observations, (problem) => sink.breach(problem));
    const parameter = new Float64Array(timeline.initial.values);
    this.length = parameter.length;
    this.known = { parameter };
    this.reference = { parameter };
  }

  run(): void {
    const { events } = this.timeline;
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      if (event.kind === "load") this.load(event);
      else if (event.kind === "observe") {
        this.observeWithoutStep(event);
        this.contract.stepCount(event, this.stepsTaken);
      } else {
        const next = events[i + 1];
        const usesBuffer = (one: TimelineEvent) => one.kind === "step" && one.hyperparameters.momentum !== 0;
        i += this.step(event, next, events.slice(i + 1).some(usesBuffer));
        if (next?.kind === "observe") this.contract.stepCount(next, this.stepsTaken);
      }
    }
  }

  private load({ entry }: Extract<TimelineEvent, { kind: "load" }>): void {
    const state = givenState(entry);
    this.stepsTaken = entry.step;
    this.reference = { parameter: this.reference.parameter, state };
    this.present = ["parameter", "square_avg"];
    this.required = this.present;
    if (this.known) {
      this.known = { parameter: this.known.parameter, state };
      return;
    }
    this.propagated?.load(state);
    for (const slot of STATE_SLOTS) this.unseen.delete(slot);
    this.seen = { ...(this.seen.parameter && { parameter: this.seen.parameter }), ...state };
  }

  /** Judge a step, with the observation that follows it at once if there is one; returns events consumed. */
  private step(event: StepEvent, next: TimelineEvent | undefined, usesBufferLater: boolean): 0 | 1 {
    this.stepsTaken++;
    this.lastGradient = event.gradient;
    const gradient = new Float64Array(event.gradient.values);
    this.present = ["parameter", ...slotsOf(stepShape(this.declaration.dialect, event.hyperparameters))];
    // Where μ is 0 no buffer needs to be kept, also in a dialect that feeds it: it may be shown or not.
    this.required = ["parameter", ...shownSlots(this.declaration.dialect, event.hyperparameters)];
    const observed = next?.kind === "observe" ? this.observedBlocks(next) : undefined;

    const unused = this.unused(this.known?.state ?? this.seen);
    if (observed) this.contract.unusedSlots(event, this.stepsTaken, unused, observed);
    // A buffer that is fed at μ = 0 but not shown is only ever multiplied by zero: any of its values will do.
    const isUnseen = (slot: Slot) => !usesBufferLater && this.isListed() && !this.required.includes(slot);
    if (this.known && observed && this.present.every((slot) => observed[slot] || isUnseen(slot))) {
      const fed = this.oneStep(event, this.known, gradient, observed);
      this.known = {
        parameter: observed.parameter as Float64Array,
        state: { ...this.known.state, ...(fed && { momentum_buffer: fed }), ...stateIn(observed) },
      };
      this.reference = this.known;
      return 1;
    }
    this.propagated ??= new PropagatedSets(this.declaration, this.known as KnownState, this.everCentered());
    this.seen = unused;
    for (const slot of this.present) this.unseen.add(slot);
    this.known = undefined;
    this.advanceReference(event, this.reference, gradient);
    this.propagated.step(event.hyperparameters, this.stepsTaken, gradient, observed ?? {});
    this.lastStep = event;
    if (observed === undefined) return 0;
    this.judgePropagated(this.propagated, event, observed);
    return 1;
  }

  /** The slots of a state that the last step has not written. */
  private unused(state: ObservedBlocks | StateBlocks): ObservedBlocks {
    const entries = Object.entries(state).filter(([slot]) => !this.present.includes(slot as Slot));
    return Object.fromEntries(entries);
  }

  /** Whether the results of one step are listed rather than enclosed. */
  private isListed(): boolean {
    return !this.declaration.evaluation.intermediates.includes("wider");
  }

  /**
   * Segment by segment: the listed sets of a whole large tensor would need gigabytes.
   * @returns one possible value of a momentum buffer that was written and not shown
   */
  private oneStep(
    event: StepEvent,
    known: KnownState,
    gradient: Float64Array,
    observed: ObservedBlocks,
  ): Float64Array | undefined {
    const isHidden = this.present.includes("momentum_buffer") && !observed.momentum_buffer;
    const fed = isHidden ? new Float64Array(this.length) : undefined;
    let from = 0;
    do {
      const to = Math.min(from + SEGMENT, this.length);
      const part = <B extends object>(blocks: B): B => segmentOf(blocks, from, to);
      const parameter = known.parameter.subarray(from, to);
      const state = known.state && part(known.state);
      const before = { parameter, ...(state && { state }) };
      const buffer = this.oneSegment(event, before, gradient.subarray(from, to), part(observed), from);
      if (buffer) fed?.set(buffer, from);
      from = to;
    } while (from < this.length);
    return fed;
  }

  /**
   * @param from where the segment begins in the tensor
   * @returns one possible value of the momentum buffer, if it is not shown
   */
  private oneSegment(
    event: StepEvent,
    known: KnownState,
    gradient: Float64Array,
    observed: ObservedBlocks,
    from: number,
  ): Float64Array | undefined {
    const { dialect, reference } = this.declaration;
    const { hyperparameters: h } = event;
    const { length } = gradient;
    const inputs = this.inputsOf(known, h, gradient);
    const listed = this.isListed() ? this.listedSets(event, inputs, observed) : undefined;
    const setOf = listed?.setOf ?? this.enclosedSets(event, known, gradient, observed);
    const exact =
      reference &&
      REFERENCE.step(dialect, h, this.stepsTaken, referenceEvaluation(reference.evaluation), inputs, {});
    for (const slot of SLOTS) {
      const got = observed[slot];
      const set = got && setOf(slot, got);
      if (!set) continue;
      this.judgeSlot(event, slot, got, exact?.[slot], observed, inputs, set, from);
      this.sink.judged?.({
        operation: event.operation,
        parameter: this.timeline.parameter,
        step: this.stepsTaken,
        slot,
        hyperparameters: h,
        from,
        inputs,
        observed,
        set,
      });
      for (let i = 0; this.sink.set && i < length; i++) {
        const accepted = set.accepted(i);
        if (accepted.kind === "listed") this.sink.set(accepted.values);
      }
    }
    return observed.momentum_buffer ? undefined : listed?.outcomes.momentum_buffer?.[0];
  }

  /** Everything that the declared choices can store in one step. A set is valid until the next one is asked for. */
  private listedSets(
    event: StepEvent,
    inputs: StepInputs<Float64Array>,
    observed: ObservedBlocks,
  ): { outcomes: EnumeratedStep; setOf: (slot: Slot, got: Float64Array) => SlotSet | undefined } {
    const { dialect, evaluation } = this.declaration;
    const sets = SETS.explainedStep(
      dialect,
      event.hyperparameters,
      this.stepsTaken,
      evaluation,
      inputs,
      observed,
    );
    const setOf = (slot: Slot, got: Float64Array): SlotSet | undefined => {
      const outcomes = sets[slot];
      if (!outcomes) return undefined;
      const old = inputs[slot] as Float64Array;
      MEMBERSHIP.compare(outcomes, got);
      return {
        accepts: (i) => MEMBERSHIP.isListed(i),
        evidence: (i) => MEMBERSHIP.evidence(i, old[i]),
        accepted: (i) => ({ kind: "listed", values: listedValues(outcomes, i) }),
        size: (i) => listedValues(outcomes, i).length,
      };
    };
    return { outcomes: sets, setOf };
  }

  /** Choices that cannot be listed: for each order an interval of one step, from what is known. */
  private enclosedSets(
    event: StepEvent,
    known: KnownState,
    gradient: Float64Array,
    observed: ObservedBlocks,
  ): (slot: Slot, got: Float64Array) => SlotSet | undefined {
    const sets = new PropagatedSets(this.declaration, known, this.present.includes("grad_avg"));
    sets.step(event.hyperparameters, this.stepsTaken, gradient, observed);
    return (slot, got) => (this.present.includes(slot) ? setIn(sets, slot, got) : undefined);
  }

  /**
   * Hold every element of one slot against its set and against the reference's bits, if there are any.
   * @param from where these elements begin in the tensor
   */
  private judgeSlot(
    event: StepEvent,
    slot: Slot,
    got: Float64Array,
    expected: readonly Float64Array[] | undefined,
    observed: ObservedBlocks,
    inputs: StepInputs<Float64Array> | undefined,
    set: SlotSet,
    from: number,
  ): void {
    const tally = emptyTally();
    tally.judged = got.length;
    for (let i = 0; i < got.length; i++) {
      this.sink.size?.(slot, set.size(i));
      const accepted = set.accepts(i);
      const same = expected?.some((outcome) => Object.is(outcome[i], got[i])) ?? false;
      if (accepted) {
        if (same) tally.bitExact++;
        const evidence = set.evidence(i);
        if (evidence !== "full") tally[evidence]++;
      } else tally.rejected++;
      if (accepted && (same || !expected)) continue;
      const mismatch = (): Mismatch => ({
        ...this.place(event, slot, from + i),
        got: got[i],
        accepted: set.accepted(i),
        ...(expected && { reference: expected[0][i] }),
        ...(inputs && { inputs: elementOf(inputs, i) }),
        observed: elementOf(observed, i),
      });
      if (accepted) this.sink.differ(mismatch);
      else this.sink.reject(mismatch);
    }
    this.sink.count(slot, tally, inputs === undefined);
  }

  /** Judge what is seen of a step by the sets that were propagated to it, and go on from what is seen. */
  private judgePropagated(propagated: PropagatedSets, event: StepEvent, observed: ObservedBlocks): void {
    const after: ObservedBlocks = { parameter: this.reference.parameter, ...this.reference.state };
    for (const slot of SLOTS) {
      const got = observed[slot];
      // A slot that no step has written since it was last shown is not a result, though it may be shown again.
      if (!got || !this.unseen.delete(slot)) continue;
      const reference = this.declaration.reference && after[slot];
      const expected = reference && [reference];
      this.judgeSlot(event, slot, got, expected, observed, undefined, setIn(propagated, slot, got), 0);
    }
    propagated.anchor(observed);
    Object.assign(this.seen, observed);
    const { parameter } = this.seen;
    if (!parameter) return;
    this.reference = { ...this.reference, parameter };
    if (!propagated.slots.every((slot) => this.seen[slot])) return;
    this.known = { parameter, state: stateIn(this.seen) };
    this.reference = this.known;
    this.propagated = undefined;
  }

  /**
   * An observation with no step right before it must show what was given or seen last. What was not seen yet
   * is the result of the last step, shown late.
   */
  private observeWithoutStep(event: ObserveEvent): void {
    const observed = this.observedBlocks(event);
    const before: ObservedBlocks = this.known
      ? { parameter: this.known.parameter, ...this.known.state }
      : this.seen;
    this.contract.unchanged(event, before, observed);
    const entries = SLOTS.flatMap((slot) =>
      observed[slot] && !before[slot] ? [[slot, observed[slot]]] : [],
    );
    const late: ObservedBlocks = Object.fromEntries(entries);
    if (this.propagated && this.lastStep) this.judgePropagated(this.propagated, this.lastStep, late);
  }

  private advanceReference(event: StepEvent, before: KnownState, gradient: Float64Array): void {
    const { reference, dialect } = this.declaration;
    if (!reference) return;
    const inputs = this.inputsOf(before, event.hyperparameters, gradient);
    const after: ObservedBlocks = {};
    let from = 0;
    do {
      const to = Math.min(from + SEGMENT, this.length);
      const results: EnumeratedStep = REFERENCE.step(
        dialect,
        event.hyperparameters,
        this.stepsTaken,
        evaluationOf(reference.evaluation),
        segmentOf(inputs, from, to),
        {},
      );
      for (const slot of SLOTS) {
        const block = results[slot]?.[0];
        if (!block) continue;
        after[slot] ??= new Float64Array(this.length);
        after[slot].set(block, from);
      }
      from = to;
    } while (from < this.length);
    this.reference = {
      parameter: after.parameter as Float64Array,
      state: { ...before.state, ...stateIn(after) },
    };
  }

  private inputsOf(known: KnownState, h: Hyperparameters, gradient: Float64Array): StepInputs<Float64Array> {
    const { dialect, evaluation } = this.declaration;
    const shape = stepShape(dialect, h);
    const zero = emptyBuffer(evaluation);
    const state = known.state
      ? withMissingBuffers(known.state, shape, zero)
      : initialState(dialect, h, shape, gradient, zero);
    return { parameter: known.parameter, gradient, ...state };
  }

  private everCentered(): boolean {
    return this.timeline.events.some(
      (event) => event.kind === "step" && stepShape(this.declaration.dialect, event.hyperparameters).centered,
    );
  }

  private observedBlocks(event: ObserveEvent): ObservedBlocks {
    return this.contract.blocks(event, this.required, this.lastGradient);
  }

  private place(event: StepEvent, slot: Slot, element: number) {
    return {
      operation: event.operation,
      step: this.stepsTaken,
      parameter: this.timeline.parameter,
      element,
      slot,
      hyperparameters: event.hyperparameters,
    };
  }
}

function setIn(sets: PropagatedSets, slot: Slot, got: Float64Array): SlotSet {
  return {
    accepts: (i) => sets.accepts(slot, i, got[i]),
    evidence: (i) => sets.evidence(slot, i),
    accepted: (i) => ({ kind: "intervals", text: sets.describe(slot, i), ranges: sets.ranges(slot, i) }),
    size: (i) => floatsIn(sets.ranges(slot, i)),
  };
}

/** Views of the same part of every block. */
function segmentOf<B extends object>(blocks: B, from: number, to: number): B {
  const parts = Object.entries(blocks).map(([slot, block]) => [
    slot,
    (block as Float64Array).subarray(from, to),
  ]);
  return Object.fromEntries(parts) as B;
}

function stateIn(blocks: ObservedBlocks): StateBlocks {
  const state: Partial<Record<Slot, Float64Array>> = {};
  for (const slot of STATE_SLOTS) if (blocks[slot]) state[slot] = blocks[slot];
  return state as unknown as StateBlocks;
}

function elementOf<K extends string>(blocks: { readonly [P in K]?: Float64Array }, i: number) {
  const entries = Object.entries(blocks) as [K, Float64Array][];
  return Object.fromEntries(entries.map(([key, block]) => [key, block[i]])) as Record<K, number>;
}
