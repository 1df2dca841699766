import type { StepScalars } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import type { Evaluation } from "../../../spec/evaluation.js";
import {
  type ScalarArithmetic,
  type ScalarAxes,
  type ScalarSite,
  scalarRule,
} from "../../../spec/scalar-rule.js";
import { type Enclosure, point } from "../exact/enclosure.js";
import type { EnclosureArithmetic } from "../exact/enclosure-arithmetic.js";
import { hull } from "./enclosed-numbers.js";
import type { RoundingErrors } from "./rounding-error.js";

/**
 * The exact scalars of a step, widened by what host code and the declared casts may do to them. Where a scalar may be
 * computed in float32, the error of its operands enters too: 1 − fl(0.99) is ten ulps from fl(1 − 0.99).
 */
export function enclosedScalars(
  exact: EnclosureArithmetic,
  errors: RoundingErrors,
  dialect: ScalarAxes,
  h: Hyperparameters,
  step: number,
  evaluation: Evaluation,
): StepScalars<Enclosure> {
  return scalarRule(new HostErrors(exact, errors, evaluation), dialect, h, step);
}

/** The arithmetic of host code over the reals, each result with the error that the declared precisions may make. */
class HostErrors implements ScalarArithmetic<Enclosure> {
  constructor(
    private readonly exact: EnclosureArithmetic,
    private readonly errors: RoundingErrors,
    private readonly evaluation: Evaluation,
  ) {}

  number(x: number): Enclosure {
    return point(x);
  }

  convert(site: ScalarSite, x: Enclosure): Enclosure {
    return this.inFloat32(site) ? hull([x, this.errors.nearest(x)]) : x;
  }

  add(site: ScalarSite, x: Enclosure, y: Enclosure): Enclosure {
    return this.rounded(site, this.exact.add(x, y));
  }

  subtract(site: ScalarSite, x: Enclosure, y: Enclosure): Enclosure {
    return this.rounded(site, this.exact.subtract(x, y));
  }

  multiply(site: ScalarSite, x: Enclosure, y: Enclosure): Enclosure {
    return this.rounded(site, this.exact.multiply(x, y));
  }

  divide(site: ScalarSite, x: Enclosure, d: Enclosure): Enclosure {
    return this.rounded(site, this.exact.divide(x, d));
  }

  power(site: ScalarSite, x: Enclosure, n: number): Enclosure {
    return this.rounded(site, this.exact.power(x, n));
  }

  cast(x: Enclosure): Enclosure {
    return this.evaluation.scalars.includes("float32") ? this.errors.nearest(x) : this.errors.input(x);
  }

  private rounded(site: ScalarSite, x: Enclosure): Enclosure {
    return this.convert(site, this.errors.binary64(x));
  }

  private inFloat32(site: ScalarSite): boolean {
    return site !== "lr" && this.evaluation[site].includes("float32");
  }
}
