import type { EvaluationChoice } from "../../../spec/evaluation.js";
import type { Arena } from "./arena.js";
import { flushBlock, flushTinySums, fuseBlocks } from "./block-loops.js";

/** Rounds blocks to float32 under one choice of `subnormals`. Results are new blocks of the arena. */
export class BlockRounding {
  readonly flushes: boolean;
  /** Whether tininess is looked for before rounding. */
  readonly early: boolean;

  constructor(
    readonly arena: Arena,
    subnormals: EvaluationChoice<"subnormals">,
  ) {
    this.flushes = subnormals !== "kept";
    this.early = subnormals === "flushed-early";
  }

  /** A block of float32s as operations read it: itself, or a copy where flushing covers inputs too. */
  input(values: Float64Array): Float64Array {
    if (!this.flushes) return values;
    const copy = this.copyOf(values);
    flushBlock(copy);
    return copy;
  }

  /**
   * One operation over a block, in binary64 or rounded to float32.
   * @param loop given whether it is to round to float32 at once
   */
  apply(wide: boolean, loop: (out: Float64Array, single: boolean) => void): Float64Array {
    const out = this.arena.take();
    // A binary64 is far from its own subnormals; only what is rounded to float32 is flushed.
    if (wide || !this.flushes) loop(out, !wide);
    else {
      loop(out, false);
      this.round(out);
    }
    return out;
  }

  rounded(values: Float64Array): Float64Array {
    const out = this.copyOf(values);
    this.round(out);
    return out;
  }

  /** productSign·x·y + zSign·z, rounded once. */
  fused(x: Float64Array, y: Float64Array, z: Float64Array, productSign: 1 | -1, zSign: 1 | -1): Float64Array {
    const out = this.arena.take();
    fuseBlocks(out, x, y, z, productSign, zSign);
    if (this.early) flushTinySums(out, x, y, z, productSign, zSign);
    if (this.flushes) flushBlock(out);
    return out;
  }

  copyOf(values: Float64Array): Float64Array {
    const out = this.arena.take();
    out.set(values);
    return out;
  }

  private round(block: Float64Array): void {
    if (this.early) flushBlock(block);
    for (let i = 0; i < block.length; i++) block[i] = Math.fround(block[i]);
    if (this.flushes) flushBlock(block);
  }
}
