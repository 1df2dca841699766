import { describe, expect, test } from "vitest";
import { DIALECTS, dialectById } from "../../../spec/dialects.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { built, PLAIN } from "../__test-helpers__/models.js";
import { metadataOf } from "../model/model.js";
import { decodeModel } from "../model/model-codec.js";
import { signatureOf } from "../model/signature.js";
import { buildUpdateModel } from "./build-update-model.js";
import { BUILDABLE_EVALUATIONS } from "./buildable.js";
import { BuiltUpdates } from "./built-updates.js";

const { unfused } = PINNED_EVALUATIONS;

test("equal arguments give equal bytes, and different ones do not", () => {
  const bytes = DIALECTS.map((dialect) => buildUpdateModel(dialect, PLAIN, unfused));
  DIALECTS.forEach((dialect, k) => {
    expect(Buffer.compare(buildUpdateModel(dialect, { ...PLAIN }, { ...unfused }), bytes[k])).toBe(0);
  });
  expect(new Set(bytes.map((one) => Buffer.from(one).toString("hex"))).size).toBe(DIALECTS.length);
});

test("a graph takes what its step uses and no more, and says what it is", () => {
  const model = built({ centered: true, momentum: true, weightDecay: true, maximize: true });
  const { inputs, outputs } = signatureOf(model.graph);
  expect(inputs.map(({ name }) => name)).toEqual([
    "parameter",
    "gradient",
    "square_avg",
    "grad_avg",
    "momentum_buffer",
    "lr",
    "alpha",
    "one_minus_alpha",
    "eps",
    "momentum",
    "weight_decay",
  ]);
  expect(outputs.map(({ name }) => name)).toEqual([
    "next.parameter",
    "next.square_avg",
    "next.grad_avg",
    "next.momentum_buffer",
  ]);
  expect(inputs.slice(0, 5).every(({ shape }) => shape?.join() === "elements")).toBe(true);
  expect(inputs.slice(5).every(({ shape }) => shape?.length === 0)).toBe(true);
  expect(metadataOf(model)).toEqual({
    "rmsprop.format": "1",
    "rmsprop.kind": "update",
    "rmsprop.dialect": "pytorch",
    "rmsprop.evaluation": "unfused",
    "rmsprop.maximize": "true",
  });
});

test("an evaluation without a name claims none", () => {
  const bytes = buildUpdateModel(dialectById("pytorch"), PLAIN, { ...unfused, "order.update": "inverse" });
  expect(metadataOf(decodeModel(bytes, "built"))).not.toHaveProperty("rmsprop.evaluation");
});

describe("evaluations that no graph has", () => {
  test.each([
    [{ scalars: "binary64" }, /scalars "binary64"/],
    [{ intermediates: "binary64" }, /intermediates "binary64"/],
    [{ subnormals: "flushed" }, /subnormals "flushed".*can be kept/],
    [{ quotient: "reciprocal-root" }, /quotient "reciprocal-root".*division or reciprocal/],
    [{ root: "one-ulp-low" }, /root "one-ulp-low"/],
    [{ "contraction.mean-square": "right" }, /contraction\.mean-square "right"/],
  ] as const)("%j is refused", (choice, problem) => {
    expect(() => buildUpdateModel(dialectById("pytorch"), PLAIN, { ...unfused, ...choice })).toThrow(problem);
  });

  test("are not among those that can be built", () => {
    expect(BUILDABLE_EVALUATIONS).toEqual(["unfused", "operation-by-operation"]);
    expect(() => new BuiltUpdates("fused")).toThrow(/contraction/);
  });
});
