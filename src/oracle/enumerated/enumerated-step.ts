import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import { evaluatedShape } from "../../../spec/evaluated-shape.js";
import type { Evaluation, EvaluationAxis } from "../../../spec/evaluation.js";
import { type StepShape, stepShape } from "../../../spec/step-shape.js";
import { type StepInputs, updateRule } from "../../../spec/update-rule.js";
import { mapValues } from "../map-values.js";
import { scalarChoices, stepScalars } from "../scalars.js";
import { Arena } from "./arena.js";
import { EnumeratedArithmetic, type Outcomes } from "./enumerated-arithmetic.js";

/** The listed results of one step for a block: for each slot, every array is one outcome of all elements. */
export type EnumeratedStep = Readonly<Partial<Record<Slot, readonly Float64Array[]>>>;

/**
 * Lists what the declared choices of an evaluation can store. The arrays that `step` returns are valid until it is called
 * again. Its memory is that of the longest block that it was given.
 */
export class Enumerator {
  private readonly arena = new Arena(0);
  /** The scalars of the present step. */
  private readonly scalarBlocks = new Map<number, Float64Array>();

  /**
   * @param step counted from 1
   * @param inputs float32 values in binary64 arrays of one length
   * @param observed what the implementation stored in this step; where given, later slots are computed from it
   */
  step(
    dialect: DialectAxes,
    hyperparameters: Hyperparameters,
    step: number,
    evaluation: Evaluation,
    inputs: StepInputs<Float64Array>,
    observed: Readonly<Partial<Record<Slot, Float64Array>>>,
  ): EnumeratedStep {
    this.begin(inputs);
    return this.list(dialect, hyperparameters, step, evaluation, inputs, observed);
  }

  /**
   * The same, but for a Nesterov step. Its increment is one value that two sums read, the buffer's and the
   * lookahead's: where the buffer was observed, the parameter's results are those of increments that explain it.
   */
  explainedStep(
    dialect: DialectAxes,
    hyperparameters: Hyperparameters,
    step: number,
    evaluation: Evaluation,
    inputs: StepInputs<Float64Array>,
    observed: Readonly<Partial<Record<Slot, Float64Array>>>,
  ): EnumeratedStep {
    this.begin(inputs);
    const shape = stepShape(dialect, hyperparameters);
    const seen = observed.momentum_buffer;
    const some = seen ? incrementsOf(evaluation, dialect, shape) : [evaluation];
    const steps = some.map((one) => this.list(dialect, hyperparameters, step, one, inputs, observed));
    if (seen && steps.length > 1) keepExplaining(steps, seen);
    return merged(steps);
  }

  private begin({ parameter }: StepInputs<Float64Array>): void {
    this.arena.reset(parameter.length);
    this.scalarBlocks.clear();
  }

  private list(
    dialect: DialectAxes,
    hyperparameters: Hyperparameters,
    step: number,
    evaluation: Evaluation,
    inputs: StepInputs<Float64Array>,
    observed: Readonly<Partial<Record<Slot, Float64Array>>>,
  ): EnumeratedStep {
    const results: Partial<Record<Slot, Float64Array[]>> = {};
    for (const whole of wholeEvaluations(evaluation, dialect, hyperparameters)) {
      const arithmetic = new EnumeratedArithmetic(this.arena, whole, observed);
      const shape = evaluatedShape(dialect, hyperparameters, whole);
      const scalars = stepScalars(dialect, hyperparameters, step, scalarChoices(whole));
      const scalarOutcomes = mapValues(scalars, (value) => arithmetic.scalar(this.scalarBlock(value)));
      const inputOutcomes: StepInputs<Outcomes> = mapValues(inputs, (values) => arithmetic.input(values));
      updateRule(arithmetic, dialect, shape, scalarOutcomes, inputOutcomes);
      for (const slot of SLOTS) {
        const outcomes = arithmetic.stored[slot];
        if (!outcomes) continue;
        results[slot] ??= [];
        for (const { values } of outcomes) results[slot].push(values);
      }
    }
    return results;
  }

  private scalarBlock(value: number): Float64Array {
    let block = this.scalarBlocks.get(value);
    if (!block || !Object.is(block[0], value)) {
      block = this.arena.filled(value);
      this.scalarBlocks.set(value, block);
    }
    return block;
  }
}

