/** Whole numbers of which only the order matters: median, 99th percentile and largest. */
export class Distribution {
  #counts = new Map();
  size = 0;
  worst = Number.NEGATIVE_INFINITY;

  add(value, times = 1) {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + times);
    this.size += times;
    this.worst = Math.max(this.worst, value);
  }

  addAll(other) {
    for (const [value, times] of other.#counts) this.add(value, times);
  }

  /** The smallest value that at least this share of all values do not exceed. */
  quantile(share) {
    const values = [...this.#counts.keys()].sort((a, b) => a - b);
    let below = 0;
    for (const value of values) {
      below += this.#counts.get(value);
      if (below >= share * this.size) return value;
    }
    return Number.NaN;
  }

  get mean() {
    let sum = 0;
    for (const [value, times] of this.#counts) sum += value * times;
    return sum / this.size;
  }
}
