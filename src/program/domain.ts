import type { Dialect, Hyperparameters, ScalarHyperparameter } from "../../spec/dialect.js";
import { hasHyperparameter } from "./known-hyperparameters.js";
import type { OperationOf, Program, ProgramHyperparameters } from "./program.js";
import { resolveHyperparameters } from "./timeline.js";

/** Hyperparameters that are numbers, in the order in which they are named. */
export const SCALAR_HYPERPARAMETERS = [
  "lr",
  "alpha",
  "eps",
  "momentum",
  "weight_decay",
  "lr_decay",
  "clip_value",
] as const satisfies readonly ScalarHyperparameter[];

/** All hyperparameters, in the order in which they are named. */
export const HYPERPARAMETERS = [
  ...SCALAR_HYPERPARAMETERS,
  "centered",
  "maximize",
] as const satisfies readonly (keyof Hyperparameters)[];

/** The values of one hyperparameter that an implementation accepts. A bound that is left out bounds nothing. */
export interface HyperparameterRange {
  readonly atLeast?: number | undefined;
  readonly above?: number | undefined;
  readonly atMost?: number | undefined;
  readonly below?: number | undefined;
}

/** What an implementation accepts; any value of a hyperparameter that is left out. */
export type Domain = { readonly [K in ScalarHyperparameter]?: HyperparameterRange | undefined } & {
  /** Hyperparameters that are fixed at construction: they cannot be changed between steps. */
  readonly fixed?: readonly (keyof Hyperparameters)[] | undefined;
};

/**
 * Where the program gives a hyperparameter a value outside the domain, or one that is fixed to a `set`, in words. NaN is
 * in no range.
 */
export function outsideDomain(program: Program, dialect: Dialect, domain: Domain): string | undefined {
  const [init] = program.operations as [OperationOf<"init">];
  const changes = program.operations.flatMap((operation) =>
    operation.op === "set" ? [operation.hyperparameters] : [],
  );
  const given: ProgramHyperparameters[] = [
    ...init.groups.map(({ hyperparameters }) => resolveHyperparameters(dialect, hyperparameters)),
    ...changes,
  ];
  for (const name of SCALAR_HYPERPARAMETERS) {
    const range = domain[name];
    if (!range || !hasHyperparameter(dialect, name)) continue;
    const wrong = given.map((each) => each[name]).find((x) => x !== undefined && !isInRange(x, range));
    if (wrong !== undefined) return `${name} = ${numberText(wrong)} is outside the declared domain`;
  }
  for (const name of domain.fixed ?? []) {
    if (changes.some((each) => each[name] !== undefined))
      return `${name} is declared as fixed, and the program sets it`;
  }
  return undefined;
}

function isInRange(x: number, { atLeast, above, atMost, below }: HyperparameterRange): boolean {
  return (
    !Number.isNaN(x) &&
    (atLeast === undefined || x >= atLeast) &&
    (above === undefined || x > above) &&
    (atMost === undefined || x <= atMost) &&
    (below === undefined || x < below)
  );
}

/** The domain in one line, as in `0 < eps, 0 ≤ alpha < 1, centered fixed`. */
export function domainText(domain: Domain): string {
  const fixed = (domain.fixed ?? []).map((name) => `${name} fixed`);
  const ranges = SCALAR_HYPERPARAMETERS.flatMap((name) => {
    const range = domain[name];
    if (!range) return [];
    const { atLeast, above, atMost, below } = range;
    const lower = [bound(above, "<"), bound(atLeast, "≤")].filter((text) => text !== undefined);
    const upper = [upperBound("<", below), upperBound("≤", atMost)].filter((text) => text !== undefined);
    return [
      `${lower.join(" ")}${lower.length > 0 ? " " : ""}${name}${upper.length > 0 ? " " : ""}${upper.join(" ")}`,
    ];
  });
  return [...ranges, ...fixed].join(", ");
}

function bound(x: number | undefined, sign: string): string | undefined {
  return x === undefined ? undefined : `${numberText(x)} ${sign}`;
}

function upperBound(sign: string, x: number | undefined): string | undefined {
  return x === undefined ? undefined : `${sign} ${numberText(x)}`;
}

function numberText(x: number): string {
  if (Object.is(x, -0)) return "-0";
  return String(x).replace("Infinity", "∞");
}
