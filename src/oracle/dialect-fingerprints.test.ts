import { describe, expect, it } from "vitest";
import {
  FINGERPRINT_PROGRAMS,
  FINGERPRINTS,
  fingerprintSteps,
} from "../../spec/__test-helpers__/dialect-fingerprints.js";
import { DIALECT_AXES, type Dialect, type DialectAxis } from "../../spec/dialect.js";
import { DIALECTS } from "../../spec/dialects.js";
import { stepShape } from "../../spec/step-shape.js";
import { ExactDecimal, exactDecimal } from "../float32/to-decimal.js";
import { type Enclosure, isNaNOnly, point } from "./exact/enclosure.js";
import { type ExactInputs, exactStep } from "./exact/exact-step.js";
import { initialState, withMissingBuffers } from "./initial-state.js";
import { negative, type Rational, signOf, sum } from "./rational/rational.js";
import { type RationalInputs, rationalStep } from "./rational/rational-step.js";
import type { RationalValue } from "./rational/rational-value.js";

const DIGITS = 80;

/** The parameter after each step of a program; `advance` does one step from the state and gives back what it wrote. */
function trajectory<E>(
  dialect: Dialect,
  program: string,
  numbers: (block: ArrayLike<number>) => readonly E[],
  advance: (
    hyperparameters: Dialect["defaults"],
    step: number,
    inputs: { [K in keyof ExactInputs]: readonly E[] },
  ) => Partial<Record<string, readonly E[]>>,
): E[] {
  const { parameter, steps } = fingerprintSteps(program);
  const state: Partial<Record<string, readonly E[]>> = { parameter: numbers([parameter]) };
  return steps.map(({ hyperparameters, gradient }, k) => {
    const shape = stepShape(dialect, hyperparameters);
    const block = Float64Array.of(gradient);
    const fresh =
      k === 0
        ? initialState(dialect, hyperparameters, shape, block)
        : withMissingBuffers({ square_avg: block }, shape);
    // What a step before has written is kept; the other slots begin as the dialect says.
    for (const [slot, values] of Object.entries(fresh)) state[slot] ??= numbers(values as Float64Array);
    const inputs = { ...state, gradient: numbers(block) } as { [K in keyof ExactInputs]: readonly E[] };
    const written = advance(hyperparameters, k + 1, inputs);
    for (const slot of ["parameter", "square_avg", "grad_avg", "momentum_buffer"] as const) {
      if (written[slot]) state[slot] = written[slot];
    }
    return (state.parameter as readonly E[])[0];
  });
}

const exactTrajectory = (dialect: Dialect, program: string) =>
  trajectory<Enclosure>(
    dialect,
    program,
    (block) => Array.from(block, point),
    (h, step, inputs) => ({ ...exactStep(dialect, h, step, inputs as ExactInputs, { digits: DIGITS }) }),
  );

const rationalTrajectory = (dialect: Dialect, program: string) =>
  trajectory<number | RationalValue>(
    dialect,
    program,
    (block) => Array.from(block),
    (h, step, inputs) =>
      rationalStep(dialect, h, step, inputs as RationalInputs<RationalValue>, { bits: 300 }),
  );

/** Whether an enclosure is the printed number, of which the last digit is rounded. */
function enclosesPrinted({ lo, hi, nan }: Enclosure, text: string): boolean {
  if (text === "NaN" || nan) return text === "NaN" && isNaNOnly({ lo, hi, nan });
  const printed = new ExactDecimal(text);
  const slack = printed.abs().times(`1e-${FINGERPRINTS.digits - 1}`);
  return lo.minus(printed).abs().lte(slack) && hi.minus(printed).abs().lte(slack);
}

/** The same for two rational ends, by integers alone. */
function holdsPrinted(value: number | RationalValue, text: string): boolean {
  if (typeof value === "number") return false;
  if (value.kind !== "enclosed") return text === "NaN" && value.why === "root of a negative number";
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)\.?(\d*)$/.exec(text) ?? [];
  if (whole === undefined) return false;
  const denominator = 10n ** BigInt(fraction.length);
  const numerator = BigInt(`${sign}${whole}${fraction}`);
  const printed: Rational = { numerator, denominator, exponent: 0 };
  const digits = 10n ** BigInt(FINGERPRINTS.digits - 1);
  const slack: Rational = {
    numerator: numerator < 0n ? -numerator : numerator,
    denominator: denominator * digits,
    exponent: 0,
  };
  const within = (end: Rational) =>
    signOf(sum(sum(printed, slack), negative(end))) >= 0 &&
    signOf(sum(sum(end, slack), negative(printed))) >= 0;
  return within(value.lo) && within(value.hi);
}

