import type { Hyperparameters } from "../spec/dialect.js";
import type { Evaluation, EvaluationChoice } from "../spec/evaluation.js";
import { MIN_NORMAL } from "../src/float32/bits.js";
import { moveRoot } from "../src/oracle/evaluator.js";
import { meanSquareScalars } from "./mean-square-form.js";

/**
 * The longest first step from a parameter at zero that the declared evaluations can take: η·|g|/√((1−β)·g²),
 * rounded as they round.
 *
 * Rounding to nearest never turns two values around, and nothing here is negative. So whatever β̂·s_0 adds, the
 * mean square is at least its own share t̂·g², rounded in the smallest of the declared orders; whatever ε adds
 * and a bias correction multiplies, the denominator is at least the root of that; and in every order of the
 * update the quotient is longest where the denominator is shortest. A parameter at zero takes the update
 * without another rounding. Nothing is added: with s_0 = 0 and ε = 0 the longest evaluation reaches the bound.
 *
 * Lerp gives no such share when s_0 > 0: s ⊕ w⊗(q ⊖ s) can fall below w⊗q.
 *
 * @param gradient a float32, not zero
 */
export function firstStepBound(
  evaluation: Evaluation,
  h: Pick<Hyperparameters, "alpha" | "lr">,
  gradient: number,
): number {
  const g = Math.abs(gradient);
  let bound = 0;
  for (const { precision, complement } of meanSquareScalars(evaluation, h.alpha)) {
    const lr = precision === "float32" ? Math.fround(h.lr) : h.lr;
    for (const intermediates of evaluation.intermediates) {
      const round = intermediates === "float32" ? Math.fround : (x: number) => x;
      const shares = evaluation["order.mean-square"].map((order) =>
        order === "weight-first" ? round(round(complement * g) * g) : round(complement * round(g * g)),
      );
      const share = Math.min(...shares);
      if (evaluation.subnormals.includes("flushed") && share < MIN_NORMAL) return Number.POSITIVE_INFINITY;
      for (const root of evaluation.root) {
        const d = moveRoot(round(Math.sqrt(share)), root);
        for (const order of evaluation["order.update"]) {
          for (const method of evaluation.quotient) {
            const divided = (x: number) => quotient(method, round, x, d, share);
            bound = Math.max(bound, Math.fround(scaled(order, divided, round, lr, g, d)));
          }
        }
      }
    }
  }
  return bound;
}

type Round = (x: number) => number;

function scaled(
  order: EvaluationChoice<"order.update">,
  divided: Round,
  round: Round,
  lr: number,
  g: number,
  d: number,
): number {
  switch (order) {
    case "scale-first":
      return divided(round(lr * g));
    case "quotient-first":
      return round(lr * divided(g));
    case "ratio-first":
      return round(divided(lr) * g);
    case "inverse":
      return round(g / round(d / lr));
  }
}

function quotient(
  method: EvaluationChoice<"quotient">,
  round: Round,
  x: number,
  d: number,
  radicand: number,
): number {
  switch (method) {
    case "division":
      return round(x / d);
    case "reciprocal":
      return round(x * round(1 / d));
    case "reciprocal-root":
      // With ε outside the root there is no root to take the reciprocal of, and 1/d is not larger.
      return round(x * Math.max(round(1 / Math.sqrt(radicand)), round(1 / d)));
  }
}
