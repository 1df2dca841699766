import { expect, it } from "vitest";
import { allows, EVALUATION_AXES, evaluationOf, isWithin, openChoices, pinnedChoices } from "./evaluation.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "./evaluations.js";

it("a choice is pinned or open, and never both", () => {
  for (const axis of Object.keys(EVALUATION_AXES) as (keyof typeof EVALUATION_AXES)[]) {
    const all = [...pinnedChoices(axis), ...openChoices(axis)] as string[];
    expect(all.sort()).toEqual([...EVALUATION_AXES[axis]].sort());
    expect(pinnedChoices(axis).length).toBeGreaterThan(0);
  }
  expect(openChoices("root")).toEqual(["within-two-ulps"]);
  expect(openChoices("intermediates")).toEqual(["wider"]);
  expect(openChoices("quotient")).toEqual([]);
});

it("an open choice allows the choices that it includes, and they do not allow it", () => {
  expect(allows(["within-two-ulps"], "one-ulp-low")).toBe(true);
  expect(allows(["correct", "one-ulp-low", "one-ulp-high"], "within-two-ulps")).toBe(false);
  expect(allows(["wider"], "binary64")).toBe(true);
  expect(allows(["wider"], "float32")).toBe(false);
  const fused = evaluationOf(PINNED_EVALUATIONS.fused);
  expect(isWithin(fused, { ...fused, root: ["within-two-ulps"] })).toBe(true);
  expect(isWithin({ ...fused, root: ["within-two-ulps"] }, fused)).toBe(false);
  expect(isWithin(fused, { ...fused, intermediates: ["wider"] })).toBe(false);
});

it("what declares nothing but float32 may have the bits of every named evaluation", () => {
  for (const [name, pinned] of Object.entries(PINNED_EVALUATIONS)) {
    expect(isWithin(evaluationOf(pinned), DEFAULT_FREEDOM), name).toBe(true);
  }
});
