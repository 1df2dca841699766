import { describe, expect, test } from "vitest";
import { SLOTS, type Slot } from "../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import { DIALECTS } from "../../spec/dialects.js";
import {
  allows,
  EVALUATION_AXES,
  type Evaluation,
  type EvaluationAxis,
  evaluationOf,
  type PinnedEvaluation,
  pinnedChoices,
} from "../../spec/evaluation.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS, withRootWithinOneFloat } from "../../spec/evaluations.js";
import { stepShape } from "../../spec/step-shape.js";
import { ALL_STEP_REGIMES, type ElementSteps, elementSteps, RandomSource } from "../search/element-steps.js";
import { Enumerator } from "./enumerated/enumerated-step.js";
import { evaluateStep } from "./evaluator.js";
import { exactStepRounded } from "./exact/index.js";
import { accepts } from "./interval/block.js";
import { ordersOf, relevantOrders } from "./interval/orders.js";
import { intervalStep } from "./interval/step.js";
import { float32FromRational, rationalStep } from "./rational/index.js";
import { scalarChoices, stepScalars } from "./scalars.js";

/** What the engines owe each other (spec/INTERPRETING.md lists it for readers). */

const COUNT = 48;
const AXES = Object.keys(EVALUATION_AXES) as EvaluationAxis[];

function randomHyperparameters(dialect: Dialect, random: RandomSource): Hyperparameters {
  return {
    lr: random.pick([0.01, 0.25, 2 ** -5, 1]),
    alpha: random.pick([0.99, 0.9, 0.75, 0.5, 0.25, 0]),
    eps: dialect.epsilon === "none" ? 0 : random.pick([1e-8, 2 ** -20, 0.1, 0]),
    momentum: random.pick([0, 0.9, 0.5]),
    weight_decay: random.pick([0, 0.01, 0.5]),
    centered: random.uniform() < 0.5,
    maximize: random.uniform() < 0.5,
    lr_decay: random.pick([0, 0.125]),
    clip_value: random.pick([0.5, Number.POSITIVE_INFINITY]),
  };
}

function randomPinned(random: RandomSource): PinnedEvaluation {
  const choices = AXES.map((axis) => [axis, random.pick(pinnedChoices(axis) as readonly string[])]);
  return Object.fromEntries(choices) as PinnedEvaluation;
}

function elementOf(inputs: ElementSteps, i: number) {
  const entries = Object.entries(inputs) as [keyof ElementSteps, Float64Array][];
  return Object.fromEntries(entries.map(([name, block]) => [name, block[i]])) as Record<
    keyof ElementSteps,
    number
  >;
}

/** What an implementation that makes allowed choices could have stored. */
function anyResult(
  dialect: Dialect,
  h: Hyperparameters,
  evaluation: Evaluation,
  inputs: ElementSteps,
  random: RandomSource,
): Partial<Record<Slot, Float64Array>> {
  const choices = AXES.map((axis) => [axis, [random.pick(evaluation[axis] as readonly string[])]]);
  const pinned = Object.fromEntries(choices) as unknown as Evaluation;
  const results = enumerator.step(dialect, h, 1, pinned, inputs, {});
  return Object.fromEntries(
    SLOTS.flatMap((slot) => (results[slot] ? [[slot, random.pick(results[slot]).slice()]] : [])),
  );
}

/** Every order, with roots and quotients as accurate as one choice says, in any mode that can be listed. */
function approximate(random: RandomSource): Evaluation {
  return {
    ...DEFAULT_FREEDOM,
    intermediates: [random.pick(pinnedChoices("intermediates"))],
    subnormals: [random.pick(EVALUATION_AXES.subnormals)],
    quotient: [random.pick(EVALUATION_AXES.quotient)],
    root: [random.pick(EVALUATION_AXES.root)],
    "reciprocal-root": [random.pick(EVALUATION_AXES["reciprocal-root"])],
    division: [random.pick(EVALUATION_AXES.division)],
  };
}

/** Each dialect in each regime, with a seed of its own. */
const situations = DIALECTS.flatMap((dialect, d) =>
  ALL_STEP_REGIMES.map((regime, r) => ({ dialect, regime, random: new RandomSource(1000 * d + r) })),
);
const enumerator = new Enumerator();

describe("a pinned evaluation has one outcome", () => {
  test.each([...Object.entries(PINNED_EVALUATIONS), ["random", undefined]] as const)(
    "%s: the evaluator's",
    (_, named) => {
      for (const { dialect, regime, random } of situations) {
        const pinned = named ?? randomPinned(random);
        const h = randomHyperparameters(dialect, random);
        const step = random.integer(1, 5);
        const inputs = elementSteps(regime, COUNT, random);
        const sets = enumerator.step(dialect, h, step, evaluationOf(pinned), inputs, {});
        for (let i = 0; i < COUNT; i++) {
          const { stored } = evaluateStep(dialect, h, step, pinned, elementOf(inputs, i));
          for (const slot of SLOTS) {
            expect(sets[slot]?.length ?? 0).toBe(stored[slot] === undefined ? 0 : 1);
            if (sets[slot])
              expect(
                sets[slot][0][i],
                `${dialect.id}, ${regime}, ${slot} ${JSON.stringify(pinned)} ${JSON.stringify(elementOf(inputs, i))} ${JSON.stringify(h)}`,
              ).toBe(stored[slot]);
          }
        }
      }
    },
  );
});

