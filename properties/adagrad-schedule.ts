import type { StepScalars } from "../spec/arithmetic.js";
import type { Dialect, DialectAxes, Hyperparameters } from "../spec/dialect.js";
import { stepShape } from "../spec/step-shape.js";
import { type Enclosure, EnclosureArithmetic, type ExactStep, point } from "../src/oracle/exact/index.js";
import type { Trace } from "./arbitraries/traces.js";
import { exactRule } from "./exact-rule.js";

/**
 * The schedule under which RMSprop is AdaGrad: β_t = 1 − 1/t, so that the running mean is the plain mean, and
 * η_t = η/√t, ε_t = ε/√t outside the root or ε/t inside it, so that √t cancels. There is no such ε_t where ε
 * stands in both places.
 */

/** Placements of ε that the schedule can scale. */
export const ADAGRAD_PLACEMENTS = [
  "outside",
  "inside",
  "subtracted",
  "max-clamp",
  "none",
] as const satisfies readonly DialectAxes["epsilon"][];

/** The axes of a dialect's plain rule: nothing but the recurrence and the update. */
export function plainRule<D extends DialectAxes>(dialect: D): D {
  return {
    ...dialect,
    momentum: "none",
    centered: "never",
    weightDecay: "none",
    biasCorrection: "never",
    maximize: "never",
    lrDecay: "never",
    clipping: "never",
  };
}

/** The schedule in binary64, as a training loop would set it before step t. */
export function adagradChanges(
  placement: DialectAxes["epsilon"],
  h: Hyperparameters,
  t: number,
): Partial<Hyperparameters> {
  const eps = isInside(placement) ? h.eps / t : h.eps / Math.sqrt(t);
  return { alpha: 1 - 1 / t, lr: h.lr / Math.sqrt(t), ...(placement !== "none" && { eps }) };
}

/** A plain trace over the reals under the exact schedule, from θ and s_0 = 0. */
export function exactAdagradTrace(dialect: Dialect, trace: Trace, digits: number): ExactStep[] {
  const ar = new EnclosureArithmetic(digits);
  const plain = plainRule(dialect);
  const shape = stepShape(plain, trace.hyperparameters);
  let parameter = trace.parameter.map(point);
  let square_avg = trace.parameter.map(() => point(0));
  return trace.gradients.map((gradients, k) => {
    const gradient = gradients.map(point);
    const scalars = adagradScalars(ar, plain.epsilon, trace.hyperparameters, k + 1);
    const after = exactRule(digits, plain, shape, scalars, { parameter, gradient, square_avg });
    ({ parameter, square_avg } = after);
    return after;
  });
}

/** The scalars of AdaGrad's schedule over the reals, at step t. */
export function adagradScalars(
  ar: EnclosureArithmetic,
  placement: DialectAxes["epsilon"],
  h: Hyperparameters,
  t: number,
): StepScalars<Enclosure> {
  const one = point(1);
  const root = ar.squareRoot(point(t));
  const complement = ar.divide(one, point(t));
  return {
    lr: ar.divide(point(h.lr), root),
    alpha: ar.subtract(one, complement),
    complement,
    eps: ar.divide(point(h.eps), isInside(placement) ? point(t) : root),
    momentum: point(0),
    weight_decay: point(0),
    lr_decay: point(0),
    clip_value: point(Number.POSITIVE_INFINITY),
    correction: one,
    decay_rate: point(0),
    kept_share: one,
  };
}

function isInside(placement: DialectAxes["epsilon"]): boolean {
  return placement === "inside" || placement === "subtracted";
}
