import { describe, expect, test } from "vitest";
import type { Dialect } from "../../spec/dialect.js";
import { DIALECTS, dialectById } from "../../spec/dialects.js";
import { type RMSpropOptions, resolveOptions } from "./options.js";

const pytorch = dialectById("pytorch");
const given: Dialect = { ...pytorch, id: "own", initialAccumulator: "given" };
const NAMES = "lr, alpha, eps, momentum, weight_decay, lr_decay, clip_value, centered, maximize";

/** What is said of options that must be refused. */
function expectedMessage(options: unknown): string {
  try {
    resolveOptions(options as RMSpropOptions);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

describe("what is said of refused options", () => {
  test.each<[unknown, string]>([
    [
      null,
      `options must be an object, but is null; its keys may be ${NAMES}, dialect, evaluation, initial_accumulator`,
    ],
    [
      { rho: 1 },
      `a key of options must be one of ${NAMES}, dialect, evaluation, initial_accumulator, but is the string "rho"; remove it or correct its name`,
    ],
    [
      { evaluation: "fast" },
      'evaluation must be one of fused, unfused, cuda, operation-by-operation, but is the string "fast"; choose one of these',
    ],
    [{ alpha: "1" }, 'alpha must be a number, but is the string "1"; pass a plain JavaScript number'],
    [{ maximize: 1 }, "maximize must be a boolean, but is 1; pass true or false"],
    [{ eps: -1 }, "eps must be in [0, Infinity], but is -1; pass 0 or a positive number"],
    [{ lr: -1 }, "lr must be in [0, Infinity], but is -1; to ascend, pass maximize: true instead"],
    [{ clip_value: 0 }, "clip_value must be in (0, Infinity], but is 0; pass Infinity in order not to clip"],
    [
      { dialect: "torch" },
      `dialect must be one of ${DIALECTS.map(({ id }) => id).join(", ")}, but is the string "torch"; choose one of these or pass a Dialect object`,
    ],
    [
      { dialect: { ...pytorch, momentum: "heavy" } },
      'dialect.momentum must be one of none, lr-outside, lr-inside, raw-gradient, nesterov, nesterov-lr-outside, ignored, but is the string "heavy"; choose one of these',
    ],
    [
      { dialect: { ...pytorch, defaults: { ...pytorch.defaults, rho: 1 } } },
      `a key of dialect.defaults must be one of ${NAMES}, but is the string "rho"; remove it or correct its name`,
    ],
    [
      { dialect: { ...pytorch, defaults: { ...pytorch.defaults, eps: -1 } } },
      "dialect.defaults.eps must be in [0, Infinity], but is -1; pass 0 or a positive number",
    ],
    [
      { initial_accumulator: 1 },
      'initial_accumulator must be left out, but is 1; the dialect "pytorch" starts its mean square at "zero": remove the option',
    ],
    [
      { dialect: given, initial_accumulator: -1 },
      "initial_accumulator must be a number in [0, Infinity], but is -1; this dialect has no initial value of its own",
    ],
  ])("%#", (options, message) => {
    expect(expectedMessage(options)).toBe(message);
  });

  test("a key that a dialect does not have", () => {
    expect(expectedMessage({ dialect: { ...pytorch, rho: 1 } })).toMatch(
      /^a key of dialect must be one of id, title, defaults, epsilon, .*, but is the string "rho"; remove it/,
    );
    expect(expectedMessage({ dialect: 5 })).toMatch(
      /^dialect must be an object, but is 5; its keys may be id, title/,
    );
    expect(expectedMessage({ dialect: { ...pytorch, defaults: 5 } })).toMatch(
      /^dialect\.defaults must be an object/,
    );
  });
});

describe("an initial value of the mean square that must be given", () => {
  test.each([0, 0.5, Number.POSITIVE_INFINITY])("may be %d", (initial_accumulator) => {
    expect(resolveOptions({ dialect: given, initial_accumulator }).initialAccumulator).toBe(
      initial_accumulator,
    );
  });

  test.each([undefined, null, "1", 1n, true, [1], -1, -(2 ** -1074), Number.NaN])(
    "may not be %s",
    (value) => {
      expect(expectedMessage({ dialect: given, initial_accumulator: value })).toMatch(
        /^initial_accumulator must be a number/,
      );
    },
  );
});
