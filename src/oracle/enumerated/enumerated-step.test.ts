import { describe, expect, test } from "vitest";
import type { Slot } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import type { PinnedEvaluation } from "../../../spec/evaluation.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { ALL_STEP_REGIMES, elementSteps, RandomSource } from "../../search/element-steps.js";
import { evaluateStep } from "../evaluator.js";
import { Enumerator } from "./enumerated-step.js";

const COUNT = 16;
const enumerator = new Enumerator();

/** Every combination of the choices that a plain Nesterov step makes after its mean square. */
const FREE_AXES = [
  "order.update",
  "quotient",
  "contraction.momentum",
  "contraction.lookahead",
  "contraction.parameter",
] as const;
const COMBINATIONS = FREE_AXES.reduce<PinnedEvaluation[]>(
  (some, axis) =>
    some.flatMap((one) =>
      DEFAULT_FREEDOM[axis].map((choice) => ({ ...one, [axis]: choice }) as PinnedEvaluation),
    ),
  [PINNED_EVALUATIONS.fused],
);

const situations = ["optax-nesterov", "torchopt-nesterov"].flatMap((id, d) =>
  ALL_STEP_REGIMES.map((regime, r) => {
    const random = new RandomSource(100 * d + r);
    const dialect = dialectById(id);
    const h: Hyperparameters = { ...dialect.defaults, momentum: 0.9 };
    const inputs = elementSteps(regime, COUNT, random);
    // The buffer is of the increment's size, so that its last bits show how the increment was made.
    const scale = dialect.momentum === "nesterov" ? 2 ** -10 : 1;
    inputs.momentum_buffer.forEach((b, i) => {
      inputs.momentum_buffer[i] = Math.fround(b * scale);
    });
    return { dialect, h, inputs, random, name: `${id}, ${regime}` };
  }),
);

function elementOf(inputs: Readonly<Record<string, Float64Array>>, i: number) {
  return Object.fromEntries(Object.entries(inputs).map(([name, block]) => [name, block[i]])) as Record<
    keyof ReturnType<typeof elementSteps>,
    number
  >;
}

const ordered = (values: Iterable<number>) => [...new Set(values)].sort();

describe("an explained Nesterov step", () => {
  test.each(situations)("$name: lists what one increment can give, and nothing else", (situation) => {
    const { dialect, h, inputs, random } = situation;
    const elements = Array.from({ length: COUNT }, (_, i) => {
      const all = COMBINATIONS.map(
        (pinned) => evaluateStep(dialect, h, 2, pinned, elementOf({ ...inputs }, i)).stored,
      );
      return { all, seen: random.pick(all) };
    });
    const block = (slot: Slot) => Float64Array.from(elements, ({ seen }) => seen[slot] as number);
    const observed = {
      parameter: block("parameter"),
      square_avg: block("square_avg"),
      momentum_buffer: block("momentum_buffer"),
    };
    const listed = enumerator.explainedStep(dialect, h, 2, DEFAULT_FREEDOM, inputs, observed);
    for (const [i, { all, seen }] of elements.entries()) {
      const explaining = all.filter((stored) => Object.is(stored.momentum_buffer, seen.momentum_buffer));
      expect(ordered(listed.parameter!.map((values) => values[i]))).toEqual(
        ordered(explaining.map(({ parameter }) => parameter as number)),
      );
    }
  });

  test("where nothing explains the buffer, everything stays listed", () => {
    for (const { dialect, h, inputs } of situations) {
      const observed = { momentum_buffer: new Float64Array(COUNT).fill(12345) };
      const copies = enumerator
        .step(dialect, h, 2, DEFAULT_FREEDOM, inputs, observed)
        .parameter!.map((values) => values.slice());
      const explained = enumerator.explainedStep(dialect, h, 2, DEFAULT_FREEDOM, inputs, observed).parameter!;
      for (let i = 0; i < COUNT; i++) {
        expect(ordered(explained.map((values) => values[i]))).toEqual(
          ordered(copies.map((values) => values[i])),
        );
      }
    }
  });

  test("methods of division may differ between a bias correction and the increment", () => {
    for (const { dialect, h, inputs } of situations) {
      const corrected = { ...dialect, biasCorrection: "always" } as const;
      const observed = { momentum_buffer: inputs.momentum_buffer };
      const listed = enumerator.step(corrected, h, 3, DEFAULT_FREEDOM, inputs, observed);
      const copies = listed.momentum_buffer!.map((values) => values.slice());
      const explained = enumerator.explainedStep(corrected, h, 3, DEFAULT_FREEDOM, inputs, observed);
      for (let i = 0; i < COUNT; i++) {
        expect(ordered(explained.momentum_buffer!.map((values) => values[i]))).toEqual(
          ordered(copies.map((values) => values[i])),
        );
      }
    }
  });
});
