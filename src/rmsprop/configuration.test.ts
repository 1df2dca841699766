import { expect, test } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import { configureStep } from "./configuration.js";

test("what a step need not do is switched off", () => {
  const options = { dialect: "recurrentjs", weight_decay: 0.5 };
  expect(configureStep({ ...options, clip_value: 5 })).toMatchObject({
    clipping: "after-square",
    clipValue32: 5,
    weightDecay: "decoupled",
  });
  const without = { ...options, clip_value: Number.POSITIVE_INFINITY, weight_decay: 0 };
  expect(configureStep(without)).toMatchObject({ clipping: "never", weightDecay: "none" });
});

test("the orders and the fusing are those of the evaluation", () => {
  const forms = (["fused", "unfused", "cuda", "operation-by-operation"] as const).map((evaluation) => {
    const { fused, meanSquare, meanGradient, fusedVariance, quotient } = configureStep({ evaluation });
    return [fused, meanSquare, meanGradient, fusedVariance, quotient];
  });
  expect(forms).toEqual([
    [true, "weight-first-fused", "lerp", true, "scale-first"],
    [false, "weight-first", "lerp", false, "scale-first"],
    [true, "square-first-fused", "lerp", false, "quotient-first-fused"],
    [false, "weight-first", "two-term", false, "scale-first"],
  ]);
});

test("the mean square starts at a float32, at 0 where it waits for the first gradient", () => {
  const own = (initialAccumulator: "zero" | "one" | "epsilon" | "given" | "first-gradient-squared") => {
    return { ...dialectById("pytorch"), id: "own", title: "Own", initialAccumulator };
  };
  const start = (kind: Parameters<typeof own>[0], initial_accumulator?: number) =>
    configureStep({
      dialect: own(kind),
      eps: 0.1,
      ...(initial_accumulator !== undefined && { initial_accumulator }),
    }).initialAccumulator32;
  expect(start("zero")).toBe(0);
  expect(start("first-gradient-squared")).toBe(0);
  expect(start("one")).toBe(1);
  expect(start("epsilon")).toBe(Math.fround(0.1));
  expect(start("given", 0.7)).toBe(Math.fround(0.7));
});
