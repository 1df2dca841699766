import { expect, test } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { EnclosureArithmetic } from "./enclosure-arithmetic.js";
import { exactScalars, type ScalarOverrides } from "./exact-scalars.js";

const ar = new EnclosureArithmetic(200);
const given = {
  lr: 0.5,
  alpha: 0.75,
  eps: 0.125,
  momentum: 0.25,
  weight_decay: 2,
  lr_decay: 3,
  clip_value: 5,
  centered: false,
  maximize: false,
};

function scalars(dialect: string, step: number, overrides?: ScalarOverrides): Record<string, number> {
  const entries = Object.entries(exactScalars(ar, dialectById(dialect), given, step, overrides));
  return Object.fromEntries(
    entries.map(([name, { lo, hi }]) => [name, lo === hi ? lo.toNumber() : Number.NaN]),
  );
}

const { centered: _, maximize: __, ...plain } = given;

test("are the hyperparameters, and what the dialect makes of them", () => {
  const decay = { decay_rate: 2, kept_share: -1 };
  expect(scalars("pytorch", 3)).toEqual({ ...plain, ...decay, complement: 0.25, correction: 1 });
  expect(scalars("keras-2", 2)).toEqual({ ...plain, ...decay, lr: 0.125, complement: 0.25, correction: 1 });
  const corrected = scalars("optax-bias-corrected", 3);
  expect(corrected).toEqual({ ...plain, ...decay, complement: 0.25, correction: 1 - 0.75 ** 3 });
  expect(scalars("keras", 3)).toMatchObject({ decay_rate: 1, kept_share: 0 });
});

test("are what is given in their place, each for itself", () => {
  const overrides = {
    lr: 11,
    alpha: 12,
    eps: 13,
    momentum: 14,
    weight_decay: 15,
    lr_decay: 16,
    clip_value: 17,
    complement: 18,
    correction: 19,
    decay_rate: 20,
    kept_share: 21,
  };
  for (const dialect of ["pytorch", "keras-2", "optax-bias-corrected"]) {
    expect(scalars(dialect, 5, overrides)).toEqual(overrides);
    const before = scalars(dialect, 5);
    for (const [name, value] of Object.entries(overrides)) {
      const after = { ...before, [name]: value };
      // The decay rate is λ, and the share that it keeps is the rest.
      if (name === "weight_decay") after.decay_rate = value;
      if (name === "weight_decay" || name === "decay_rate") after.kept_share = 1 - value;
      expect(scalars(dialect, 5, { [name]: value })).toEqual(after);
    }
  }
});

test("have no step before the first", () => {
  for (const step of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
    expect(() => scalars("pytorch", step)).toThrow(`steps are counted from 1, as integers; got ${step}`);
  }
});
