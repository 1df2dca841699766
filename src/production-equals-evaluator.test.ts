import { describe, expect, test } from "vitest";
import { SLOTS } from "../spec/arithmetic.js";
import type { Dialect, Hyperparameters } from "../spec/dialect.js";
import { DIALECTS } from "../spec/dialects.js";
import { PINNED_EVALUATIONS, type PinnedEvaluationName } from "../spec/evaluations.js";
import { stepShape } from "../spec/step-shape.js";
import { evaluateStep } from "./oracle/evaluator.js";
import { configureStep, rmspropStep } from "./rmsprop/index.js";
import { ALL_STEP_REGIMES, elementSteps, RandomSource } from "./search/element-steps.js";

/**
 * The hand-written loops against the update rule as the float32 evaluator reads it. Neither may import the
 * other, so this test stands outside both modules.
 */

const COUNT = 24;
const STEP = 3;
const EVALUATIONS = Object.keys(PINNED_EVALUATIONS) as PinnedEvaluationName[];

/** Settings of a dialect, one for each shape that its steps can have. */
function settingsOf(dialect: Dialect, random: RandomSource): Hyperparameters[] {
  const byShape = new Map<string, Hyperparameters>();
  for (const centered of [false, true])
    for (const maximize of [false, true])
      for (const momentum of [0, 0.9])
        for (const weight_decay of [0, 0.01])
          for (const clip_value of [Number.POSITIVE_INFINITY, 0.5]) {
            const h: Hyperparameters = {
              lr: random.pick([0.01, 0.25, 1]),
              alpha: random.pick([0.99, 0.9, 0.5, 0.25, 0]),
              eps: random.pick([1e-8, 2 ** -20, 0.1, 0]),
              lr_decay: 0.125,
              momentum,
              weight_decay,
              centered,
              maximize,
              clip_value,
            };
            const shape = JSON.stringify(stepShape(dialect, h));
            if (!byShape.has(shape)) byShape.set(shape, h);
          }
  return [...byShape.values()];
}

/** How one step of both compares: the first value that differs, and how many are finite and not zero. */
function compare(
  dialect: Dialect,
  h: Hyperparameters,
  evaluation: PinnedEvaluationName,
  random: RandomSource,
  reported: PinnedEvaluationName = evaluation,
): { differs?: string; telling: number } {
  const given = { dialect, evaluation, ...h };
  const configuration = configureStep(
    dialect.initialAccumulator === "given" ? { ...given, initial_accumulator: 1 } : given,
  );
  let differs: string | undefined;
  let telling = 0;
  for (const regime of ALL_STEP_REGIMES) {
    const inputs = elementSteps(regime, COUNT, random);
    const parameter = Float32Array.from(inputs.parameter);
    const state = {
      step: STEP - 1,
      square_avg: Float32Array.from(inputs.square_avg),
      grad_avg: Float32Array.from(inputs.grad_avg),
      momentum_buffer: Float32Array.from(inputs.momentum_buffer),
    };
    rmspropStep(configuration, parameter, Float32Array.from(inputs.gradient), state);
    const actual = { ...state, parameter };
    for (let i = 0; i < COUNT; i++) {
      const element = {
        parameter: inputs.parameter[i],
        gradient: inputs.gradient[i],
        square_avg: inputs.square_avg[i],
        grad_avg: inputs.grad_avg[i],
        momentum_buffer: inputs.momentum_buffer[i],
      };
      const { stored } = evaluateStep(dialect, h, STEP, PINNED_EVALUATIONS[reported], element);
      for (const slot of SLOTS) {
        const expected = stored[slot];
        if (expected === undefined) continue;
        if (Number.isFinite(expected) && expected !== 0) telling++;
        if (Object.is(actual[slot][i], expected)) continue;
        differs ??= `${regime}, ${slot}: ${actual[slot][i]} instead of ${expected} from ${JSON.stringify({ element, h })}`;
      }
    }
  }
  return { telling, ...(differs !== undefined && { differs }) };
}

describe.each(EVALUATIONS)("%s", (evaluation) => {
  test.each(DIALECTS.map((dialect) => [dialect.id, dialect] as const))("%s", (id, dialect) => {
    const random = new RandomSource(DIALECTS.indexOf(dialect));
    for (const h of settingsOf(dialect, random)) {
      const { differs, telling } = compare(dialect, h, evaluation, random);
      expect(differs, id).toBeUndefined();
      expect(telling).toBeGreaterThan(COUNT);
    }
  });
});

const PYTORCH = DIALECTS.find(({ id }) => id === "pytorch") as Dialect;

test.each(EVALUATIONS.flatMap((one) => EVALUATIONS.map((other) => [one, other] as const)))(
  "%s is told from %s",
  (evaluation, described) => {
    // Centered and with momentum, so that every operation in which two evaluations may part takes place.
    const h = { ...PYTORCH.defaults, alpha: 0.9, centered: true, momentum: 0.9, weight_decay: 0.01 };
    const { differs } = compare(PYTORCH, h, evaluation, new RandomSource(1), described);
    expect(differs === undefined).toBe(evaluation === described);
  },
);
