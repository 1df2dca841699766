import { describe, expect, test } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { type Evaluation, evaluationOf } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { Arena } from "./arena.js";
import { EnumeratedArithmetic } from "./enumerated-arithmetic.js";
import { Enumerator } from "./enumerated-step.js";

const PINNED = evaluationOf(PINNED_EVALUATIONS["operation-by-operation"]);
const SEVERAL = new Error("an enumeration takes one choice of intermediates and one of subnormals");
const WIDER = new Error("results of wider intermediates cannot be listed");

function reading(changes: Partial<Evaluation>): EnumeratedArithmetic {
  return new EnumeratedArithmetic(new Arena(1), { ...PINNED, ...changes }, {});
}

describe("a reading refuses what it cannot list", () => {
  test("several intermediates", () => {
    expect(() => reading({ intermediates: ["float32", "binary64"] })).toThrow(SEVERAL);
  });

  test("several ways with subnormals, or none", () => {
    expect(() => reading({ subnormals: ["kept", "flushed"] })).toThrow(SEVERAL);
    expect(() => reading({ subnormals: [] })).toThrow(SEVERAL);
  });

  test("several of both", () => {
    expect(() =>
      reading({ intermediates: ["binary64", "float32"], subnormals: ["flushed", "flushed-early"] }),
    ).toThrow(SEVERAL);
  });

  test("wider intermediates", () => {
    expect(() => reading({ intermediates: ["wider"] })).toThrow(WIDER);
  });
});

test("an enumerator lists several readings, but none of wider intermediates", () => {
  const { defaults, ...dialect } = dialectById("pytorch");
  const one = Float64Array.of(1);
  const inputs = { parameter: one, gradient: one, square_avg: one };
  const several: Evaluation = {
    ...PINNED,
    intermediates: ["float32", "binary64"],
    subnormals: ["kept", "flushed"],
  };
  const listed = new Enumerator().step(dialect, defaults, 1, several, inputs, {});
  expect(listed.parameter).toHaveLength(4);
  const wider: Evaluation = { ...PINNED, intermediates: ["float32", "wider"] };
  expect(() => new Enumerator().step(dialect, defaults, 1, wider, inputs, {})).toThrow(WIDER);
});