test("every listed outcome lies in the interval of some order", () => {
  for (const { dialect, regime, random } of situations) {
    const evaluation = random.pick([
      DEFAULT_FREEDOM,
      withRootWithinOneFloat(PINNED_EVALUATIONS.fused),
      approximate(random),
      approximate(random),
    ]);
    const h = randomHyperparameters(dialect, random);
    const inputs = elementSteps(regime, COUNT, random);
    const observed = anyResult(dialect, h, evaluation, inputs, random);
    // As the judge lists them: a Nesterov step makes one increment, in one order.
    const sets = enumerator.explainedStep(dialect, h, 1, evaluation, inputs, observed);
    const intervals = relevantOrders(evaluation, dialect, stepShape(dialect, h).centered).map((order) =>
      intervalStep({ dialect, hyperparameters: h, step: 1, evaluation: order, inputs, observed }),
    );
    for (const slot of SLOTS) {
      for (const outcome of sets[slot] ?? []) {
        const outside = outcome.findIndex(
          (value, i) => !intervals.some((step) => accepts(step[slot]!, i, value)),
        );
        expect(
          outside,
          `${dialect.id}, ${regime}, ${slot}: ${outcome[outside]} ${JSON.stringify(evaluation)}`,
        ).toBe(-1);
      }
    }
  }
});

test("fewer choices never accept more", () => {
  for (const { dialect, regime, random } of situations) {
    const wide: Evaluation = random.pick([
      { ...DEFAULT_FREEDOM, root: ["correct", "one-ulp-high"] },
      { ...approximate(random), root: ["within-two-ulps"], division: ["within-two-ulps"] },
    ]);
    const narrow = Object.fromEntries(
      AXES.map((axis) => {
        const allowed = pinnedChoices(axis).filter((choice) => allows(wide[axis], choice)) as string[];
        const kept = allowed.filter(() => random.uniform() < 0.6);
        return [axis, kept.length > 0 ? kept : [random.pick(wide[axis] as readonly string[])]];
      }),
    ) as unknown as Evaluation;
    const h = randomHyperparameters(dialect, random);
    const inputs = elementSteps(regime, COUNT, random);
    const observed = anyResult(dialect, h, wide, inputs, random);
    const few = enumerator.step(dialect, h, 1, narrow, inputs, observed);
    const copies = SLOTS.map((slot) => [slot, few[slot]?.map((outcome) => outcome.slice()) ?? []] as const);
    const many = enumerator.step(dialect, h, 1, wide, inputs, observed);
    for (const [slot, outcomes] of copies) {
      for (const outcome of outcomes) {
        const extra = outcome.findIndex(
          (value, i) => !many[slot]!.some((other) => Object.is(other[i], value)),
        );
        expect(extra, `${dialect.id}, ${regime}, ${slot}`).toBe(-1);
      }
    }
  }
});

test("the exact result, in decimals and in rationals, is accepted when every operation may be kept, in every order", () => {
  const count = 3;
  for (const { dialect, regime, random } of situations) {
    const h = randomHyperparameters(dialect, random);
    const inputs = elementSteps(regime, count, random);
    const intermediates = random.pick<Evaluation["intermediates"]>([["float32", "binary64"], ["wider"]]);
    const everything: Evaluation = { ...DEFAULT_FREEDOM, intermediates };
    const order = random.pick(ordersOf(everything));
    // With cast scalars β + fl(1 − β) is not 1: two-term and lerp are different functions.
    const scalars = stepScalars(dialect, h, 1, scalarChoices(order));
    const reading = {
      scalars,
      meanSquare: order["order.mean-square"][0].startsWith("lerp") ? "lerp" : "two-term",
      meanGradient: order["order.mean-gradient"][0].startsWith("lerp") ? "lerp" : "two-term",
      decoupledDecay: order["order.decoupled-decay"][0],
    } as const;
    const isOfNumbers =
      order["order.mean-gradient"][0].startsWith("lerp-mirrored") ||
      order["order.decoupled-decay"][0] === "factor";
    const exact = exactStepRounded(dialect, h, 1, inputs, reading);
    const rational = rationalStep(dialect, h, 1, inputs, { ...reading, bits: 1000 });
    const sets = intervalStep({ dialect, hyperparameters: h, step: 1, evaluation: order, inputs });
    for (const slot of SLOTS) {
      for (const [i, rounded] of (exact[slot] ?? []).entries()) {
        if (!rounded.certain) continue; // a centered variance that is exactly zero, or both infinities
        // A mirrored lerp from or to an infinity takes ∞ − ∞, and a decay of an infinity as a factor does not.
        if (isOfNumbers && !Number.isFinite(rounded.value)) continue;
        const context = `${dialect.id}, ${regime}, ${slot}: ${rounded.value} in ${JSON.stringify(h)} of ${JSON.stringify(elementOf(inputs, i))}`;
        expect(accepts(sets[slot]!, i, rounded.value), context).toBe(true);
        const second = rational[slot]![i];
        if (second.kind !== "enclosed") continue; // infinities and NaN are no rational numbers
        // Of an exact zero the reals do not know the sign: any will do.
        const isZero = second.lo.numerator === 0n && rounded.value === 0;
        const ends = isZero ? [rounded.value] : [second.lo, second.hi].map(float32FromRational);
        for (const end of ends) expect(end, context).toBe(rounded.value);
      }
    }
  }
});
