import { describe, expect, it } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import { isFloat32 } from "../float32/bits.js";
import { floatsBetween } from "../float32/neighbours.js";
import { type ScalarChoices, stepScalars } from "./scalars.js";

const pytorch = dialectById("pytorch");
const keras2 = dialectById("keras-2");
const corrected = dialectById("optax-bias-corrected");

function choices(scalars: Precision, complement: Precision): ScalarChoices {
  return { scalars, complement, correction: "binary64", "decay-rate": "binary64" };
}

type Precision = "float32" | "binary64";

describe("stepScalars", () => {
  it("leaves binary64 scalars as given and subtracts in binary64", () => {
    const h = { ...pytorch.defaults, momentum: 0.9, weight_decay: 1e-4, clip_value: 5.1 };
    expect(stepScalars(pytorch, h, 3, choices("binary64", "binary64"))).toEqual({
      lr: 0.01,
      alpha: 0.99,
      eps: 1e-8,
      momentum: 0.9,
      weight_decay: 1e-4,
      lr_decay: 0,
      clip_value: 5.1,
      complement: 1 - 0.99,
      correction: 1,
      decay_rate: 1e-4,
      kept_share: 1 - 1e-4,
    });
    const { correction } = stepScalars(corrected, h, 3, choices("binary64", "binary64"));
    expect(correction).toBe(1 - 0.99 ** 3);
  });

  it("multiplies the decay rate by lr where the dialect scales it, in a precision of its own", () => {
    const keras = dialectById("keras");
    const h = { ...keras.defaults, lr: 0.1, weight_decay: 0.01 };
    const double = stepScalars(keras, h, 1, choices("binary64", "binary64"));
    expect(double).toMatchObject({ decay_rate: 0.01 * 0.1, kept_share: 1 - 0.01 * 0.1 });
    const cast = stepScalars(keras, h, 1, choices("float32", "binary64"));
    expect(cast.kept_share).toBe(Math.fround(1 - 0.01 * 0.1));
    const single = stepScalars(keras, h, 1, { ...choices("float32", "binary64"), "decay-rate": "float32" });
    const rate = Math.fround(Math.fround(0.01) * Math.fround(0.1));
    expect(single).toMatchObject({ decay_rate: rate, kept_share: Math.fround(1 - rate) });
  });

  it("casts once: 1 − alpha is subtracted before the cast, unless the complement axis says float32", () => {
    const double = stepScalars(pytorch, pytorch.defaults, 1, choices("float32", "binary64"));
    const single = stepScalars(pytorch, pytorch.defaults, 1, choices("float32", "float32"));
    expect(double.complement).toBe(Math.fround(1 - 0.99));
    expect(single.complement).toBe(Math.fround(1 - Math.fround(0.99)));
    // Ten floats apart: neither may be taken for a rounding error of the other.
    expect(floatsBetween(double.complement, single.complement)).toBe(10);
    for (const x of [...Object.values(double), ...Object.values(single)]) expect(isFloat32(x)).toBe(true);
    // The complement axis holds for uncast scalars too.
    expect(stepScalars(pytorch, pytorch.defaults, 1, choices("binary64", "float32")).complement).toBe(
      single.complement,
    );
  });

  it("forms the bias correction in a precision of its own", () => {
    const h = { ...pytorch.defaults, alpha: 0.9 };
    const single = { ...choices("float32", "binary64"), correction: "float32" } as const;
    expect(stepScalars(corrected, h, 1, single).correction).toBe(Math.fround(1 - Math.fround(0.9)));
    expect(stepScalars(corrected, h, 1, choices("float32", "binary64")).correction).toBe(
      Math.fround(1 - 0.9),
    );
  });

  it("lowers lr by inverse time only where the dialect does, counting steps from 1", () => {
    const h = { ...keras2.defaults, lr: 0.5, lr_decay: 0.25 };
    const lrs = [1, 2, 5].map((step) => stepScalars(keras2, h, step, choices("binary64", "binary64")).lr);
    expect(lrs).toEqual([0.5, 0.4, 0.25]);
    expect(stepScalars(pytorch, h, 5, choices("binary64", "binary64")).lr).toBe(0.5);
    expect(stepScalars(keras2, { ...h, lr: 0.3 }, 3, choices("float32", "binary64")).lr).toBe(
      Math.fround(0.3 / 1.5),
    );
  });

  it("keeps infinite and zero hyperparameters", () => {
    const h = { ...pytorch.defaults, alpha: 1, eps: 0, lr: Number.POSITIVE_INFINITY };
    const s = stepScalars(corrected, h, 7, choices("float32", "binary64"));
    expect(s).toMatchObject({ lr: Number.POSITIVE_INFINITY, eps: 0, complement: 0, correction: 0 });
    expect(s.clip_value).toBe(Number.POSITIVE_INFINITY);
  });

  it("rejects steps that are not counted from 1", () => {
    for (const step of [0, -1, 1.5, Number.NaN]) {
      expect(() => stepScalars(pytorch, pytorch.defaults, step, choices("float32", "binary64"))).toThrow(
        /counted from 1/,
      );
    }
  });
});
