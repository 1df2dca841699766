import type { Dialect } from "../spec/dialect.js";

const VALIDATING: readonly string[] = ["pytorch", "timm", "sb3", "pfrl", "torchopt-nesterov"];

/**
 * Whether implementations of the dialect refuse every negative and every NaN hyperparameter when they are made, and
 * nothing else, by their sources. Elsewhere it is not part of the dialect: Keras and optax check nothing, MLX and
 * Paddle some.
 */
export function isValidating({ id }: Dialect): boolean {
  return VALIDATING.includes(id);
}
