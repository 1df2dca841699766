import { type Evaluation, isUniform } from "../spec/evaluation.js";
import { nextDown64, nextUp64 } from "../src/oracle/interval/binary64.js";

/** Roundings to float32 that a value may take when it goes from a part of higher precision to another. */
export function conversions(evaluation: Evaluation): number {
  return isUniform(evaluation) ? 0 : 1;
}

/** Bounds of what an operation gives for the nearest binary64 to its exact result. */
export interface Rounding {
  readonly above: (x: number) => number;
  readonly below: (x: number) => number;
}

const FLOAT32: Rounding = { above: Math.fround, below: Math.fround };
const BINARY64: Rounding = { above: (x) => x, below: (x) => x };
/** A wider intermediate lies between the nearest binary64's neighbours. */
const WIDER: Rounding = { above: nextUp64, below: nextDown64 };
/** One part may round a result and another keep it. */
const MIXED: Rounding = {
  above: (x) => nextUp64(Math.max(x, Math.fround(x))),
  below: (x) => nextDown64(Math.min(x, Math.fround(x))),
};

/** The ways in which the declared evaluations round intermediates; one bound for all where parts of a step differ. */
export function roundingsOf(evaluation: Evaluation): readonly Rounding[] {
  if (!isUniform(evaluation)) return [MIXED];
  return evaluation.intermediates.map(
    (kept) => ({ float32: FLOAT32, binary64: BINARY64, wider: WIDER })[kept],
  );
}

/** Whether products may be fused: only those of float32 numbers are. */
export function mayFuse(rounding: Rounding): boolean {
  return rounding === FLOAT32;
}
