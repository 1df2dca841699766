import fc from "fast-check";
import { Drawn } from "./described-arbitrary.js";

/**
 * The constructors of fast-check that properties use, of arbitraries that say what they draw. The words come from the
 * options that the values come from, so the two cannot differ.
 */

/** Values that are listed before they are only counted. */
const LISTED = 16;

interface Range<N = number> {
  readonly min: N;
  readonly max: N;
}

interface Lengths {
  readonly minLength?: number;
  readonly maxLength?: number;
}

type Choice<T> = Drawn<T> | { readonly weight: number; readonly arbitrary: Drawn<T> };
type ChoiceValue<C> = C extends Choice<infer T> ? T : never;

export const draw = {
  boolean: (): Drawn<boolean> => new Drawn(fc.boolean(), () => "true or false"),

  /** Objects are no draws, so they have no words. */
  constant: <const T>(value: T): Drawn<T> =>
    new Drawn(fc.constant(value), () =>
      typeof value === "object" || value === undefined ? "" : valueWords(value),
    ),

  constantFrom: <const T>(...values: readonly T[]): Drawn<T> =>
    new Drawn(fc.constantFrom(...values), () => `one of ${listWords(values)}`),

  integer: ({ min, max }: Range): Drawn<number> =>
    new Drawn(fc.integer({ min, max }), () => `an integer from ${min} to ${max}`),

  nat: ({ max }: { readonly max: number }): Drawn<number> =>
    new Drawn(fc.nat({ max }), () => `an integer from 0 to ${max}`),

  /** Never NaN. */
  double: ({ min, max }: Range): Drawn<number> =>
    new Drawn(fc.double({ min, max, noNaN: true }), () => `a double from ${min} to ${max}`),

  array: <T>(element: Drawn<T>, lengths: Required<Lengths>): Drawn<T[]> =>
    new Drawn(
      fc.array(element, lengths),
      () => `${rangeWords(lengths.minLength, lengths.maxLength)} × ${grouped(element.distribution)}`,
    ),

  tuple: <Ts extends unknown[]>(...drawn: { [K in keyof Ts]: Drawn<Ts[K]> }): Drawn<Ts> =>
    new Drawn(fc.tuple<Ts>(...drawn), () => {
      const words = drawn.map(({ distribution }) => distribution).filter((text) => text !== "");
      return words.length < 2 ? words.join() : `(${words.join("; ")})`;
    }),

  record: <T extends object>(model: { [K in keyof T]: Drawn<T[K]> }): Drawn<T> =>
    new Drawn(fc.record(model) as fc.Arbitrary<T>, () => {
      const entries = Object.entries<Drawn<unknown>>(model);
      const words = entries.filter(([, { distribution }]) => distribution !== "");
      return `{${words.map(([name, { distribution }]) => `${name}: ${distribution}`).join("; ")}}`;
    }),

  oneof: <const Cs extends readonly Choice<unknown>[]>(...choices: Cs): Drawn<ChoiceValue<Cs[number]>> =>
    new Drawn(fc.oneof(...choices) as fc.Arbitrary<ChoiceValue<Cs[number]>>, () => {
      const weighted = choices.map((choice) =>
        choice instanceof Drawn ? { weight: 1, arbitrary: choice } : choice,
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
    choices: readonly { readonly weight: number; readonly arbitrary: Drawn<fc.Command<Model, Real>> }[],
    { maxCommands }: { readonly maxCommands: number },
  ): Drawn<Iterable<fc.Command<Model, Real>>> => {
    const command = draw.oneof(...choices);
    return new Drawn(
      fc.commands([command], { maxCommands, disableReplayLog: true }),
      () => `${rangeWords(0, maxCommands)} × ${grouped(command.distribution)}`,
    );
  },

  /** @param freq null is drawn once in so many */
  option: <T>(some: Drawn<T>, { freq }: { readonly freq: number }): Drawn<T | null> =>
    new Drawn(fc.option(some, { freq }), () => `(${some.distribution} or, once in ${freq}, null)`),

  subarray: <T>(values: readonly T[], lengths: Lengths = {}): Drawn<T[]> =>
    new Drawn(fc.subarray([...values], lengths), () => subarrayWords(values, lengths)),

  shuffledSubarray: <T>(values: readonly T[], lengths: Lengths = {}): Drawn<T[]> =>
    new Drawn(
      fc.shuffledSubarray([...values], lengths),
      () => `${subarrayWords(values, lengths)}, in any order`,
    ),
};

function grouped(words: string): string {
  return /^[({]|^\S+$/.test(words) ? words : `(${words})`;
}

function subarrayWords<T>(
  values: readonly T[],
  { minLength = 0, maxLength = values.length }: Lengths,
): string {
  return `${rangeWords(minLength, maxLength)} of ${listWords(values)}`;
}

/** 3, or 1–4. */
export function rangeWords(min: number, max: number): string {
  return min === max ? String(min) : `${min}–${max}`;
}

function listWords(values: readonly unknown[]): string {
  return values.length > LISTED ? `${values.length} values` : values.map(valueWords).join(", ");
}

function valueWords(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `(${value.map(valueWords).join(" ")})`;
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, entry]) => `${name} ${valueWords(entry)}`)
    .join(" ");
}
