import { describe, expect, test } from "vitest";
import { SLOTS } from "../../../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../../../spec/dialect.js";
import { DIALECTS } from "../../../spec/dialects.js";
import {
  EVALUATION_AXES,
  type EvaluationAxis,
  evaluationOf,
  type PinnedEvaluation,
  pinnedChoices,
} from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import type { StepInputs } from "../../../spec/update-rule.js";
import {
  ALL_STEP_REGIMES,
  type ElementSteps,
  elementSteps,
  RandomSource,
} from "../../search/element-steps.js";
import { Enumerator } from "../enumerated/enumerated-step.js";
import { emulateStep } from "./emulate-step.js";

const AXES = Object.keys(EVALUATION_AXES) as EvaluationAxis[];
const COUNT = 6;

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

function randomPinned(random: RandomSource): PinnedEvaluation {
  const choices = AXES.map((axis) => [axis, random.pick(pinnedChoices(axis) as readonly string[])]);
  return Object.fromEntries(choices) as PinnedEvaluation;
}

function elementsOf(inputs: ElementSteps): StepInputs<number>[] {
  const entries = Object.entries(inputs) as [keyof ElementSteps, Float64Array][];
  return Array.from(
    inputs.gradient,
    (_, i) =>
      Object.fromEntries(entries.map(([name, block]) => [name, block[i]])) as unknown as StepInputs<number>,
  );
}

describe("the decimal emulation gives the bits of the enumerated sets", () => {
  const enumerator = new Enumerator();
  test.each([...Object.entries(PINNED_EVALUATIONS), ["random", undefined]] as const)("%s", (_, named) => {
    for (const [d, dialect] of DIALECTS.entries()) {
      for (const [r, regime] of ALL_STEP_REGIMES.entries()) {
        const random = new RandomSource(7 + 1000 * d + r);
        const pinned = named ?? randomPinned(random);
        const h = randomHyperparameters(dialect, random);
        const step = random.integer(1, 5);
        const inputs = elementSteps(regime, COUNT, random);
        const sets = enumerator.step(dialect, h, step, evaluationOf(pinned), inputs, {});
        const emulated = emulateStep(dialect, h, step, pinned, elementsOf(inputs));
        for (const [i, stored] of emulated.entries()) {
          for (const slot of SLOTS) {
            const where = `${dialect.id}, ${regime}, ${slot}, ${JSON.stringify(pinned)}, ${JSON.stringify(h)}, ${JSON.stringify(elementsOf(inputs)[i])}`;
            expect(stored[slot], where).toBe(sets[slot]?.[0][i]);
          }
        }
      }
    }
  });
});
