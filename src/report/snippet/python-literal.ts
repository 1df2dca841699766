import type { Hyperparameters } from "../../../spec/dialect.js";
import { decimalLiteral } from "./float-literal.js";
import { givenScalars } from "./snippet-text.js";

/** A hyperparameter in Python, which rounds decimals correctly. */
export function pythonScalar(value: number | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Number.isFinite(value)) return decimalLiteral(value);
  return Number.isNaN(value) ? 'float("nan")' : `float("${value > 0 ? "inf" : "-inf"}")`;
}

/** Those of some hyperparameters that are given, each as `form` writes a name with its value. */
export function pythonScalars(
  values: Partial<Hyperparameters>,
  names: readonly (keyof Hyperparameters)[],
  form: (name: string, value: string) => string,
): string[] {
  return givenScalars(values, names, (name, value) => form(name, pythonScalar(value)));
}

/** A shape as a tuple. */
export function pythonShape(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}
