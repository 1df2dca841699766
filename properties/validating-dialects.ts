import type { Dialect } from "../spec/dialect.js";
import { VALIDATED } from "../src/adapter/hello.js";
import type { Declaration, Validation } from "../src/judge/declaration.js";
import { hasHyperparameter } from "../src/program/known-hyperparameters.js";

const VALIDATING: readonly string[] = ["pytorch", "timm", "sb3", "pfrl", "torchopt-nesterov"];

/**
 * Whether implementations of the dialect refuse every negative and every NaN hyperparameter when they are made, and
 * nothing else, by their sources. Elsewhere it is not part of the dialect: Keras and optax check nothing, MLX and
 * Paddle some.
 */
export function isValidating({ id }: Dialect): boolean {
  return VALIDATING.includes(id);
}

/** The hyperparameters that must be refused where they are wrong: those that are declared, or else the dialect's. */
export function refusedNames(
  { dialect, validates }: Declaration,
  kind: keyof Validation,
): readonly (typeof VALIDATED)[number][] {
  const names = validates ? (validates[kind] ?? []) : isValidating(dialect) ? VALIDATED : [];
  return VALIDATED.filter((name) => names.includes(name) && hasHyperparameter(dialect, name));
}
