import { describe, expect, it } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { DEFAULT_FREEDOM, PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { EVERYTHING, init, programOf, simulate, step } from "../__test-helpers__/simulated.js";
import { declarationOf } from "../declaration.js";
import {
  dialectHypotheses,
  explains,
  openRoundingHypotheses,
  pairsOf,
  roundingHypotheses,
} from "./hypothesis.js";

const pytorch = dialectById("pytorch");
const declaration = declarationOf(pytorch, "fused");

describe("hypotheses", () => {
  it("about rounding open one axis each that was not open entirely, and nothing else", () => {
    const hypotheses = roundingHypotheses(declaration);
    for (const { differences, declaration: trial } of hypotheses) {
      // Numbers of a language that has only binary64 are two axes with one cause.
      const opened = differences.map(({ axis }) => axis);
      if (opened.length > 1) expect([...opened].sort()).toEqual(["intermediates", "scalars"]);
      expect(differences.every(({ kind }) => kind === "evaluation")).toBe(true);
      expect(trial.dialect).toBe(pytorch);
      const others = Object.fromEntries(opened.map((axis) => [axis, undefined]));
      expect({ ...trial.evaluation, ...others }).toEqual({ ...DEFAULT_FREEDOM, ...others });
    }
    const single = hypotheses.filter(({ differences }) => differences.length === 1);
    const axes = single.map(({ differences: [{ axis }] }) => axis);
    expect(axes).toContain("root");
    expect(axes).toContain("scalars");
    // Every choice of this axis is declared already.
    expect(axes).not.toContain("order.update");
    expect(new Set(axes).size).toBe(axes.length);
  });

  it("about rounding begin with precision, both kinds of it at once included", () => {
    const axesOf = (choices: Parameters<typeof declarationOf>[2]) =>
      roundingHypotheses(declarationOf(pytorch, "fused", choices)).map(({ differences }) =>
        differences.map(({ axis }) => axis),
      );
    const others = [["complement"], ["correction"], ["decay-rate"], ["subnormals"]];
    const orders = [
      ["order.mean-square"],
      ["zero-weight-decay"],
      ["quotient"],
      ["root"],
      ["reciprocal-root"],
      ["division"],
      ["momentum-buffer"],
      ...["gradient", "square", "average", "denominator", "update"].map((part) => [`intermediates.${part}`]),
    ];
    expect(axesOf({})).toEqual([
      ["scalars"],
      ["intermediates"],
      ["scalars", "intermediates"],
      ...others,
      ...orders,
    ]);
    // Where one of them is declared, only the other is left.
    expect(axesOf({ scalars: ["float32", "binary64"] })).toEqual([["intermediates"], ...others, ...orders]);
    expect(axesOf({ intermediates: ["wider", "float32"] })).toEqual([["scalars"], ...others, ...orders]);
  });

  it("tell every declared choice of an axis, and every other one", () => {
    const [root] = roundingHypotheses(
      declarationOf(pytorch, "fused", { root: ["correct", "one-ulp-low"] }),
    ).filter(({ differences: [{ axis }] }) => axis === "root");
    expect(root.differences).toEqual([
      { kind: "evaluation", axis: "root", declared: "correct or one-ulp-low", observed: "one-ulp-high" },
    ]);
  });

  it("about freedoms have one of them each, unless it is declared", () => {
    const reported = openRoundingHypotheses(declaration).map(({ differences }) =>
      differences.map(({ axis, observed }) => `${axis}: ${observed}`),
    );
    const wider = "intermediates: wider";
    expect(reported).toEqual([
      [wider],
      ["root: within-two-ulps"],
      ["reciprocal-root: within-two-ulps"],
      ["division: within-two-ulps"],
      ["scalars: binary64", wider],
    ]);
    for (const { differences, declaration: trial } of openRoundingHypotheses(declaration)) {
      const [{ axis, observed }] = differences;
      if (differences.length === 1) expect(trial.evaluation[axis as "root"]).toEqual([observed]);
    }
    const declared = declarationOf(pytorch, "fused", { root: ["within-two-ulps"] });
    const left = openRoundingHypotheses(declared).map(({ differences: [{ axis }] }) => axis);
    expect(left).not.toContain("root");
    expect(roundingHypotheses(declared).map(({ differences: [{ axis }] }) => axis)).not.toContain("root");
  });

  it("about the dialect change one axis each, and never to an accumulator that must be given", () => {
    const hypotheses = dialectHypotheses(declaration);
    for (const { differences, declaration: trial } of hypotheses) {
      const [{ kind, axis, declared, observed }] = differences;
      expect(kind).toBe("dialect");
      expect(declared).toBe(pytorch[axis as "epsilon"]);
      expect(trial.dialect).toEqual({ ...pytorch, [axis]: observed });
      expect(trial.evaluation).toEqual(DEFAULT_FREEDOM);
      expect(observed).not.toBe("given");
      expect(observed).not.toBe(declared);
    }
    expect(hypotheses.map(({ differences: [{ observed }] }) => observed)).toContain("inside");
  });

  it("in pairs change two different axes, of either kind", () => {
    const single = [...roundingHypotheses(declaration), ...dialectHypotheses(declaration)];
    const pairs = pairsOf(single);
    expect(pairs.length).toBeGreaterThan(300);
    // Each once, whichever of the two comes first.
    const described = pairs.map(({ differences }) =>
      differences
        .map(({ axis, observed }) => `${axis} ${observed}`)
        .sort()
        .join(),
    );
    expect(new Set(described).size).toBe(described.length);
    for (const { differences, declaration: trial } of pairs) {
      const axes = differences.map(({ axis }) => axis);
      expect(new Set(axes).size).toBe(axes.length);
      for (const { kind, axis, observed } of differences) {
        if (kind === "dialect") expect(trial.dialect[axis as "epsilon"]).toBe(observed);
        else {
          expect(trial.evaluation[axis as "root"]).toEqual(expect.arrayContaining(observed.split(" or ")));
        }
      }
    }
  });

  it("explain a case only if they explain every program of it", () => {
    const program = programOf(pytorch, init({ lr: 0.5 }, [0]), step([0.001]), EVERYTHING);
    const inside = { ...pytorch, epsilon: "inside" as const };
    const wrong = { program, observations: simulate(program, inside, PINNED_EVALUATIONS.fused) };
    const right = { program, observations: simulate(program, pytorch, PINNED_EVALUATIONS.fused) };
    const hypothesis = dialectHypotheses(declaration).find(
      ({ differences: [{ axis, observed }] }) => axis === "epsilon" && observed === "inside",
    )!;
    expect(explains(hypothesis, { id: "case", programs: [wrong] })).toBe(true);
    expect(explains(hypothesis, { id: "case", programs: [wrong, right] })).toBe(false);
  });
});
