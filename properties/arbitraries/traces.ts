import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import { slotsOf, stepShape } from "../../spec/step-shape.js";
import { withKnownHyperparameters } from "../../src/program/known-hyperparameters.js";
import type { OperationOf, Program } from "../../src/program/program.js";
import { vector } from "../../src/program/tensor.js";
import { arb, describeRange } from "./arb.js";
import type { DescribedArbitrary } from "./described-arbitrary.js";
import { ALL_REGIMES, floatWithExponent, gridFloat, REGIMES, type Regime } from "./floats.js";
import { hyperparameters, type Parts } from "./hyperparameters.js";

/** Lengths around the widths of vector registers. */
export const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33] as const;

/** A trace of one parameter: what most properties start from. Programs are made of it by `traceProgram`. */
export interface Trace {
  readonly hyperparameters: Hyperparameters;
  readonly parameter: readonly number[];
  /** One list of gradients a step, as long as the parameter. */
  readonly gradients: readonly (readonly number[])[];
}

export interface TraceConstraints {
  readonly parts?: Parts;
  readonly regimes?: readonly Regime[];
  readonly minSteps?: number;
  readonly maxSteps?: number;
  readonly lengths?: readonly number[];
  readonly hyperparameters?: DescribedArbitrary<Hyperparameters>;
  /** Elements of the parameter; by default zero or of the update's size, so that the update shows. */
  readonly parameter?: DescribedArbitrary<number>;
}

/** A parameter of the update's size, or zero: a larger one would swallow the update. */
export const smallParameter: DescribedArbitrary<number> = arb
  .oneof(
    { weight: 3, arbitrary: arb.constant(0) },
    { weight: 2, arbitrary: gridFloat.map((x) => Math.fround(x / 16)) },
    { weight: 3, arbitrary: floatWithExponent(-12, 0) },
  )
  .as(() => "0 or of the update's size");

/** Traces of a dialect under the constraints; shrinks to one element, one step and values of the grid. */
export function traces(dialect: Dialect, constraints: TraceConstraints = {}): DescribedArbitrary<Trace> {
  const { parts = {}, regimes = ALL_REGIMES, minSteps = 1, maxSteps = 4, lengths = LENGTHS } = constraints;
  const parameter = constraints.parameter ?? smallParameter;
  const shape = arb.record({
    length: arb.constantFrom(...lengths),
    steps: arb.integer({ min: minSteps, max: maxSteps }),
    regime: arb.constantFrom(...regimes),
  });
  const rules = constraints.hyperparameters ?? hyperparameters(dialect, parts);
  const drawn = shape.chain(({ length, steps, regime }) =>
    arb.record({
      hyperparameters: rules,
      parameter: tuple(parameter, length),
      gradients: arb.array(tuple(REGIMES[regime], length), { minLength: steps, maxLength: steps }),
    }),
  );
  return drawn.as(() =>
    [
      `traces of ${describeRange(minSteps, maxSteps)} ${maxSteps === 1 ? "step" : "steps"} and ${describeLengths(lengths)} elements`,
      `gradients of one regime (${regimes.join(", ")})`,
      `parameters ${parameter.distribution}`,
      rules.distribution,
    ].join("; "),
  );
}

function describeLengths(lengths: readonly number[]): string {
  return lengths.length <= 4
    ? lengths.join(" or ")
    : describeRange(Math.min(...lengths), Math.max(...lengths));
}

function tuple(element: DescribedArbitrary<number>, length: number): DescribedArbitrary<number[]> {
  return arb.array(element, { minLength: length, maxLength: length });
}

/** Every slot that a step with these hyperparameters writes, and the gradient. */
export function observeAll(dialect: Dialect, h: Hyperparameters): OperationOf<"observe"> {
  return { op: "observe", slots: ["parameter", ...slotsOf(stepShape(dialect, h)), "gradient"] };
}

/** The only observation of an implementation that hides its state. */
export const OBSERVE_PARAMETER: OperationOf<"observe"> = { op: "observe", slots: ["parameter"] };

/** init over one or more parameters in one group. */
export function init(h: Hyperparameters, ...parameters: readonly (readonly number[])[]): OperationOf<"init"> {
  return { op: "init", groups: [{ hyperparameters: h, parameters: parameters.map(vector) }] };
}

export function step(...gradients: readonly (readonly number[] | null)[]): OperationOf<"step"> {
  return { op: "step", gradients: gradients.map((gradient) => gradient && vector(gradient)) };
}

/** A program of these operations, without the hyperparameters that the dialect does not have. */
export function programOf(dialect: Dialect, operations: Program["operations"]): Program {
  return withKnownHyperparameters({ format: "rmsprop-program/1", dialect: dialect.id, operations }, dialect);
}

/**
 * The program of a trace.
 * @param observe after each step: everything (one-step judging), the parameter alone, or nothing until the end
 */
export function traceProgram(
  dialect: Dialect,
  trace: Trace,
  observe: "everything" | "parameter" | "parameter at the end" = "everything",
): Program {
  const each =
    observe === "everything"
      ? [observeAll(dialect, trace.hyperparameters)]
      : observe === "parameter"
        ? [OBSERVE_PARAMETER]
        : [];
  const steps = trace.gradients.flatMap((gradient) => [step(gradient), ...each]);
  const end = observe === "parameter at the end" ? [OBSERVE_PARAMETER] : [];
  return programOf(dialect, [init(trace.hyperparameters, trace.parameter), ...steps, ...end]);
}
