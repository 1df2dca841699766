import type { Intermediate, Slot, StateSlot, StepScalars } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import type { EvaluationChoice } from "../../../spec/evaluation.js";
import { slotsOf, stepShape } from "../../../spec/step-shape.js";
import { type StepInputs, updateRule } from "../../../spec/update-rule.js";
import { type Enclosure, point } from "./enclosure.js";
import { EnclosureArithmetic } from "./enclosure-arithmetic.js";
import { ExactArithmetic, type MeanForm } from "./exact-arithmetic.js";
import { exactScalars, type ScalarOverrides } from "./exact-scalars.js";

/** Elements of a tensor: numbers, each taken exactly, or enclosures that an earlier exact step gave. */
export type ExactBlock = ArrayLike<number> | ArrayLike<Enclosure>;

/** The blocks a step starts from, all of one length. Slots that the step's shape does not have are not read. */
export type ExactInputs = StepInputs<ExactBlock>;

export interface ExactStepOptions {
  /** Significant decimal digits of every operation, 1 to 2000. @default 50 */
  readonly digits?: number;
  /** Scalars that take the place of what the hyperparameters give, each an exact number. */
  readonly scalars?: ScalarOverrides;
  /** Form of the mean square. Matters only where alpha + complement ≠ 1. @default "two-term" */
  readonly meanSquare?: MeanForm;
  /** Form of the mean gradient. Matters only where alpha + complement ≠ 1. @default "two-term" */
  readonly meanGradient?: MeanForm;
  /** How decoupled decay meets its scalars. Matters only for cast scalars. @default "one-by-one" */
  readonly decoupledDecay?: EvaluationChoice<"order.decoupled-decay">;
  /** State that was observed after the step and that later operations read in place of what was computed. */
  readonly observed?: Partial<Record<StateSlot, ExactBlock>>;
}

/** A quantity of a step: something that it writes, or a named intermediate. */
export type ExactQuantity = Slot | Intermediate;

/** One block for each quantity of a step. `grad_avg` and `momentum_buffer` are there if the step has them. */
export type ExactQuantities<B> = {
  readonly [Q in Exclude<ExactQuantity, "grad_avg" | "momentum_buffer">]: B;
} & {
  readonly grad_avg?: B;
  readonly momentum_buffer?: B;
};

/** Results of an exact step: an enclosure for each element of each quantity. */
export type ExactStep = ExactQuantities<Enclosure[]>;

/**
 * One step over the reals, enclosed. Every exact result lies in its enclosure, whatever the number of digits;
 * what needs no more digits than there are is a point.
 *
 * @param step t, counted from 1.
 * @throws {RangeError} when `step` is not a positive integer, a block that the step needs is missing, blocks
 *   differ in length, or `digits` is out of range.
 */
export function exactStep(
  dialect: DialectAxes,
  h: Hyperparameters,
  step: number,
  inputs: ExactInputs,
  options: ExactStepOptions = {},
): ExactStep {
  const {
    digits = 50,
    scalars,
    meanSquare = "two-term",
    meanGradient = "two-term",
    decoupledDecay = "one-by-one",
    observed = {},
  } = options;
  const shape = stepShape(dialect, h);
  const length = inputs.parameter.length;
  const read = (name: string, block: ExactBlock | undefined): Enclosure[] => {
    if (block === undefined) throw new RangeError(`this step needs ${name}`);
    if (block.length !== length) {
      throw new RangeError(`${name} has ${block.length} elements, the parameter ${length}`);
    }
    return Array.from<number | Enclosure, Enclosure>(block, (x) => (typeof x === "number" ? point(x) : x));
  };
  const slots = slotsOf(shape);
  const state = Object.fromEntries(slots.map((slot) => [slot, read(slot, inputs[slot])]));
  const seen = Object.entries(observed).map(([slot, block]) => [slot, read(`observed ${slot}`, block)]);

  const elements = arithmeticOf(digits);
  const ar = new ExactArithmetic(elements, {
    meanSquare,
    meanGradient,
    decoupledDecay,
    observed: Object.fromEntries(seen),
  });
  const values = Object.entries(exactScalars(elements, dialect, h, step, scalars));
  const asBlocks = Object.fromEntries(values.map(([name, value]) => [name, [value]]));
  updateRule<Enclosure[]>(ar, dialect, shape, asBlocks as unknown as StepScalars<Enclosure[]>, {
    ...(state as { square_avg: Enclosure[] }),
    parameter: read("parameter", inputs.parameter),
    gradient: read("gradient", inputs.gradient),
  });
  return { ...ar.named, ...ar.written } as ExactStep;
}

const ARITHMETICS = new Map<number, EnclosureArithmetic>();

function arithmeticOf(digits: number): EnclosureArithmetic {
  let found = ARITHMETICS.get(digits);
  if (!found) {
    found = new EnclosureArithmetic(digits);
    ARITHMETICS.set(digits, found);
  }
  return found;
}
