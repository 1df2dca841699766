import type { Evaluation } from "../spec/evaluation.js";

/** Whether some declared evaluation takes subnormals for zero, before or after rounding. */
export function mayFlush({ subnormals }: Evaluation): boolean {
  return subnormals.some((choice) => choice !== "kept");
}

/** Whether every declared evaluation does. */
export function alwaysFlushes({ subnormals }: Evaluation): boolean {
  return subnormals.every((choice) => choice !== "kept");
}
