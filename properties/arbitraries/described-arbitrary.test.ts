import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { DIALECTS, dialectById } from "../../spec/dialects.js";
import { declarationOf } from "../../src/judge/declaration.js";
import { PROPERTIES } from "../index.js";
import { arb } from "./arb.js";
import { plainHyperparameters } from "./plain-hyperparameters.js";
import { traces } from "./traces.js";

const pytorch = dialectById("pytorch");

describe("an arbitrary that says what it draws", () => {
  it("draws and shrinks what fast-check does", () => {
    const of = ({ record, constantFrom, array, integer, oneof, constant }: typeof arb | typeof fc) =>
      (record as typeof fc.record)({
        length: (constantFrom as typeof fc.constantFrom)(1, 2, 3),
        least: (oneof as typeof fc.oneof)(
          { weight: 3, arbitrary: (constant as typeof fc.constant)(0) },
          { weight: 1, arbitrary: (integer as typeof fc.integer)({ min: -5, max: 5 }) },
        ),
      })
        .chain(({ length, least }) =>
          (array as typeof fc.array)((integer as typeof fc.integer)({ min: least, max: 99 }), {
            minLength: length,
            maxLength: 4,
          }),
        )
        .filter((list) => list[0] !== 7)
        .map((list) => list.map((x) => 2 * x));
    const run = { seed: 5, numRuns: 300 };
    expect(fc.sample(of(arb), run)).toEqual(fc.sample(of(fc), run));
    const shrunk = (from: typeof arb | typeof fc) =>
      fc.check(
        fc.property(of(from), (list) => list.every((x) => x < 60)),
        run,
      ).counterexamplePath;
    expect(shrunk(arb)).toBe(shrunk(fc));
    expect(shrunk(arb)).toMatch(/:/);
  });

  it("has the words of its options", () => {
    const wide = traces(pytorch, { regimes: ["normal", "wide"], minSteps: 2, maxSteps: 9, lengths: [1, 4] });
    expect(wide.distribution).toBe(
      "traces of 2–9 steps and 1 or 4 elements; gradients of one regime (normal, wide); parameters 0 or of the update's size; hyperparameters (one of dyadic, decimal)",
    );
    const one = traces(pytorch, {
      regimes: ["grid"],
      maxSteps: 1,
      parameter: arb.constant(-0),
      hyperparameters: plainHyperparameters(pytorch, { eps: 8 }, { momentum: true }, arb.constant("dyadic")),
    });
    expect(one.distribution).toBe(
      "traces of 1 step and 1–33 elements; gradients of one regime (grid); parameters -0; hyperparameters (dyadic; with or without momentum) but clip_value Infinity, lr_decay 0, eps 8",
    );
  });

  it("says what is drawn, and that something is made of it or passed over", () => {
    const number = arb.integer({ min: 1, max: 9 });
    expect(number.map((n) => n / 8).map((x) => x + 1).distribution).toBe("made of an integer from 1 to 9");
    expect(number.filter((n) => n > 3).distribution).toBe("some of an integer from 1 to 9");
    expect(number.map((n) => n / 8).as(() => "eighths").distribution).toBe("eighths");
    expect(arb.record({ drawn: arb.boolean(), fixed: arb.constant({ a: 1 }) }).distribution).toBe(
      "{drawn: true or false}",
    );
    expect(arb.oneof(number, arb.constantFrom(0, -0)).distribution).toBe(
      "(an integer from 1 to 9 or one of 0, -0)",
    );
    const weighted = arb.oneof({ weight: 3, arbitrary: number }, { weight: 1, arbitrary: arb.constant(0) });
    expect(weighted.distribution).toBe("(3× an integer from 1 to 9 or 1× 0)");
  });

  it("has dots where a draw depends on an earlier one", () => {
    const rows = arb
      .integer({ min: 1, max: 99 })
      .chain((n) => arb.tuple(arb.array(arb.boolean(), { minLength: n, maxLength: n }), arb.nat({ max: 3 })));
    expect(rows.distribution).toBe(
      "an integer from 1 to 99; then (… × (true or false); an integer from 0 to 3)",
    );
    const either = arb
      .boolean()
      .chain((yes) => (yes ? arb.constantFrom("a", "b", "c") : arb.constantFrom("d", "e")));
    expect(either.distribution).toBe("true or false; then one of …");
    const many = arb
      .integer({ min: 1, max: 40 })
      .chain((n) => arb.record({ list: arb.subarray(Array.from({ length: (n % 7) + 1 }, (_, k) => k)) }));
    expect(many.distribution).toBe("an integer from 1 to 40; then {list: …}");
  });
});

describe("every property", () => {
  it.each(DIALECTS.map(({ id }) => id))("says what it draws in one line: %s", (id) => {
    const declaration = declarationOf(dialectById(id));
    for (const property of PROPERTIES) {
      if (property.weight === 0 || property.appliesTo?.(declaration) === false) continue;
      const { distribution } = property.arbitrary(declaration, CAPABILITIES);
      expect(distribution, property.id).not.toBe("");
      expect(distribution, property.id).not.toMatch(/\n|\[object|function/);
      // Half-open ranges have a square bracket and a round one.
      const brackets = distribution.replace(/\[([^()[\]{}]*)\)/g, "").replace(/[^(){}]/g, "");
      let rest = brackets;
      while (/\(\)|\{\}/.test(rest)) rest = rest.replace(/\(\)|\{\}/g, "");
      expect(rest, `${property.id}: ${distribution}`).toBe("");
    }
  });
});
