import { describe, expect, it } from "vitest";
import { PROPERTIES } from "../../properties/index.js";
import { CAPABILITIES } from "../../spec/capabilities.js";
import type { Dialect, Hyperparameters } from "../../spec/dialect.js";
import { dialectById } from "../../spec/dialects.js";
import type { Adapter, Outcome } from "../adapter/adapter.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import { hasHyperparameter } from "../program/known-hyperparameters.js";
import type { Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { capabilityCases, runCapabilityCase } from "./capability-cases.js";
import type { CaseOptions } from "./case-options.js";
import { FaultBudget } from "./fault-budget.js";
import { measure } from "./measurements/measure.js";
import { runProperty } from "./run-property.js";
import { runStoredCase } from "./run-stored-case.js";

/** Together they are without each hyperparameter that a dialect can be without; recurrentjs has clipping. */
const DIALECTS = ["textbook", "hinton", "graves-2013", "flashlight", "keras-2", "recurrentjs"].map(
  dialectById,
);

function unknownIn({ operations }: Program, dialect: Dialect): string[] {
  return operations
    .flatMap((operation) =>
      operation.op === "init"
        ? operation.groups.map(({ hyperparameters }) => hyperparameters)
        : operation.op === "set"
          ? [operation.hyperparameters]
          : [],
    )
    .flatMap((given) => Object.keys(given))
    .filter((name) => !hasHyperparameter(dialect, name as keyof Hyperparameters));
}

/** The bundled implementation, which answers `unsupported` for a hyperparameter that the dialect does not have. */
function strict(dialect: Dialect): { adapter: Adapter; refused: string[] } {
  const bundled = bundledAdapter("unfused");
  const refused: string[] = [];
  const adapter: Adapter = {
    hello: () => bundled.hello(),
    stop: () => bundled.stop(),
    run: async (programs) => {
      const outcomes = await bundled.run(programs);
      return programs.map((program, k): Outcome => {
        const [unknown] = unknownIn(program, dialect);
        if (unknown === undefined) return outcomes[k];
        refused.push(unknown);
        return { status: "unsupported", capability: unknown };
      });
    },
  };
  return { adapter, refused };
}

describe.each(DIALECTS.map((dialect) => [dialect.id, dialect] as const))("in dialect %s", (_, dialect) => {
  const { adapter, refused } = strict(dialect);
  const declaration = declarationOf(dialect, "unfused");
  const options: CaseOptions = {
    adapter,
    capabilities: CAPABILITIES,
    declaration,
    demandBitExact: true,
    faultBudget: new FaultBudget(),
    replay: (selection) => selection,
  };

  it("no property sends a hyperparameter that the dialect does not have", async () => {
    for (const property of PROPERTIES.filter((one) => one.target === "implementation")) {
      const { failure } = await runProperty(property, { ...options, seed: 20130, runs: 2, shrink: false });
      expect(failure?.message, property.id).toBeUndefined();
    }
    expect(refused).toEqual([]);
  });

  it("nor does a capability case or a measurement", async () => {
    for (const one of capabilityCases(dialect)) {
      const { failure } = await runCapabilityCase(one, options);
      expect(failure?.message, one.id).toBeUndefined();
    }
    await measure({ adapter, hello: await adapter.hello(), declaration, profile: "smoke" });
    expect(refused).toEqual([]);
  });

  it("nor does a stored program, whatever its file says", async () => {
    const neutral = { momentum: 0, weight_decay: 0, centered: false, maximize: false, lr_decay: 0 };
    const program: Program = {
      format: "rmsprop-program/1",
      dialect: dialect.id,
      operations: [
        { op: "init", groups: [{ hyperparameters: { lr: 0.5, ...neutral }, parameters: [vector([0])] }] },
        { op: "set", group: 0, hyperparameters: neutral },
        { op: "step", gradients: [vector([2])] },
        { op: "observe", slots: ["parameter", "square_avg"] },
      ],
    };
    const result = await runStoredCase(
      { id: "stored", kind: "regression", clauses: ["RMS-1.1"], program },
      options,
    );
    expect(result.failure?.message).toBeUndefined();
    expect(result.verdict).toBe("bit-exact");
    expect(refused).toEqual([]);
  });
});
