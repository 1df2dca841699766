import type { Slot } from "../../../spec/arithmetic.js";
import type { Program } from "../../program/program.js";

/** What a run measures of an implementation in addition to its verdicts. None of it decides anything. */
export interface Measurements {
  readonly accuracy: readonly SlotAccuracy[];
  readonly sets: readonly SetSizes[];
  readonly training: readonly TrainingErrors[];
  readonly trajectories: readonly Trajectory[];
}

/**
 * Error of one step from the implementation's own state, compared with the same step over the reals. A mean square is
 * measured in ulps of the exact result. Parameter, mean gradient and momentum buffer are sums that may cancel: they are
 * measured in ulps of the larger of the exact result and the value before. See `unitOf`.
 */
export interface SlotAccuracy {
  readonly slot: Slot;
  readonly elementSteps: number;
  /** ulp; Infinity where only one of the two is NaN or infinite. */
  readonly median: number;
  readonly p99: number;
  readonly worst: {
    readonly ulps: number;
    readonly parameter: number;
    readonly element: number;
    /** Steps of the parameter so far, this one included. */
    readonly step: number;
    readonly got: number;
    /** The exact result, in decimal. */
    readonly exact: string;
    /** A program that shows it, with few elements. */
    readonly program: Program;
  };
}

/** Sizes of acceptance sets, in float32 values, and how many observations prove little. */
export interface SetSizes {
  readonly slot: Slot;
  readonly observations: number;
  readonly median: number;
  readonly p99: number;
  readonly most: number;
  readonly weak: number;
  readonly indeterminate: number;
  /** The same observations under the default freedom, where another one is declared. */
  readonly byDefault?: Omit<SetSizes, "slot" | "observations" | "byDefault">;
}

/** How rounding errors grow over the steps of a training. */
export interface TrainingErrors {
  readonly id: string;
  readonly title: string;
  /**
   * After each step the largest error over all elements, compared with the exact training from the same start. A mean
   * square is measured in ulps of the exact one, the others in ulps of the largest exact value that the element has had
   * so far. Infinity where only one of the two is NaN or infinite. A list ends early where it is open whether the exact result is
   * NaN.
   */
  readonly errors: Readonly<Partial<Record<Slot, readonly number[]>>>;
}

/** Two parameters on their way down the quadratic (c₀·x₀² + c₁·x₁²) / 2. */
export interface Trajectory {
  readonly title: string;
  readonly curvature: readonly [number, number];
  readonly paths: readonly {
    readonly name: string;
    readonly kind: "got" | "exact" | "dialect";
    readonly points: readonly (readonly [number, number])[];
  }[];
}
