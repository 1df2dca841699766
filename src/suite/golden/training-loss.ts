import type { Decimal } from "decimal.js";
import { z } from "zod";
import { PropertyFailure } from "../../../properties/property-failure.js";
import { type BoundedStep, trajectoryBounds } from "../../../properties/trajectory-bounds.js";
import { ExactDecimal, exactDecimal } from "../../float32/to-decimal.js";
import type { Declaration } from "../../judge/declaration.js";
import type { Observation } from "../../program/observation.js";
import type { OperationOf, Program } from "../../program/program.js";
import { binary64FromHex } from "../../program/scalar.js";
import { resolveHyperparameters } from "../../program/timeline.js";

const scalar = z.string().transform(binary64FromHex);

/** What a golden case of a linear regression says of its data: the loss without the data. */
const lossFacts = z.object({
  gram: z.array(z.array(scalar)),
  moment: z.array(scalar),
  square: scalar,
  n: z.number().int().positive(),
});

/**
 * Half the mean squared error of a linear model, as a function of its parameters θ:
 * (θᵀ·gram·θ − 2·θᵀ·moment + square)/(2n). Exact in the numbers that the file has.
 */
export class RegressionLoss {
  private constructor(
    private readonly gram: readonly (readonly Decimal[])[],
    private readonly moment: readonly Decimal[],
    private readonly square: Decimal,
    private readonly n: number,
  ) {}

  /** Undefined for a case that does not have these facts. */
  static of(facts: Readonly<Record<string, unknown>> | undefined): RegressionLoss | undefined {
    const parsed = lossFacts.safeParse(facts);
    if (!parsed.success) return undefined;
    const { gram, moment, square, n } = parsed.data;
    const exact = (row: readonly number[]) => row.map(exactDecimal);
    return new RegressionLoss(gram.map(exact), exact(moment), exactDecimal(square), n);
  }

  at(theta: readonly Decimal[]): Decimal {
    const quadratic = dot(theta, this.product(theta));
    return quadratic
      .sub(dot(theta, this.moment).mul(2))
      .add(this.square)
      .div(2 * this.n);
  }

  /** How far the loss can change while each parameter changes by its deviation at most. */
  change(theta: readonly Decimal[], deviations: readonly Decimal[]): Decimal {
    const gradient = this.product(theta).map((x, i) => x.sub(this.moment[i]).abs());
    const curvature = this.gram.map((row) =>
      dot(
        row.map((x) => x.abs()),
        deviations,
      ),
    );
    return dot(gradient, deviations).add(dot(curvature, deviations).div(2)).div(this.n);
  }

  private product(theta: readonly Decimal[]): Decimal[] {
    return this.gram.map((row) => dot(row, theta));
  }
}

/**
 * Hold the loss of an implementation's last parameters against the loss of the exact training from the same gradients,
 * within what the roundings of all steps can change it by.
 *
 * @returns the loss
 * @throws {PropertyFailure} when it is farther away
 */
export function checkLoss(
  loss: RegressionLoss,
  program: Program,
  observations: readonly Observation[],
  declaration: Declaration,
): Decimal {
  const last = observations.at(-1)?.parameters ?? [];
  const theta = last.flatMap(({ parameter }) => [...(parameter?.values ?? [])].map(exactDecimal));
  const got = loss.at(theta);
  const expected = trainedLosses(loss, program, declaration);
  if (expected.some(({ value, error }) => got.sub(value).abs().lte(error))) return got;
  const [{ value, error }] = expected;
  const message = `the loss after the last step is ${got.toFixed(9)}; of the exact training from the same gradients it is ${value.toFixed(9)}, and roundings change it by ${error.toPrecision(2)} at most`;
  throw new PropertyFailure(message, "differs", { program, observations });
}

/** For each way to cast the scalars, the loss of the exact training, and how far roundings can change it. */
export function trainedLosses(
  loss: RegressionLoss,
  program: Program,
  declaration: Declaration,
): { value: Decimal; error: Decimal }[] {
  return trajectoryBounds(declaration, descentOf(program, declaration)).map((steps) =>
    expectedLoss(loss, steps.at(-1) ?? []),
  );
}

function expectedLoss(
  loss: RegressionLoss,
  elements: readonly BoundedStep[],
): { value: Decimal; error: Decimal } {
  const theta = elements.map(({ parameter }) => ExactDecimal.add(parameter.value, 0));
  const deviations = elements.map(({ parameter }) => exactDecimal(parameter.error));
  return { value: loss.at(theta), error: loss.change(theta, deviations) };
}

/** A program of one group, whose gradients are given, as steps of the plain rule over all its elements. */
function descentOf({ operations }: Program, { dialect }: Declaration) {
  const [init] = operations as [OperationOf<"init">];
  const [{ hyperparameters, parameters }] = init.groups;
  const h = resolveHyperparameters(dialect, hyperparameters);
  const gradients = operations
    .filter((one) => one.op === "step")
    .map((one) => one.gradients.flatMap((tensor) => [...(tensor?.values ?? [])]));
  return {
    schedule: gradients.map(() => h),
    start: parameters.flatMap(({ values }) => [...values]),
    gradient: (k: number, i: number) => ({ value: gradients[k][i] }),
  };
}

function dot(x: readonly Decimal[], y: readonly Decimal[]): Decimal {
  return x.reduce((sum, value, i) => sum.add(value.mul(y[i])), exactDecimal(0));
}
