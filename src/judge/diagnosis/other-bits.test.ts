import { describe, expect, it } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import type { PinnedEvaluation } from "../../../spec/evaluation.js";
import { PINNED_EVALUATIONS } from "../../../spec/evaluations.js";
import { EVERYTHING, init, programOf, simulate, step } from "../__test-helpers__/simulated.js";
import { declarationOf } from "../declaration.js";
import { judgeProgram } from "../judge-program.js";
import type { FailingCase } from "./diagnosis.js";
import { diagnoseOtherBits } from "./other-bits.js";

const pytorch = dialectById("pytorch");
const { fused, unfused, cuda } = PINNED_EVALUATIONS;
const declaration = declarationOf(pytorch, "fused");

const gradient = (seed: number) => Array.from({ length: 24 }, (_, k) => (k + seed) / 7);
const plain = programOf(
  pytorch,
  init({ lr: 0.1 }, new Array(24).fill(0)),
  step(gradient(1)),
  EVERYTHING,
  step(gradient(30).reverse()),
  EVERYTHING,
);
const centered = programOf(
  pytorch,
  init({ lr: 0.1, centered: true, weight_decay: 0.7 }, gradient(2)),
  step(gradient(1)),
  EVERYTHING,
  step(gradient(30).reverse()),
  EVERYTHING,
);

function failing(id: string, program: typeof plain, evaluation: PinnedEvaluation): FailingCase {
  const observations = simulate(program, pytorch, evaluation);
  const { tally } = judgeProgram(program, observations, declaration);
  expect(tally.rejected).toBe(0);
  expect(tally.bitExact).toBeLessThan(tally.judged);
  return { id, programs: [{ program, observations }] };
}

