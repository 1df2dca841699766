import { SLOTS } from "../../dist/spec/index.js";
import { Enumerator } from "../../dist/src/oracle/enumerated/enumerated-step.js";
import { STEP } from "./settings.mjs";

/**
 * An experiment: how many floats would be listed for one more element of a tensor, were all of its elements held to
 * one combination of choices, or each to one of two (the body and the tail of a loop)? Under the default freedom every
 * listed outcome is one combination.
 *
 * @param displayed how many elements are seen before
 * @returns for each slot, sums over elements: as the judge lists them, with one combination and with two
 */
export function floatsLeft(dialect, h, evaluation, inputs, stored, displayed) {
  const { length } = inputs.parameter;
  const listed = new Enumerator().step(dialect, h, STEP, evaluation, inputs, stored);
  return SLOTS.filter((slot) => stored[slot]).map((slot) => {
    const combinations = listed[slot].map((values) => ({
      values,
      fits: Array.from(values, (value, i) => Object.is(value, stored[slot][i])),
    }));
    const sums = { elements: 0, free: 0, one: 0, two: 0 };
    for (let first = 0; first + displayed < length; first += displayed + 1) {
      const seen = Array.from({ length: displayed }, (_, i) => first + i);
      const distinct = (some) => new Set(some.map(({ values }) => keyOf(values[first + displayed]))).size;
      sums.elements++;
      sums.free += distinct(combinations);
      sums.one += distinct(combinations.filter(({ fits }) => seen.every((i) => fits[i])));
      sums.two += distinct(
        combinations.filter(({ fits }) => {
          const rest = seen.filter((i) => !fits[i]);
          return combinations.some((other) => rest.every((i) => other.fits[i]));
        }),
      );
    }
    return { slot, sums };
  });
}

/** A set takes −0 and +0 for one. */
function keyOf(value) {
  return Object.is(value, -0) ? "−0" : value;
}
