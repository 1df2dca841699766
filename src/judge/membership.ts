import { type Evidence, evidenceOf } from "./evidence.js";

/**
 * The listed outcomes of a block compared with what was observed: for each element, whether the observation is one of
 * them, and the lowest and highest. Memory is used again by the next block.
 */
export class ListedMembership {
  private outcomes: readonly Float64Array[] = [];
  private accepted = new Uint8Array(0);
  private lowest = new Float64Array(0);
  private highest = new Float64Array(0);

  /** NaN is one class; −0 and +0 differ. */
  compare(outcomes: readonly Float64Array[], observed: Float64Array): void {
    const { length } = observed;
    if (this.accepted.length < length) {
      this.accepted = new Uint8Array(length);
      this.lowest = new Float64Array(length);
      this.highest = new Float64Array(length);
    }
    const { accepted, lowest, highest } = this;
    this.outcomes = outcomes;
    accepted.fill(0);
    lowest.set(outcomes[0]);
    highest.set(outcomes[0]);
    // Two outcomes at a time: half the reading and writing of what is kept. An odd one out is met twice.
    for (let k = 0; k < outcomes.length; k += 2) {
      const first = outcomes[k];
      const second = outcomes[Math.min(k + 1, outcomes.length - 1)];
      for (let i = 0; i < length; i++) {
        const a = first[i];
        const b = second[i];
        // Where NaN is listed these become NaN, and `evidence` looks again.
        lowest[i] = Math.min(lowest[i], Math.min(a, b));
        highest[i] = Math.max(highest[i], Math.max(a, b));
        if (a === observed[i] || b === observed[i]) accepted[i] = 1;
      }
    }
    // Equality settles nearly everything; zeros and NaN need the slower question.
    for (let i = 0; i < length; i++) {
      const seen = observed[i];
      if (seen === 0 || Number.isNaN(seen)) accepted[i] = listsExactly(outcomes, i, seen) ? 1 : 0;
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

function listsExactly(outcomes: readonly Float64Array[], i: number, seen: number): boolean {
  return outcomes.some((outcome) => Object.is(outcome[i], seen));
}

/** The distinct outcomes of one element in order, NaN last: what a report shows as accepted. */
export function listedValues(outcomes: readonly Float64Array[], i: number): number[] {
  const distinct: number[] = [];
  for (const outcome of outcomes) {
    if (!distinct.some((value) => Object.is(value, outcome[i]))) distinct.push(outcome[i]);
  }
  return distinct.sort((a, b) => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b || 1 / a - 1 / b));
}
