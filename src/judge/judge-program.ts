import type { Slot } from "../../spec/arithmetic.js";
import type { Observation } from "../program/observation.js";
import type { OperationOf, Program } from "../program/program.js";
import { timelinesOf } from "../program/timeline.js";
import type { Declaration } from "./declaration.js";
import { judgeTimeline } from "./judge-timeline.js";
import type { JudgedSlot } from "./judgement-sink.js";
import type { Mismatch } from "./mismatch.js";
import { addTally, emptyTally, type Tally } from "./tally.js";
import type { Verdict } from "./verdict.js";

/** The judgement on the observations of one program. */
export interface Judgement {
  readonly tally: Tally;
  /** The part of the tally that was judged by propagated sets, because the state was not observed. */
  readonly multiStep: Tally;
  readonly bySlot: Readonly<Partial<Record<Slot, Tally>>>;
  /** Observations outside the acceptance set, first ones first. */
  readonly rejected: readonly Mismatch[];
  /** Accepted observations that are not the reference's bits, first ones first; empty without a reference. */
  readonly notBitExact: readonly Mismatch[];
  /** Violations of the contract (shapes, slots, mutated gradients) rather than of the arithmetic. */
  readonly contract: readonly string[];
}

/** How many mismatches of each kind a judgement lists; the tallies count them all. */
export const MAX_LISTED_MISMATCHES = 32;

/**
 * Judge the observations of a program, each step from the implementation's own previous state where that was
 * observed, and by propagated sets where it was not.
 * @param onSet given the listed acceptance set of each observation, in order, where sets are listed
 * @param onSlot given each slot that was judged by one step
 */
export function judgeProgram(
  program: Program,
  observations: readonly Observation[],
  declaration: Declaration,
  onSet?: (values: readonly number[]) => void,
  onSlot?: (slot: JudgedSlot) => void,
): Judgement {
  const bySlot: Partial<Record<Slot, Tally>> = {};
  const multiStep = emptyTally();
  const rejected: Mismatch[] = [];
  const notBitExact: Mismatch[] = [];
  const contract = breachesOfCount(program, observations);
  if (contract.length === 0) {
    for (const timeline of timelinesOf(program, declaration.dialect)) {
      judgeTimeline(timeline, observations, declaration, {
        count: (slot, tally, propagated) => {
          bySlot[slot] ??= emptyTally();
          addTally(bySlot[slot], tally);
          if (propagated) addTally(multiStep, tally);
        },
        reject: (make) => rejected.length < MAX_LISTED_MISMATCHES && rejected.push(make()),
        differ: (make) => notBitExact.length < MAX_LISTED_MISMATCHES && notBitExact.push(make()),
        breach: (problem) => contract.push(problem),
        ...(onSet && { set: onSet }),
        ...(onSlot && { judged: onSlot }),
      });
    }
  }
  const tally = emptyTally();
  for (const slotTally of Object.values(bySlot)) addTally(tally, slotTally);
  return { tally, multiStep, bySlot, rejected, notBitExact, contract };
}

/** Wrong numbers of observations, or of parameters in them. */
export function breachesOfCount(program: Program, observations: readonly Observation[]): string[] {
  const observed = [...program.operations.entries()].filter(([, { op }]) => op === "observe");
  if (observations.length !== observed.length) {
    return [`${observations.length} observations were returned for ${observed.length} observe operations`];
  }
  const [init] = program.operations as [OperationOf<"init">];
  const count = init.groups.reduce((sum, { parameters }) => sum + parameters.length, 0);
  return observations.flatMap(({ parameters }, k) =>
    parameters.length === count
      ? []
      : [
          `operation ${observed[k][0]}: the observation has ${parameters.length} parameters instead of ${count}`,
        ],
  );
}

/** Thrown inside `isAccepted` to stop at the first rejection. */
class Rejected extends Error {}

/** Whether every observation is accepted; stops at the first that is not. */
export function isAccepted(
  program: Program,
  observations: readonly Observation[],
  { dialect, evaluation }: Declaration,
): boolean {
  if (breachesOfCount(program, observations).length > 0) return false;
  const stop = () => {
    throw new Rejected();
  };
  try {
    for (const timeline of timelinesOf(program, dialect)) {
      judgeTimeline(
        timeline,
        observations,
        { dialect, evaluation },
        {
          count: () => {},
          reject: stop,
          differ: () => {},
          breach: stop,
        },
      );
    }
    return true;
  } catch (error) {
    if (error instanceof Rejected) return false;
    throw error;
  }
}

/**
 * The verdict by the tallies alone. Rejected observations are `differs` here; the diagnosis decides whether they are
 * something else (another dialect, inaccurate …).
 */
export function verdictOf(judgement: Judgement, declaration: Declaration): Verdict {
  const { tally, contract } = judgement;
  if (contract.length > 0) return "contract-mismatch";
  if (tally.rejected > 0) return "differs";
  if (tally.weak + tally.indeterminate === tally.judged) return "inconclusive";
  return declaration.reference && tally.bitExact === tally.judged ? "bit-exact" : "certified";
}
