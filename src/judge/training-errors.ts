import { SLOTS, type Slot } from "../../spec/arithmetic.js";
import type { Dialect } from "../../spec/dialect.js";
import { type Enclosure, errorInUlps, point } from "../oracle/exact/index.js";
import type { Observation } from "../program/observation.js";
import type { Program } from "../program/program.js";
import { type Timeline, timelinesOf } from "../program/timeline.js";
import { largerOf, unitOf } from "./error-unit.js";
import { ExactTraining } from "./exact-training.js";

type SlotErrors = Partial<Record<Slot, number[]>>;

/**
 * The deviation of a training from the same training over the reals, after each observed step: the largest error
 * over all elements, in ulps of `unitOf` with the largest exact value that the element has had so far. An error that a
 * parameter picked up while it was large remains when it approaches zero.
 *
 * @param program a fresh start, then steps with the same hyperparameters, each observed or not
 * @param observations as many as the program has `observe` operations, with all parameters in each
 * @param digits of the exact training
 * @returns a list for each slot, which ends where the digits no longer determine whether a result is NaN; lists that
 *   would be empty are left out
 */
export function trainingErrors(
  program: Program,
  observations: readonly Observation[],
  dialect: Dialect,
  digits?: number,
): SlotErrors {
  const errors: SlotErrors = {};
  for (const timeline of timelinesOf(program, dialect)) {
    for (const [slot, own] of Object.entries(errorsOf(timeline, observations, dialect, digits))) {
      const others = errors[slot as Slot];
      errors[slot as Slot] = others ? own.map((error, k) => Math.max(error, others[k])) : own;
    }
  }
  const entries = Object.entries(errors).map(([slot, all]) => {
    const end = all.findIndex(Number.isNaN);
    return [slot, end < 0 ? all : all.slice(0, end)] as const;
  });
  return Object.fromEntries(entries.filter(([, list]) => list.length > 0));
}

function errorsOf(
  { events, initial, parameter }: Timeline,
  observations: readonly Observation[],
  dialect: Dialect,
  digits: number | undefined,
): SlotErrors {
  const errors: SlotErrors = {};
  const largest: Partial<Record<Slot, readonly Enclosure[]>> = {
    parameter: Array.from(initial.values, point),
  };
  let training: ExactTraining | undefined;
  let exact: Partial<Record<Slot, readonly Enclosure[]>> = {};
  for (const event of events) {
    if (event.kind === "step") {
      training ??= new ExactTraining(dialect, event.hyperparameters, initial.values, digits);
      exact = training.step(Array.from(event.gradient.values, point));
      for (const slot of SLOTS) {
        const before = largest[slot];
        const now = exact[slot];
        if (now) largest[slot] = before ? now.map((one, i) => largerOf(one, before[i])) : now;
      }
    }
    if (event.kind !== "observe") continue;
    const seen = observations[event.observation].parameters[parameter];
    for (const slot of SLOTS) {
      const got = seen[slot]?.values;
      const now = exact[slot];
      if (!got || !now) continue;
      const units = largest[slot] as readonly Enclosure[];
      const own = now.map((one, i) => errorInUlps(got[i], one, unitOf(slot, one, units[i])));
      errors[slot] ??= [];
      errors[slot].push(Math.max(...own));
    }
  }
  return errors;
}
