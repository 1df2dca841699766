import { describe, expect, it } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import type { Adapter } from "../adapter/adapter.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import { emptyTally } from "../judge/tally.js";
import type { Verdict } from "../judge/verdict.js";
import type { Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { dialectAdapter } from "./__test-helpers__/planted.js";
import type { CaseResult, Evidence } from "./case-result.js";
import { FaultBudget } from "./fault-budget.js";
import { findingsOf } from "./finding.js";
import { runStoredCase } from "./run-stored-case.js";

const pytorch = dialectById("pytorch");
const declaration = declarationOf(pytorch, "fused");

function programOf(gradients: readonly (readonly number[])[], centered = false): Program {
  const slots = ["parameter", "square_avg", ...(centered ? (["grad_avg"] as const) : [])] as const;
  return {
    format: "rmsprop-program/1",
    dialect: "pytorch",
    operations: [
      {
        op: "init",
        groups: [{ hyperparameters: { lr: 0.1, centered }, parameters: [vector(gradients[0].map(() => 0))] }],
      },
      ...gradients.flatMap((gradient): Program["operations"] => [
        { op: "step", gradients: [vector(gradient)] },
        { op: "observe", slots: [...slots] },
      ]),
    ],
  };
}

const expectedMessage = (
  id: string,
  message: string,
  clauses = ["RMS-8.5"],
  verdict: Verdict = "contract-mismatch",
  minimal?: Evidence,
): CaseResult => ({
  id,
  kind: "property",
  clauses,
  verdict,
  runs: 1,
  tally: emptyTally(),
  multiStep: emptyTally(),
  failure: { message, others: [], replay: `gate --only ${id}`, ...(minimal && { minimal }) },
});

describe("findingsOf", () => {
  it("finds nothing where nothing failed", async () => {
    const passed: CaseResult = {
      id: "a",
      kind: "golden",
      clauses: [],
      verdict: "bit-exact",
      runs: 1,
      tally: emptyTally(),
      multiStep: emptyTally(),
    };
    expect(await findingsOf([passed], declaration, bundledAdapter("fused"))).toEqual([]);
  });

  it("puts messages together that say the same of other places and values", async () => {
    const small = { program: programOf([[1]]), observations: [] };
    const large = { program: programOf([[1, 2, 3]]), observations: [] };
    const findings = await findingsOf(
      [
        expectedMessage(
          "a",
          "observation 3: element 1 is 0.25 (0x3e800000)",
          ["RMS-8.5"],
          "contract-mismatch",
          large,
        ),
        expectedMessage(
          "b",
          "observation 0: element 12 is -1e-7 (0xb3d6bf95)",
          ["RMS-8.3"],
          "contract-mismatch",
          small,
        ),
        expectedMessage("c", "observation 0: element 1 is NaN (0x7fc00000)", ["RMS-8.5"]),
        expectedMessage("d", "the gradient was changed"),
        expectedMessage(
          "e",
          "observation 3: element 1 is 0.25 (0x3e800000)",
          ["RMS-8.5"],
          "special-mismatch",
        ),
      ],
      declaration,
      bundledAdapter("fused"),
    );
    expect(findings.map(({ cases }) => cases)).toEqual([["b", "a", "c"], ["d"], ["e"]]);
    const [first] = findings;
    expect(first.message).toBe("observation 0: element 12 is -1e-7 (0xb3d6bf95)");
    expect(first.diagnosis).toMatchObject({ verdict: "contract-mismatch", axes: [] });
    expect(first.minimal).toBe(small);
    expect(first.replay).toBe("gate --only b");
    expect(first.clauses).toEqual(["RMS-8.3", "RMS-8.5"]);
  });

  it("says whether the program fails alone, for which it is run once more", async () => {
    const [good, bad] = [programOf([[1]]), programOf([[3]])];
    const right = bundledAdapter("fused");
    const alone: boolean[] = [];
    const adapter: Adapter = {
      hello: () => right.hello(),
      stop: () => right.stop(),
      run: async (programs, options) => {
        alone.push(options?.alone === true);
        if (programs.includes(bad))
          return [{ status: "error", phase: "step", class: "internal", message: "no threes" }];
        return right.run(programs);
      },
    };
    const because = (id: string, program: Program, verdict?: Verdict) =>
      expectedMessage(id, `reason ${id}`, [], verdict, { program, observations: [] });
    const results = [
      because("compared", good, "differs"),
      because("refused", bad),
      because("crashed", good, "crash"),
      expectedMessage("proof", "no program"),
    ];
    const findings = await findingsOf(results, declaration, adapter);
    const displayed = Object.fromEntries(findings.map(({ cases, alone: fails }) => [cases[0], fails]));
    expect(displayed).toEqual({ compared: false, refused: true, crashed: true, proof: false });
    expect(alone).toEqual([true, true]);
    const exited = { ...adapter, run: () => Promise.reject(new Error("it is gone")) };
    const [unknown] = await findingsOf([because("refused", bad)], declaration, exited);
    expect(unknown.alone).toBe(false);
  });

  it("puts one failing element on the card, with the first slot that diverges and its clause in front", async () => {
    const adapter = dialectAdapter({ initialAccumulator: "one" });
    const gradients = [
      [0.5, 0.25, 0.75],
      [1, 2, 3],
    ];
    const options = {
      adapter,
      declaration,
      demandBitExact: false,
      capabilities: ["state", "centered"] as const,
      faultBudget: new FaultBudget(),
      replay: (selection: string) => `gate ${selection}`,
    };
    const stored = [false, true].map((centered) => ({
      id: centered ? "centered" : "plain",
      kind: "golden" as const,
      clauses: centered ? ["RMS-7.1"] : ["RMS-1.2", "RMS-1.1"],
      program: programOf(gradients, centered),
    }));
    const results = await Promise.all(stored.map((one) => runStoredCase(one, options)));
    const [finding, ...others] = await findingsOf(results, declaration, adapter);
    expect(others).toEqual([]);
    expect([...finding.cases].sort()).toEqual(["centered", "plain"]);
    expect(finding.clauses).toEqual(["RMS-1.1", "RMS-1.2", "RMS-7.1"]);
    expect(finding.diagnosis.firstDiverging).toBe("square_avg");
    expect(finding.mismatch).toMatchObject({ slot: "square_avg", step: 1, element: 0, parameter: 0 });
    const [init] = finding.minimal!.program.operations;
    expect(init).toMatchObject({ op: "init", groups: [{ parameters: [{ shape: [1] }] }] });
  });

  it("shows the program of which the sentence speaks, not a smaller one that fails otherwise", async () => {
    const right = bundledAdapter("fused");
    const adapter: Adapter = {
      hello: () => right.hello(),
      stop: () => right.stop(),
      run: async (programs) => {
        const replies = await right.run(programs);
        return replies.map((reply, k) => {
          if (reply.status !== "ok") return reply;
          const { gradients } = programs[k].operations[1] as {
            gradients: readonly { values: Float32Array }[];
          };
          for (const { parameters } of reply.observations)
            for (const { square_avg } of parameters)
              gradients[0].values.forEach((gradient, i) => {
                if (square_avg) square_avg.values[i] = gradient > 1 ? Number.NaN : 7 * gradient;
              });
          return reply;
        });
      },
    };
    const evidence = async (...gradients: number[][]): Promise<Evidence> => {
      const program = programOf(gradients);
      const [reply] = await adapter.run([program]);
      if (reply.status !== "ok") throw new Error("the altered implementation did not answer");
      return { program, observations: reply.observations };
    };
    const [minimal, other] = [await evidence([0.5]), await evidence([2, 2])];
    const result = expectedMessage(
      "case",
      "observation 0: it is wrong",
      ["RMS-1.1"],
      "special-mismatch",
      minimal,
    );
    const failed = { ...result, failure: { ...result.failure!, others: [other] } };
    const [finding, ...more] = await findingsOf([failed], declaration, adapter);
    expect(more).toEqual([]);
    expect(finding.diagnosis.sentence).toBe(
      "The square_avg is NaN where every declared evaluation gives finite.",
    );
    expect(finding.mismatch).toMatchObject({ slot: "square_avg", got: Number.NaN });
    expect(finding.minimal!.program.operations.filter(({ op }) => op === "step")).toEqual([
      { op: "step", gradients: [vector([2])] },
    ]);
  });
});
