import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import type { Evaluation } from "../../../spec/evaluation.js";
import { stepShape } from "../../../spec/step-shape.js";
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
