import { MAX_FLOAT32 } from "../../dist/src/float32/bits.js";
import { ordinalOf } from "../../dist/src/float32/neighbours.js";

/** By how many floats a true value is moved, up and down. */
export const MOVES = [1, 2, 4, 16, 256];

const HIGHEST = ordinalOf(MAX_FLOAT32);

/** How often a true value that is moved by some floats is rejected. */
export class Curve {
  moved = MOVES.map(() => 0);
  rejected = MOVES.map(() => 0);

  /**
   * @param value the true value; one that is not finite is not counted
   * @param accepts whether the float at an ordinal is accepted
   */
  add(value, accepts) {
    if (!Number.isFinite(value)) return;
    const place = ordinalOf(value);
    for (const [k, floats] of MOVES.entries()) {
      for (const moved of [place - floats, place + floats]) {
        if (Math.abs(moved) > HIGHEST) continue;
        this.moved[k]++;
        if (!accepts(moved)) this.rejected[k]++;
      }
    }
  }

  addAll(other) {
    for (const k of MOVES.keys()) {
      this.moved[k] += other.moved[k];
      this.rejected[k] += other.rejected[k];
    }
  }

  /** Rejected shares, one for each of MOVES. */
  get shares() {
    return this.rejected.map((count, k) => count / this.moved[k]);
  }
}
