import type { StateSlot } from "../../spec/arithmetic.js";
import type { Hyperparameters } from "../../spec/dialect.js";

/** Hyperparameters as a program gives them: what is left out has the dialect's default. */
export type GivenHyperparameters = { readonly [K in keyof Hyperparameters]?: Hyperparameters[K] | undefined };

/** A parameter group in process: arrays that the optimizer may update in place. */
export interface OptimizerGroup {
  readonly hyperparameters: GivenHyperparameters;
  readonly parameters: readonly Float32Array[];
}

/** The state of one parameter; slots that an implementation does not have are absent. */
export type OptimizerState = { readonly step: number } & {
  readonly [S in StateSlot]?: Float32Array | undefined;
};

/**
 * An optimizer in process, as the suite drives it. Parameters are numbered across groups in order. A method that
 * belongs to a capability may be left out where that is not declared.
 */
export interface Optimizer {
  /** One gradient per parameter; null where there is none. */
  step(gradients: readonly (Float32Array | null)[]): void;
  /** The current value of a parameter. */
  parameter(index: number): Float32Array;
  /** Capability `set`. */
  setHyperparameters?(group: number, changes: GivenHyperparameters): void;
  /** Capability `state`: the state of a parameter, or undefined before its first step. */
  state?(index: number): OptimizerState | undefined;
  /** Capability `load`: replace the state of a parameter. */
  load?(index: number, state: OptimizerState): void;
  /** Capability `checkpoint`: whatever a checkpoint of this implementation is. */
  save?(): unknown;
  /** Capability `checkpoint`. */
  restore?(saved: unknown): void;
}

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/** A method that may answer with a promise. */
export type AsyncMethod<F> = F extends (...given: infer G) => infer R
  ? (...given: G) => MaybePromise<R>
  : never;

/**
 * The same for an optimizer whose work is done elsewhere, as on a GPU: each of its methods may answer with a promise. It
 * is asked for one thing at a time. A rejected promise is what a thrown error is.
 */
export type AsyncOptimizer = { [M in keyof Optimizer]: AsyncMethod<NonNullable<Optimizer[M]>> };

/** Makes optimizers of one implementation. Throw `RejectedHyperparameter` for what it refuses. */
export interface OptimizerFactory {
  /**
   * An optimizer over these parameter groups, in its first state.
   * @param dialect id of the dialect that its programs are in, one of those that are claimed
   */
  create(dialect: string, groups: readonly OptimizerGroup[]): MaybePromise<AsyncOptimizer>;
}

/** Thrown by a factory or by `setHyperparameters` for a hyperparameter that the implementation refuses. */
export class RejectedHyperparameter extends Error {
  override readonly name = "RejectedHyperparameter";
}
