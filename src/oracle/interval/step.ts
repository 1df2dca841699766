import { type Intermediate, type Slot, STATE_SLOTS, type StepScalars } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import { evaluatedShape } from "../../../spec/evaluated-shape.js";
import type { Evaluation } from "../../../spec/evaluation.js";
import { slotsOf } from "../../../spec/step-shape.js";
import { type StepInputs, updateRule } from "../../../spec/update-rule.js";
import { scalarChoices, stepScalars } from "../scalars.js";
import { BlockArena, IntervalBlock } from "./block.js";
import { IntervalArithmetic } from "./interval-arithmetic.js";

/** A tensor of n elements: float32 values, or sets of them that a step before has left. */
export type IntervalInput = Float32Array | Float64Array | IntervalBlock;

export interface IntervalStep {
  readonly dialect: DialectAxes;
  readonly hyperparameters: Hyperparameters;
  /** Counted from 1. */
  readonly step: number;
  /** One order; see `ordersOf`. */
  readonly evaluation: Evaluation;
  /** Tensors of one length. State that the shape of the step does not have may be left out. */
  readonly inputs: {
    readonly parameter: IntervalInput;
    readonly gradient: IntervalInput;
    readonly square_avg: IntervalInput;
    readonly grad_avg?: IntervalInput | undefined;
    readonly momentum_buffer?: IntervalInput | undefined;
  };
  /** What the implementation says that it stored in this step; later operations then read that. */
  readonly observed?: { readonly [S in Slot]?: ArrayLike<number> | undefined };
  /** Blocks to work in, of the tensors' length, to be used again by the next step. Default: new ones. */
  readonly arena?: BlockArena;
}

/**
 * For each slot that the step writes, the float32 values that it accepts. Without observed state these blocks
 * are also what the next step starts from.
 */
export interface IntervalStepResult {
  readonly parameter: IntervalBlock;
  readonly square_avg: IntervalBlock;
  readonly grad_avg?: IntervalBlock;
  readonly momentum_buffer?: IntervalBlock;
  /** Sets of the named intermediates, as they were used: not rounded to float32 where they were kept. */
  readonly intermediates: ReadonlyMap<Intermediate, IntervalBlock>;
}

/**
 * Read one step of the update rule in intervals.
 *
 * @throws {RangeError} for an evaluation of several orders, tensors of different lengths, a state slot that the
 *   step needs and was not given, or a step below 1.
 */
export function intervalStep(request: IntervalStep): IntervalStepResult {
  const { dialect, hyperparameters, evaluation, inputs } = request;
  const arena = request.arena ?? new BlockArena(inputs.parameter.length);
  arena.reset();
  const observed = request.observed;
  const ar = new IntervalArithmetic(evaluation, {
    arena,
    ...(observed && { observed: (slot: Slot) => observed[slot] }),
  });

  const shape = evaluatedShape(dialect, hyperparameters, evaluation);
  const load = (x: IntervalInput) => ar.load(x instanceof IntervalBlock ? x : pointsIn(arena, x));
  const start: { -readonly [K in keyof StepInputs<IntervalBlock>]: IntervalBlock } = {
    parameter: load(inputs.parameter),
    gradient: load(inputs.gradient),
    square_avg: load(inputs.square_avg),
  };
  for (const slot of slotsOf(shape)) {
    const input = inputs[slot];
    if (input === undefined)
      throw new RangeError(`a step of this shape starts from ${slot}, which was not given`);
    if (slot !== "square_avg") start[slot] = load(input);
  }
  const numbers = stepScalars(dialect, hyperparameters, request.step, scalarChoices(evaluation));
  const scalars = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, ar.scalar(value)]),
  ) as unknown as StepScalars<IntervalBlock>;

  updateRule(ar, dialect, shape, scalars, start);

  const result: { parameter: IntervalBlock; square_avg: IntervalBlock } & Partial<
    Record<Slot, IntervalBlock>
  > = {
    parameter: copied(ar.stored.get("parameter")!),
    square_avg: copied(ar.stored.get("square_avg")!),
  };
  for (const slot of STATE_SLOTS) {
    const block = ar.stored.get(slot);
    if (block && slot !== "square_avg") result[slot] = copied(block);
  }
  const intermediates = new Map([...ar.named].map(([name, block]) => [name, copied(block)]));
  return { ...result, intermediates };
}

function pointsIn(arena: BlockArena, values: ArrayLike<number>): IntervalBlock {
  if (values.length !== arena.length) {
    throw new RangeError(`a tensor of ${values.length} elements met one of ${arena.length}`);
  }
  const block = arena.take();
  for (let i = 0; i < block.length; i++) block.include(i, values[i]);
  return block;
}

function copied(block: IntervalBlock): IntervalBlock {
  const copy = new IntervalBlock(block.length);
  copy.copyFrom(block);
  return copy;
}
