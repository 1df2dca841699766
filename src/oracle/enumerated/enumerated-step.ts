import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import type { Evaluation } from "../../../spec/evaluation.js";
import { type StepShape, stepShape } from "../../../spec/step-shape.js";
import { type StepInputs, updateRule } from "../../../spec/update-rule.js";
import { stepScalars } from "../scalars.js";
import { Arena } from "./arena.js";
import { EnumeratedArithmetic, type Outcomes } from "./enumerated-arithmetic.js";

/** The listed results of one step for a block: for each slot, every array is one outcome of all elements. */
export type EnumeratedStep = Readonly<Partial<Record<Slot, readonly Float64Array[]>>>;

/**
 * Lists what the declared choices of an evaluation can store, for blocks of one length. The arrays that
 * `step` returns are valid until it is called again.
 */
export class Enumerator {
  private readonly arena: Arena;
  private readonly scalarBlocks = new Map<number, Float64Array>();

  /** @param length elements in a block */
  constructor(readonly length: number) {
    this.arena = new Arena(length);
  }

  /**
   * @param step counted from 1
   * @param inputs float32 values in binary64 arrays of this enumerator's length
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
    this.arena.reset();
    const shape = stepShape(dialect, hyperparameters);
    return this.list(dialect, shape, hyperparameters, step, evaluation, inputs, observed);
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
    this.arena.reset();
    const shape = stepShape(dialect, hyperparameters);
    const seen = observed.momentum_buffer;
    const some = seen ? incrementsOf(evaluation, dialect, shape) : [evaluation];
    const steps = some.map((one) => this.list(dialect, shape, hyperparameters, step, one, inputs, observed));
    if (seen && steps.length > 1) keepExplaining(steps, seen);
    return merged(steps);
  }

  private list(
    dialect: DialectAxes,
    shape: StepShape,
    hyperparameters: Hyperparameters,
    step: number,
    evaluation: Evaluation,
    inputs: StepInputs<Float64Array>,
    observed: Readonly<Partial<Record<Slot, Float64Array>>>,
  ): EnumeratedStep {
    const results: Partial<Record<Slot, Float64Array[]>> = {};
    for (const reading of readingsOf(evaluation)) {
      const arithmetic = new EnumeratedArithmetic(this.arena, reading, observed);
      const scalars = stepScalars(dialect, hyperparameters, step, reading.scalars[0], reading.complement[0]);
      const scalarOutcomes = mapValues(scalars, (value) => arithmetic.input(this.scalarBlock(value)));
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
      block = new Float64Array(this.length).fill(value);
      this.scalarBlocks.set(value, block);
    }
    return block;
  }
}

/** One evaluation for each way in which a Nesterov step can make its increment; for other steps, the one given. */
function incrementsOf(evaluation: Evaluation, dialect: DialectAxes, shape: StepShape): Evaluation[] {
  const { momentum } = dialect;
  // A bias correction divides too, and not by the same method: that is left open.
  if (!shape.momentum || dialect.biasCorrection === "always") return [evaluation];
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

/** One reading for each point of the axes that hold for the whole of a step. */
function readingsOf(evaluation: Evaluation): Evaluation[] {
  return evaluation.scalars.flatMap((scalars) =>
    evaluation.complement.flatMap((complement) =>
      evaluation.intermediates.flatMap((intermediates) =>
        evaluation.subnormals.map((subnormals) => ({
          ...evaluation,
          scalars: [scalars],
          complement: [complement],
          intermediates: [intermediates],
          subnormals: [subnormals],
        })),
      ),
    ),
  );
}

/** The same keys with other values; a key that is absent stays absent. */
function mapValues<R extends object, B>(record: R, f: (value: NonNullable<R[keyof R]>) => B): Mapped<R, B> {
  const entries = Object.entries(record).map(([key, value]) => [key, f(value)] as const);
  return Object.fromEntries(entries) as Mapped<R, B>;
}

type Mapped<R, B> = { [K in keyof R]: B };
