import { describe, expect, it } from "vitest";
import { dialectById } from "../../../spec/dialects.js";
import { bundledAdapter } from "../../adapter/bundled.js";
import { ExactDecimal } from "../../float32/to-decimal.js";
import { declarationOf } from "../../judge/declaration.js";
import { BUNDLED_GOLDENS, BUNDLED_SOURCE_TRAINING } from "../../package-info.js";
import type { Program } from "../../program/program.js";
import { binary64FromHex } from "../../program/scalar.js";
import type { GoldenPrograms } from "./golden-format.js";
import { GoldenSet } from "./golden-set.js";
import { sourceTraining, sourceTrainingCases } from "./source-training.js";
import { checkLoss, RegressionLoss } from "./training-loss.js";

type Golden = GoldenPrograms["cases"][number];

const TRAININGS: readonly (readonly [name: string, dialect: string, golden: Golden])[] = [
  [
    "PyTorch's",
    "pytorch",
    GoldenSet.open(BUNDLED_GOLDENS)
      .programs("training")
      .cases.find(({ clause }) => clause === "RMS-13.6") as Golden,
  ],
  ["the source's", "textbook", sourceTraining(BUNDLED_SOURCE_TRAINING)[0]],
];

async function lossAfter(golden: Golden, dialect: string, change: (program: Program) => Program = (p) => p) {
  const [reply] = await bundledAdapter("fused").run([change(golden.program)]);
  if (reply.status !== "ok") throw new Error("refused");
  const loss = RegressionLoss.of(golden.facts) as RegressionLoss;
  return checkLoss(loss, golden.program, reply.observations, declarationOf(dialectById(dialect), "fused"));
}

const withHyperparameters = (h: Record<string, number>) => (program: Program) => ({
  ...program,
  operations: program.operations.map((one) =>
    one.op === "init"
      ? {
          ...one,
          groups: one.groups.map((group) => ({
            ...group,
            hyperparameters: { ...group.hyperparameters, ...h },
          })),
        }
      : one,
  ),
});

describe.each(TRAININGS)("the airfoil regression under %s rule", (_, dialect, golden) => {
  it("ends at the recorded loss, computed from the implementation's own parameters", async () => {
    const loss = await lossAfter(golden, dialect);
    // The recorded loss is another evaluation's; near the minimum roundings of the parameters change little.
    const recorded = binary64FromHex(golden.facts?.loss as string);
    expect(loss.toFixed(7, ExactDecimal.ROUND_HALF_EVEN)).toBe(recorded.toFixed(7));
  });

  it.each([
    ["a learning rate that is off by 2^-14", withHyperparameters({ lr: 0.01 * (1 + 2 ** -14) })],
    ["a decay that is off by 2^-12", withHyperparameters({ alpha: 0.9 * (1 - 2 ** -12) })],
    [
      "a last step that is left out",
      (program: Program) => {
        const last = program.operations.findLastIndex(({ op }) => op === "step");
        return { ...program, operations: program.operations.filter((_, k) => k !== last) };
      },
    ],
  ])("is not at that loss with %s", async (_what, change) => {
    await expect(lossAfter(golden, dialect, change)).rejects.toThrow(/the loss after the last step is 0\.24/);
  });
});

describe("the source's two losses", () => {
  const [{ facts }] = sourceTraining(BUNDLED_SOURCE_TRAINING);
  it.each([
    ["source", "0.243452"],
    ["pytorch", "0.243676"],
  ])("%s: the printed one lies within the range over 300 seeds, below the median", (name, printed) => {
    const seeds = facts?.[name] as Record<string, string>;
    const [smallest, median, largest] = ["smallest", "median", "largest"].map((key) =>
      binary64FromHex(seeds[key]),
    );
    expect(binary64FromHex(seeds.printed).toFixed(6)).toBe(printed);
    expect(smallest).toBeLessThan(Number(printed));
    expect(Number(printed)).toBeLessThan(median);
    expect(median).toBeLessThan(largest);
  });
});

describe("sourceTrainingCases", () => {
  it("are for the dialect that has the source's rule, and name the clause of its loss", () => {
    const cases = sourceTrainingCases(BUNDLED_SOURCE_TRAINING);
    expect(cases.map(({ id, clauses, program }) => [id, clauses, program.dialect])).toEqual([
      ["source/training/airfoil", ["RMS-13.11"], "textbook"],
    ]);
  });
});
