import type { Slot } from "../../spec/arithmetic.js";
import type { Observation } from "../program/observation.js";
import type { Program } from "../program/program.js";
import { timelinesOf } from "../program/timeline.js";
import type { Declaration } from "./declaration.js";
import { judgeTimeline } from "./judge-timeline.js";

/** The acceptance sets of the observations of one slot. */
export interface SlotSets {
  /** One for each observation: how many float32 values were accepted. */
  readonly sizes: number[];
  /** Observations that are accepted and prove little. */
  weak: number;
  /** Observations that are accepted and prove nothing. */
  indeterminate: number;
}

/**
 * How sharp a judgement is: the size of the acceptance set of every observation, by slot.
 * @param observations as many as the program has `observe` operations, with all parameters in each
 */
export function acceptanceSets(
  program: Program,
  observations: readonly Observation[],
  declaration: Declaration,
): ReadonlyMap<Slot, SlotSets> {
  const bySlot = new Map<Slot, SlotSets>();
  const of = (slot: Slot): SlotSets => {
    const present = bySlot.get(slot) ?? { sizes: [], weak: 0, indeterminate: 0 };
    bySlot.set(slot, present);
    return present;
  };
  for (const timeline of timelinesOf(program, declaration.dialect)) {
    judgeTimeline(timeline, observations, declaration, {
      size: (slot, floats) => of(slot).sizes.push(floats),
      count: (slot, { weak, indeterminate }) => {
        of(slot).weak += weak;
        of(slot).indeterminate += indeterminate;
      },
      reject: () => {},
      differ: () => {},
      breach: () => {},
    });
  }
  return bySlot;
}
