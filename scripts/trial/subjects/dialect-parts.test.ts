import { describe, expect, it } from "vitest";
import { STATE_SLOTS } from "../../../spec/arithmetic.js";
import type { Hyperparameters } from "../../../spec/dialect.js";
import { dialectById } from "../../../spec/dialects.js";
import { optimizerOf } from "../../../src/adapter/bundled.js";
import type { Optimizer } from "../../../src/adapter/optimizer.js";
import { INSIDE_PARTS, KERAS_PARTS, RECURRENT_PARTS, withPartsIn } from "./dialect-parts.js";
import type { Parts } from "./parts.js";

const LENGTH = 64;
const STEPS = 8;

/** Values of either sign around 1, the same in every run. */
function values(seed: number): Float32Array {
  return Float32Array.from({ length: LENGTH }, (_, i) => {
    const mixed = Math.imul(seed * LENGTH + i + 1, 0x9e3779b1);
    return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) / 2 ** 30;
  });
}

/** Every tensor after every step. */
function traceOf(create: (parameter: Float32Array) => Optimizer): (number[] | undefined)[] {
  const optimizer = create(values(0));
  return Array.from({ length: STEPS }, (_, t) => {
    optimizer.step([values(t + 1)]);
    const state = optimizer.state?.(0);
    // Copies: the next step writes to the same tensors.
    return [optimizer.parameter(0), ...STATE_SLOTS.map((slot) => state?.[slot])].map(
      (tensor) => tensor && [...tensor],
    );
  }).flat();
}

// What a mutant of another dialect is accused of must be its defect, and not the dialect that it starts from.
describe("the parts of another dialect are that dialect, to the bit", () => {
  it.each<{ dialect: string; parts: Parts; h: Partial<Hyperparameters> }>([
    { dialect: "optax", parts: INSIDE_PARTS, h: {} },
    { dialect: "optax", parts: INSIDE_PARTS, h: { momentum: 0.9 } },
    { dialect: "optax", parts: INSIDE_PARTS, h: { centered: true, momentum: 0.9 } },
    { dialect: "keras", parts: KERAS_PARTS, h: { weight_decay: 0.1 } },
    { dialect: "keras", parts: KERAS_PARTS, h: { weight_decay: 0.1, momentum: 0.9 } },
    { dialect: "recurrentjs", parts: RECURRENT_PARTS, h: { clip_value: 0.7 } },
    { dialect: "recurrentjs", parts: RECURRENT_PARTS, h: { clip_value: 0.7, weight_decay: 0.1 } },
  ])("$dialect with $h", ({ dialect, parts, h }) => {
    // A large rate and ε, so that all of what is added shows.
    const hyperparameters = { ...dialectById(dialect).defaults, lr: 0.3, eps: 0.1, ...h };
    const groups = (parameter: Float32Array) => [{ hyperparameters, parameters: [parameter] }];
    const made = traceOf((parameter) => withPartsIn(dialect, parts)(groups(parameter)));
    expect(made).toEqual(traceOf((parameter) => optimizerOf(dialect, "unfused", groups(parameter))));
    expect(made[0]).not.toContain(Number.NaN);
  });
});