describe.each(DIALECTS.map((dialect) => [dialect.id, dialect] as const))(
  "the fingerprint of %s",
  (id, dialect) => {
    it.each(FINGERPRINT_PROGRAMS)("is what both exact oracles give: %s", (program) => {
      const printed = FINGERPRINTS.dialects[id][program];
      const agreements = [
        exactTrajectory(dialect, program).map((x, k) => enclosesPrinted(x, printed[k])),
        rationalTrajectory(dialect, program).map((x, k) => holdsPrinted(x, printed[k])),
      ];
      for (const agreement of agreements) expect(agreement).toEqual(printed.map(() => true));
    });
  },
);

/** A change of one axis that leaves the formula as it is, and why. */
interface WithoutEffect {
  readonly axis: DialectAxis;
  readonly values: readonly [string, string];
  /** Dialects for which it is one; all by default. */
  readonly where?: (dialect: Dialect) => boolean;
  readonly why: string;
}

const WITHOUT_EFFECT: readonly WithoutEffect[] = [
  {
    axis: "momentum",
    values: ["none", "ignored"],
    why: "neither has a buffer; they differ in whether the argument is accepted",
  },
  {
    axis: "epsilon",
    values: ["inside", "subtracted"],
    where: ({ centered }) => centered === "never",
    why: "epsilon is subtracted only where the dialect is centered",
  },
  {
    axis: "zeroMomentum",
    values: ["unbuffered", "buffered"],
    where: ({ momentum }) => momentum === "none" || momentum === "ignored",
    why: "there is no buffer to feed",
  },
  {
    axis: "negativeVariance",
    values: ["kept", "clamped"],
    where: ({ centered }) => centered === "never",
    why: "an uncentered variance is never negative",
  },
  {
    axis: "negativeVariance",
    values: ["kept", "clamped"],
    where: ({ biasCorrection, initialAccumulator }) =>
      biasCorrection === "always" && initialAccumulator === "zero",
    why: "corrected, s and a are weighted means of g² and g, for any β: their variance is never negative",
  },
];

describe("a change of one axis", () => {
  const variants = DIALECTS.flatMap((dialect) =>
    (Object.keys(DIALECT_AXES) as DialectAxis[]).flatMap((axis) =>
      DIALECT_AXES[axis]
        // A mean square without a default is given by a load, and these programs have none.
        .filter((value) => value !== dialect[axis] && value !== "given")
        .map((value) => ({ dialect, axis, value, variant: { ...dialect, [axis]: value } as Dialect })),
    ),
  );
  const reasonFor = ({ dialect, axis, value }: (typeof variants)[number]) =>
    WITHOUT_EFFECT.find(
      (one) =>
        one.axis === axis &&
        one.values.includes(value) &&
        one.values.includes(dialect[axis]) &&
        (one.where?.(dialect) ?? true),
    );

  it("shows in a program, or has a reason why it has no effect", () => {
    const silent = new Set<string>();
    for (const each of variants) {
      const { dialect, axis, value, variant } = each;
      const shows = FINGERPRINT_PROGRAMS.some((program) =>
        differ(exactTrajectory(dialect, program), exactTrajectory(variant, program)),
      );
      if (!shows) silent.add(`${dialect.id}: ${axis} ${value}`);
    }
    const explained = variants
      .filter((each) => reasonFor(each) !== undefined)
      .map(({ dialect, axis, value }) => `${dialect.id}: ${axis} ${value}`);
    expect([...silent].sort()).toEqual(explained.sort());
  });

  it("has no reason that no dialect needs", () => {
    const used = new Set(variants.map(reasonFor));
    expect(WITHOUT_EFFECT.filter((reason) => !used.has(reason))).toEqual([]);
  });
});

/** Whether two exact trajectories certainly differ. */
function differ(x: readonly Enclosure[], y: readonly Enclosure[]): boolean {
  return x.some((a, k) => {
    const b = y[k];
    if (isNaNOnly(a) || isNaNOnly(b)) return isNaNOnly(a) !== isNaNOnly(b);
    return a.hi.lt(b.lo) || b.hi.lt(a.lo);
  });
}

it("an oracle that is off in the last printed digit would be noticed", () => {
  const [printed] = FINGERPRINTS.dialects.textbook.plain;
  const near = exactDecimal(1)
    .times(printed)
    .plus(`5e-${FINGERPRINTS.digits - 2}`);
  expect(enclosesPrinted({ lo: near, hi: near, nan: false }, printed)).toBe(false);
});
