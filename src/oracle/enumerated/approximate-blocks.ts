import { MIN_NORMAL } from "../../float32/bits.js";
import {
  type Accuracy,
  FLOATS_ABOVE,
  floatsBelow,
  MAX_FLOATS_BELOW,
  moved,
  movedInMagnitude,
} from "../accuracy.js";
import { flushBlock } from "./block-loops.js";
import type { BlockRounding } from "./block-rounding.js";

/** A root, a reciprocal root or a quotient of blocks, each element of which may be some floats off. */
export interface ApproximateOperation {
  /** Whether a correct result is kept in binary64. One that is some floats off is a float32 all the same. */
  readonly wide: boolean;
  /** Correctly rounded results, to float32 or to binary64. */
  readonly loop: (out: Float64Array, single: boolean) => void;
  /** Whether the result of an element is 0, ∞ or NaN over the extended reals, and so never moved. */
  readonly isExact: (i: number) => boolean;
}

/** New blocks, one for each result that some element can have: where it has fewer, it repeats one. */
export function approximateBlocks(
  rounding: BlockRounding,
  choices: readonly Accuracy[],
  { wide, loop, isExact }: ApproximateOperation,
): Float64Array[] {
  const correct = rounding.apply(wide, loop);
  let nearest = correct;
  if (wide || rounding.flushes) {
    nearest = rounding.arena.take();
    loop(nearest, false);
  }
  const results: Float64Array[] = [];
  for (const choice of choices) {
    if (choice === "correct") results.push(correct);
    else if (choice === "within-two-ulps")
      results.push(...withinTwoUlps(rounding, correct, nearest, isExact));
    else {
      const out = rounding.copyOf(correct);
      for (let i = 0; i < out.length; i++) {
        if (isExact(i)) continue;
        const tiny = rounding.early && Math.abs(nearest[i]) < MIN_NORMAL;
        out[i] = tiny ? nearest[i] * 0 : moved(Math.fround(nearest[i]), choice);
      }
      if (rounding.flushes) flushBlock(out);
      results.push(out);
    }
  }
  return results;
}

/** The correct result, and every float32 near it; the approximate result is what is looked at for tininess. */
function withinTwoUlps(
  rounding: BlockRounding,
  correct: Float64Array,
  nearest: Float64Array,
  isExact: (i: number) => boolean,
): Float64Array[] {
  const results = [rounding.copyOf(correct)];
  for (let floats = -MAX_FLOATS_BELOW; floats <= FLOATS_ABOVE; floats++) {
    const out = rounding.copyOf(correct);
    let reached = false;
    for (let i = 0; i < out.length; i++) {
      if (isExact(i)) continue;
      const rounded = Math.fround(nearest[i]);
      if (floats < -floatsBelow(Math.abs(rounded))) continue;
      out[i] = movedInMagnitude(rounded, floats);
      reached = true;
    }
    if (!reached) continue;
    if (rounding.flushes) flushBlock(out);
    results.push(out);
  }
  return results;
}
