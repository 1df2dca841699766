import { describe, expect, test } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import { evaluationOf, type PinnedEvaluation } from "../../spec/evaluation.js";
import { PINNED_EVALUATIONS, referenceEvaluation } from "../../spec/evaluations.js";
import { Enumerator } from "./enumerated/enumerated-step.js";
import { evaluateStep } from "./evaluator.js";

/**
 * What a lerp from a to g gives for zeros, infinities and NaN, worked out by hand from IEEE 754: x − x is +0, a sum of
 * zeros is −0 only if both are, 0·∞ and ∞ − ∞ are NaN. No weight here makes a product inexact, so fused and unfused agree.
 */
const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;
const MAX = 2 ** 128 - 2 ** 104;
const TINY = 2 ** -149;

type Row = readonly [old: number, gradient: number, subtracted: number, added: number];

/** w = 1 (β = 0): g − (g − a)·0 and g + (g − a)·0. */
const AT_ONE: readonly Row[] = [
  [0, 0, 0, 0],
  [-0, 0, 0, 0],
  [0, -0, 0, -0],
  [-0, -0, -0, 0],
  [1, 0, 0, 0],
  [-1, 0, 0, 0],
  [1, -0, 0, -0],
  [-1, -0, -0, 0],
  [TINY, -0, 0, -0],
  [3, TINY, TINY, TINY],
  [MAX, 2, 2, 2],
  [MAX, -MAX, NAN, NAN], // g − a is −∞
  [INF, 1, NAN, NAN],
  [-INF, -0, NAN, NAN],
  [0, INF, NAN, NAN],
  [NAN, 1, NAN, NAN],
  [1, NAN, NAN, NAN],
];

/** w = ½, mirrored too: g − (g − a)·½ and g + (g − a)·(−½). */
const AT_HALF: readonly Row[] = [
  [0, 0, 0, 0],
  [-0, 0, 0, 0],
  [0, -0, 0, 0],
  [-0, -0, -0, -0],
  [1, -0, 0.5, 0.5],
  [-1, 1, 0, 0],
  [1, -1, 0, 0],
  [INF, 1, INF, INF],
  [1, INF, NAN, NAN], // ∞ − ∞
  [INF, INF, NAN, NAN],
  [NAN, 0, NAN, NAN],
];

/** w = 0 (β = 1): not mirrored, a + 0·(g − a). */
const AT_ZERO: readonly Row[] = [
  [0, 0, 0, 0],
  [-0, 0, 0, 0],
  [0, -0, 0, 0],
  [-0, -0, 0, 0],
  [-0, -1, -0, -0],
  [-0, 1, 0, 0],
  [5, -0, 5, 5],
  [MAX, -MAX, NAN, NAN],
  [1, INF, NAN, NAN],
  [INF, 1, NAN, NAN],
  [1, NAN, NAN, NAN],
];

const SITUATIONS = [
  ["1", 0, AT_ONE],
  ["½", 0.5, AT_HALF],
  ["0", 1, AT_ZERO],
] as const;

const pytorch = dialectById("pytorch");

function meanGradient(pinned: PinnedEvaluation, alpha: number, [grad_avg, gradient]: Row): number {
  const h = { ...pytorch.defaults, alpha, centered: true };
  const inputs = { parameter: 0, gradient, square_avg: 0, grad_avg };
  return evaluateStep(pytorch, h, 1, pinned, inputs).stored.grad_avg as number;
}

function listed(evaluation: ReturnType<typeof evaluationOf>, alpha: number, [old, gradient]: Row): number[] {
  const block = (x: number) => Float64Array.of(x);
  const h = { ...pytorch.defaults, alpha, centered: true };
  const inputs = {
    parameter: block(0),
    gradient: block(gradient),
    square_avg: block(0),
    grad_avg: block(old),
  };
  const { grad_avg = [] } = new Enumerator().step(pytorch, h, 1, evaluation, inputs, {});
  return grad_avg.map(([value]) => value);
}

describe.each(SITUATIONS)("a lerp of weight %s", (_, alpha, rows) => {
  test.each(["fused", "unfused"] as const)("%s, in both mirrored forms", (name) => {
    const subtracted: PinnedEvaluation = PINNED_EVALUATIONS[name];
    const added: PinnedEvaluation = { ...subtracted, "order.mean-gradient": "lerp-mirrored-added" };
    for (const row of rows) {
      const expected = [row[2], row[3]];
      expect(
        [subtracted, added].map((pinned) => meanGradient(pinned, alpha, row)),
        `${row}`,
      ).toEqual(expected);
      expect([subtracted, added].flatMap((pinned) => listed(evaluationOf(pinned), alpha, row))).toEqual(
        expected,
      );
    }
  });

  test("as PyTorch computes it: either form, and nothing else", () => {
    for (const row of rows) {
      const accepted = listed(referenceEvaluation(PINNED_EVALUATIONS.fused), alpha, row);
      const forms = new Set([row[2], row[3]].map((x) => (Object.is(x, -0) ? "-0" : String(x))));
      expect(new Set(accepted.map((x) => (Object.is(x, -0) ? "-0" : String(x)))), `${row}`).toEqual(forms);
    }
  });
});
