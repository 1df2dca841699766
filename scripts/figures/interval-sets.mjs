import { SLOTS, stepShape } from "../../dist/spec/index.js";
import { fromOrdinal } from "../../dist/src/float32/neighbours.js";
import { accepts, FINITE, intervalStep, ordersOf } from "../../dist/src/oracle/interval/index.js";
import { STEP } from "./settings.mjs";

/**
 * The sets of one step in intervals, one for each order.
 * @returns for each slot, whether element i accepts the float at an ordinal, and the ends of the hull of all its
 *   intervals, which are crossed where no number is accepted
 */
export function intervalSets(dialect, h, evaluation, inputs, stored) {
  const shape = stepShape(dialect, h);
  const orders = ordersOf(evaluation).map((order) =>
    intervalStep({
      dialect,
      hyperparameters: h,
      step: STEP,
      evaluation: order,
      inputs: {
        ...inputs,
        grad_avg: shape.centered ? inputs.grad_avg : undefined,
        momentum_buffer: shape.momentum ? inputs.momentum_buffer : undefined,
      },
      observed: stored,
    }),
  );
  return SLOTS.filter((slot) => stored[slot]).map((slot) => {
    const sets = orders.map((order) => order[slot]);
    return {
      slot,
      accepts: (i, place) => sets.some((set) => accepts(set, i, fromOrdinal(place))),
      hull: (i) => {
        const finite = sets.filter(({ flags }) => flags[i] & FINITE);
        return [
          Math.min(...finite.map(({ lower }) => lower[i])),
          Math.max(...finite.map(({ upper }) => upper[i])),
        ];
      },
    };
  });
}
