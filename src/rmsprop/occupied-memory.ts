interface Range {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Which bytes of which buffers the parameters lie in. A step writes there, so a second parameter or a gradient
 * in the same bytes would be read half updated.
 */
export class OccupiedMemory {
  // Sorted by start within a buffer; they do not overlap.
  readonly #ranges = new Map<ArrayBufferLike, Range[]>();

  /**
   * Add an array, unless its bytes are taken.
   * @returns the name of an array that it overlaps; then it was not added.
   */
  claim(name: string, array: Float32Array): string | undefined {
    const taken = this.overlapping(array);
    if (taken !== undefined || array.byteLength === 0) return taken;
    const ranges = this.#ranges.get(array.buffer) ?? [];
    const range = { name, start: array.byteOffset, end: array.byteOffset + array.byteLength };
    ranges.splice(firstEndingAfter(ranges, range.start), 0, range);
    this.#ranges.set(array.buffer, ranges);
    return undefined;
  }

  /** The name of a claimed array that shares bytes with this one. */
  overlapping(array: Float32Array): string | undefined {
    const ranges = this.#ranges.get(array.buffer);
    if (ranges === undefined || array.byteLength === 0) return undefined;
    const candidate = ranges[firstEndingAfter(ranges, array.byteOffset)];
    if (candidate === undefined) return undefined;
    return candidate.start < array.byteOffset + array.byteLength ? candidate.name : undefined;
  }
}

/** Index of the first range that ends after a byte; the number of ranges if none does. */
function firstEndingAfter(ranges: readonly Range[], byte: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle].end > byte) high = middle;
    else low = middle + 1;
  }
  return low;
}
