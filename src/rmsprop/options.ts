import { DIALECT_AXES, type Dialect, type DialectAxis, type Hyperparameters } from "../../spec/dialect.js";
import { DIALECTS } from "../../spec/dialects.js";
import type { PinnedEvaluationName } from "../../spec/evaluations.js";
import { InvalidArgumentError } from "./invalid-argument-error.js";

/** What an optimizer or a single step is configured with. What is left out (or undefined) has a default. */
export interface RMSpropOptions extends Partial<Hyperparameters> {
  /** Which RMSprop: an id of the catalogue, or axes and defaults of your own. Default "pytorch". */
  readonly dialect?: string | Dialect;
  /** How it is rounded. Default "fused". */
  readonly evaluation?: PinnedEvaluationName;
  /**
   * The mean square before the first step, in [0, ∞]. Required by dialects whose `initialAccumulator` is
   * "given", refused by all others.
   */
  readonly initial_accumulator?: number;
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly dialect: Dialect;
  readonly evaluation: PinnedEvaluationName;
  readonly initialAccumulator: number | undefined;
  readonly hyperparameters: Hyperparameters;
}

const FLAGS = ["centered", "maximize"] as const;
const SCALARS = ["lr", "alpha", "eps", "momentum", "weight_decay", "lr_decay", "clip_value"] as const;

/** The names of the hyperparameters, in the order of a state dict. */
export const HYPERPARAMETER_NAMES: readonly (keyof Hyperparameters)[] = [...SCALARS, ...FLAGS];

const EVALUATION_NAMES = Object.keys({
  fused: 0,
  unfused: 0,
  cuda: 0,
  "operation-by-operation": 0,
} satisfies Record<PinnedEvaluationName, 0>);

const OPTIMIZER_OPTIONS = ["dialect", "evaluation", "initial_accumulator"];

/**
 * Check options and fill in the dialect's defaults.
 * @throws {InvalidArgumentError} for a name, type or value that is not allowed.
 */
export function resolveOptions(options: RMSpropOptions): ResolvedOptions {
  checkKeys("options", options, [...HYPERPARAMETER_NAMES, ...OPTIMIZER_OPTIONS]);
  const { dialect: requested = "pytorch", evaluation = "fused" } = options;
  const dialect = resolveDialect(requested);
  if (!EVALUATION_NAMES.includes(evaluation)) {
    throw new InvalidArgumentError("evaluation", evaluation, oneOf(EVALUATION_NAMES), "choose one of these");
  }
  return {
    dialect,
    evaluation,
    initialAccumulator: resolveInitialAccumulator(dialect, options.initial_accumulator),
    hyperparameters: mergeHyperparameters("", dialect.defaults, options),
  };
}

/**
 * `base` with the hyperparameters of `changes` in place of its own; undefined and other keys are passed over.
 * @param path put before the name in an error, e.g. "params[0].".
 * @throws {InvalidArgumentError} for a value of the wrong type or out of range.
 */
export function mergeHyperparameters(
  path: string,
  base: Hyperparameters,
  changes: Partial<Hyperparameters>,
): Hyperparameters {
  const merged = Object.fromEntries(
    HYPERPARAMETER_NAMES.map((name) => {
      const value = changes[name] === undefined ? base[name] : changes[name];
      checkHyperparameter(`${path}${name}`, name, value);
      return [name, value];
    }),
  );
  return merged as unknown as Hyperparameters;
}

function checkHyperparameter(argument: string, name: keyof Hyperparameters, value: unknown): void {
  if ((FLAGS as readonly string[]).includes(name)) {
    if (typeof value === "boolean") return;
    throw new InvalidArgumentError(argument, value, "a boolean", "pass true or false");
  }
  if (typeof value !== "number") {
    throw new InvalidArgumentError(argument, value, "a number", "pass a plain JavaScript number");
  }
  if (name === "clip_value") {
    if (value > 0) return;
    throw new InvalidArgumentError(argument, value, "in (0, Infinity]", "pass Infinity in order not to clip");
  }
  if (value >= 0) return;
  const fix = name === "lr" ? "to ascend, pass maximize: true instead" : "pass 0 or a positive number";
  throw new InvalidArgumentError(argument, value, "in [0, Infinity]", fix);
}

/**
 * Refuse what is not an object and unknown keys: a misspelt name would otherwise silently mean the
 * default.
 * @throws {InvalidArgumentError}
 */
export function checkKeys(argument: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw new InvalidArgumentError(argument, value, "an object", `its keys may be ${known.join(", ")}`);
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    throw new InvalidArgumentError(
      `a key of ${argument}`,
      key,
      oneOf(known),
      "remove it or correct its name",
    );
  }
}

function resolveDialect(dialect: string | Dialect): Dialect {
  if (typeof dialect === "string") {
    const found = DIALECTS.find((d) => d.id === dialect);
    if (found) return found;
    const ids = DIALECTS.map((d) => d.id);
    throw new InvalidArgumentError(
      "dialect",
      dialect,
      oneOf(ids),
      "choose one of these or pass a Dialect object",
    );
  }
  const axes = Object.keys(DIALECT_AXES) as DialectAxis[];
  checkKeys("dialect", dialect, ["id", "title", "defaults", ...axes]);
  for (const axis of axes) {
    const values = DIALECT_AXES[axis] as readonly string[];
    if (values.includes(dialect[axis])) continue;
    throw new InvalidArgumentError(`dialect.${axis}`, dialect[axis], oneOf(values), "choose one of these");
  }
  checkKeys("dialect.defaults", dialect.defaults, HYPERPARAMETER_NAMES);
  return { ...dialect, defaults: mergeHyperparameters("dialect.defaults.", dialect.defaults, {}) };
}

function resolveInitialAccumulator(dialect: Dialect, value: number | undefined): number | undefined {
  if (dialect.initialAccumulator === "given") {
    if (typeof value === "number" && value >= 0) return value;
    const allowed = "a number in [0, Infinity]";
    throw new InvalidArgumentError(
      "initial_accumulator",
      value,
      allowed,
      "this dialect has no initial value of its own",
    );
  }
  if (value === undefined) return undefined;
  const start = dialect.initialAccumulator;
  const fix = `the dialect "${dialect.id}" starts its mean square at "${start}": remove the option`;
  throw new InvalidArgumentError("initial_accumulator", value, "left out", fix);
}

function oneOf(names: readonly string[]): string {
  return `one of ${names.join(", ")}`;
}
