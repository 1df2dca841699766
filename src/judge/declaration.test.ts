import { describe, expect, it } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS, referenceEvaluation } from "../../spec/evaluations.js";
import { declarationOf, pinnedDeclaration } from "./declaration.js";

const pytorch = dialectById("pytorch");

describe("declarationOf", () => {
  it("leaves open what nothing is said of", () => {
    expect(declarationOf(pytorch)).toEqual({ dialect: pytorch, evaluation: DEFAULT_FREEDOM });
    const { evaluation } = declarationOf(pytorch, undefined, { root: undefined, scalars: ["binary64"] });
    expect(evaluation).toEqual({ ...DEFAULT_FREEDOM, scalars: ["binary64"] });
  });

  it("takes a reference by its name", () => {
    const { reference } = declarationOf(pytorch, "unfused");
    expect(reference).toEqual({ name: "unfused", evaluation: PINNED_EVALUATIONS.unfused });
  });
});

describe("pinnedDeclaration", () => {
  it("accepts its reference and nothing else", () => {
    const evaluation = PINNED_EVALUATIONS.fused;
    expect(pinnedDeclaration(pytorch, "mine", evaluation)).toEqual({
      dialect: pytorch,
      evaluation: referenceEvaluation(evaluation),
      reference: { name: "mine", evaluation },
    });
    const { "order.mean-gradient": lerps, ...others } = referenceEvaluation(evaluation);
    expect(lerps).toEqual(["lerp-mirrored", "lerp-mirrored-added"]);
    expect(Object.values(others).every(({ length }) => length === 1)).toBe(true);
  });
});
