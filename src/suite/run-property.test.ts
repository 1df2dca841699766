import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arb } from "../../properties/arbitraries/arb.js";
import type { Property } from "../../properties/property.js";
import { PropertyFailure } from "../../properties/property-failure.js";
import { ProgramNotSent } from "../../properties/subject.js";
import { CAPABILITIES } from "../../spec/capabilities.js";
import { dialectById } from "../../spec/dialects.js";
import { bundledAdapter } from "../adapter/bundled.js";
import { declarationOf } from "../judge/declaration.js";
import type { Program } from "../program/program.js";
import { vector } from "../program/tensor.js";
import { dialectAdapter } from "./__test-helpers__/planted.js";
import { FaultBudget } from "./fault-budget.js";
import { Interrupted, type PropertyRunOptions, runProperty } from "./run-property.js";

const pytorch = dialectById("pytorch");
const options: PropertyRunOptions = {
  adapter: bundledAdapter("fused"),
  capabilities: CAPABILITIES,
  declaration: declarationOf(pytorch, "fused"),
  demandBitExact: true,
  seed: 1,
  runs: 50,
  faultBudget: new FaultBudget(),
  replay: (selection) => `npx rmsprop-conformance gate ${selection}`,
};

function programOf(parameter: number, gradient: number): Program {
  return {
    format: "rmsprop-program/1",
    dialect: "pytorch",
    operations: [
      { op: "init", groups: [{ hyperparameters: { lr: 0.1 }, parameters: [vector([parameter])] }] },
      { op: "step", gradients: [vector([gradient])] },
      { op: "observe", slots: ["parameter", "square_avg"] },
    ],
  };
}

const base = {
  id: "fake",
  clauses: ["RMS-1.1"],
  target: "implementation",
  requires: [],
  arbitrary: () => arb.integer({ min: 1, max: 1000 }),
} as const;

/** One step from zero under a generated gradient. */
const steps: Property = {
  ...base,
  check: async (n, subject) => {
    await subject.conforms(programOf(0, (n as number) / 7));
  },
};

