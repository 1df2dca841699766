import type { Slot } from "../../../spec/arithmetic.js";
import type { Dialect } from "../../../spec/dialect.js";
import type { StepShape } from "../../../spec/step-shape.js";
import { ModelError } from "../model/model-error.js";
import type { GraphRoles, ScalarRole } from "./roles.js";
import type { Constants } from "./update-graph.js";

/** Hyperparameters that may be built into a graph. */
export const CONSTANT_NAMES = [
  "lr",
  "alpha",
  "eps",
  "momentum",
  "weight_decay",
  "clip_value",
  "maximize",
] as const satisfies readonly (keyof Constants)[];

/** Inputs that a hyperparameter comes in by; one of them is enough. */
const INPUTS: Readonly<Record<Exclude<keyof Constants, "maximize">, readonly ScalarRole[]>> = {
  lr: ["lr"],
  alpha: ["alpha", "one_minus_alpha"],
  eps: ["eps"],
  momentum: ["momentum"],
  weight_decay: ["weight_decay"],
  clip_value: ["clip_value"],
};

/**
 * Bring together what a graph takes and what is built into it.
 * @returns the constants that programs must have, and the step shape
 * @throws {ModelError} for a hyperparameter that the dialect needs and that is missing, or that is given twice
 */
export function checkConstants(
  source: string,
  dialect: Dialect,
  slots: readonly Slot[],
  scalars: GraphRoles["scalars"],
  { maximize = false, ...constants }: Constants,
): { fixed: Constants; shape: StepShape } {
  const taken = (name: keyof typeof INPUTS) => INPUTS[name].find((role) => scalars[role] !== undefined);
  for (const name of Object.keys(constants) as (keyof typeof INPUTS)[]) {
    const input = taken(name);
    if (input !== undefined)
      throw new ModelError(
        source,
        `${name} cannot be a constant: the graph takes it by its input ${scalars[input]}`,
      );
  }
  const has = (name: keyof typeof INPUTS, unused: number) =>
    taken(name) !== undefined || (constants[name] !== undefined && constants[name] !== unused);
  const shape: StepShape = {
    centered: slots.includes("grad_avg"),
    momentum: slots.includes("momentum_buffer"),
    weightDecay: has("weight_decay", 0),
    maximize,
    clipping: has("clip_value", Number.POSITIVE_INFINITY),
  };
  const needed: (keyof typeof INPUTS)[] = [
    "lr",
    "alpha",
    ...(dialect.epsilon === "none" ? [] : (["eps"] as const)),
    ...(shape.momentum ? (["momentum"] as const) : []),
  ];
  for (const name of needed) {
    if (taken(name) !== undefined || constants[name] !== undefined) continue;
    const requested = INPUTS[name].join(" or ");
    throw new ModelError(
      source,
      `it has no input ${requested}. If it has one by another name, say --map THEIRS=${INPUTS[name][0]}; if the value is built in, say --constant ${name}=VALUE`,
    );
  }
  if (dialect.biasCorrection === "always" && scalars.bias_correction === undefined)
    throw new ModelError(
      source,
      `dialect ${dialect.id} corrects its averages, and the graph has no input bias_correction (1 - alpha^t)`,
    );
  checkShape(source, dialect, shape, constants);
  return { fixed: constants, shape };
}

/** What the dialect knows nothing of, no program could ask for. */
function checkShape(source: string, dialect: Dialect, shape: StepShape, { momentum }: Constants): void {
  const refuse = (what: string) =>
    new ModelError(
      source,
      `it has ${what}, which dialect ${dialect.id} has not: say which it is with --dialect`,
    );
  if (shape.momentum && (dialect.momentum === "none" || dialect.momentum === "ignored"))
    throw refuse("a momentum buffer");
  if (!shape.momentum && momentum !== undefined && momentum > 0)
    throw new ModelError(
      source,
      `momentum = ${momentum} is said to be built in, but it has no momentum_buffer`,
    );
  if (shape.centered !== (dialect.centered === "always") && dialect.centered !== "optional")
    throw shape.centered
      ? refuse("a mean gradient")
      : new ModelError(source, `dialect ${dialect.id} is always centered, and it has no grad_avg`);
  if (shape.weightDecay && dialect.weightDecay === "none") throw refuse("weight decay");
  if (shape.maximize && dialect.maximize === "never") throw refuse("maximize");
  if (shape.clipping && dialect.clipping === "never") throw refuse("clipping");
}
