import type { Intermediate, Slot, StateSlot, StepScalars } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
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
  if (!Number.isSafeInteger(step) || step < 1) {
    throw new RangeError(`steps are counted from 1, as integers; got ${step}`);
  }
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

/** 1 − β, 1 − β^t and the decayed rate of the exact hyperparameters, unless they are given as numbers. */
function stepScalarsIn<E>(
  ar: ElementArithmetic<E>,
  dialect: DialectAxes,
  h: Hyperparameters,
  step: number,
  given: Partial<StepScalars<number>>,
): StepScalars<readonly E[]> {
  const number = (x: number) => ar.number(x);
  const scalar = (name: keyof StepScalars<number>, otherwise: () => E): readonly [E] => {
    const override = given[name];
    return [override === undefined ? otherwise() : number(override)];
  };
  const one = number(1);
  const decayedLr = () => {
    const elapsed = ar.multiply(number(h.lr_decay), number(step - 1));
    return ar.divide(number(h.lr), ar.add(one, elapsed));
  };
  const lr = scalar("lr", dialect.lrDecay === "never" ? () => number(h.lr) : decayedLr);
  const weightDecay = scalar("weight_decay", () => number(h.weight_decay));
  const rate = scalar("decay_rate", () =>
    dialect.weightDecay === "decoupled-lr" ? ar.multiply(weightDecay[0], lr[0]) : weightDecay[0],
  );
  return {
    lr,
    alpha: scalar("alpha", () => number(h.alpha)),
    eps: scalar("eps", () => number(h.eps)),
    momentum: scalar("momentum", () => number(h.momentum)),
    weight_decay: weightDecay,
    lr_decay: scalar("lr_decay", () => number(h.lr_decay)),
    clip_value: scalar("clip_value", () => number(h.clip_value)),
    complement: scalar("complement", () => subtract(ar, one, number(h.alpha))),
    // A dialect that does not read it need not pay for the power.
    correction: scalar("correction", () =>
      dialect.biasCorrection === "never" ? one : subtract(ar, one, power(ar, number(h.alpha), step)),
    ),
    decay_rate: rate,
    kept_share: scalar("kept_share", () => subtract(ar, one, rate[0])),
  };
}