describe("diagnoseOtherBits", () => {
  it("recognizes the bits of a named evaluation and names the axes that matter here", () => {
    const [cluster, ...others] = diagnoseOtherBits([failing("plain", plain, unfused)], declaration);
    expect(others).toEqual([]);
    const { diagnosis, cases } = cluster;
    expect(cases.map(({ id }) => id)).toEqual(["plain"]);
    expect(diagnosis.verdict).toBe("certified");
    expect(diagnosis.sentence).toMatch(/not bit-exact to fused: these are the bits of unfused; /);
    expect(diagnosis.alternatives).toEqual([]);
    expect(diagnosis.axes).toEqual([
      { kind: "evaluation", axis: "contraction.mean-square", declared: "right", observed: "none" },
    ]);
    expect(diagnosis.firstDiverging).toBe("square_avg");
  });

  it("names every axis that matters", () => {
    const [{ diagnosis }] = diagnoseOtherBits([failing("centered", centered, unfused)], declaration);
    const axes = diagnosis.axes.map(({ axis }) => axis);
    expect(axes).toContain("contraction.mean-square");
    expect(axes).toContain("contraction.weight-decay");
    expect(axes).not.toContain("contraction.momentum");
    for (const axis of axes) expect(diagnosis.sentence).toContain(axis);
  });

  it("shows the smallest program, and what diverges in it first", () => {
    const ratio: PinnedEvaluation = { ...fused, "order.update": "ratio-first" };
    const longer = { ...plain, operations: [...plain.operations, EVERYTHING] };
    const cases = [failing("longer", longer, ratio), failing("plain", plain, ratio)];
    const [{ diagnosis, cases: ordered, representative: printed }] = diagnoseOtherBits(cases, declaration);
    expect(ordered.map(({ id }) => id)).toEqual(["plain", "longer"]);
    expect(printed).toMatchObject(cases[1].programs[0]);
    expect(diagnosis.firstDiverging).toBe("parameter");
    const [{ program, observations }] = cases[1].programs;
    expect(printed.mismatch).toEqual(judgeProgram(program, observations, declaration).notBitExact[0]);
    expect(printed.mismatch.slot).toBe("parameter");
  });

  it("finds an evaluation that has no name, axis by axis", () => {
    const own: PinnedEvaluation = {
      ...fused,
      "order.update": "ratio-first",
      "order.mean-square": "square-first",
    };
    const [{ diagnosis }] = diagnoseOtherBits([failing("own", plain, own)], declaration);
    expect(diagnosis.sentence).toBe(
      'Certified, but not bit-exact to fused: on the evaluation axes, order.mean-square is "square-first" instead of "weight-first", order.update is "ratio-first" instead of "scale-first".',
    );
    expect(diagnosis.axes).toEqual([
      { kind: "evaluation", axis: "order.mean-square", declared: "weight-first", observed: "square-first" },
      { kind: "evaluation", axis: "order.update", declared: "scale-first", observed: "ratio-first" },
    ]);
  });

  it("names the first of two axes that explain as much", () => {
    // In these few elements the order shows as the contraction does.
    const gradients = [7, 11].map((d, k) => [233, 234 + 2 * k, 235 + 4 * k].map((x) => x / d));
    const program = programOf(
      pytorch,
      init({ lr: 0.1 }, [0, 0, 0]),
      ...gradients.flatMap((gradient) => [step(gradient), EVERYTHING]),
    );
    const own: PinnedEvaluation = { ...fused, "contraction.mean-square": "left" };
    const { observations } = failing("left", program, own).programs[0];
    expect(observations).toEqual(
      simulate(program, pytorch, { ...fused, "order.mean-square": "square-first" }),
    );
    const [{ diagnosis }] = diagnoseOtherBits([failing("left", program, own)], declaration);
    expect(diagnosis.axes).toMatchObject([{ axis: "order.mean-square", observed: "square-first" }]);
  });

  it("recognizes PyTorch's bits on CUDA by all that parts them from those on a CPU", () => {
    // From parameters of zero, so that a last bit of the variance shows in the update.
    const fromZero = programOf(
      pytorch,
      init({ lr: 0.1, alpha: 0.9, centered: true }, new Array(24).fill(0)),
      step(gradient(1)),
      EVERYTHING,
      step(gradient(30).reverse()),
      EVERYTHING,
    );
    const [{ diagnosis }] = diagnoseOtherBits([failing("centered", fromZero, cuda)], declaration);
    expect(diagnosis.sentence).toContain("these are the bits of cuda");
    expect(diagnosis.axes).toEqual([
      { kind: "evaluation", axis: "order.mean-square", declared: "weight-first", observed: "square-first" },
      { kind: "evaluation", axis: "order.update", declared: "scale-first", observed: "quotient-first" },
      { kind: "evaluation", axis: "contraction.variance", declared: "right", observed: "none" },
    ]);
  });

  it("names an axis even where each could be left out by itself, and the nearest of the names that fit", () => {
    // In one element of few steps two names often give the same bits, and either of two axes explains them.
    const declared = declarationOf(pytorch, "operation-by-operation");
    for (const k of [23, 43, 89, 93, 101]) {
      const program = programOf(
        pytorch,
        init({ lr: 0.1, weight_decay: 0.3, centered: true, eps: 1 }, [0.7 * (k % 13)]),
        step([k / 7]),
        EVERYTHING,
        step([k / 7 / 3]),
        EVERYTHING,
      );
      const observations = simulate(program, pytorch, unfused);
      expect(observations).toEqual(simulate(program, pytorch, fused));
      const { tally } = judgeProgram(program, observations, declared);
      expect(tally.bitExact).toBeLessThan(tally.judged);
      const [{ diagnosis }] = diagnoseOtherBits(
        [{ id: "one", programs: [{ program, observations }] }],
        declared,
      );
      expect(diagnosis.sentence).toContain("these are the bits of unfused");
      expect(diagnosis.axes).toMatchObject([{ axis: "order.mean-gradient", observed: "lerp-mirrored" }]);
    }
  });

  it("explains cases one by one where nothing explains them together, and says so where nothing does at all", () => {
    const first = failing("unfused", plain, unfused);
    const second = failing("quotient first", plain, { ...fused, "order.update": "quotient-first" });
    const [{ program, observations }] = first.programs;
    // Alternate the two: each observation is accepted, but no single evaluation gives them all.
    const third: FailingCase = {
      id: "neither",
      programs: [
        {
          program,
          observations: observations.map((observation, k) =>
            k === 0 ? observation : simulate(program, pytorch, { ...unfused, "order.update": "inverse" })[k],
          ),
        },
      ],
    };
    const clusters = diagnoseOtherBits([first, second, third], declaration);
    expect(clusters.flatMap(({ cases }) => cases.map(({ id }) => id)).sort()).toEqual([
      "neither",
      "quotient first",
      "unfused",
    ]);
    const of = (id: string) => clusters.find(({ cases }) => cases.some((one) => one.id === id))!.diagnosis;
    expect(of("unfused").sentence).toContain("these are the bits of unfused");
    expect(of("quotient first").axes).toMatchObject([{ axis: "order.update", observed: "quotient-first" }]);
    expect(of("neither")).toMatchObject({
      verdict: "certified",
      sentence: "Certified, but not bit-exact to fused, and no other evaluation gives these bits.",
      axes: [],
      alternatives: [],
    });
  });

  it("has nothing to say without a reference or without cases", () => {
    expect(diagnoseOtherBits([], declaration)).toEqual([]);
    expect(diagnoseOtherBits([failing("plain", plain, unfused)], declarationOf(pytorch))).toEqual([]);
  });
});
