import { describe, expect, it } from "vitest";
import { dialectById } from "../../spec/dialects.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import { emptyTally } from "../judge/tally.js";
import type { Verdict } from "../judge/verdict.js";
import type { Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import type { CaseResult, Evidence } from "./case-result.js";
import { FaultAllowance } from "./fault-allowance.js";
import { findingsOf } from "./finding.js";
import { dialectAdapter } from "./planted.test-support.js";
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

const said = (
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
        said("a", "observation 3: element 1 is 0.25 (0x3e800000)", ["RMS-8.5"], "contract-mismatch", large),
        said("b", "observation 0: element 12 is -1e-7 (0xb3d6bf95)", ["RMS-8.3"], "contract-mismatch", small),
        said("c", "observation 0: element 1 is NaN (0x7fc00000)", ["RMS-8.5"]),
        said("d", "the gradient was changed"),
        said("e", "observation 3: element 1 is 0.25 (0x3e800000)", ["RMS-8.5"], "special-mismatch"),
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
      allowance: new FaultAllowance(),
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
});
