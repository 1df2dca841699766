import type { Intermediate, Slot, StateSlot, StepScalars } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import { type ScalarArithmetic, scalarRule } from "../../../spec/scalar-rule.js";
import { slotsOf, stepShape } from "../../../spec/step-shape.js";
import { type StepInputs, updateRule } from "../../../spec/update-rule.js";
import { type ElementArithmetic, power, subtract } from "./element-arithmetic.js";
import { RationalArithmetic } from "./rational-arithmetic.js";
import { RationalInterpreter, type RationalOptions } from "./rational-interpreter.js";
import type { RationalValue } from "./rational-value.js";

/**
 * The tensors that a step starts from, all of one length: numbers, or elements that an earlier step gave. Slots that
 * its shape does not have are not read.
 */
export type RationalInputs<E = never> = StepInputs<ArrayLike<number> | readonly E[]>;

export interface RationalScalarsAndForms extends Omit<RationalOptions<never>, "observed"> {
  /** Scalars that take the place of what the hyperparameters give, each an exact number. */
  readonly scalars?: Partial<StepScalars<number>>;
  /** State that was observed after the step and that later operations read in place of what was computed. */
  readonly observed?: Partial<Record<StateSlot, ArrayLike<number>>>;
}

export interface RationalStepOptions extends RationalScalarsAndForms {
  /** Significant bits of ends after an irrational root, 2 to 8192. @default 256 */
  readonly bits?: number;
}

/** For each quantity that a step writes or names, one value an element. */
export type RationalStep<E = RationalValue> = Partial<Record<Slot | Intermediate, readonly E[]>>;

/**
 * One step over the reals by integers alone: a second opinion, which shares the update rule with the other
 * readings and nothing else. Inputs and hyperparameters are exactly the numbers that their 64 bits say, so
 * 0.99 is as good as 0.75.
 *
 * @param step t, counted from 1.
 * @throws {RangeError} when `step` is not a positive integer, a block that the step needs is missing, blocks
 *   differ in length, or `bits` is out of range.
 */
export function rationalStep(
  dialect: DialectAxes,
  h: Hyperparameters,
  step: number,
  inputs: RationalInputs<RationalValue>,
  options: RationalStepOptions = {},
): RationalStep {
  const { bits = 256, ...rest } = options;
  return readStep(new RationalArithmetic(bits), dialect, h, step, inputs, rest);
}

/** The same in any arithmetic of elements. */
export function readStep<E>(
  elements: ElementArithmetic<E>,
  dialect: DialectAxes,
  h: Hyperparameters,
  step: number,
  inputs: RationalInputs<E>,
  options: RationalScalarsAndForms = {},
): RationalStep<E> {
  const { scalars = {}, observed = {}, ...forms } = options;
  const { length } = inputs.parameter;
  const read = (name: string, block: ArrayLike<number> | readonly E[] | undefined): readonly E[] => {
    if (block?.length !== length) {
      const found = block ? `has ${block.length} elements` : "is missing";
      throw new RangeError(`${name} ${found}; the parameter has ${length} elements`);
    }
    return Array.from<number | E, E>(block, (x) => (typeof x === "number" ? elements.number(x) : x));
  };
  const shape = stepShape(dialect, h);
  const state = slotsOf(shape).map((slot) => [slot, read(slot, inputs[slot])]);
  const seen = Object.entries(observed).map(([slot, block]) => [slot, read(`observed ${slot}`, block)]);
  const reading = new RationalInterpreter<E>(elements, { ...forms, observed: Object.fromEntries(seen) });
  updateRule<readonly E[]>(reading, dialect, shape, stepScalarsIn(elements, dialect, h, step, scalars), {
    ...(Object.fromEntries(state) as { square_avg: readonly E[] }),
    parameter: read("parameter", inputs.parameter),
    gradient: read("gradient", inputs.gradient),
  });
  return reading.quantities;
}

/** The scalars of the exact hyperparameters, unless they are given as numbers: blocks of one element. */
function stepScalarsIn<E>(
  ar: ElementArithmetic<E>,
  dialect: DialectAxes,
  h: Hyperparameters,
  step: number,
  given: Partial<StepScalars<number>>,
): StepScalars<readonly E[]> {
  const overTheReals: ScalarArithmetic<E> = {
    number: (x) => ar.number(x),
    convert: (_, x) => x,
    add: (_, x, y) => ar.add(x, y),
    subtract: (_, x, y) => subtract(ar, x, y),
    multiply: (_, x, y) => ar.multiply(x, y),
    divide: (_, x, d) => ar.divide(x, d),
    power: (_, x, n) => power(ar, x, n),
    cast: (x) => x,
  };
  const scalars = Object.entries<E>({ ...scalarRule(overTheReals, dialect, h, step, given) });
  return Object.fromEntries(scalars.map(([name, value]) => [name, [value]])) as unknown as StepScalars<
    readonly E[]
  >;
}
