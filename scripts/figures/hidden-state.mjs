import { SLOTS, stepShape } from "../../dist/spec/index.js";
import { fromOrdinal } from "../../dist/src/float32/neighbours.js";
import { PropagatedSets } from "../../dist/src/judge/propagated-sets.js";
import { elementSteps, RandomSource } from "../../dist/src/search/element-steps.js";
import { Curve } from "./curve.mjs";
import { storedBy } from "./listed-sets.mjs";
import { SEED } from "./one-step.mjs";
import { fitted } from "./settings.mjs";

/** Steps of which nothing is shown before the last. */
export const HIDDEN_STEPS = 8;

/**
 * The judge's propagated sets after HIDDEN_STEPS steps from a known state, of which only the last one's results are
 * shown, each for itself.
 * @returns for each slot its curve, and how many observations are weak or indeterminate
 */
export function hiddenCurves(dialect, h, { evaluation, truth }, regime, count) {
  const random = new RandomSource(SEED);
  const draw = () => fitted(elementSteps(regime, count, random), dialect, h);
  let state = draw();
  const { parameter, square_avg, grad_avg, momentum_buffer } = state;
  const shape = stepShape(dialect, h);
  const known = {
    parameter,
    state: {
      square_avg,
      ...(shape.centered && { grad_avg }),
      ...(shape.momentum && { momentum_buffer }),
    },
  };
  const propagated = new PropagatedSets({ dialect, evaluation }, known, shape.centered);
  for (let step = 1; step <= HIDDEN_STEPS; step++) {
    const { gradient } = step === 1 ? state : draw();
    state = { ...state, ...storedBy(truth, dialect, h, { ...state, gradient }, step) };
    propagated.step(h, step, gradient, {});
  }
  return SLOTS.filter((slot) => propagated.slots.includes(slot)).map((slot) => {
    const curve = new Curve();
    const evidence = { full: 0, weak: 0, indeterminate: 0 };
    for (let i = 0; i < count; i++) {
      const value = state[slot][i];
      if (!propagated.accepts(slot, i, value)) throw new Error(`${dialect.id}: a true ${slot} was rejected`);
      evidence[propagated.evidence(slot, i)]++;
      curve.add(value, (place) => propagated.accepts(slot, i, fromOrdinal(place)));
    }
    return { slot, curve, evidence };
  });
}
