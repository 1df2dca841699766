import { describe, expect, test } from "vitest";
import { CAPABILITIES } from "../spec/capabilities.js";
import { dialectById } from "../spec/dialects.js";
import { bundledAdapter } from "../src/adapter/bundled.js";
import { declarationOf } from "../src/judge/declaration.js";
import { FaultBudget } from "../src/suite/fault-budget.js";
import { runProperty } from "../src/suite/run-property.js";
import { PROPERTIES } from "./index.js";

const SEED = Number(process.env.RMSPROP_SEED ?? 20130);
const RUNS = Number(process.env.RMSPROP_RUNS ?? 30);

// Every property against the bundled implementation in PyTorch's evaluations, to the bit. A failure
// prints its seed; `RMSPROP_SEED=… npx vitest run properties -t <property>` replays it.
describe.each(["fused", "unfused", "cuda"] as const)("the bundled implementation, %s", (evaluation) => {
  test.each(PROPERTIES.map((property) => [property.id, property] as const))("%s", async (_, property) => {
    const result = await runProperty(property, {
      adapter: bundledAdapter(evaluation),
      capabilities: CAPABILITIES,
      declaration: declarationOf(dialectById("pytorch"), evaluation),
      demandBitExact: true,
      seed: SEED,
      runs: RUNS,
      faultBudget: new FaultBudget(),
      replay: (selection) => `npx rmsprop-conformance gate --evaluation ${evaluation} ${selection}`,
    });
    expect(result.failure?.message, `replay: ${result.failure?.replay}`).toBeUndefined();
    expect(["bit-exact", "certified", "inconclusive", "skipped"]).toContain(result.verdict);
  });
});

/** Draws for which a property once accused the bundled implementation, which is right. */
const ONCE_ACCUSED = [
  // An infinite step is left in a buffer that is always fed, and 0·∞ follows.
  ["variance-sign-decides-over-nan", "tensorflow", "cuda", 11],
] as const;

test.each(ONCE_ACCUSED)("%s accepts %s, %s, under seed %i", async (id, dialectId, evaluation, seed) => {
  const dialect = dialectById(dialectId);
  const property = PROPERTIES.find((one) => one.id === id);
  const result = await runProperty(property as (typeof PROPERTIES)[number], {
    adapter: bundledAdapter(evaluation),
    capabilities: CAPABILITIES,
    declaration: declarationOf(dialect, evaluation),
    demandBitExact: true,
    seed,
    runs: 20,
    faultBudget: new FaultBudget(),
    replay: (selection) => `npx rmsprop-conformance gate --evaluation ${evaluation} ${selection}`,
  });
  expect(result.failure?.message).toBeUndefined();
});
