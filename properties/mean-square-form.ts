import type { Decimal } from "decimal.js";
import type { Hyperparameters } from "../spec/dialect.js";
import type { Evaluation, EvaluationChoice } from "../spec/evaluation.js";
import { ulp } from "../src/float32/neighbours.js";
import { ExactDecimal, exactDecimal } from "../src/float32/to-decimal.js";

/** β and 1 − β as an evaluation uses them. */
export interface MeanSquareScalars {
  readonly precision: EvaluationChoice<"scalars">;
  readonly alpha: number;
  readonly complement: number;
}

/** Every declared pair of scalars. */
export function meanSquareScalars(evaluation: Evaluation, alpha: number): MeanSquareScalars[] {
  return evaluation.scalars.flatMap((precision) =>
    evaluation.complement.map((subtracted) => {
      const cast = precision === "float32" ? Math.fround : (x: number) => x;
      const complement = subtracted === "float32" ? Math.fround(1 - Math.fround(alpha)) : cast(1 - alpha);
      return { precision, alpha: cast(alpha), complement };
    }),
  );
}

/**
 * A rule over the reals that an evaluation rounds, and by how much one step may miss it:
 * s_t = decay·s_{t−1} + complement·g_t² + e_t, |e_t| ≤ roundingError.
 */
export interface MeanSquareForm {
  readonly decay: Decimal;
  readonly complement: Decimal;
  /**
   * Bound of |e_t|, from the float32 values of s_{t−1}, g_t and s_t. Holds while no intermediate is subnormal.
   *
   * Rounding to nearest misses by half an ulp of its result at most; a fused product or a kept binary64 misses
   * by less. Two terms: β̂·s, the sum, and either t̂·g (whose error is then multiplied by g) and its product with
   * g, or g² (whose error is then multiplied by t̂) and its product with t̂. Lerp: g² and the difference g² − s
   * (both then weighted), the product and the sum. With binary64 scalars a result is rounded to binary64
   * before: 2^-53 of the value is 2^-28 of half an ulp.
   */
  roundingError(before: number, gradient: number, after: number): Decimal;
}

/**
 * The distinct rules of the declared orders and scalars. Two terms use β̂ and t̂; lerp never reads β̂ and weighs
 * the old value by 1 − t̂, which is another number.
 */
export function meanSquareForms(evaluation: Evaluation, h: Pick<Hyperparameters, "alpha">): MeanSquareForm[] {
  const orders = evaluation["order.mean-square"];
  const twoTerm = orders.filter((order) => order === "weight-first" || order === "square-first");
  const hasLerp = twoTerm.length < orders.length;
  return meanSquareScalars(evaluation, h.alpha).flatMap((scalars) => {
    const complement = exactDecimal(scalars.complement);
    const forms: MeanSquareForm[] = [];
    if (twoTerm.length > 0) {
      forms.push({
        decay: exactDecimal(scalars.alpha),
        complement,
        roundingError: (before, gradient, after) =>
          twoTerm
            .map((order) => twoTermError(order, scalars, before, gradient, after))
            .reduce((a, b) => ExactDecimal.max(a, b)),
      });
    }
    if (hasLerp) {
      forms.push({
        decay: ExactDecimal.sub(1, complement),
        complement,
        roundingError: (before, gradient, after) => lerpError(scalars, before, gradient, after),
      });
    }
    return forms;
  });
}

function twoTermError(
  order: "weight-first" | "square-first",
  { precision, alpha, complement }: MeanSquareScalars,
  before: number,
  gradient: number,
  after: number,
): Decimal {
  const g = Math.abs(gradient);
  const kept = Math.fround(alpha * before);
  const inner = Math.fround(order === "weight-first" ? complement * g : g * g);
  const outer = order === "weight-first" ? g : complement;
  const gained = Math.fround(inner * outer);
  const errors = [
    exactDecimal(halfUlp(kept)),
    ExactDecimal.mul(exactDecimal(halfUlp(inner)), exactDecimal(outer)),
    exactDecimal(halfUlp(gained)),
    // A sum with a zero is not rounded.
    exactDecimal(kept === 0 || gained === 0 ? 0 : halfUlp(after)),
  ];
  return ExactDecimal.mul(ExactDecimal.sum(...errors), roundings(precision));
}

function lerpError(
  { precision, complement }: MeanSquareScalars,
  before: number,
  gradient: number,
  after: number,
): Decimal {
  const square = Math.fround(gradient * gradient);
  const difference = Math.fround(square - before);
  // Mirrored, the difference is weighted by 1 − w: either weight is at most 1, and so is that of g².
  const product = Math.fround(Math.max(complement, 1 - complement) * difference);
  const ulps = [halfUlp(square), halfUlp(difference), halfUlp(product), halfUlp(after)].map(exactDecimal);
  // 1 − w is a float32 where w is one and at least ½; a binary64 weight is rounded to float32 there.
  const weight = ExactDecimal.sub(1, exactDecimal(complement));
  const weightError = ExactDecimal.sub(exactDecimal(Math.fround(1 - complement)), weight).abs();
  const errors = [...ulps, complement < 0.5 ? 0 : weightError.mul(exactDecimal(Math.abs(difference)))];
  return ExactDecimal.mul(ExactDecimal.sum(...errors), roundings(precision));
}

/** 0 for an exact zero. */
function halfUlp(x: number): number {
  return x === 0 ? 0 : ulp(x) / 2;
}

function roundings(precision: EvaluationChoice<"scalars">): Decimal {
  return exactDecimal(precision === "binary64" ? 1 + 2 ** -28 : 1);
}
