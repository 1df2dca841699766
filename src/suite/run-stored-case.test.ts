import { describe, expect, it } from "vitest";
import { PropertyFailure } from "../../properties/property-failure.js";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { dialectById } from "../../spec/dialects.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import type { Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { dialectAdapter } from "./__test-helpers__/planted.js";
import type { CaseOptions } from "./case-options.js";
import { FaultBudget } from "./fault-budget.js";
import { runStoredCase, type StoredCase } from "./run-stored-case.js";

const pytorch = dialectById("pytorch");
const program: Program = {
  format: "rmsprop-program/1",
  dialect: "pytorch",
  operations: [
    { op: "init", groups: [{ hyperparameters: { lr: 0.1 }, parameters: [vector([0, 1])] }] },
    { op: "step", gradients: [vector([0.001, 1.3])] },
    { op: "observe", slots: ["parameter", "square_avg"] },
    { op: "step", gradients: [vector([0.7, 1 / 7])] },
    { op: "observe", slots: ["parameter", "square_avg"] },
  ],
};
const stored: StoredCase = { id: "torch/one", kind: "golden", clauses: ["RMS-1.1"], program };
const options: CaseOptions = {
  adapter: bundledAdapter("fused"),
  capabilities: CAPABILITIES,
  declaration: declarationOf(pytorch, "fused"),
  demandBitExact: true,
  faultBudget: new FaultBudget(),
  replay: (selection) => `npx rmsprop-conformance gate ${selection}`,
};

describe("runStoredCase", () => {
  it("gives the verdict, and what was judged", async () => {
    const result = await runStoredCase(stored, options);
    expect(result).toMatchObject({
      id: "torch/one",
      kind: "golden",
      clauses: ["RMS-1.1"],
      verdict: "bit-exact",
      runs: 1,
      tally: { judged: 8, bitExact: 8, rejected: 0 },
    });
    expect(result.failure).toBeUndefined();
  });

  it("fails with the program and what was observed", async () => {
    const result = await runStoredCase(stored, { ...options, adapter: dialectAdapter({ epsilon: "none" }) });
    expect(result.verdict).toBe("differs");
    expect(result.tally.rejected).toBeGreaterThan(0);
    expect(result.failure).toMatchObject({
      message: expect.stringMatching(
        /parameter of parameter 0, element 0, step 1 is outside its acceptance set/,
      ),
      minimal: { program, observations: [{}, {}] },
      replay: "npx rmsprop-conformance gate --only torch/one",
    });
  });

  it("certifies other bits, unless bits are demanded", async () => {
    const adapter = bundledAdapter("unfused");
    const certified = await runStoredCase(stored, { ...options, adapter, demandBitExact: false });
    expect(certified.verdict).toBe("certified");
    expect(certified.failure).toBeUndefined();
    const demanded = await runStoredCase(stored, { ...options, adapter });
    expect(demanded.verdict).toBe("certified");
    expect(demanded.failure?.message).toMatch(/not the bits of fused/);
  });

  it("asks the case's own check, of the program that was run", async () => {
    const check: StoredCase["check"] = (observations, run) => {
      throw new PropertyFailure("not PyTorch's", "certified", { program: run, observations });
    };
    const result = await runStoredCase({ ...stored, check }, options);
    expect(result).toMatchObject({
      verdict: "certified",
      failure: { message: "not PyTorch's", minimal: { program } },
    });
  });

  it("is not run for another dialect or without what it needs, and says why", async () => {
    const other = await runStoredCase(stored, {
      ...options,
      declaration: declarationOf(dialectById("keras")),
    });
    expect(other).toMatchObject({ verdict: "skipped", reason: "for dialect pytorch", runs: 0 });
    const operations = program.operations.map((operation) =>
      operation.op === "init"
        ? {
            ...operation,
            groups: [{ ...operation.groups[0], hyperparameters: { momentum: 0.9, centered: true } }],
          }
        : operation,
    );
    const needy = { ...stored, program: { ...program, operations } };
    const result = await runStoredCase(needy, { ...options, capabilities: ["state", "centered"] });
    expect(result).toMatchObject({
      verdict: "skipped",
      reason: "the implementation does not offer momentum",
      runs: 0,
      tally: { judged: 0 },
    });
    expect((await runStoredCase(needy, options)).verdict).toBe("bit-exact");
  });

  it("observes the parameters only of an implementation that hides its state", async () => {
    let requested: readonly Program[] = [];
    const bundled = bundledAdapter("fused");
    const adapter = {
      hello: () => bundled.hello(),
      stop: () => bundled.stop(),
      run: (programs: readonly Program[]) => {
        requested = programs;
        return bundled.run(programs);
      },
    };
    const result = await runStoredCase(stored, { ...options, adapter, capabilities: [] });
    expect(result).toMatchObject({ verdict: "bit-exact", tally: { judged: 4 } });
    for (const operation of requested[0].operations) {
      if (operation.op === "observe") expect(operation.slots).toEqual(["parameter"]);
    }
  });

  it("throws what is no failure of the implementation", async () => {
    const check = () => {
      throw new TypeError("a defect");
    };
    await expect(runStoredCase({ ...stored, check }, options)).rejects.toThrow(TypeError);
  });
});
