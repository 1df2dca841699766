import fc from "fast-check";
import { DescribedArbitrary } from "./described-arbitrary.js";

/**
 * The constructors of fast-check that properties use, of arbitraries that say what they draw. The words come from the
 * options that the values come from, so the two cannot differ.
 */

/** Values that are listed before they are only counted. */
const MAX_LISTED = 16;

interface Range<N = number> {
  readonly min: N;
  readonly max: N;
}

interface Lengths {
  readonly minLength?: number;
  readonly maxLength?: number;
}

type Choice<T> =
  | DescribedArbitrary<T>
  | { readonly weight: number; readonly arbitrary: DescribedArbitrary<T> };
type ChoiceValue<C> = C extends Choice<infer T> ? T : never;

export const arb = {
  boolean: (): DescribedArbitrary<boolean> => new DescribedArbitrary(fc.boolean(), () => "true or false"),

  /** Objects are no draws, so they have no words. */
  constant: <const T>(value: T): DescribedArbitrary<T> =>
    new DescribedArbitrary(fc.constant(value), () =>
      typeof value === "object" || value === undefined ? "" : describeValue(value),
    ),

  constantFrom: <const T>(...values: readonly T[]): DescribedArbitrary<T> =>
    new DescribedArbitrary(fc.constantFrom(...values), () => `one of ${describeList(values)}`),

  integer: ({ min, max }: Range): DescribedArbitrary<number> =>
    new DescribedArbitrary(fc.integer({ min, max }), () => `an integer from ${min} to ${max}`),

  nat: ({ max }: { readonly max: number }): DescribedArbitrary<number> =>
    new DescribedArbitrary(fc.nat({ max }), () => `an integer from 0 to ${max}`),

  /** Never NaN. */
  double: ({ min, max }: Range): DescribedArbitrary<number> =>
    new DescribedArbitrary(fc.double({ min, max, noNaN: true }), () => `a double from ${min} to ${max}`),

  array: <T>(element: DescribedArbitrary<T>, lengths: Required<Lengths>): DescribedArbitrary<T[]> =>
    new DescribedArbitrary(
      fc.array(element, lengths),
      () => `${describeRange(lengths.minLength, lengths.maxLength)} × ${grouped(element.distribution)}`,
    ),

  tuple: <Ts extends unknown[]>(
    ...drawn: { [K in keyof Ts]: DescribedArbitrary<Ts[K]> }
  ): DescribedArbitrary<Ts> =>
    new DescribedArbitrary(fc.tuple<Ts>(...drawn), () => {
      const words = drawn.map(({ distribution }) => distribution).filter((text) => text !== "");
      return words.length < 2 ? words.join() : `(${words.join("; ")})`;
    }),

  record: <T extends object>(model: { [K in keyof T]: DescribedArbitrary<T[K]> }): DescribedArbitrary<T> =>
    new DescribedArbitrary(fc.record(model) as fc.Arbitrary<T>, () => {
      const entries = Object.entries<DescribedArbitrary<unknown>>(model);
      const words = entries.filter(([, { distribution }]) => distribution !== "");
      return `{${words.map(([name, { distribution }]) => `${name}: ${distribution}`).join("; ")}}`;
    }),

  oneof: <const Cs extends readonly Choice<unknown>[]>(
    ...choices: Cs
  ): DescribedArbitrary<ChoiceValue<Cs[number]>> =>
    new DescribedArbitrary(fc.oneof(...choices) as fc.Arbitrary<ChoiceValue<Cs[number]>>, () => {
      const weighted = choices.map((choice) =>
        choice instanceof DescribedArbitrary ? { weight: 1, arbitrary: choice } : choice,
      );
      const even = weighted.every(({ weight }) => weight === weighted[0].weight);
      const words = weighted.map(
        ({ weight, arbitrary: { distribution } }) =>
          `${even ? "" : `${weight}× `}${distribution || "nothing"}`,
      );
      return words.length < 2 ? words.join() : `(${words.join(" or ")})`;
    }),

  /**
   * Commands of fast-check's model-based testing, to be run by `fc.modelRun`. They shrink by leaving out those that
   * were not run, then any others.
   */
  commands: <Model extends object, Real>(
    choices: readonly {
      readonly weight: number;
      readonly arbitrary: DescribedArbitrary<fc.Command<Model, Real>>;
    }[],
    { maxCommands }: { readonly maxCommands: number },
  ): DescribedArbitrary<Iterable<fc.Command<Model, Real>>> => {
    const command = arb.oneof(...choices);
    return new DescribedArbitrary(
      fc.commands([command], { maxCommands, disableReplayLog: true }),
      () => `${describeRange(0, maxCommands)} × ${grouped(command.distribution)}`,
    );
  },

  /** @param freq null is drawn once in so many */
  option: <T>(
    some: DescribedArbitrary<T>,
    { freq }: { readonly freq: number },
  ): DescribedArbitrary<T | null> =>
    new DescribedArbitrary(
      fc.option(some, { freq }),
      () => `(${some.distribution} or, once in ${freq}, null)`,
    ),

  subarray: <T>(values: readonly T[], lengths: Lengths = {}): DescribedArbitrary<T[]> =>
    new DescribedArbitrary(fc.subarray([...values], lengths), () => describeSubarray(values, lengths)),

  shuffledSubarray: <T>(values: readonly T[], lengths: Lengths = {}): DescribedArbitrary<T[]> =>
    new DescribedArbitrary(
      fc.shuffledSubarray([...values], lengths),
      () => `${describeSubarray(values, lengths)}, in any order`,
    ),
};

function grouped(words: string): string {
  return /^[({]|^\S+$/.test(words) ? words : `(${words})`;
}

function describeSubarray<T>(
  values: readonly T[],
  { minLength = 0, maxLength = values.length }: Lengths,
): string {
  return `${describeRange(minLength, maxLength)} of ${describeList(values)}`;
}

/** 3, or 1–4. */
export function describeRange(min: number, max: number): string {
  return min === max ? String(min) : `${min}–${max}`;
}

function describeList(values: readonly unknown[]): string {
  return values.length > MAX_LISTED ? `${values.length} values` : values.map(describeValue).join(", ");
}

function describeValue(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `(${value.map(describeValue).join(" ")})`;
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, entry]) => `${name} ${describeValue(entry)}`)
    .join(" ");
}
