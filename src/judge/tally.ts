/** Counts of judged observations (one element of one slot after one step each). */
export interface Tally {
  judged: number;
  /** Accepted and equal to the reference evaluation, to the bit. */
  bitExact: number;
  /** Accepted, but the acceptance set is wide relative to the update. */
  weak: number;
  /** Accepted, but no change at all or the opposite one would have been accepted too. */
  indeterminate: number;
  /** Outside the acceptance set. */
  rejected: number;
}

export function emptyTally(): Tally {
  return { judged: 0, bitExact: 0, weak: 0, indeterminate: 0, rejected: 0 };
}

export function addTally(to: Tally, from: Tally): void {
  to.judged += from.judged;
  to.bitExact += from.bitExact;
  to.weak += from.weak;
  to.indeterminate += from.indeterminate;
  to.rejected += from.rejected;
}
