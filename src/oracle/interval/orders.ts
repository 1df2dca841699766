import type { SumSite } from "../../../spec/arithmetic.js";
import type { Evaluation, EvaluationAxis, EvaluationChoice } from "../../../spec/evaluation.js";

/** Axes of which an interval can hold only one choice: each of them is another function over the reals or floats. */
const SINGLE_AXES = [
  "order.mean-square",
  "order.mean-gradient",
  "order.update",
  "quotient",
  "scalars",
  "complement",
] as const satisfies readonly EvaluationAxis[];

/** What an evaluation of one order says, as the interval reading needs it. */
export interface Order {
  /**
   * "wider": each intermediate kept in some precision from binary64 on. "either": kept so, or rounded to float32.
   */
  readonly mode: "float32" | "binary64" | "wider" | "either";
  readonly scalars: EvaluationChoice<"scalars">;
  readonly meanSquare: EvaluationChoice<"order.mean-square">;
  readonly meanGradient: EvaluationChoice<"order.mean-gradient">;
  readonly update: EvaluationChoice<"order.update">;
  readonly quotient: EvaluationChoice<"quotient">;
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
  const contraction = (site: SumSite) => {
    const choices: readonly string[] = evaluation[`contraction.${site}`];
    return {
      none: choices.includes("none"),
      left: choices.includes("left"),
      right: choices.includes("right"),
    };
  };
  return {
    mode: modeOf(evaluation.intermediates),
    scalars: evaluation.scalars[0],
    meanSquare: evaluation["order.mean-square"][0],
    meanGradient: evaluation["order.mean-gradient"][0],
    update: evaluation["order.update"][0],
    quotient: evaluation.quotient[0],
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

function modeOf(intermediates: Evaluation["intermediates"]): Order["mode"] {
  const [first, ...others] = intermediates;
  if (others.length === 0) return first;
  return intermediates.includes("float32") ? "either" : "wider";
}

/**
 * The evaluations of one order each that together allow what a general one allows: one choice of every
 * `order.*` axis, of `quotient`, `scalars` and `complement`. The other axes keep all their choices. An
 * observation is accepted if the interval of any of them contains it; a hull over orders would accept more.
 */
export function ordersOf(evaluation: Evaluation): Evaluation[] {
  let orders: Evaluation[] = [evaluation];
  for (const axis of SINGLE_AXES) {
    orders = orders.flatMap((order) =>
      evaluation[axis].map((choice) => ({ ...order, [axis]: [choice] }) as Evaluation),
    );
  }
  return orders;
}
