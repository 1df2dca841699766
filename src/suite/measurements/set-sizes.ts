import { isDeepStrictEqual } from "node:util";
import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import { DEFAULT_FREEDOM } from "../../../spec/evaluations.js";
import type { Declaration } from "../../judge/declaration.js";
import { acceptanceSets, type SlotSets } from "../../judge/set-sizes.js";
import type { AnsweredProgram } from "./answered-program.js";
import type { MeasuredImplementation } from "./measured-implementation.js";
import type { SetSizes } from "./measurements.js";
import { quantile } from "./quantile.js";

/** How sharp the judgement of single steps is, by slot, compared with its sharpness under the default freedom. */
export async function measureSets(
  implementation: MeasuredImplementation,
  declaration: Declaration,
  answered: readonly AnsweredProgram[],
): Promise<SetSizes[]> {
  const sets = await sizesUnder(implementation, declaration, answered);
  if (isDeepStrictEqual(declaration.evaluation, DEFAULT_FREEDOM)) return sets;
  const byDefault = await sizesUnder(
    implementation,
    { dialect: declaration.dialect, evaluation: DEFAULT_FREEDOM },
    answered,
  );
  return sets.map((one) => {
    const other = byDefault.find(({ slot }) => slot === one.slot);
    // An interruption may have left out observations.
    if (other?.observations !== one.observations) return one;
    const { slot: _slot, observations: _observations, ...sizes } = other;
    return { ...one, byDefault: sizes };
  });
}

async function sizesUnder(
  implementation: MeasuredImplementation,
  declaration: Declaration,
  answered: readonly AnsweredProgram[],
): Promise<SetSizes[]> {
  const bySlot = new Map<Slot, SlotSets[]>();
  for (const { program, observations } of answered) {
    if (!(await implementation.goesOn())) break;
    for (const [slot, sets] of acceptanceSets(program, observations, declaration))
      bySlot.set(slot, [...(bySlot.get(slot) ?? []), sets]);
  }
  return SLOTS.flatMap((slot) => {
    const all = bySlot.get(slot);
    if (!all) return [];
    const sizes = Float64Array.from(all.flatMap((sets) => sets.sizes)).sort();
    return {
      slot,
      observations: sizes.length,
      median: quantile(sizes, 0.5),
      p99: quantile(sizes, 0.99),
      most: quantile(sizes, 1),
      weak: all.reduce((sum, { weak }) => sum + weak, 0),
      indeterminate: all.reduce((sum, { indeterminate }) => sum + indeterminate, 0),
    };
  });
}
