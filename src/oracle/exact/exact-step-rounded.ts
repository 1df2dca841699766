import { SLOTS } from "../../../spec/arithmetic.js";
import type { DialectAxes, Hyperparameters } from "../../../spec/dialect.js";
import { RISING_DIGITS, type RoundedFloat32, roundEnclosure } from "./certain-float32.js";
import {
  type ExactBlock,
  type ExactInputs,
  type ExactQuantities,
  type ExactQuantity,
  type ExactStepOptions,
  exactStep,
} from "./exact-step.js";

export interface ExactStepRoundedOptions extends Omit<ExactStepOptions, "digits"> {
  /** Digits to try, in order; the last is the limit. @default RISING_DIGITS */
  readonly rising?: readonly number[];
  /** What to round. @default everything that the step writes */
  readonly quantities?: readonly ExactQuantity[];
}

/**
 * One step over the reals, each result correctly rounded to float32, with as many digits as its element takes.
 * An element is computed again while one of its quantities is undecided.
 *
 * Inputs that are enclosures do not become narrower with more digits, so over several steps it is better to
 * start again from numbers: give `certainFloat32s` a computation that takes all the steps.
 *
 * @param step t, counted from 1.
 * @returns A result for each element of each quantity asked for that the step has.
 * @throws {RangeError} as `exactStep`, and when `rising` is empty.
 */
export function exactStepRounded(
  dialect: DialectAxes,
  h: Hyperparameters,
  step: number,
  inputs: ExactInputs,
  options: ExactStepRoundedOptions = {},
): Partial<ExactQuantities<RoundedFloat32[]>> {
  const { rising = RISING_DIGITS, quantities = SLOTS, observed, ...rest } = options;
  if (rising.length === 0) throw new RangeError("name at least one number of digits to try");
  const results: Partial<Record<ExactQuantity, RoundedFloat32[]>> = {};
  let pending: readonly number[] | undefined;
  for (const digits of rising) {
    if (pending?.length === 0) break;
    const exact = exactStep(dialect, h, step, pick(inputs, pending), {
      ...rest,
      digits,
      ...(observed && { observed: pick(observed, pending) }),
    });
    const elements: readonly number[] =
      pending ?? Array.from(inputs.parameter as ArrayLike<unknown>, (_, i) => i);
    const undecided = new Set<number>();
    for (const quantity of quantities) {
      const block = exact[quantity];
      if (!block) continue;
      results[quantity] ??= [];
      const rounded = results[quantity];
      elements.forEach((element, i) => {
        if (rounded[element]?.certain) return;
        rounded[element] = roundEnclosure(block[i], digits);
        if (!rounded[element].certain) undecided.add(element);
      });
    }
    pending = elements.filter((element) => undecided.has(element));
  }
  return results;
}

/** These elements of each block; all of them where no indices are given. */
function pick<T extends object>(blocks: T, indices: readonly number[] | undefined): T {
  if (!indices) return blocks;
  const entries = Object.entries(blocks as Record<string, ExactBlock | undefined>);
  return Object.fromEntries(
    entries.map(([name, block]) => [name, block && indices.map((i) => block[i])]),
  ) as unknown as T;
}
