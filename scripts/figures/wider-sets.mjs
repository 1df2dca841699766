import { fromOrdinal, ordinalOf } from "../../dist/src/float32/neighbours.js";
import { intervalSets } from "./interval-sets.mjs";
import { STEP } from "./settings.mjs";
import { textbookBound } from "./textbook-bound.mjs";

/**
 * What would be accepted if the results were not listed: for each slot and kind of set, whether element i accepts the
 * float at an ordinal, and, where a set has two ends, how many floats there are from one to the other.
 * @param listed for each slot, the sorted listed floats of each element
 */
export function widerSets(dialect, h, evaluation, inputs, stored, listed) {
  const textbook = Array.from(inputs.parameter, (_, i) =>
    textbookBound(dialect, h, STEP, elementOf(inputs, i), elementOf(stored, i)),
  );
  return intervalSets(dialect, h, evaluation, inputs, stored).map(({ slot, accepts, hull }) => {
    const ends = (i) => {
      const numbers = listed[slot][i].filter((value) => !Number.isNaN(value));
      return [numbers[0], numbers[numbers.length - 1]];
    };
    const kinds = {
      "their hull": between(ends),
      "one interval for each order": { accepts },
      "the hull of those": between(hull),
      "(1 + u) for each operation": between((i) => textbook[i][slot]),
    };
    return { slot, kinds };
  });
}

/** All floats between two ends; none where an end is missing or they are crossed. */
export function between(endsOf) {
  return {
    accepts: (i, place) => {
      const [low, high] = endsOf(i);
      const x = fromOrdinal(place);
      return low <= x && x <= high;
    },
    span: (i) => {
      const [low, high] = endsOf(i);
      return high >= low ? ordinalOf(high) - ordinalOf(low) + 1 : 0;
    },
  };
}

function elementOf(blocks, i) {
  return Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, block[i]]));
}
