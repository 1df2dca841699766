import type { Slot } from "../spec/arithmetic.js";
import type { Observation } from "../src/program/observation.js";
import { failureOf, type ProgramRun } from "./program-run.js";
import { differenceOf, listsOf, type SlotLists } from "./same-bits.js";

/** What of a run is compared. */
export interface Compared {
  /** These slots alone, which must be there. @default every slot */
  readonly slots?: readonly Slot[];
  /** A part of the run's observations. @default all of them */
  readonly observations?: readonly Observation[];
}

/**
 * Hold a run against the observations of another: the same bits in every slot, NaN taken as one class, and the
 * same step counts where both report them.
 *
 * @param why begins the message: what the two have in common
 * @throws {PropertyFailure} naming the first difference
 */
export function expectSameObservations(
  run: ProgramRun,
  expected: readonly Observation[],
  why: string,
  { slots, observations = run.observations }: Compared = {},
): void {
  const difference = firstDifference(expected, observations, slots);
  if (difference !== undefined) throw failureOf(run, "contract-mismatch", `${why}: ${difference}`);
}

function firstDifference(
  expected: readonly Observation[],
  got: readonly Observation[],
  slots: readonly Slot[] | undefined,
): string | undefined {
  if (expected.length !== got.length) return `${got.length} observations instead of ${expected.length}`;
  for (const [k, { parameters }] of expected.entries()) {
    for (const [p, before] of parameters.entries()) {
      const after = got[k].parameters[p];
      const where = `observation ${k}, parameter ${p}: `;
      if (!after) return `${where}not returned`;
      const missing = slots?.find((slot) => !before[slot]);
      if (missing) return `${where}${missing} was not returned`;
      const difference = differenceOf(only(listsOf(before), slots), only(listsOf(after), slots));
      if (difference !== undefined) return `${where}${difference}`;
      if (before.step !== undefined && after.step !== undefined && before.step !== after.step) {
        return `${where}${after.step} steps are counted instead of ${before.step}`;
      }
    }
  }
  return undefined;
}

function only(lists: SlotLists, slots: readonly Slot[] | undefined): SlotLists {
  if (!slots) return lists;
  return Object.fromEntries(Object.entries(lists).filter(([slot]) => slots.includes(slot as Slot)));
}
