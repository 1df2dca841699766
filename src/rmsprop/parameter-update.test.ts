import { expect, test } from "vitest";
import { configureStep } from "./configuration.js";
import { descendWithMomentum } from "./parameter-update.js";

test("a step without momentum has no buffer to update", () => {
  const block = new Float32Array(1);
  expect(() => descendWithMomentum(configureStep(), block, block, block, block, 1, 0, 1)).toThrow(
    "a step without momentum has no buffer to update",
  );
});
