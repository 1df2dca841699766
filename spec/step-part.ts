/**
 * Parts of a step, in order. Every operation of the update rule belongs to one of them, and an evaluation may keep the
 * results of one part in binary64 and round those of another to float32.
 */
export const STEP_PARTS = [
  "gradient", // maximize, clipping, weight decay
  "square", // the products that the mean square collects
  "average", // the weighted sums: mean square and mean gradient
  "denominator", // bias correction, variance, root and ε
  "update", // everything after it
] as const;
/** A part of a step. */
export type StepPart = (typeof STEP_PARTS)[number];
