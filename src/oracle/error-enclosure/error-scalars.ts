import type { StepScalars } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import type { Evaluation } from "../../../spec/evaluation.js";
import { type Enclosure, point } from "../exact/enclosure.js";
import type { EnclosureArithmetic } from "../exact/enclosure-arithmetic.js";
import { exactScalars } from "../exact/exact-scalars.js";
import { hull } from "./enclosed-numbers.js";
import type { RoundingErrors } from "./rounding-error.js";

const ONE = point(1);

/**
 * The exact scalars of a step, widened by what host code and the declared casts may do to them. 1 − β is widened by
 * the error of β too where it may be subtracted in float32: 1 − fl(0.99) is ten ulps from fl(1 − 0.99).
 */
export function enclosedScalars(
  exact: EnclosureArithmetic,
  errors: RoundingErrors,
  dialect: Pick<DialectAxes, "lrDecay" | "biasCorrection" | "weightDecay">,
  h: Hyperparameters,
  step: number,
  evaluation: Evaluation,
): StepScalars<Enclosure> {
  const scalars = exactScalars(exact, dialect, h, step);
  const isCast = evaluation.scalars.some((choice) => choice === "float32");
  const cast = (x: Enclosure) => (isCast ? errors.nearest(x) : errors.input(x));
  const host = (x: Enclosure) => cast(errors.binary64(x));
  const lateComplement = () => errors.nearest(exact.subtract(ONE, errors.nearest(scalars.alpha)));
  const inFloat32 = (axis: "complement" | "correction" | "decay-rate") =>
    evaluation[axis].some((choice) => choice === "float32");
  // λ, η and their product are rounded once each.
  const rate = inFloat32("decay-rate")
    ? errors.nearest(errors.nearest(errors.nearest(threeTimes(errors, scalars.decay_rate))))
    : cast(threeTimes(errors, errors.binary64(scalars.decay_rate)));
  const share = exact.subtract(ONE, rate);
  return {
    decay_rate: rate,
    kept_share: inFloat32("decay-rate") ? errors.nearest(share) : host(share),
    lr: dialect.lrDecay === "never" ? cast(scalars.lr) : cast(threeTimes(errors, scalars.lr)),
    alpha: cast(scalars.alpha),
    eps: cast(scalars.eps),
    momentum: cast(scalars.momentum),
    weight_decay: cast(scalars.weight_decay),
    lr_decay: cast(scalars.lr_decay),
    clip_value: cast(scalars.clip_value),
    complement: inFloat32("complement")
      ? hull([host(scalars.complement), lateComplement()])
      : host(scalars.complement),
    correction:
      dialect.biasCorrection === "never"
        ? ONE
        : cast(correctionOf(exact, errors, h, step, inFloat32("correction"))),
  };
}

/** lr / (1 + lr_decay·n): three operations, of which none cancels, so that their shares add up. */
function threeTimes(errors: RoundingErrors, x: Enclosure): Enclosure {
  return errors.binary64(errors.binary64(errors.binary64(errors.binary64(x))));
}

/** 1 − β^t, of a power that is within one ulp of binary64. */
function correctionOf(
  exact: EnclosureArithmetic,
  errors: RoundingErrors,
  h: Hyperparameters,
  step: number,
  inFloat32: boolean,
): Enclosure {
  const host = errors.binary64(exact.subtract(ONE, errors.binary64(exact.power(point(h.alpha), step))));
  if (!inFloat32) return host;
  const power = exact.power(errors.nearest(point(h.alpha)), step);
  return hull([host, errors.nearest(exact.subtract(ONE, errors.nearest(errors.binary64(power))))]);
}
