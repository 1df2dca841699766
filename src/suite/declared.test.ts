import { expect, it } from "vitest";
import { DEFAULT_FREEDOM } from "../../spec/evaluations.js";
import type { Hello } from "../adapter/hello.js";
import { declarationFrom, UnusableDeclaration } from "./declared.js";

const hello = (more: Partial<Hello> = {}): Hello => ({
  implementation: { name: "mine", version: "1", language: "Rust" },
  dialects: ["pytorch", "keras"],
  capabilities: [],
  ...more,
});

it("takes the first dialect and every freedom unless something is declared", () => {
  const declaration = declarationFrom(hello(), {});
  expect(declaration.dialect.id).toBe("pytorch");
  expect(declaration.evaluation).toEqual(DEFAULT_FREEDOM);
  expect(declaration.reference).toBeUndefined();
});

it("takes what is declared, and what is asked for before that", () => {
  const choices = { root: ["correct" as const, "one-ulp-low" as const] };
  const declared = hello({ float32: { reference: "unfused", choices } });
  const declaration = declarationFrom(declared, {});
  expect(declaration.reference?.name).toBe("unfused");
  expect(declaration.evaluation).toEqual({ ...DEFAULT_FREEDOM, ...choices });
  const requested = declarationFrom(declared, { dialect: "keras", evaluation: "fused" });
  expect(requested.dialect.id).toBe("keras");
  expect(requested.reference?.name).toBe("fused");
});

it("takes formula axes that differ from the dialect's", () => {
  const declaration = declarationFrom(
    hello({ axes: { negativeVariance: "clamped", zeroMomentum: "buffered" }, capabilities: ["momentum"] }),
    {},
  );
  expect(declaration.dialect).toMatchObject({
    id: "pytorch",
    epsilon: "outside",
    negativeVariance: "clamped",
    zeroMomentum: "buffered",
  });
});

it("expects no buffer at μ = 0 of an implementation without momentum", () => {
  const tensorflow = hello({ dialects: ["tensorflow"] });
  expect(declarationFrom(tensorflow, {}).dialect.zeroMomentum).toBe("unbuffered");
  const withMomentum = hello({ dialects: ["tensorflow"], capabilities: ["momentum"] });
  expect(declarationFrom(withMomentum, {}).dialect.zeroMomentum).toBe("buffered");
});

it("refuses a dialect that is not claimed, or that is unknown", () => {
  expect(() => declarationFrom(hello(), { dialect: "optax" })).toThrow(
    new UnusableDeclaration("mine does not claim dialect optax; it claims pytorch, keras"),
  );
  expect(() => declarationFrom(hello({ dialects: ["pytroch"] }), {})).toThrow(
    /^mine claims dialect "pytroch", which is not in the catalogue; known: textbook, /,
  );
});

it("refuses choices that leave everything open", () => {
  const root = ["correct", "one-ulp-low", "one-ulp-high"] as const;
  const subnormals = ["flushed", "flushed-early"] as const;
  const scalars = ["float32", "binary64"] as const;
  const wide = { root: [...root], subnormals: [...subnormals], scalars: [...scalars] };
  expect(declarationFrom(hello({ float32: { choices: wide } }), {}).evaluation.root).toEqual(root);
  const wider = { ...wide, intermediates: [...scalars] };
  expect(() => declarationFrom(hello({ float32: { choices: wider } }), {})).toThrow(
    /^float32\.choices leave 24 combinations open \(scalars 2, intermediates 2, subnormals 2, root 3\); at most 12/,
  );
  // A choice that another one includes leaves nothing more open.
  const approximate = {
    ...wide,
    root: [...root, "within-two-ulps" as const],
    division: [...root, "within-two-ulps" as const],
    intermediates: ["binary64" as const, "wider" as const],
  };
  expect(declarationFrom(hello({ float32: { choices: approximate } }), {}).evaluation.root).toHaveLength(4);
});
