/**
 * The same results in as few blocks as they need: for each element every value once, −0 and +0 apart. An element
 * with fewer values than others repeats its last one.
 *
 * Approximate operations follow one another, and most of their results meet: without this a quotient of a root would
 * be listed dozens of times.
 *
 * @param blocks at least one, of one length; they are overwritten, and the first of them are returned
 */
export function distinctBlocks(blocks: readonly Float64Array[]): Float64Array[] {
  const distinct = new DistinctValues(blocks.length);
  const { length } = blocks[0];
  const counts = new Int32Array(length);
  let most = 1;
  for (let i = 0; i < length; i++) {
    distinct.clear();
    for (let k = 0; k < blocks.length; k++) distinct.add(blocks[k][i]);
    const { count, values } = distinct;
    for (let k = 0; k < count; k++) blocks[k][i] = values[k];
    counts[i] = count;
    most = Math.max(most, count);
  }
  for (let i = 0; i < length; i++) {
    const last = blocks[counts[i] - 1][i];
    for (let k = counts[i]; k < most; k++) blocks[k][i] = last;
  }
  return blocks.slice(0, most);
}

/** Numbers in ascending order, NaN last. Those that come one after the other are mostly near one another. */
class DistinctValues {
  readonly values: Float64Array;
  count = 0;
  /** Where the last one was found or put. */
  private place = 0;

  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
  }

  clear(): void {
    this.count = 0;
    this.place = 0;
  }

  add(x: number): void {
    const { values, count } = this;
    let at = this.place;
    if (Number.isNaN(x)) at = count > 0 && Number.isNaN(values[count - 1]) ? count - 1 : count;
    else {
      // NaN is neither below x nor above it, and nothing is after it.
      while (at > 0 && !(values[at - 1] < x)) at--;
      while (at < count && values[at] < x) at++;
      if (at < count && x === 0 && values[at] === 0 && !Object.is(values[at], x)) at++;
    }
    this.place = at;
    if (at < count && Object.is(values[at], x)) return;
    values.copyWithin(at + 1, at, count);
    values[at] = x;
    this.count = count + 1;
  }
}
