import { type Evidence, evidenceOf } from "./evidence.js";

/**
 * The listed outcomes of a block beside what was observed: for each element, whether the observation is one of
 * them, and the lowest and highest. Memory is used again by the next block of the same length.
 */
export class ListedMembership {
  private outcomes: readonly Float64Array[] = [];
  private readonly accepted: Uint8Array;
  private readonly lowest: Float64Array;
  private readonly highest: Float64Array;

  /** @param length elements in a block */
  constructor(length: number) {
    this.accepted = new Uint8Array(length);
    this.lowest = new Float64Array(length);
    this.highest = new Float64Array(length);
  }

  /** NaN is one class; −0 and +0 differ. */
  compare(outcomes: readonly Float64Array[], observed: Float64Array): void {
    const { accepted, lowest, highest } = this;
    this.outcomes = outcomes;
    for (let i = 0; i < accepted.length; i++) {
      const seen = observed[i];
      let least = Number.POSITIVE_INFINITY;
      let greatest = Number.NEGATIVE_INFINITY;
      let equal = 0;
      for (let k = 0; k < outcomes.length; k++) {
        const value = outcomes[k][i];
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
        if (value === seen) equal = 1;
      }
      // Equality settles nearly everything; zeros and NaN need the slower question.
      if (seen === 0 || Number.isNaN(seen))
        equal = outcomes.some((outcome) => Object.is(outcome[i], seen)) ? 1 : 0;
      accepted[i] = equal;
      // Where NaN is listed these are NaN, and `evidence` looks again.
      lowest[i] = least;
      highest[i] = greatest;
    }
  }

  /** Whether the observation of element i is listed. */
  isListed(i: number): boolean {
    return this.accepted[i] === 1;
  }

  /** The evidence of element i, had it been accepted. */
  evidence(i: number, old: number): Evidence {
    let lowest = this.lowest[i];
    let highest = this.highest[i];
    if (Number.isNaN(lowest)) {
      const numbers = this.outcomes.map((outcome) => outcome[i]).filter((value) => !Number.isNaN(value));
      lowest = Math.min(...numbers);
      highest = Math.max(...numbers);
    }
    // Only NaN is accepted, or the step starts from no number: the class is all there is to show.
    if (lowest > highest || old - old !== 0) return "full";
    return evidenceOf(lowest, highest, old);
  }
}

/** The distinct outcomes of one element in order, NaN last: what a report shows as accepted. */
export function listedValues(outcomes: readonly Float64Array[], i: number): number[] {
  const distinct: number[] = [];
  for (const outcome of outcomes) {
    if (!distinct.some((value) => Object.is(value, outcome[i]))) distinct.push(outcome[i]);
  }
  return distinct.sort((a, b) => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b || 1 / a - 1 / b));
}
