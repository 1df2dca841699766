import { SLOTS, type Slot, STATE_SLOTS } from "../../spec/arithmetic.js";
import type { StateBlocks } from "../oracle/initial-state.js";
import type { Observation } from "../program/observation.js";
import type { Tensor } from "../program/tensor.js";
import type { Timeline, TimelineEvent } from "../program/timeline.js";

export type ObserveEvent = Extract<TimelineEvent, { kind: "observe" }>;
type StepEvent = Extract<TimelineEvent, { kind: "step" }>;

/** What was observed of one parameter, as far as its shape is right. */
export type ObservedBlocks = Partial<Record<Slot, Float64Array>>;

/**
 * Reads what was observed of one parameter and checks what holds whatever was computed: shapes, slots that must be there,
 * step counts, gradients, and state that nothing has written.
 */
export class ObservationContract {
  /** @param breach given each violation, in words */
  constructor(
    private readonly timeline: Timeline,
    private readonly observations: readonly Observation[],
    private readonly breach: (problem: string) => void,
  ) {}

  /**
   * The observed slots whose shape is right.
   * @param required slots that must be there if they were asked for
   * @param lastGradient what the last step was given
   */
  blocks(event: ObserveEvent, required: readonly Slot[], lastGradient: Tensor | undefined): ObservedBlocks {
    const entry = this.entryOf(event);
    const blocks: ObservedBlocks = {};
    for (const slot of SLOTS) {
      const tensor = entry[slot];
      if (tensor) {
        if (this.fits(event, slot, tensor)) blocks[slot] = new Float64Array(tensor.values);
      } else if (event.slots.includes(slot) && required.includes(slot)) {
        this.breach(`${this.place(event)}: no ${slot} returned`);
      }
    }
    this.gradient(event, entry.gradient, lastGradient);
    return blocks;
  }

  /** A count that is shown must be right. Values come first: a count may only follow from what is wrong with them. */
  stepCount(event: ObserveEvent, stepsTaken: number): void {
    const { step } = this.entryOf(event);
    if (step === undefined || step === stepsTaken) return;
    this.breach(`${this.place(event)}: the step count is ${step} after ${stepsTaken} steps`);
  }

  /** A buffer that a step does not use is what it was: momentum may be switched off and on again. */
  unusedSlots(
    event: StepEvent,
    stepsTaken: number,
    before: ObservedBlocks | StateBlocks,
    observed: ObservedBlocks,
  ): void {
    for (const slot of STATE_SLOTS) {
      const was = before[slot];
      const got = observed[slot];
      const changed = was && got ? firstChange(was, got) : undefined;
      if (changed === undefined) continue;
      this.breach(
        `step ${stepsTaken} (operation ${event.operation}) does not use ${slot} of parameter ${this.timeline.parameter}, and yet ${changed}`,
      );
    }
  }

  /** Without a step before it, an observation shows what was given or seen last. */
  unchanged(event: ObserveEvent, before: ObservedBlocks, observed: ObservedBlocks): void {
    for (const slot of SLOTS) {
      const was = before[slot];
      const got = observed[slot];
      const changed = was && got ? firstChange(was, got) : undefined;
      if (changed === undefined) continue;
      this.breach(
        `operation ${event.operation}: ${slot} of parameter ${this.timeline.parameter} changed without a step: ${changed}`,
      );
    }
  }

  private gradient(event: ObserveEvent, shown: Tensor | undefined, given: Tensor | undefined): void {
    if (!event.slots.includes("gradient") || !shown || !given) return;
    if (!this.fits(event, "gradient", shown)) return;
    if (given.values.some((value, i) => !Object.is(value, shown.values[i])))
      this.breach(`${this.place(event)}: the gradient was changed by the step`);
  }

  private fits(event: ObserveEvent, name: string, { shape, values }: Tensor): boolean {
    const { initial } = this.timeline;
    const place = this.place(event);
    if (shape.join() !== initial.shape.join()) {
      this.breach(
        `${place}: ${name} has shape [${shape.join(", ")}] instead of [${initial.shape.join(", ")}]`,
      );
      return false;
    }
    if (values.length === initial.values.length) return true;
    this.breach(`${place}: ${name} has ${values.length} values instead of ${initial.values.length}`);
    return false;
  }

  private entryOf({ observation }: ObserveEvent): Observation["parameters"][number] {
    return this.observations[observation].parameters[this.timeline.parameter];
  }

  private place({ operation }: ObserveEvent): string {
    return `operation ${operation}, parameter ${this.timeline.parameter}`;
  }
}

/** The first element that is not the same to the bit, in words. */
function firstChange(was: Float64Array, got: Float64Array): string | undefined {
  const changed = got.findIndex((value, i) => !Object.is(value, was[i]));
  return changed < 0 ? undefined : `element ${changed} was ${was[changed]} and is ${got[changed]}`;
}
