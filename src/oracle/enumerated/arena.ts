/**
 * Blocks of binary64 that are handed out again after each step, so that enumerating a step does not allocate.
 * Every block has `length` elements; what is in it at first is left over from before.
 */
export class Arena {
  private readonly blocks: Float64Array[] = [];
  private used = 0;

  constructor(readonly length: number) {}

  take(): Float64Array {
    if (this.used === this.blocks.length) this.blocks.push(new Float64Array(this.length));
    return this.blocks[this.used++];
  }

  /** Everything taken so far may be handed out again. */
  reset(): void {
    this.used = 0;
  }
}
