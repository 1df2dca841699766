import type { SumSite } from "../../../spec/arithmetic.js";
import type { DialectAxes } from "../../../spec/dialect.js";
import {
  type Evaluation,
  type EvaluationAxis,
  type EvaluationChoice,
  isUniform,
} from "../../../spec/evaluation.js";
import { STEP_PARTS, type StepPart } from "../../../spec/step-part.js";

/** Axes of which an interval can hold only one choice: each of them is another function over the reals or floats. */
const SINGLE_AXES = [
  "order.mean-square",
  "order.mean-gradient",
  "order.decoupled-decay",
  "order.update",
  "quotient",
  "bias-correction",
  "scalars",
  "complement",
  "correction",
  "decay-rate",
  "zero-weight-decay",
  "intermediates.gradient",
  "intermediates.square",
  "intermediates.average",
  "intermediates.denominator",
  "intermediates.update",
] as const satisfies readonly EvaluationAxis[];

/**
 * The precision of operations. "wider": each result kept in some precision from binary64 on. "either": kept so, or
 * rounded to float32.
 */
export type Mode = "float32" | "binary64" | "wider" | "either";

/** Float32, except for operations with a wider operand. */
export interface Promoted {
  readonly promotedTo: "binary64" | "wider";
}

/** What an evaluation of one order says, as the interval interpreter needs it. */
export interface Order {
  readonly modes: Readonly<Record<StepPart, Mode | Promoted>>;
  readonly scalars: EvaluationChoice<"scalars">;
  readonly meanSquare: EvaluationChoice<"order.mean-square">;
  readonly meanGradient: EvaluationChoice<"order.mean-gradient">;
  readonly decoupledDecay: EvaluationChoice<"order.decoupled-decay">;
  readonly update: EvaluationChoice<"order.update">;
  readonly quotient: EvaluationChoice<"quotient">;
  readonly biasCorrection: EvaluationChoice<"bias-correction">;
  readonly contraction: Readonly<Record<SumSite, { none: boolean; left: boolean; right: boolean }>>;
}

/**
 * Read an evaluation of a single order.
 * @throws {RangeError} naming an axis that has not exactly one choice, or no choice where one is needed.
 */
export function orderOf(evaluation: Evaluation): Order {
  for (const axis of SINGLE_AXES) {
    if (evaluation[axis].length !== 1) {
      throw new RangeError(
        `an interval has one order, but ${axis} has ${evaluation[axis].length} choices ` +
          `(${evaluation[axis].join(", ")}); take one interval for each evaluation of ordersOf()`,
      );
    }
  }
  for (const axis of Object.keys(evaluation) as EvaluationAxis[]) {
    if (evaluation[axis].length === 0) throw new RangeError(`${axis} has no choice`);
  }
  if (!isUniform(evaluation) && evaluation.intermediates.length > 1) {
    throw new RangeError(
      `an interval has one precision in each part of a step, but intermediates has ${evaluation.intermediates.length} choices ` +
        `(${evaluation.intermediates.join(", ")}); take one interval for each evaluation of ordersOf()`,
    );
  }
  const contraction = (site: SumSite) => {
    const choices: readonly string[] = evaluation[`contraction.${site}`];
    return {
      none: choices.includes("none"),
      left: choices.includes("left"),
      right: choices.includes("right"),
    };
  };
  return {
    modes: Object.fromEntries(STEP_PARTS.map((part) => [part, modeOf(evaluation, part)])) as Order["modes"],
    scalars: evaluation.scalars[0],
    meanSquare: evaluation["order.mean-square"][0],
    meanGradient: evaluation["order.mean-gradient"][0],
    decoupledDecay: evaluation["order.decoupled-decay"][0],
    update: evaluation["order.update"][0],
    quotient: evaluation.quotient[0],
    biasCorrection: evaluation["bias-correction"][0],
    contraction: {
      "weight-decay": contraction("weight-decay"),
      "mean-square": contraction("mean-square"),
      "mean-gradient": contraction("mean-gradient"),
      variance: contraction("variance"),
      momentum: contraction("momentum"),
      lookahead: contraction("lookahead"),
      parameter: contraction("parameter"),
    },
  };
}

function modeOf(evaluation: Evaluation, part: StepPart): Mode | Promoted {
  const [own] = evaluation[`intermediates.${part}`];
  const { intermediates } = evaluation;
  if (own === "promoted") return { promotedTo: intermediates[0] === "wider" ? "wider" : "binary64" };
  if (own !== "inherit") return own;
  const [first, ...others] = intermediates;
  if (others.length === 0) return first;
  return intermediates.includes("float32") ? "either" : "wider";
}

/**
 * The evaluations of one order each that together allow what a general one allows: one choice of every `order.*` axis,
 * of `quotient`, `scalars`, `complement` and the precision of each part. The other axes keep all their choices. An
 * observation is accepted if the interval of any of them contains it; a hull over orders would accept more.
 */
export function ordersOf(evaluation: Evaluation): Evaluation[] {
  let orders: Evaluation[] = [evaluation];
  const axes: readonly EvaluationAxis[] = isUniform(evaluation)
    ? SINGLE_AXES
    : [...SINGLE_AXES, "intermediates"];
  for (const axis of axes) {
    orders = orders.flatMap((order) =>
      distinctIntervals(evaluation[axis]).map((choice) => ({ ...order, [axis]: [choice] }) as Evaluation),
    );
  }
  return orders;
}

/**
 * The same for the steps of one dialect, with one choice on each axis on which nothing of them depends.
 * @param centered whether any of the steps is centered
 */
export function relevantOrders(
  evaluation: Evaluation,
  dialect: DialectAxes,
  centered: boolean,
): Evaluation[] {
  const decouples = dialect.weightDecay === "decoupled" || dialect.weightDecay === "decoupled-lr";
  const irrelevant: EvaluationAxis[] = [];
  if (!centered) irrelevant.push("order.mean-gradient");
  if (!decouples) irrelevant.push("order.decoupled-decay", "decay-rate");
  if (dialect.biasCorrection === "never") irrelevant.push("bias-correction", "correction");
  const single = irrelevant.map((axis) => [axis, evaluation[axis].slice(0, 1)]);
  return ordersOf({ ...evaluation, ...Object.fromEntries(single) });
}

/** The mirrored lerps differ in signs of zero, which no interval holds apart: one of them is enough. */
function distinctIntervals(choices: readonly string[]): readonly string[] {
  if (!choices.includes("lerp-mirrored")) return choices;
  return choices.filter((choice) => choice !== "lerp-mirrored-added");
}