/** One evaluation for each way in which a Nesterov step can make its increment; for other steps, the one given. */
function incrementsOf(evaluation: Evaluation, dialect: DialectAxes, shape: StepShape): Evaluation[] {
  const { momentum } = dialect;
  if (!shape.momentum) return [evaluation];
  if (momentum !== "nesterov" && momentum !== "nesterov-lr-outside") return [evaluation];
  const denominators: Evaluation[] = shape.centered
    ? evaluation["contraction.variance"].map((choice) => ({
        ...evaluation,
        "contraction.variance": [choice],
      }))
    : [evaluation];
  const quotients = denominators.flatMap((one) =>
    one.quotient.map((method) => ({ ...one, quotient: [method] })),
  );
  if (momentum === "nesterov-lr-outside") return quotients;
  return evaluation["order.update"].flatMap((order) =>
    // An inverse has no use for a method of division.
    (order === "inverse" ? denominators : quotients).map((one) => ({ ...one, "order.update": [order] })),
  );
}

/**
 * Leave to the parameter what follows from an increment that explains the buffer that was seen, by repeating that in
 * place of the rest. Where nothing explains it, the buffer is rejected, and the parameter keeps everything, so that one
 * wrong value is one rejection.
 */
function keepExplaining(steps: readonly EnumeratedStep[], seen: Float64Array): void {
  const parameters = steps.map((step) => step.parameter ?? []);
  const explains = steps.map(({ momentum_buffer = [] }) => {
    const does = new Uint8Array(seen.length);
    for (const buffer of momentum_buffer) {
      for (let i = 0; i < does.length; i++) {
        if (Object.is(buffer[i], seen[i])) does[i] = 1;
      }
    }
    return does;
  });
  const first = Uint8Array.from(seen, (_, i) => 1 + explains.findIndex((does) => does[i] === 1));
  for (const [k, outcomes] of parameters.entries()) {
    for (let i = 0; i < seen.length; i++) {
      if (first[i] === 0 || explains[k][i] === 1) continue;
      const value = parameters[first[i] - 1][0][i];
      for (const outcome of outcomes) outcome[i] = value;
    }
  }
}

/** What is stored before the increment is made does not depend on it. */
function merged(steps: readonly EnumeratedStep[]): EnumeratedStep {
  if (steps.length === 1) return steps[0];
  return {
    ...steps[0],
    momentum_buffer: steps.flatMap((step) => step.momentum_buffer ?? []),
    parameter: steps.flatMap((step) => step.parameter ?? []),
  };
}

/** Axes that hold for the whole of a step, or of a part of it: an enumeration has one choice of each. */
const WHOLE_AXES = [
  "scalars",
  "complement",
  "correction",
  "decay-rate",
  "intermediates",
  "intermediates.gradient",
  "intermediates.square",
  "intermediates.average",
  "intermediates.denominator",
  "intermediates.update",
  "subnormals",
  "zero-weight-decay",
  "bias-correction",
] as const satisfies readonly EvaluationAxis[];

/** One evaluation for each point of these axes on which something of the step depends. */
function wholeEvaluations(evaluation: Evaluation, dialect: DialectAxes, h: Hyperparameters): Evaluation[] {
  const decouples = dialect.weightDecay === "decoupled" || dialect.weightDecay === "decoupled-lr";
  const isIrrelevant = (axis: EvaluationAxis) =>
    ((axis === "correction" || axis === "bias-correction") && dialect.biasCorrection === "never") ||
    (axis === "decay-rate" && !decouples) ||
    (axis === "zero-weight-decay" && (dialect.weightDecay === "none" || h.weight_decay !== 0));
  let whole: Evaluation[] = [evaluation];
  for (const axis of WHOLE_AXES) {
    const choices: readonly string[] = evaluation[axis];
    if (choices.length === 1) continue;
    const relevant = isIrrelevant(axis) ? choices.slice(0, 1) : choices;
    whole = whole.flatMap((one) => relevant.map((choice) => ({ ...one, [axis]: [choice] }) as Evaluation));
  }
  return whole;
}
