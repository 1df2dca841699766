import { describe, expect, test } from "vitest";
import { SLOTS, type Slot } from "../../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { DIALECTS } from "../../../spec/dialects.js";
import {
  EVALUATION_AXES,
  type Evaluation,
  type EvaluationAxis,
  evaluationOf,
  pinnedChoices,
} from "../../../spec/evaluation.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { STEP_PARTS } from "../../../spec/step-part.js";
import type { StepInputs } from "../../../spec/update-rule.js";
import { fromOrdinal, ordinalOf } from "../../float32/neighbours.js";
import {
  ALL_STEP_REGIMES,
  type ElementSteps,
  elementSteps,
  RandomSource,
} from "../../search/element-steps.js";
import { Enumerator } from "../enumerated/enumerated-step.js";
import { exactStep } from "../exact/index.js";
import { encloseStep } from "./enclose-step.js";
import { holds, meet } from "./enclosed-numbers.js";

const AXES = Object.keys(EVALUATION_AXES) as EvaluationAxis[];
const COUNT = 6;
const enumerator = new Enumerator();

function randomHyperparameters(dialect: Dialect, random: RandomSource): Hyperparameters {
  return {
    lr: random.pick([0.01, 0.25, 2 ** -5, 1]),
    alpha: random.pick([0.99, 0.9, 0.75, 0.5, 0.25, 0]),
    eps: dialect.epsilon === "none" ? 0 : random.pick([1e-8, 2 ** -20, 0.1, 0, 1e-40]),
    momentum: random.pick([0, 0.9, 0.5]),
    weight_decay: random.pick([0, 0.01, 0.5]),
    centered: random.uniform() < 0.5,
    maximize: random.uniform() < 0.5,
    lr_decay: random.pick([0, 0.125]),
    clip_value: random.pick([0.5, Number.POSITIVE_INFINITY]),
  };
}

/** One or two choices on each axis, one for each part of a step; wider intermediates cannot be listed. */
function randomEvaluation(random: RandomSource): Evaluation {
  const choices = AXES.map((axis) => {
    const all: readonly string[] =
      axis === "intermediates" ? pinnedChoices("intermediates") : EVALUATION_AXES[axis];
    const isOfPart = axis.startsWith("intermediates.");
    return [axis, isOfPart ? [random.pick(all)] : [...new Set([random.pick(all), random.pick(all)])]];
  });
  return Object.fromEntries(choices) as unknown as Evaluation;
}

function elementsOf(inputs: ElementSteps): StepInputs<number>[] {
  const entries = Object.entries(inputs) as [keyof ElementSteps, Float64Array][];
  return Array.from(
    inputs.gradient,
    (_, i) =>
      Object.fromEntries(entries.map(([name, block]) => [name, block[i]])) as unknown as StepInputs<number>,
  );
}

const situations = DIALECTS.flatMap((dialect, d) =>
  ALL_STEP_REGIMES.map((regime, r) => ({ dialect, regime, random: new RandomSource(31 + 1000 * d + r) })),
);

describe("the error enclosure of a step", () => {
  test("holds everything that the declared choices list, from what was observed, and the exact result", () => {
    for (const { dialect, regime, random } of situations) {
      const evaluation = randomEvaluation(random);
      const h = randomHyperparameters(dialect, random);
      const step = random.integer(1, 5);
      const inputs = elementSteps(regime, COUNT, random);
      const results = enumerator.step(dialect, h, step, evaluation, inputs, {});
      // What is observed is one of the results of each slot.
      const observed: Partial<Record<Slot, Float64Array>> = {};
      for (const slot of SLOTS) if (results[slot]) observed[slot] = random.pick(results[slot]).slice();
      const listed = enumerator.step(dialect, h, step, evaluation, inputs, observed);
      const seen = Array.from(inputs.gradient, (_, i) =>
        Object.fromEntries(Object.entries(observed).map(([slot, block]) => [slot, block[i]])),
      );
      const enclosed = encloseStep(dialect, h, step, evaluation, elementsOf(inputs), seen);
      const { parameter: _, ...state } = observed;
      const exact = exactStep(dialect, h, step, inputs, { digits: 30, observed: state });
      for (const [i, slots] of enclosed.entries()) {
        for (const slot of SLOTS) {
          const found = slots[slot];
          if (!found) continue;
          const where = `${dialect.id}, ${regime}, ${slot} in [${found.lo}, ${found.hi}] ${JSON.stringify(evaluation)}, ${JSON.stringify(h)}, ${JSON.stringify(elementsOf(inputs)[i])}`;
          for (const outcome of listed[slot] ?? []) {
            expect(holds(found, outcome[i]), `${outcome[i]}: ${where}`).toBe(true);
          }
          // Kept in a higher precision, what follows is not computed from what was observed alone.
          const isKept = STEP_PARTS.some((part) =>
            evaluation[`intermediates.${part}`].some((own) => own !== "inherit"),
          );
          if (isKept || evaluation.intermediates.includes("binary64")) continue;
          // A lerp from or to an infinity can be NaN where the two-term form is infinite.
          const { lo, hi } = exact[slot]![i];
          if (!lo.isFinite() || !hi.isFinite()) continue;
          expect(meet(found, exact[slot]![i]), where).toBe(true);
        }
      }
    }
  });

  test("is narrow: a value some floats away is outside", () => {
    const away = { square_avg: 8, parameter: 24 } as const;
    for (const [name, pinned] of Object.entries(PINNED_EVALUATIONS)) {
      const random = new RandomSource(5);
      const dialect = DIALECTS[0];
      const inputs = elementSteps("update-sized p", 40, random);
      const results = new Enumerator().step(dialect, dialect.defaults, 2, evaluationOf(pinned), inputs, {});
      const enclosed = encloseStep(dialect, dialect.defaults, 2, DEFAULT_FREEDOM, elementsOf(inputs));
      for (const slot of ["square_avg", "parameter"] as const) {
        const outside = enclosed.filter((slots, i) => {
          const value = results[slot]![0][i];
          const moved = [-1, 1].map((side) => fromOrdinal(ordinalOf(value) + side * away[slot]));
          return moved.every((each) => !holds(slots[slot]!, each));
        });
        expect(outside.length, `${name}, ${slot}`).toBeGreaterThan(30);
      }
    }
  });
});