describe("runProperty", () => {
  it("counts what was run and judged", async () => {
    const result = await runProperty(steps, options);
    expect(result).toMatchObject({
      id: "fake",
      kind: "property",
      verdict: "bit-exact",
      runs: 50,
      tally: { judged: 100, bitExact: 100 },
    });
    expect(result.failure).toBeUndefined();
  });

  it("says what was drawn, and of an example that it is one", async () => {
    const words = "an integer from 1 to 1000";
    expect((await runProperty(steps, options)).distribution).toBe(words);
    expect((await runProperty({ ...steps, weight: 0 }, options)).distribution).toBe("one worked example");
    const failing = await runProperty(steps, {
      ...options,
      adapter: dialectAdapter({ initialAccumulator: "one" }),
    });
    expect(failing.distribution).toBe(words);
    expect(
      await runProperty({ ...steps, requires: ["state"] }, { ...options, capabilities: [] }),
    ).not.toHaveProperty("distribution");
  });

  it("counts no draws that are passed over, and says how many there were", async () => {
    let drawn = 0;
    const check: Property["check"] = async () => {
      drawn++;
      fc.pre(drawn % 2 === 0);
    };
    const { runs, distribution } = await runProperty({ ...base, check }, options);
    expect(runs).toBe(50);
    expect(distribution).toBe("an integer from 1 to 1000; 50 draws passed over");
  });

  it("weighs the number of runs, one at least", async () => {
    expect((await runProperty({ ...steps, weight: 0.1 }, options)).runs).toBe(5);
    expect((await runProperty({ ...steps, weight: 2 }, options)).runs).toBe(100);
    expect((await runProperty({ ...steps, weight: 0 }, options)).runs).toBe(1);
  });

  it("shrinks a failure, keeps other failing programs and says how to reproduce it", async () => {
    const adapter = dialectAdapter({ initialAccumulator: "one" });
    const result = await runProperty(steps, { ...options, adapter });
    expect(result.verdict).toBe("differs");
    const { message, minimal, others, replay } = result.failure!;
    expect(message).toMatch(/outside its acceptance set/);
    expect(minimal?.program).toEqual(programOf(0, 1 / 7));
    expect(minimal?.judgement?.tally.rejected).toBeGreaterThan(0);
    expect(others.length).toBeGreaterThan(0);
    expect(replay).toBe("npx rmsprop-conformance gate --only fake --seed 1");
    // Programs that were only run to shrink the failure are not part of what the implementation did.
    expect(result.tally).toMatchObject({ judged: 2, rejected: 1 });
  });

  it("keeps a failure whose smaller inputs cannot be sent", async () => {
    let runs = 0;
    const check: Property["check"] = async () => {
      if (runs++ > 0) throw new ProgramNotSent("too small to be sent");
      throw new PropertyFailure("wrong", "differs");
    };
    const result = await runProperty({ ...base, check }, options);
    expect(runs).toBeGreaterThan(1);
    expect(result).toMatchObject({ verdict: "differs", failure: { message: "wrong" } });
    // Here no input fails.
    const unsent = await runProperty({ ...base, check }, options);
    expect(unsent).toMatchObject({ verdict: "skipped", reason: "too small to be sent" });
  });

  it("generates the same for the same seed", async () => {
    const inputs = async (seed: number) => {
      const seen: unknown[] = [];
      const check: Property["check"] = async (n) => {
        seen.push(n);
      };
      await runProperty({ ...base, check }, { ...options, seed });
      return seen;
    };
    expect(await inputs(5)).toEqual(await inputs(5));
    expect(await inputs(5)).not.toEqual(await inputs(6));
  });

  it("certifies what is accepted and not bit-exact", async () => {
    const unfused = { ...options, adapter: bundledAdapter("unfused"), demandBitExact: false };
    const twoSteps: Property = {
      ...base,
      check: async (n, subject) => {
        const program = programOf(0, (n as number) / 7);
        const more = [...program.operations.slice(1), ...program.operations.slice(1)];
        await subject.conforms({ ...program, operations: [program.operations[0], ...more] });
      },
    };
    const result = await runProperty(twoSteps, unfused);
    expect(result).toMatchObject({ verdict: "certified" });
    expect(result.tally.rejected).toBe(0);
    const demanded = await runProperty(twoSteps, { ...unfused, demandBitExact: true });
    expect(demanded.failure?.message).toMatch(/not the bits of fused/);
  });

  it("is indeterminate where every observation is: that passes nothing", async () => {
    const swallowed: Property = {
      ...base,
      check: async (_, subject) => {
        await subject.conforms(programOf(1e30, 0));
      },
    };
    expect(await runProperty(swallowed, options)).toMatchObject({
      verdict: "inconclusive",
      tally: { judged: 100, indeterminate: 100 },
    });
  });

  it("is certified for a comparison or a proof, which judge nothing", async () => {
    const check = async () => {};
    expect((await runProperty({ ...base, check }, options)).verdict).toBe("certified");
    const selfCheck = await runProperty({ ...base, target: "specification", check }, options);
    expect(selfCheck).toMatchObject({ kind: "self-check", verdict: "certified" });
  });

  it("is not run without a capability or for a dialect that it is not about", async () => {
    const needy: Property = { ...steps, requires: ["state", "momentum", "centered"] };
    expect(await runProperty(needy, { ...options, capabilities: ["state"] })).toMatchObject({
      verdict: "skipped",
      reason: "the implementation does not offer momentum, centered",
      runs: 0,
    });
    const elsewhere: Property = { ...steps, appliesTo: ({ dialect }) => dialect.id !== "pytorch" };
    expect(await runProperty(elsewhere, options)).toMatchObject({
      verdict: "skipped",
      reason: "not a property of dialect pytorch",
    });
    // What the specification proves does not depend on an implementation.
    const proof: Property = { ...needy, target: "specification", check: async () => {} };
    expect((await runProperty(proof, { ...options, capabilities: [] })).verdict).toBe("certified");
  });

  it("fails where the implementation says that it does not support what it declares", async () => {
    const adapter = {
      ...options.adapter,
      hello: () => options.adapter.hello(),
      stop: async () => {},
      run: async () => [{ status: "unsupported", capability: "momentum" } as const],
    };
    const result = await runProperty(steps, { ...options, adapter });
    expect(result).toMatchObject({ verdict: "capability-mismatch", tally: { judged: 0 } });
    expect(result.failure?.message).toMatch(/^the implementation does not support momentum, but/);
  });

  it("passes inputs over that need what is not offered, and is not run where nearly all do", async () => {
    const momentum = { ...programOf(0, 1) };
    momentum.operations = momentum.operations.map((operation) =>
      operation.op === "init"
        ? { ...operation, groups: [{ ...operation.groups[0], hyperparameters: { momentum: 0.5 } }] }
        : operation,
    );
    const without = { ...options, capabilities: ["state"] as const };
    const sometimes: Property = {
      ...base,
      check: async (n, subject) => {
        await subject.conforms((n as number) % 3 === 0 ? momentum : programOf(0, (n as number) / 7));
      },
    };
    expect(await runProperty(sometimes, without)).toMatchObject({
      verdict: "bit-exact",
      runs: 50,
      tally: { judged: 100 },
    });
    const always: Property = {
      ...base,
      check: async (_, subject) => {
        await subject.conforms(momentum);
      },
    };
    expect(await runProperty(always, without)).toMatchObject({
      verdict: "skipped",
      runs: 0,
      tally: { judged: 0 },
    });
  });

  it("of the specification that fails has its message and no program", async () => {
    const check = async () => {
      throw new PropertyFailure("1 is not 2", "differs");
    };
    const result = await runProperty({ ...base, target: "specification", check }, options);
    expect(result).toMatchObject({ verdict: "differs", failure: { message: "1 is not 2", others: [] } });
    expect(result.failure?.minimal).toBeUndefined();
  });

  it("throws what is no failure of the implementation", async () => {
    const check = async () => {
      throw new TypeError("a defect");
    };
    await expect(runProperty({ ...base, check }, options)).rejects.toThrow("a defect");
  });

  it("stops between two inputs", async () => {
    const controller = new AbortController();
    let runs = 0;
    const check = async () => {
      if (++runs === 7) controller.abort();
    };
    await expect(runProperty({ ...base, check }, { ...options, signal: controller.signal })).rejects.toThrow(
      Interrupted,
    );
    expect(runs).toBe(7);
  });
});
