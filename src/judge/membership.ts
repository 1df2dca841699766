import { type Evidence, evidenceOf } from "./evidence.js";

/**
 * Whether one observed float is one of the listed outcomes of its element. NaN is one class; −0 and +0 differ.
 */
export function isListed(outcomes: readonly Float64Array[], i: number, observed: number): boolean {
  for (const outcome of outcomes) {
    const value = outcome[i];
    if (
      value === observed
        ? value !== 0 || 1 / value === 1 / observed
        : Number.isNaN(value) && Number.isNaN(observed)
    ) {
      return true;
    }
  }
  return false;
}

/** The evidence of an accepted observation, from all listed outcomes of its element. */
export function listedEvidence(outcomes: readonly Float64Array[], i: number, old: number): Evidence {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const outcome of outcomes) {
    const value = outcome[i];
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  // Only NaN is accepted, or the step starts from no number: the class is all there is to show.
  if (lowest > highest || !Number.isFinite(old)) return "full";
  return evidenceOf(lowest, highest, old);
}

/** The distinct outcomes of one element in order, NaN last: what a report shows as accepted. */
export function listedValues(outcomes: readonly Float64Array[], i: number): number[] {
  const distinct: number[] = [];
  for (const outcome of outcomes) {
    if (!distinct.some((value) => Object.is(value, outcome[i]))) distinct.push(outcome[i]);
  }
  return distinct.sort((a, b) => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b || 1 / a - 1 / b));
}
