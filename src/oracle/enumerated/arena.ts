/**
 * Blocks of binary64 that are handed out again after each step, so that enumerating a step does not allocate. What is in
 * a block at first is left over from before. Memory grows with the longest block and the most blocks that a step has
 * taken, and with nothing else.
 */
export class Arena {
  private readonly buffers: ArrayBuffer[] = [];
  /** The blocks of the present length. */
  private blocks: Float64Array[] = [];
  private used = 0;

  /** @param length elements in a block */
  constructor(private size: number) {}

  /** Elements in a block. */
  get length(): number {
    return this.size;
  }

  take(): Float64Array {
    if (this.used === this.blocks.length) this.blocks.push(this.block(this.used));
    return this.blocks[this.used++];
  }

  /** A block of one number. */
  filled(value: number): Float64Array {
    return this.take().fill(value);
  }

  /**
   * Everything taken so far may be handed out again.
   * @param length elements in a block from now on
   */
  reset(length = this.size): void {
    this.used = 0;
    if (length === this.size) return;
    this.size = length;
    this.blocks = [];
  }

  private block(index: number): Float64Array {
    const bytes = this.size * Float64Array.BYTES_PER_ELEMENT;
    if ((this.buffers[index]?.byteLength ?? -1) < bytes) this.buffers[index] = new ArrayBuffer(bytes);
    return new Float64Array(this.buffers[index], 0, this.size);
  }
}
