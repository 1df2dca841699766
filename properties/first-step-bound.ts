import type { Hyperparameters } from "../spec/dialect.js";
import type { Evaluation, EvaluationChoice } from "../spec/evaluation.js";
import { MIN_NORMAL } from "../src/float32/bits.js";
import { hasExactQuotient, hasExactRoot, Reach } from "../src/oracle/accuracy.js";
import { roundingsOf } from "./intermediate-precision.js";
import { meanSquareScalars } from "./mean-square-form.js";
import { mayFlush } from "./subnormals.js";

/**
 * The longest first step from a parameter at zero that the declared evaluations can take: η·|g|/√((1−β)·g²),
 * rounded as they round.
 *
 * Rounding to nearest never turns two values around, and nothing here is negative. So whatever β̂·s_0 adds, the
 * mean square is at least its own share t̂·g², rounded in the smallest of the declared orders; whatever ε adds
 * and a bias correction multiplies, the denominator is at least the root of that; and in every order of the
 * update the quotient is longest where the denominator is shortest. A parameter at zero takes the update
 * without another rounding. Nothing is added: with s_0 = 0 and ε = 0 the longest evaluation reaches the bound, but
 * for wider intermediates, which the binary64 below and above bound. Approximate roots are taken where they are
 * smallest, approximate quotients where they make the step longest.
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
  const divided = new Reach(evaluation.division);
  const roots = new Reach(evaluation.root);
  const reciprocalRoots = new Reach(evaluation["reciprocal-root"]);
  let bound = 0;
  for (const { precision, complement } of meanSquareScalars(evaluation, h.alpha)) {
    const lr = precision === "float32" ? Math.fround(h.lr) : h.lr;
    for (const { above, below } of roundingsOf(evaluation)) {
      const shares = evaluation["order.mean-square"].map((order) =>
        order === "weight-first" ? below(below(complement * g) * g) : below(complement * below(g * g)),
      );
      // An implementation with wider intermediates may continue from them or from what was stored.
      const share = Math.min(...shares, ...shares.map(Math.fround));
      if (mayFlush(evaluation) && share < MIN_NORMAL) return Number.POSITIVE_INFINITY;
      const d = smallest(Math.sqrt(share), below, hasExactRoot(share) ? CORRECT : roots);
      const divide = (x: number, y: number) =>
        largest(x / y, above, hasExactQuotient(x, y) ? CORRECT : divided);
      for (const order of evaluation["order.update"]) {
        if (order === "inverse") {
          const scaled = smallest(d / lr, below, hasExactQuotient(d, lr) ? CORRECT : divided);
          bound = Math.max(bound, Math.fround(divide(g, scaled)));
          continue;
        }
        for (const method of evaluation.quotient) {
          // With ε outside the root there is no root to take the reciprocal of, and 1/d is not larger.
          const reciprocal =
            method === "reciprocal-root"
              ? Math.max(
                  largest(1 / Math.sqrt(share), above, hasExactRoot(share) ? CORRECT : reciprocalRoots),
                  divide(1, d),
                )
              : divide(1, d);
          const quotient = (x: number) => (method === "division" ? divide(x, d) : above(x * reciprocal));
          bound = Math.max(bound, Math.fround(scaledQuotient(order, quotient, above, lr, g)));
        }
      }
    }
  }
  return bound;
}

type Round = (x: number) => number;

const CORRECT = new Reach(["correct"]);

/** What is some floats off is a float32 also where other intermediates are kept. */
function smallest(nearest: number, below: Round, reach: Reach): number {
  const correct = reach.mayBeCorrect ? below(nearest) : Number.POSITIVE_INFINITY;
  if (reach.isNone) return correct;
  return Math.min(correct, reach.smallest(Math.fround(nearest), Number.POSITIVE_INFINITY));
}

function largest(nearest: number, above: Round, reach: Reach): number {
  const correct = reach.mayBeCorrect ? above(nearest) : 0;
  return reach.isNone ? correct : Math.max(correct, reach.largest(Math.fround(nearest)));
}

function scaledQuotient(
  order: Exclude<EvaluationChoice<"order.update">, "inverse">,
  quotient: Round,
  above: Round,
  lr: number,
  g: number,
): number {
  switch (order) {
    case "scale-first":
      return quotient(above(lr * g));
    case "quotient-first":
      return above(lr * quotient(g));
    case "ratio-first":
      return above(quotient(lr) * g);
  }
}
